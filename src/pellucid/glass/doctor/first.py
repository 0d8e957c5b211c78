"""The first state: a step on some rows before any training, and what its numbers are like."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from pellucid.data import Batch
from pellucid.equations.activations import Activation
from pellucid.equations.convolution import Convolution
from pellucid.equations.linear import Affine, Product
from pellucid.equations.recurrent import Recurrence
from pellucid.glass.doctor.statistics import root_mean_square
from pellucid.glass.recorder import given, plan_of
from pellucid.lazy import once
from pellucid.plan import Plan
from pellucid.plan.interpret import interpret
from pellucid.plan.step import parameters
from pellucid.tensor import Line, Tensor
from pellucid.training.engine import Engine

#: the least and the most that a slope may be taken for none: below, a unit does not learn
FLAT = 1e-3
#: so many parameters that their update is not looked at
MANY = 300_000


class Stage(NamedTuple):
    """A value of the forward pass: its name, the layer and the equation that write it."""

    name: str
    layer: str
    equation: Any
    value: np.ndarray
    line: Line


class Fitted(NamedTuple):
    """A parameter, its numbers, and its gradient; None where the loss does not depend on it."""

    name: str
    layer: str
    value: np.ndarray
    gradient: np.ndarray | None
    moved: np.ndarray | None


class First:
    """A step on some rows, taken apart: by the plan, and the value of each of its tensors."""

    def __init__(self, plan: Plan, values: Mapping[Tensor, Any]):
        self.plan, self.values = plan, values
        self.forward = plan.section("forward")

    @classmethod
    def of(cls, engine: Engine, batch: Batch, end: float = math.inf) -> First:
        """The next step of a network, which is not taken; TimeoutError where it goes on too long.

        Of many parameters the update is left out: each of its values is as large as θ.
        """
        plan = plan_of(engine, batch)
        start = given(plan, engine, batch, AsTheyAre)
        values = start | parameters(plan, start, np)
        for section in ("forward", "backward", "update") if few(plan) else ("forward", "backward"):
            values = interpret(in_time(plan.section(section), end), values, np)
        return cls(plan, values)

    @once
    def names(self) -> dict[Tensor, str]:
        return self.plan.names

    def stages(self) -> list[Stage]:
        """The values of the forward pass that have a row for each row of the batch."""
        found = []
        for line in self.forward:
            value = self.values.get(line.output)
            if isinstance(value, np.ndarray) and value.ndim > 1 and line.output.shape[0] is None:
                name = self.names.get(line.output, "")
                found.append(Stage(name, line.layer or "", line.equation, value, line))
        return found

    def linear(self) -> list[Stage]:
        """The values of layers before their activation: X·W + b."""
        return [each for each in self.stages() if isinstance(each.equation, LINEAR)]

    def first_read(self) -> np.ndarray | None:
        """What the first line with weights reads."""
        for line in self.forward:
            if isinstance(line.equation, (*LINEAR, Recurrence)):
                read = self.values.get(line.inputs[0])
                return np.asarray(read) if isinstance(read, np.ndarray) else None
        return None

    def activations(self) -> list[Stage]:
        return [each for each in self.stages() if isinstance(each.equation, Activation)]

    def before(self, stage: Stage) -> np.ndarray:
        """What an activation reads."""
        return np.asarray(self.values[stage.line.inputs[0]])

    def fitted(self) -> list[Fitted]:
        """The parameters, in the order of the layers."""
        layers = self.layers()
        found = []
        for tensor, part in self.plan.layout.items():
            gradient = self.plan.gradients.get(tensor)
            value = None if gradient is None else self.values.get(gradient)
            found.append(
                Fitted(
                    self.names.get(tensor, tensor.name),
                    layers.get(tensor, ""),
                    np.asarray(self.values[tensor]),
                    None if value is None else np.asarray(value),
                    self.moved(part, tensor),
                )
            )
        return found

    def moved(self, part: slice, tensor: Tensor) -> np.ndarray | None:
        """By how much the step moves a parameter."""
        theta = self.plan.theta
        new = self.plan.assignments.get(theta) if theta is not None else None
        if new is None or theta is None or new not in self.values:
            return None
        return np.asarray(self.values[new])[part] - np.asarray(self.values[theta])[part]

    def layers(self) -> dict[Tensor, str]:
        """The layer in which each parameter is read first."""
        found: dict[Tensor, str] = {}
        for line in self.forward:
            for tensor in line.inputs:
                found.setdefault(tensor, line.layer or "")
        return found

    def output_gradient(self) -> np.ndarray | None:
        """The gradient of the loss for the outputs, or for the scores that they are made of.

        None where the plan has none.
        """
        near = {*self.plan.outputs}
        for output in self.plan.outputs:
            line = self.plan.writers.get(output)
            near |= set(line.inputs) if line is not None else set()
        found = [
            np.asarray(self.values[tensor])
            for line in self.plan.lines
            for tensor in line.outputs
            if tensor.gradient_of in near and tensor.gradient_of.role != "parameter"
        ]
        return np.concatenate([each.reshape(-1) for each in found]) if found else None

    @property
    def loss(self) -> float:
        return float(self.values[self.plan.total])

    @property
    def of_targets(self) -> float:
        """The loss without penalties."""
        return float(sum(float(self.values[each]) for each in self.plan.losses))

    @property
    def gradients(self) -> list[np.ndarray]:
        """The gradient of each parameter that has one."""
        return [each.gradient for each in self.fitted() if each.gradient is not None]

    @property
    def gradient_norm(self) -> float:
        """|g|, the length of all gradients as one vector."""
        squares = (each.size * root_mean_square(each) ** 2 for each in self.gradients)
        return math.sqrt(sum(squares))


def in_time(lines: Iterable[Line], end: float) -> Iterator[Line]:
    """The lines, one by one, until the time is over."""
    for line in lines:
        if time.perf_counter() > end:
            raise TimeoutError
        yield line


class AsTheyAre:
    """The arrays that a step begins with, without copies: nothing writes to them."""

    copy = staticmethod(np.asarray)


def few(plan: Plan) -> bool:
    return sum(part.stop - part.start for part in plan.layout.values()) <= MANY


LINEAR = (Affine, Product, Convolution)


def slopes(before: np.ndarray, after: np.ndarray, equation: Any) -> np.ndarray:
    """The slope of an activation at each number, by a small difference."""
    step = 1e-3
    with np.errstate(all="ignore"):
        return np.abs(np.asarray(equation.run(np, before + step)) - after) / step
