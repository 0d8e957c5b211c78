"""The executor that defines what is right: it walks the equations, on NumPy.

Every equation writes into the same arrays at every step: from the second on nothing is allocated.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from pellucid.data import CSR, Features
from pellucid.data.batches import gathered
from pellucid.executors.executor import Done
from pellucid.executors.memory import Memory
from pellucid.executors.program import Program, compute_numbers
from pellucid.executors.update import Update, finite
from pellucid.plan import Plan, sentence
from pellucid.tensor import Tensor

#: prepared programs kept at a time, one for each batch size
PROGRAMS = 4


class NumpyExecutor:
    """Runs a plan. `values[index[t]]` is what tensor t was at the last step."""

    name = "numpy"

    def __init__(self, plan: Plan, memory: Memory):
        self.plan, self.memory = plan, memory
        self.feeds = [*plan.inputs, *plan.targets, *plan.weights]
        arrays = memory.arrays()
        read = [tensor for line in plan.lines for tensor in (*line.inputs, *line.outputs)]
        known = dict.fromkeys([*self.feeds, *arrays, *read, *plan.assignments.values()])
        self.index = {tensor: at for at, tensor in enumerate(known)}
        self.values: list[Any] = [arrays.get(tensor, tensor.value) for tensor in known]
        self.numbers = [line for line in plan.lines if line.output.is_setting]
        lines = [line for line in plan.lines if not line.output.is_setting]
        self.lines = [line for line in lines if line.section != "update" or line.output is plan.g]
        self.given_numbers = plan.numbers
        self.kept = {each: array for each, array in arrays.items() if each.is_setting}
        self.programs: dict[Any, Program] = {}
        self.before = [(arrays[each], np.empty_like(arrays[each])) for each in plan.assignments]
        vectors = memory.vectors()
        moved = {old: new for old, new in plan.assignments.items() if old in vectors}
        others = [old for old in plan.assignments if old not in vectors]
        self.others = [(arrays[old], self.index[plan.assignments[old]]) for old in others]
        if plan.theta is not None and plan.g is not None:
            self.watched = [self.index[each] for each in (plan.total, plan.g)]
            self.watched += [at for _, at in self.others]
            update = [line for line in lines if line not in self.lines]
            self.update = Update(update, moved, self.index, self.values)

    def fed(self, arrays: Sequence[Features], look: bool = True) -> list[Features]:
        """The arrays as they are: rows become dense numbers batch by batch."""
        return list(arrays)

    @np.errstate(all="ignore")
    def run(
        self,
        given: Sequence[Features],
        order: np.ndarray | None,
        first: int,
        last: int,
        batch: int,
        rates: np.ndarray | None = None,
        losses: np.ndarray | None = None,
        seconds: float = 0.0,
        wants_outputs: bool = True,
        stops: Callable[[], bool] | None = None,
    ) -> Done:
        """Steps on the rows `first` to `last` (of `order`), until done or `seconds` have passed."""
        until = time.perf_counter() + seconds if seconds else math.inf
        for array, before in self.before if rates is not None else ():
            before[...] = array
        outputs: list[np.ndarray] = []
        done = steps = 0
        asked = stops or (lambda: False)
        while first + done < last and time.perf_counter() < until and not asked():
            rows = slice(first + done, min(first + done + batch, last))
            self._take(given, rows if order is None else order[rows])
            self._compute(self.memory.steps + steps, 0.0 if rates is None else float(rates[steps]))
            if rates is not None and not self._move():
                for array, before in self.before:
                    array[...] = before
                self.run(given, order, first, first + done, batch, rates, wants_outputs=False)
                return Done(steps, False, [each[:done] for each in outputs])
            if losses is not None:
                self._add_losses(losses, rows.stop - rows.start)
            if wants_outputs:
                self._give(outputs, done, last - first)
            done, steps = rows.stop - first, steps + 1
        return Done(steps, True, [each[:done] for each in outputs])

    def value(self, tensor: Tensor) -> Any:
        """What `tensor` was at the last step."""
        return self.values[self.index[tensor]]

    def given(self) -> dict[Tensor, Any]:
        """What the last step was given: rows, θ and states, and plain numbers."""
        written = {tensor for line in self.plan.lines for tensor in line.outputs}
        return {each: self.value(each) for each in self.index if each not in written}

    def report(self) -> str:
        """The equations, one after the other."""
        steps = [f"  {sentence(self.plan, line)}" for line in self.lines]
        return "\n".join([f"numpy: {len(steps)} equations, one after the other", *steps])

    def _take(self, given: Sequence[Features], rows: slice | np.ndarray) -> None:
        """Put these rows in the places of inputs, targets and weights."""
        for tensor, array in zip(self.feeds, given, strict=True):
            dtype = None if tensor.dtype == "int" else self.memory.dtype
            self.values[self.index[tensor]] = dense_rows(array, rows, dtype)

    def _compute(self, step: int, rate: float) -> None:
        """Forward and, where the plan has it, backward, up to g."""
        values, index = self.values, self.index
        for tensor, array in self.kept.items():
            values[index[tensor]] = float(array)
        known = {"seed": self.memory.seed, "step": step, "t": step + 1.0, "η": rate}
        for name, tensor in self.given_numbers.items():
            values[index[tensor]] = known[name]
        compute_numbers(self.numbers, index, values)
        self._program().run()

    def _program(self) -> Program:
        key = tuple(self.value(tensor).shape for tensor in self.feeds)
        if key not in self.programs:
            while len(self.programs) >= PROGRAMS:
                self.programs.pop(next(iter(self.programs)))
            self.programs[key] = Program(self.lines, self.index, self.values)
        return self.programs[key]

    def _move(self) -> bool:
        """θ and all states to their new values; and whether these are finite."""
        if not all(finite(self.values[at]) for at in self.watched):
            return False
        for array, at in self.others:
            array[...] = self.values[at]
        return self.update.run()

    def _add_losses(self, losses: np.ndarray, rows: int) -> None:
        for at, tensor in enumerate((self.plan.total, *self.plan.losses)):
            losses[at] += float(self.value(tensor)) * rows

    def _give(self, outputs: list[np.ndarray], done: int, count: int) -> None:
        """Put the outputs of the last step after those `done`, in arrays of `count` rows."""
        found = [self.value(tensor) for tensor in self.plan.outputs]
        if not outputs:
            outputs += [np.empty((count, *each.shape[1:]), each.dtype) for each in found]
        for array, each in zip(outputs, found, strict=True):
            array[done : done + len(each)] = each


def dense_rows(x: Features, rows: slice | np.ndarray, dtype: Any) -> np.ndarray:
    """Some rows as numbers of a kind, or of their own where that is None."""
    if isinstance(x, CSR):
        return x[rows].dense(dtype)
    return np.asarray(x[rows] if isinstance(rows, slice) else gathered(x, rows), dtype)
