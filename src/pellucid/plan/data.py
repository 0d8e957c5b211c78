"""A plan as plain data: lists, dictionaries, words and numbers, as JSON holds them; and back.

Tensors go by their numbers. An equation goes by its name and settings, and is looked up among the
equations that there are; nothing in the data is run.
"""

from __future__ import annotations

import importlib
import math
import pkgutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from pellucid import equations
from pellucid.equations.base import Equation
from pellucid.plan.listing import Listing
from pellucid.settings import is_registered, nearest, plain, restored
from pellucid.tensor import Line, Operation, Tensor

Data = dict[str, Any]
P = TypeVar("P", bound=Listing)

#: what a plan holds as tensors in a row, as one tensor or none, and as pairs of tensors
ROWS = ("inputs", "outputs", "targets", "weights", "losses", "parameters")
ONES = ("loss", "theta", "g")
PAIRS = ("gradients", "assignments")


class Writing:
    """Tensors by number, as they are first met, and what is written with them."""

    def __init__(self, equation: Callable[[Operation], Any] | None = None) -> None:
        self.numbers: dict[Tensor, int] = {}
        self.equation = equation or equation_data

    def plan(self, plan: Listing) -> Data:
        data: Data = {"title": plan.title, "notes": list(plan.notes)}
        data |= {name: self.all(getattr(plan, name)) for name in ROWS}
        data |= {name: self.one(getattr(plan, name)) for name in ONES}
        data |= {name: self.pairs(getattr(plan, name)) for name in PAIRS}
        data["lines"] = [self.line(line) for line in plan.lines]
        return data | {"tensors": self.tensors()}

    def one(self, tensor: Tensor | None) -> int | None:
        return None if tensor is None else self.numbers.setdefault(tensor, len(self.numbers))

    def all(self, tensors: Iterable[Tensor]) -> list[int | None]:
        return [self.one(tensor) for tensor in tensors]

    def pairs(self, tensors: Mapping[Tensor, Tensor]) -> list[list[int | None]]:
        return [self.all(pair) for pair in tensors.items()]

    def line(self, line: Line) -> Data:
        return {
            "equation": self.equation(line.equation),
            "inputs": self.all(line.inputs),
            "outputs": self.all(line.outputs),
            "layer": line.layer,
            "section": line.section,
            "note": line.note,
        }

    def tensors(self) -> list[Data]:
        """All that were met so far, and those that they are gradients of."""
        met = list(self.numbers)
        for tensor in met:
            source = tensor.gradient_of
            if source is not None and source not in self.numbers:
                self.one(source)
                met.append(source)
        return [self.tensor(tensor) for tensor in met]

    def tensor(self, tensor: Tensor) -> Data:
        return {
            "name": tensor.name,
            "shape": list(tensor.shape),
            "role": tensor.role,
            "dtype": tensor.dtype,
            "value": setting_data(tensor.value),
            "gradient_of": self.one(tensor.gradient_of),
        }


class Reading:
    """Tensors by number, and what is read with them."""

    def __init__(self, tensors: Sequence[Data], equation: Callable[[Any], Operation] | None = None):
        self.equation = equation or equation_from
        self.tensors = [
            Tensor(
                tuple(each["shape"]),
                each["name"],
                each["role"],
                each["dtype"],
                setting_from(each["value"]),
            )
            for each in tensors
        ]
        for tensor, each in zip(self.tensors, tensors, strict=True):
            tensor.gradient_of = self.one(each["gradient_of"])

    def into(self, kind: type[P], data: Data) -> P:
        """A plan of this class, with all that the data say of it."""
        plan = kind((), ())
        for name in ROWS:
            setattr(plan, name, tuple(self.all(data[name])))
        for name in ONES:
            setattr(plan, name, self.one(data[name]))
        for name in PAIRS:
            setattr(plan, name, self.pairs(data[name]))
        plan.title, plan.notes = data["title"], list(data["notes"])
        plan.lines = [self.line(line) for line in data["lines"]]
        return plan

    def one(self, number: int | None) -> Tensor | None:
        return None if number is None else self.all([number])[0]

    def all(self, numbers: Iterable[int]) -> list[Tensor]:
        return [self._numbered(number) for number in numbers]

    def pairs(self, numbers: Iterable[tuple[int, int]]) -> dict[Tensor, Tensor]:
        return {self._numbered(one): self._numbered(other) for one, other in numbers}

    def line(self, data: Data) -> Line:
        outputs = tuple(self.all(data["outputs"]))
        line = Line(
            self.equation(data["equation"]),
            tuple(self.all(data["inputs"])),
            outputs,
            data["layer"],
            data["section"],
            data["note"],
        )
        for tensor in outputs:
            tensor.line = line
        return line

    def _numbered(self, number: int) -> Tensor:
        if not 0 <= number < len(self.tensors):
            raise ValueError(
                f"the data name tensor {number}, but hold the tensors 0 to {len(self.tensors) - 1}"
            )
        return self.tensors[number]


def equation_data(equation: Operation) -> Data:
    """An equation as its name and settings."""
    name = type(equation).__name__
    if known_equations().get(name) is not type(equation):
        raise TypeError(
            f"cannot write the equation {name} as data: it could not be looked up again. "
            "Register a class of your own with @pellucid.register, also where the data are read"
        )
    settings = {key: setting_data(value) for key, value in equation.settings().items()}
    return {"equation": name, "settings": settings}


def equation_from(data: Data) -> Operation:
    known = known_equations()
    if data["equation"] not in known:
        raise ValueError(
            f"unknown equation {data['equation']!r}: {nearest(data['equation'], known)}"
        )
    settings = {name: setting_from(value) for name, value in data["settings"].items()}
    return known[data["equation"]](**settings)


def known_equations() -> dict[str, type[Equation]]:
    """Every equation of pellucid, and every registered one, by the name of its class."""
    for module in pkgutil.iter_modules(equations.__path__, f"{equations.__name__}."):
        importlib.import_module(module.name)
    return {
        each.__name__: each
        for each in Equation.every()
        if each.__module__.startswith("pellucid.") or is_registered(each)
    }


def setting_data(value: Any) -> Any:
    """A setting of an equation: what `plain` writes, and slices, equations, and ∞."""
    if isinstance(value, Equation):
        return equation_data(value)
    if isinstance(value, (list, tuple)):
        return [setting_data(item) for item in value]
    if isinstance(value, slice):
        return {"slice": [value.start, value.stop, value.step]}
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": str(value)}
    return plain(value)


def setting_from(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(setting_from(item) for item in value)
    if not isinstance(value, dict):
        return value
    match value:
        case {"equation": _, "settings": _}:
            return equation_from(value)
        case {"slice": [start, stop, step]}:
            return slice(start, stop, step)
        case {"float": word}:
            return float(word)
    return restored(value)
