"""A number of a step by its printed name: Ŷ[3] of every row, or Ŷ[0, 3] of the first.

Of feature maps A1[3] is channel 3, its mean over all places.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, NamedTuple, ParamSpec, TypeVar

import numpy as np

from pellucid.foreign import quoted
from pellucid.glass import Recording
from pellucid.glass.elements import StepElements, tensor_at
from pellucid.models.seeing import Seeing
from pellucid.tensor import Tensor, show_shape

#: rows that are recorded at once
ROWS = 512

Given = ParamSpec("Given")
Found = TypeVar("Found")


def of_a_network(lens: Callable[Given, Found]) -> Callable[Given, Found]:
    """A lens that says what it expects where its first argument is no network."""

    @wraps(lens)
    def looks(*given: Given.args, **named: Given.kwargs) -> Found:
        net = given[0] if given else named.get("net")
        if net is not None and not isinstance(net, Seeing):
            instead = "its .network_" if hasattr(net, "network_") else "a Sequential or a Model"
            raise TypeError(
                f"{lens.__name__} looks at a network; got {quoted(type(net).__name__)}. "
                f"Give {instead}, then the data"
            )
        return lens(*given, **named)

    return looks


class Asked(NamedTuple):
    """Numbers of one value of a step: `weights` is 1 where they stand, and 0 elsewhere.

    Where a mean of several is asked for, it is the share of each.
    """

    tensor: Tensor
    weights: np.ndarray

    def sum(self, recording: Recording) -> float:
        """The numbers, added up."""
        return float(np.sum(self.per_row(recording)))

    def per_row(self, recording: Recording) -> np.ndarray:
        """The numbers by row of the batch; one number where the value has no rows."""
        picked = np.asarray(recording.by_tensor[self.tensor], float) * self.weights
        return picked.reshape(len(picked), -1).sum(axis=1) if has_rows(self.tensor) else picked

    def of_row(self, row: int) -> Asked:
        """The numbers of one row."""
        return Asked(self.tensor, self.weights[row : row + 1])

    def repeated(self, times: int) -> Asked:
        """The numbers of rows that each stand in a batch `times` times."""
        return Asked(self.tensor, np.repeat(self.weights, times, axis=0))


def asked(found: StepElements, of: str | None) -> Asked:
    """The number that a name stands for; without a name, each row's largest output."""
    if of is None:
        return largest_output(found)
    name, index = name_and_index(of)
    tensor = found.tensor(name)
    if has_rows(tensor) and len(index) == len(tensor.shape) - 1:
        place = found.written(name, (0, *index))
        return Asked(tensor, ones_at(found, place.source, (slice(None), *place.at[1:])))
    if has_rows(tensor) and len(index) == 1 < len(tensor.shape) - 1:
        return channel(found, tensor, index[0])
    if has_rows(tensor) and not index and tensor.size == 1:
        return Asked(tensor, np.ones(array_of(found, tensor).shape))
    if not index and tensor.shape:
        example = f"{name}[{', '.join('0' for _ in tensor.shape[has_rows(tensor) :])}]"
        raise ValueError(
            f"{name} has the shape {show_shape(tensor.shape)}: say which of its numbers, "
            f"such as {example}"
        )
    place = found.written(name, index)
    return Asked(tensor_at(place), ones_at(found, place.source, place.at))


def channel(found: StepElements, tensor: Tensor, number: int) -> Asked:
    """The mean of one channel over all places, for each row."""
    shape = array_of(found, tensor).shape
    place = found.written(found.names[tensor], (*(0 for _ in shape[1:]), number))
    weights = ones_at(found, place.source, (..., place.at[-1]))
    return Asked(tensor, weights / max(1, int(np.prod(shape[1:-1]))))


def largest_output(found: StepElements) -> Asked:
    outputs = found.plan.outputs
    if len(outputs) > 1:
        names = ", ".join(found.names[each] for each in outputs)
        raise ValueError(f"the network has several outputs, {names}: say of which number, in of=")
    value = array_of(found, outputs[0])
    rows = value.reshape(len(value), -1)
    weights = np.zeros(rows.shape)
    weights[np.arange(len(rows)), rows.argmax(axis=1)] = 1.0
    return Asked(outputs[0], weights.reshape(value.shape))


