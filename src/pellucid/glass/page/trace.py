"""A step as data for a page: its lines, how each number is made, and the numbers themselves.

`docs/page.md` says what stands in it.
"""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid.equations.random import Draw
from pellucid.foreign import visible
from pellucid.glass.changes import Change
from pellucid.glass.elements import StepElements, tensor_at
from pellucid.glass.guides import Guide, placed, shipped
from pellucid.glass.page.programs import lines_within, program, read_by
from pellucid.glass.page.values import ALL, Values
from pellucid.glass.page.verdicts import class_names, speaks, verdicts
from pellucid.glass.recording import Recording
from pellucid.plan.printing import Row, mathml_rows, rows
from pellucid.tensor import Line, Tensor, show_shape

FORMAT = 1
#: numbers at a side of a row from which on it is a picture, if none of them is negative
LEAST_SIDE = 8

Data = dict[str, Any]


def trace(
    found: StepElements,
    title: str = "",
    classes: Sequence[str] | None = None,
    change: Change | None = None,
    guides: Sequence[Guide] | None = None,
) -> Data:
    """All that the page shows of a step, and what was changed in it.

    Without `guides`, those that come with pellucid and fit the step.
    """
    written = Writing(found)
    lines = [written.line(*pair) for pair in zip(*both(found), strict=True)]
    data: Data = {"pellucid": FORMAT, "title": visible(title) or written.title()}
    data |= {"rows": written.count, "notes": list(found.plan.notes)}
    data |= {"change": "" if change is None else change.words, "held": written.held(change)}
    names = None if classes is None else [visible(each) for each in classes]
    recording = Recording(found.plan, {}, found.values)
    data |= {"verdicts": verdicts(recording, names), "said": written.said(recording, names)}
    data |= {"loss": written.loss(), "picture": picture(found)}
    data |= {"lines": lines, "values": written.values.data()}
    data["moved"] = written.moved()
    chosen = shipped(found, goes_on(found)) if guides is None else guides
    data["guides"] = [placed(each, data["values"]) for each in chosen]
    if change is not None:
        data["before"] = written.before(change.before)
    return data | {"arrays": written.values.packing.text()}


def goes_on(found: StepElements) -> bool:
    """Whether a page can take the step: it has all of the update, and nothing is drawn."""
    theta = found.plan.theta
    draws = any(isinstance(line.equation, Draw) for line in found.plan.lines)
    return theta is not None and theta.size <= ALL and not draws


def both(found: StepElements) -> tuple[list[Row], list[Row]]:
    """The lines in text and in MathML."""
    return list(rows(found.plan, "text")), list(mathml_rows(found.plan))


