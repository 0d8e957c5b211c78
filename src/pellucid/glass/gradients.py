"""Checking gradients: what the plan derives, against central differences of its loss in float64."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pellucid.data import Batch
from pellucid.glass.differences import Compared, Place, chosen, compared
from pellucid.glass.recorder import held, numbers, rows, with_states
from pellucid.networks.planning import gradient_plan
from pellucid.plan import Plan
from pellucid.plan.interpret import interpret
from pellucid.plan.trace import trace
from pellucid.tensor import Tensor, show_shape
from pellucid.training.engine import Engine
from pellucid.wording import tell

if TYPE_CHECKING:
    from rich.table import Table

#: the largest network of which every number is looked at, and how many of each value in others
SMALL, SAMPLE = 2000, 40
#: how far a network is moved to be off its kinks
ASIDE = 1e-3

Values = Mapping[Tensor, np.ndarray]


class Checked(NamedTuple):
    """What was found of one parameter, input or state.

    `derived` and `difference` are the derivatives at the `place` where they are furthest apart, in
    relative terms `error`. `kinks` counts places where the loss has no derivative; beside them the
    derived one is right.
    """

    name: str
    role: str
    shape: tuple[int, ...]
    looked: int
    size: int
    error: float
    place: Place
    derived: float
    difference: float
    kinks: int
    well: bool


class GradientCheck(Sequence[Checked]):
    """A row for each parameter, input and state that the loss reads; true if all are well."""

    def __init__(self, checked: Sequence[Checked]):
        self.checked = tuple(checked)

    def __len__(self) -> int:
        return len(self.checked)

    def __getitem__(self, at):
        return self.checked[at]

    def __iter__(self) -> Iterator[Checked]:
        return iter(self.checked)

    def __bool__(self) -> bool:
        return all(each.well for each in self.checked)

    @property
    def wrong(self) -> list[Checked]:
        """The rows whose gradient is not that of the loss."""
        return [each for each in self.checked if not each.well]

    def table(self) -> Table:
        from rich.table import Table

        table = Table("gradient", "shape", box=None, header_style="bold")
        for heading in ("looked at", "largest error", "at", "derived", "by differences"):
            table.add_column(heading, justify="right", no_wrap=True)
        table.add_column("")
        for each in self.checked:
            table.add_row(f"d{each.name}", show_shape(each.shape), *cells(each), verdict(each))
        return table

    def __rich__(self) -> Table:
        return self.table()

    def __str__(self) -> str:
        from rich.console import Console

        page = io.StringIO()
        Console(file=page, width=120, color_system=None).print(self.table())
        return "\n".join(line.rstrip() for line in page.getvalue().splitlines())

    def __repr__(self) -> str:
        wrong = ", ".join(f"d{each.name}" for each in self.wrong)
        found = f"wrong: {wrong}" if wrong else "all well"
        return f"<GradientCheck of {len(self)} gradients, {found}>"


def cells(each: Checked) -> tuple[str, ...]:
    looked = "all" if each.looked == each.size else f"{each.looked:,} of {each.size:,}"
    at = f"[{', '.join(map(str, each.place))}]"
    return looked, f"{each.error:.1e}", at, f"{each.derived:.6g}", f"{each.difference:.6g}"


def verdict(each: Checked) -> str:
    if not each.well:
        return "WRONG"
    return f"well, {each.kinks} at a kink" if each.kinks else "well"


def check_gradients(
    engine: Engine, batch: Batch, places: int | None = None, seed: int = 0
) -> GradientCheck:
    """Each derivative that the plan derives on these rows, beside its difference."""
    plan, given = start(engine, batch)
    here, beside = Point(plan, given), Point(plan, aside(plan, given, seed))
    small = sum(given[each].size for each in plan.parameters) <= SMALL
    most = places if places is not None or small else SAMPLE
    rng = np.random.default_rng(seed)
    names, checked = plan.names, []
    for tensor in plan.parameters:
        found = [
            here.at(tensor, place, beside) for place in chosen(here.derived(tensor), most, rng)
        ]
        checked.append(summed_up(tensor, names.get(tensor, tensor.name), given[tensor], found))
    return GradientCheck(checked)


def start(engine: Engine, batch: Batch) -> tuple[Plan, dict[Tensor, np.ndarray]]:
    """The loss and its gradient for all that it reads, and what they are given, in float64."""
    plan = gradient_plan(engine.network, engine.aim.goal, batch.weight is not None)
    read = with_states(engine, batch)
    given = held(plan, engine) | rows(plan, read, np.float64) | numbers(plan, engine)
    doubled = {
        tensor: value.astype(np.float64) if is_floating(value) else value
        for tensor, value in given.items()
    }
    return plan, doubled


def is_floating(value: object) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind == "f"


class Point:
    """The values that a network and its rows have: the loss around them, and its gradient there."""

    def __init__(self, plan: Plan, given: Values):
        self.plan, self.given = plan, given
        self.forward = trace([plan.total])
        self.values = quietly(plan, given)

    def at(self, tensor: Tensor, place: Place, beside: Point) -> Compared:
        """The derivative at one place; at a kink, whether it is right beside it."""
        found = self.compared(tensor, place)
        if found.kink and beside.compared(tensor, place).agrees:
            return found
        return found._replace(kink=False)

    def compared(self, tensor: Tensor, place: Place) -> Compared:
        def loss(x: np.ndarray) -> float:
            with np.errstate(all="ignore"):
                return float(
                    interpret(self.forward, {**self.given, tensor: x}, np)[self.plan.total]
                )

        return compared(loss, self.given[tensor], self.derived(tensor), place)

    def derived(self, tensor: Tensor) -> np.ndarray:
        """The derived gradient; 0 where the plan has none."""
        gradient = self.plan.gradients.get(tensor)
        like = self.given[tensor]
        if gradient is None:
            return np.zeros_like(like)
        value = self.values[gradient] if gradient.value is None else gradient.value
        return np.broadcast_to(np.asarray(value), like.shape)


@np.errstate(all="ignore")
def quietly(plan: Plan, given: Values) -> Values:
    return interpret(plan.lines, given, np)


def aside(plan: Plan, given: Values, seed: int) -> dict[Tensor, np.ndarray]:
    """All numbers that the loss is derived by moved a little, each by another random share."""
    rng = np.random.default_rng(seed)
    shifted = {}
    for tensor in plan.parameters:
        x = given[tensor]
        shifted[tensor] = x + ASIDE * np.maximum(1.0, np.abs(x)) * rng.uniform(-1, 1, x.shape)
    return {**given, **shifted}


def summed_up(tensor: Tensor, name: str, x: np.ndarray, found: Sequence[Compared]) -> Checked:
    """The row of one value: the worst of its places, kinks left out where there are others."""
    plain = [each for each in found if not each.kink]
    worst = max(plain or found, key=lambda each: each.error)
    return Checked(
        name,
        tensor.role,
        x.shape,
        len(found),
        x.size,
        worst.error,
        worst.place,
        worst.derived,
        worst.difference,
        len(found) - len(plain),
        all(each.agrees for each in plain),
    )


tell(globals(), "glass")