def asked_by_row(found: StepElements, of: str | None) -> Asked:
    """The same, where each row has to have a number of its own."""
    number = asked(found, of)
    if not has_rows(number.tensor):
        raise ValueError(f"{of} is one number for all rows; ask for one of each row, such as Ŷ[3]")
    return number


def name_and_index(of: str) -> tuple[str, tuple[int, ...]]:
    """Ŷ[0, 3] → ("Ŷ", (0, 3))"""
    match = re.fullmatch(r"([^\[\]]+)(?:\[\s*(-?\d+(?:\s*,\s*-?\d+)*)\s*,?\s*\])?", of.strip())
    if match is None:
        raise ValueError(
            f"{quoted(of)} is no number of a plan; expected its name and its place, such as Ŷ[3], "
            "or Ŷ[0, 3] with the row first"
        )
    return match[1].strip(), tuple(map(int, match[2].split(","))) if match[2] else ()


def ones_at(found: StepElements, tensor: Any, at: tuple[Any, ...]) -> np.ndarray:
    weights = np.zeros(array_of(found, tensor).shape)
    weights[at] = 1.0
    return weights


def array_of(found: StepElements, tensor: Tensor) -> np.ndarray:
    """The value of a tensor, also of a plain number."""
    return np.asarray(found.value(tensor))


def has_rows(tensor: Tensor) -> bool:
    return bool(tensor.shape) and tensor.shape[0] is None


def given_inputs(recording: Recording) -> list[np.ndarray]:
    """The inputs of a recorded step, in order."""
    return [recording[recording.plan.names[each]] for each in recording.plan.inputs]


def input_named(recording: Recording, by: str) -> int:
    """Which of the inputs has a name; only those of plain numbers can be moved a little."""
    names = [recording.plan.names[each] for each in recording.plan.inputs]
    tensor = StepElements(recording).tensor(by)
    if tensor not in recording.plan.inputs:
        raise ValueError(f"{by} is no input of the network; its inputs: {', '.join(names)}")
    check_moves(tensor, by)
    return recording.plan.inputs.index(tensor)


def check_moves(tensor: Tensor, by: str) -> None:
    if tensor.dtype == "int":
        raise ValueError(
            f"{by} holds whole numbers, of words or classes, which cannot move a little: ask by "
            "the value of the plan that is looked up with them"
        )


def with_input(inputs: Sequence[np.ndarray], at: int, other: np.ndarray) -> Any:
    """The inputs as a network takes them, one of them exchanged; others are repeated for it."""
    times = len(other) // len(inputs[at])
    given = [other if i == at else np.repeat(each, times, axis=0) for i, each in enumerate(inputs)]
    return given if len(given) > 1 else given[0]


def numbers_of(net: Seeing, x: Any, of: str) -> np.ndarray:
    """A number of each row, by its name: "A1[5]". Rows are recorded some at a time."""
    parts = []
    for rows in in_parts(net, x):
        recording = net.record(rows)
        parts.append(asked(StepElements(recording), of).per_row(recording))
    return np.concatenate(parts)


def in_parts(net: Seeing, x: Any) -> list[Any]:
    """The rows of one input, or of several, a part at a time."""
    if isinstance(x, dict):
        starts = range(0, count(next(iter(x.values()))), ROWS)
        return [{name: each[at : at + ROWS] for name, each in x.items()} for at in starts]
    if len(net.inputs) > 1:
        return [[each[at : at + ROWS] for each in x] for at in range(0, count(x[0]), ROWS)]
    return [x[at : at + ROWS] for at in range(0, count(x), ROWS)]


def count(rows: Any) -> int:
    """How many there are, of a sparse matrix too."""
    return rows.shape[0] if hasattr(rows, "shape") else len(rows)
