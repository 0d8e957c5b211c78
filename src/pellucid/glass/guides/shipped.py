"""The guides that come with pellucid: those that fit a step, with its own names in them.

A page of which a step has not all names is left out, so that a guide tells what there is.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import cache
from importlib.resources import files

import numpy as np

from pellucid.equations.activations import Activation
from pellucid.equations.crossentropy import SIGMOID, SOFTMAX
from pellucid.equations.linear import Affine
from pellucid.equations.rectifiers import Relu
from pellucid.glass.elements import NEW, StepElements, composed
from pellucid.glass.guides.guide import Guide, Page, guide
from pellucid.tensor import Line, Tensor

Names = dict[str, str]
NAME = re.compile(r"\{(\w+)\}")


def shipped(found: StepElements, goes_on: bool) -> list[Guide]:
    """Those of which a step has what they are about, in the order in which they are read.

    `goes_on` says whether the step after it can be computed where they are read.
    """
    guides = []
    for file, facts in FITTING.items():
        names = facts(Facts(found)) or {}
        names |= {"rates": "other η"} if names and goes_on else {}
        filled = fill(written(file), {key: name for key, name in names.items() if name})
        guides += [filled] if filled.pages else []
    return guides


def fill(guide: Guide, names: Names) -> Guide:
    """A guide with names in the place of {letters}; without the pages that lack one of them."""
    pages = (page for page in guide.pages if names and needed(str(page)) <= names.keys())
    return guide._replace(pages=tuple(filled(page, names) for page in pages))


def filled(page: Page, names: Names) -> Page:
    title, on, done = (put_in(each, names) for each in (page.title, page.on, page.done))
    return Page(title, tuple(put_in(each, names) for each in page.blocks), on, done)


def needed(text: str) -> set[str]:
    return set(NAME.findall(text))


def put_in(text: str, names: Names) -> str:
    return NAME.sub(lambda each: names[each[1]], text)


@cache
def written(name: str) -> Guide:
    """A guide as it is shipped, with {letters} for names."""
    return guide((files("pellucid") / "glass" / "guides" / name).read_text(encoding="utf-8"))


class Facts:
    """What guides ask of a step."""

    def __init__(self, found: StepElements):
        self.found, self.plan = found, found.plan

    def name(self, tensor: Tensor | None) -> str:
        """A value as it is printed; nothing for one without a name."""
        return "" if tensor is None else self.found.names.get(tensor, "")

    def value(self, tensor: Tensor) -> np.ndarray:
        return np.asarray(self.found.value(tensor))

    def known(self, name: str) -> str:
        """A name, if it is one of the step."""
        return name if composed(name) in self.found.by_name else ""

    def place(self, tensor: Tensor, *at: int) -> str:
        """A number of a value as it is printed; nothing where it has no such number."""
        shape = self.value(tensor).shape
        fits = len(shape) == len(at) and all(0 <= k < n for k, n in zip(at, shape, strict=True))
        return f"{self.name(tensor)}[{', '.join(map(str, at))}]" if fits else ""

    def first(self, kind: type) -> Line | None:
        """The first line of an equation of this kind whose value is printed by itself."""
        return self.one(lambda line: isinstance(line.equation, kind))

    def reader(self, tensor: Tensor, kind: type) -> Line | None:
        """The line of this kind that reads a value."""
        return self.one(lambda line: tensor in line.inputs and isinstance(line.equation, kind))

    def one(self, fits: Callable[[Line], bool]) -> Line | None:
        lines = (line for line in self.plan.lines if self.name(line.output))
        return next((line for line in lines if fits(line)), None)

    def written_by(self, tensor: Tensor, kind: type) -> Line | None:
        """The line that computes a value, if it is of this kind."""
        line = self.found.reading.writers.get(tensor)
        return line if line is not None and isinstance(line.equation, kind) else None


def forward(facts: Facts) -> Names | None:
    """The first sum of products, the function that it goes through, and the end."""
    line = facts.first(Affine)
    if line is None or not facts.place(line.output, 0, 0):
        return None
    x, w, b = line.inputs
    through, output = facts.reader(line.output, Activation), facts.plan.outputs[0]
    ends = through is None or through.output is output
    names = dict(zip("XWbZ", map(facts.name, (x, w, b, line.output)), strict=True))
    names |= {"z": facts.place(line.output, 0, 0), "k": str(w.shape[0])}
    names["A"] = "" if through is None or ends else facts.name(through.output)
    return names | {"P": facts.name(output), "L": facts.name(facts.plan.loss)}


def cancelled(facts: Facts) -> Names | None:
    """The derivative that an output activation and its cross-entropy become together."""
    line = facts.one(lambda line: line.note in (SOFTMAX, SIGMOID))
    if line is None or facts.plan.weights or not facts.place(line.output, 0, 0):
        return None
    output, target = facts.plan.outputs[0], facts.plan.targets[0]
    dz, said = facts.name(line.output), facts.value(output)
    names = {"dZ": dz, "P": facts.name(output), "L": facts.name(facts.plan.loss)}
    names |= {"Z": facts.known(dz.removeprefix("d")), "count": str(len(said))}
    if line.note == SOFTMAX:
        true = class_of(facts.value(target), said.shape[1])
        other = int(np.argmax(np.where(np.arange(said.shape[1]) == true, -1, said[0])))
        names |= {"one": facts.place(line.output, 0, true), "said": facts.place(output, 0, true)}
        names |= {"other": facts.place(line.output, 0, other)}
        return names | {"instead": facts.place(output, 0, other)}
    if said.shape[1] > 1:
        return None
    truth = facts.place(target, *([0] * facts.value(target).ndim))
    names |= {"mine": facts.place(line.output, 0, 0), "share": facts.place(output, 0, 0)}
    return names | {"truth": truth}


def class_of(truth: np.ndarray, count: int) -> int:
    """The class of the first row, of class numbers or of a 1 among zeros."""
    first = truth.reshape(len(truth), -1)[0]
    return int(np.argmax(first)) if len(first) == count > 1 else int(first[0])


def rectified(facts: Facts) -> Names | None:
    """A unit of the first ReLU: one that is 0 on all rows, or the one that is nearest to that."""
    line = facts.first(Relu)
    below = None if line is None else facts.written_by(line.inputs[0], Affine)
    if line is None or below is None or not facts.place(line.output, 0, 0):
        return None
    x, w, b = below.inputs
    sums, bias = facts.value(below.output), facts.value(b)
    unit = int(np.argmin(sums.max(axis=0)))
    most, dead = float(sums[:, unit].max()), bool(sums[:, unit].max() <= 0)
    largest = int(np.argmax(np.abs(facts.value(x)).sum(axis=0)))
    names = {"A": facts.name(line.output), "Z": facts.name(below.output), "b": facts.name(b)}
    names |= {"count": str(len(sums)), "unit": str(unit), "bias": facts.place(b, unit)}
    names["dead"] = facts.place(line.output, 0, unit) if dead else ""
    low = math.floor(float(bias[unit]) - most - 1)
    names["low"] = "" if dead else str(low).replace("-", "−")
    slope, weight = facts.known(f"d{names['Z']}"), facts.known(f"d{facts.name(w)}")
    names |= {"dZ": slope, "slope": f"{slope}[0, {unit}]" if slope else ""}
    return names | {"dW": weight, "weight": f"{weight}[{largest}, {unit}]" if weight else ""}


def adam(facts: Facts) -> Names | None:
    """The weight with the largest derivative, and what Adam holds of it."""
    if facts.plan.flat is None or facts.plan.title != "Adam":
        return None
    g = facts.plan.flat[1]
    at = int(np.argmax(np.abs(facts.value(g))))
    parts = facts.plan.layout.items()
    owner, part = next(each for each in parts if each[1].start <= at < each[1].stop)
    shape = facts.value(owner).shape
    weight = facts.place(owner, *map(int, np.unravel_index(at - part.start, shape)))
    names = {"g": facts.place(g, at), "at": str(at), "weight": weight, "new": f"{NEW}{weight}"}
    names |= {key: f"{each}[{at}]" for key, each in MEANS.items() if facts.known(each)}
    t = int(facts.found.value(facts.plan.numbers["t"]) or 0)
    return names | ({"first": str(t)} if t == 1 else {"later": str(t)})


MEANS = {"m": "m", "v": "v", "mhat": "m̂", "vhat": "v̂"}
FITTING: dict[str, Callable[[Facts], Names | None]] = {
    "forward.md": forward,
    "cancelled.md": cancelled,
    "relu.md": rectified,
    "adam.md": adam,
}