class Writing:
    """Writes lines, and keeps the values that they read and write."""

    def __init__(self, found: StepElements):
        self.found, self.values = found, Values(found)
        self.values.enter((*found.plan.inputs, *found.plan.targets, *found.plan.weights))
        first = found.values[found.plan.inputs[0]]
        self.count = len(first)

    def title(self) -> str:
        inputs = [show_shape(each.shape[1:]) for each in self.found.plan.inputs]
        outputs = [show_shape(each.shape[1:]) for each in self.found.plan.outputs]
        what = f"a step of {self.found.plan.title}" if self.found.plan.flat else "a prediction"
        return f"{what}, {' '.join(inputs)} → {' '.join(outputs)}"

    def line(self, text: Row, mathml: Row) -> Data:
        plan, reading = self.found.plan, self.found.reading
        tensor = plan.assignments.get(text.target, text.target)
        line = reading.writers.get(tensor)
        known = reading.writers, self.found.names
        made = program(line, *known, self.values.key, self.count) if line else None
        lines = [*lines_within(line, *known), line] if line else []
        reads = read_by(made) if made else self.reads(lines)
        return {
            "section": text.section,
            "value": self.values.key(tensor),
            "gives": [self.values.key(each) for each in (line.outputs if line else (tensor,))],
            "text": f"{text.left} {text.arrow} {text.right}",
            "mathml": f"<math>{mathml.left}<mo>{text.arrow}</mo>{mathml.right}</math>",
            "reads": self.in_turn(reads, mathml.right),
            "note": " · ".join(each.note for each in text.lines if each.note),
            "layer": visible(line.layer or "") if line else "",
            "program": made,
        }

    def reads(self, lines: list[Line]) -> list[str]:
        """The arrays that lines read, by name, each once."""
        found = [tensor for line in lines for tensor in line.inputs if self.is_shown(tensor)]
        return list(dict.fromkeys(map(self.values.key, found)))

    def in_turn(self, names: list[str], mathml: str) -> list[str]:
        """Of the values called so, those that are no plain numbers, as the formula has them."""
        tensors = self.values.tensors
        arrays = [name for name in names if not tensors[name].is_setting]
        return sorted(arrays, key=lambda name: place_in(mathml, self.values.label(tensors[name])))

    def is_shown(self, tensor: Tensor) -> bool:
        known = tensor in self.found.names or tensor not in self.found.reading.writers
        return known and not tensor.is_setting

    def said(self, recording: Recording, names: Sequence[str] | None) -> Data | None:
        """The value that says what the network says, and the classes that it is about."""
        if not speaks(recording.plan):
            return None
        known = class_names(recording, names)
        classes = None if known is None else list(known)
        return {"value": self.values.key(recording.plan.outputs[0]), "classes": classes}

    def loss(self) -> str | None:
        """The value that is the loss, where there is one."""
        loss = self.found.plan.loss
        return None if loss is None else self.values.key(loss)

    def moved(self) -> dict[str, str]:
        """What each state moves to, by name."""
        keys, pairs = self.values.keys, self.found.plan.assignments.items()
        return {keys[state]: keys[new] for state, new in pairs if {state, new} <= keys.keys()}

    def held(self, change: Change | None) -> list[Any]:
        """The places of the numbers that were changed: what they stand in, and where."""
        edits = () if change is None else change.edits
        found = [(tensor_at(place), place.at) for place, _ in edits]
        shapes = [np.asarray(self.found.value(tensor)).shape for tensor, _ in found]
        return [
            [self.values.key(tensor), int(np.ravel_multi_index(at, shape)) if at else 0]
            for (tensor, at), shape in zip(found, shapes, strict=True)
        ]

    def before(self, before: StepElements) -> dict[str, Data]:
        """What has moved by the change, as it was: small arrays, at their names."""
        found = {}
        for tensor, key in self.values.keys.items():
            was, now = before.values.get(tensor), self.found.values.get(tensor)
            if was is None or self.values.is_sparse(tensor, np.asarray(now)):
                continue
            if not np.array_equal(np.asarray(was), np.asarray(now), equal_nan=True):
                found[key] = self.values.packing.add(np.asarray(was))
        return found


def place_in(mathml: str, label: str) -> int:
    """Where a name stands in a formula; after all others if it does not."""
    at = mathml.find(f'data-t="{html.escape(label)}"')
    return len(mathml) if at < 0 else at


def picture(found: StepElements) -> Data | None:
    """Where rows of the input are pictures: its name, and their height, width and channels."""
    tensor = found.plan.inputs[0]
    value, shape = np.asarray(found.values[tensor]), tensor.shape[1:]
    side = math.isqrt(math.prod(value.shape[1:]))
    if len(shape) == 3 and shape[2] in (1, 3):
        sizes = list(shape)
    elif not value.size or value.dtype.kind != "f" or value.min() < 0:
        return None
    elif len(shape) == 2 and min(value.shape[1:]) >= LEAST_SIDE:
        sizes = [*shape, 1]
    elif len(shape) == 1 and side >= LEAST_SIDE and side * side == value.shape[1]:
        sizes = [side, side, 1]
    else:
        return None
    return {"name": found.names[tensor], "shape": sizes}
