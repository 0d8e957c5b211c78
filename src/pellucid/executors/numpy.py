"""The executor that defines what is right: it walks the equations, on NumPy or any array library.

Every equation writes into the same arrays at every step, so after a step they hold all that was
computed: the record that finding a NaN, explaining and diagnosing read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from pellucid.executors.memory import Memory
from pellucid.executors.program import Program, compute_numbers, numbered
from pellucid.executors.update import Update
from pellucid.plan import Plan
from pellucid.tensor import Tensor
from pellucid.weights import views

#: prepared programs kept at a time, one for each batch size
PROGRAMS = 4


class NumpyExecutor:
    """Runs a plan. `values[index[t]]` is what tensor t was at the last run."""

    name = "numpy"

    def __init__(self, plan: Plan, memory: Memory, xp: Any = None):
        self.plan, self.memory, self.xp = plan, memory, xp
        given = [*plan.inputs, *plan.targets, *plan.weights, *memory.arrays(), *(plan.flat or ())]
        read = [tensor for line in plan.lines for tensor in (*line.inputs, *line.outputs)]
        self.index = numbered([*given, *read, *plan.assignments.values()])
        self.values: list[Any] = [tensor.value for tensor in self.index]
        numbers = [line for line in plan.lines if line.output.is_setting]
        self.numbers = [line for line in numbers if line.section != "update"]
        self.update_numbers = [line for line in numbers if line.section == "update"]
        self.lines = [
            line for line in plan.lines
            if line.section != "update" and not line.output.is_setting
        ]  # fmt: skip
        self.gradient = np.zeros_like(memory.parameters.vector)
        self.before = np.empty_like(memory.parameters.vector)
        self.homes = self._gradient_homes() if plan.flat else {}
        self.programs: dict[Any, Program] = {}
        self.bind()
        self.update = self._update() if plan.flat else None
        self.moved = self._moved_states()
        self.kept_numbers = self._kept_numbers()

    def bind(self) -> None:
        """Put the arrays of the memory in their places."""
        arrays = self.memory.arrays()
        if self.plan.flat:
            arrays[self.plan.flat[1]] = self.gradient
        for tensor, array in arrays.items():
            self.values[self.index[tensor]] = array if self.xp is None else self.xp.asarray(array)

    def run(self, given: Mapping[Tensor, Any]) -> None:
        """Forward and, where the plan has it, backward."""
        if self.xp is not None:
            self.bind()
        self._take(given)
        compute_numbers(self.numbers, self.index, self.values)
        self._program(given).run()

    def value(self, tensor: Tensor) -> Any:
        """What `tensor` was at the last run."""
        return self.values[self.index[tensor]]

    def apply_update(self, given: Mapping[Tensor, float]) -> bool:
        """Move state and parameters, unless a parameter would cease to be finite."""
        assert self.update is not None
        theta = self.memory.parameters.vector
        if not finite(self.gradient):
            return False
        if self.xp is not None:
            self.bind()
        np.copyto(self.before, theta)
        self._take(given)
        self._read_kept_numbers()
        compute_numbers(self.update_numbers, self.index, self.values)
        self.update.run()
        if not finite(theta):
            np.copyto(theta, self.before)
            return False
        self._keep_numbers()
        self._move_states()
        return True

    def _take(self, given: Mapping[Tensor, Any]) -> None:
        for tensor, value in given.items():
            if tensor in self.index:
                self.values[self.index[tensor]] = value

    def _program(self, given: Mapping[Tensor, Any]) -> Program:
        key = tuple(getattr(value, "shape", None) for value in given.values())
        if key not in self.programs:
            while len(self.programs) >= PROGRAMS:
                self.programs.pop(next(iter(self.programs)))
            self.programs[key] = Program(self.lines, self.index, self.values, self.homes, self.xp)
        return self.programs[key]

    def _gradient_homes(self) -> dict[Tensor, list[np.ndarray]]:
        homes: dict[Tensor, list[np.ndarray]] = {}
        parts = views(self.gradient, [weight.shape for weight in self.memory.parameters.weights])
        for weight, part in zip(self.memory.parameters.weights, parts, strict=True):
            if weight.tensor in self.plan.gradients:
                homes.setdefault(self.plan.gradients[weight.tensor], []).append(part)
        return homes

    def _update(self) -> Update:
        assert self.plan.flat is not None
        assert self.memory.step is not None
        theta, g = self.plan.flat
        vectors = {theta: self.memory.parameters.vector, g: self.gradient}
        arrays = self.memory.arrays()
        for tensor in self.memory.step.states.values():
            if not tensor.is_setting:
                vectors[tensor] = arrays[tensor]
        lines = [
            line for line in self.plan.section("update")
            if not line.output.is_setting and line.output is not g
        ]  # fmt: skip
        moved = {
            target: value for target, value in self.plan.assignments.items() if target in vectors
        }
        return Update(lines, moved, vectors, self.index, self.values, self.xp)

    def _kept_numbers(self) -> list[tuple[Tensor, np.ndarray]]:
        step = self.memory.step
        if step is None:
            return []
        return [
            (tensor, self.memory.optimizer[name])
            for name, tensor in step.states.items()
            if tensor.is_setting
        ]

    def _read_kept_numbers(self) -> None:
        for tensor, array in self.kept_numbers:
            self.values[self.index[tensor]] = float(array)

    def _keep_numbers(self) -> None:
        for tensor, array in self.kept_numbers:
            array[...] = self.value(self.plan.assignments[tensor])

    def _move_states(self) -> None:
        """Assign what the forward pass moved, such as the running means of a normalisation."""
        for view, at in self.moved:
            view[...] = self.values[at]

    def _moved_states(self) -> list[tuple[np.ndarray, int]]:
        states, assigned = self.memory.states, self.plan.assignments
        return [
            (view, self.index[assigned[weight.tensor]])
            for weight, view in zip(states.weights, states.views, strict=True)
            if weight.tensor in assigned
        ]


def finite(vector: np.ndarray) -> bool:
    """Whether every element is a finite number. (One product is faster than looking at each.)"""
    return bool(np.isfinite(np.dot(vector, vector))) or bool(np.isfinite(vector).all())
