"""A recording: every value of a step, under the name that it has in the printed plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from pellucid.plan import Plan
from pellucid.plan.step import Taken, Values, parameters, step
from pellucid.settings import nearest
from pellucid.tensor import Tensor, show_shape
from pellucid.wording import tell
from pellucid.writing import write_beside

if TYPE_CHECKING:
    from rich.table import Table

SUMMARY = ("min", "mean", "max", "zeros", "norm")


class Recording(Mapping[str, np.ndarray]):
    """Every value of a step by its printed name: r["Ŷ"][0], r["dW1"], r["m̂"].

    θ, W1, m and other states are as the step found them; what they moved to is r["new θ"],
    r["new W1"], r["new m"]. Rows of the batch come first. Nothing that the network does later
    changes a recording.
    """

    def __init__(self, plan: Plan, arrays: Mapping[str, np.ndarray], by_tensor: Values):
        #: by name, and by tensor also what has no name
        self.plan, self.arrays, self.by_tensor = plan, arrays, by_tensor

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in self.arrays:
            raise KeyError(f"the step has no value {name!r}: {nearest(name, self.arrays)}")
        return self.arrays[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.arrays)

    def __len__(self) -> int:
        return len(self.arrays)

    def table(self) -> Table:
        """A row for each value: its shape, least, mean and largest number, share of zeros, norm."""
        from rich.table import Table

        table = Table("", "shape", box=None, header_style="bold")
        for heading in SUMMARY:
            table.add_column(heading, justify="right", no_wrap=True)
        for name, array in self.arrays.items():
            table.add_row(name, show_shape(array.shape), *summary(array))
        return table

    def to_safetensors(self, path: str | PathLike[str]) -> None:
        """Write every value under its name, and the printed plan as `plan` in the metadata."""
        from safetensors.numpy import save as to_bytes

        arrays = {name: np.asarray(array, order="C") for name, array in self.arrays.items()}
        write_beside(Path(path), to_bytes(arrays, {"plan": str(self.plan)}))

    def __reduce__(self) -> tuple[Any, ...]:
        """How a recording is copied: its values in the order of the plan."""
        values = [self.by_tensor.get(tensor) for tensor in read_in_turn(self.plan)]
        return recorded_again, (self.plan, self.arrays, values)

    def __repr__(self) -> str:
        return f"<Recording of {len(self)} values: {', '.join(self)}>"


def replayed(plan: Plan, given: Values) -> Recording:
    """The values of a step, which is taken once more."""
    return recording(plan, taken_step(plan, given))


@np.errstate(all="ignore")
def taken_step(plan: Plan, given: Values, xp: Any = np) -> Taken:
    """The step by NumPy, of which nothing is kept; whatever is not finite stays in its values."""
    return step(plan, given, xp)


def recording(plan: Plan, taken: Taken) -> Recording:
    """The values of a step by their names, in the order of the plan; at the end what has moved."""
    values, names = taken.values, names_of(plan)
    found = {name: values.get(each, each.value) for each, name in names.in_turn.items()}
    moved = {**taken.moved, **parameters(plan, taken.moved, np)}
    found |= {names.moved[each]: value for each, value in moved.items() if each in names.moved}
    return Recording(plan, {name: np.asarray(value) for name, value in found.items()}, values)


class Names(NamedTuple):
    """The names of a plan's values in the order of the plan, and of what states move to."""

    in_turn: dict[Tensor, str]
    moved: dict[Tensor, str]


#: those of each plan that is alive; a plan that takes steps is not written any further
NAMES: WeakKeyDictionary[Plan, Names] = WeakKeyDictionary()


def names_of(plan: Plan) -> Names:
    if plan not in NAMES:
        names = plan.names
        in_turn = {each: names[each] for each in read_in_turn(plan) if each in names}
        NAMES[plan] = Names(in_turn, {each: f"new {name}" for each, name in names.items()})
    return NAMES[plan]


def recorded_again(plan: Plan, arrays: Mapping[str, np.ndarray], values: list[Any]) -> Recording:
    pairs = zip(read_in_turn(plan), values, strict=True)
    return Recording(plan, arrays, {each: value for each, value in pairs if value is not None})


def read_in_turn(plan: Plan) -> list[Tensor]:
    """The tensors of a plan, each where it is first needed."""
    lines = [tensor for line in plan.lines for tensor in (*line.inputs, *line.outputs)]
    return list(dict.fromkeys([*plan.inputs, *plan.targets, *plan.weights, *lines]))


def summary(array: np.ndarray) -> tuple[str, ...]:
    """The numbers of a row of the table."""
    if not array.size:
        return ("",) * len(SUMMARY)
    numbers = array.astype(np.float64)
    with np.errstate(all="ignore"):
        sizes = numbers.min(), numbers.mean(), numbers.max()
        norm = np.sqrt(np.sum(numbers * numbers))
    zeros = 1 - np.count_nonzero(array) / array.size
    return (*(f"{size:.4g}" for size in sizes), f"{zeros:.0%}" if zeros else "", f"{norm:.4g}")


tell(globals(), "glass")
