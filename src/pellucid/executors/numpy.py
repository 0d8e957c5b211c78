"""The executor that defines what is right: it walks the equations, on NumPy.

Every equation writes into the same arrays at every step: from the second on nothing is allocated.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid.data import Features
from pellucid.data.batches import dense_rows
from pellucid.executors.executor import Asked, Done
from pellucid.executors.memory import Memory
from pellucid.executors.program import Program
from pellucid.executors.update import Update, finite
from pellucid.plan import Plan, sentence
from pellucid.tensor import Tensor

#: prepared programs kept at a time, one for each batch size
PROGRAMS = 4
#: multiplications of a step that is asked between its equations whether to stop
LONG_STEP = 100_000_000


class NumpyExecutor:
    """Runs a plan. `values[index[t]]` is what tensor t was at the last step."""

    name = "numpy"

    def __init__(self, plan: Plan, memory: Memory):
        self.plan, self.memory, self.work = plan, memory, plan.flops
        self.feeds = [*plan.inputs, *plan.targets, *plan.weights]
        arrays = memory.arrays()
        read = [tensor for line in plan.lines for tensor in (*line.inputs, *line.outputs)]
        known = dict.fromkeys([*self.feeds, *arrays, *read, *plan.assignments.values()])
        self.index = {tensor: at for at, tensor in enumerate(known)}
        self.values: list[Any] = [arrays.get(tensor, tensor.value) for tensor in known]
        update = [line for line in plan.section("update") if not line.output.is_setting]
        later = [line for line in update if line.output is not plan.g]
        self.lines = [line for line in plan.lines if line not in later]
        self.programs: dict[Any, Program] = {}
        self.losses = [self.index[each] for each in (plan.loss, *plan.losses) if each is not None]
        self.told = [(self.index[tensor], name) for name, tensor in plan.numbers.items()]
        self.kept = [(self.index[each], array) for each, array in arrays.items() if each.is_setting]
        self.before = [(arrays[each], np.empty_like(arrays[each])) for each in plan.assignments]
        vectors = memory.vectors()
        moved = {old: new for old, new in plan.assignments.items() if old in vectors}
        others = [old for old in plan.assignments if old not in vectors]
        self.others = [(arrays[old], self.index[plan.assignments[old]]) for old in others]
        if plan.g is not None:
            self.watched = [self.losses[0], self.index[plan.g], *(at for _, at in self.others)]
            self.update = Update(later, moved, self.index, self.values)

    def fed(self, arrays: Sequence[Features], look: bool = True) -> list[Features]:
        """The arrays as they are: rows become dense numbers batch by batch."""
        return list(arrays)

    @np.errstate(all="ignore")
    def run(self, given: Sequence[Features], asked: Asked) -> Done:
        """The steps that are asked for, one after the other; what is raised in one undoes all."""
        if asked.rates is None:
            return self._run(given, asked)
        for array, before in self.before:
            before[...] = array
        try:
            return self._run(given, asked)
        except BaseException:
            self._go_back()
            raise

    def _run(self, given: Sequence[Features], asked: Asked) -> Done:
        order, first, last, batch, rates, losses, seconds, wants_outputs, stops = asked
        begun, outputs = time.perf_counter(), list[np.ndarray]()
        within = stops if min(batch, last - first) * self.work > LONG_STEP else None
        done = steps = 0
        while first + done < last:
            rows = slice(first + done, min(first + done + batch, last))
            self._take(given, rows if order is None else order[rows])
            self._tell(self.memory.steps + steps, 0.0 if rates is None else float(rates[steps]))
            if not self._program().run(within):
                break
            if rates is not None and not self._move():
                self._go_back()
                again = Asked(order, first, first + done, batch, rates, wants_outputs=False)
                self._run(given, again)
                return Done(steps, False, [each[:done] for each in outputs])
            if losses is not None:
                losses += [float(self.values[at]) * (rows.stop - rows.start) for at in self.losses]
            if wants_outputs:
                self._give(outputs, done, last - first)
            done, steps = rows.stop - first, steps + 1
            if (seconds and time.perf_counter() - begun > seconds) or (stops and stops()):
                break
        return Done(steps, True, [each[:done] for each in outputs])

    def value(self, tensor: Tensor) -> Any:
        """What `tensor` was at the last step."""
        return self.values[self.index[tensor]]

    def given(self) -> dict[Tensor, Any]:
        """What the last step was given: rows, θ and states, and plain numbers."""
        written = self.plan.writers
        return {each: self.value(each) for each in self.index if each not in written}

    def report(self) -> str:
        """The equations, one after the other."""
        lines = [line for line in self.lines if not line.output.is_setting]
        steps = [f"  {sentence(self.plan, line)}" for line in lines]
        return "\n".join([f"numpy: {len(steps)} equations, one after the other", *steps])

    def _take(self, given: Sequence[Features], rows: slice | np.ndarray) -> None:
        """Put these rows in the places of inputs, targets and weights."""
        for tensor, array in zip(self.feeds, given, strict=True):
            dtype = None if tensor.dtype == "int" else self.memory.dtype
            self.values[self.index[tensor]] = dense_rows(array, rows, dtype)

    def _tell(self, step: int, rate: float) -> None:
        """What the equations of this step read besides its rows."""
        for at, array in self.kept:
            self.values[at] = float(array)
        known = {"seed": self.memory.seed, "step": step, "t": step + 1.0, "η": rate}
        for at, name in self.told:
            self.values[at] = known[name]

    def _program(self) -> Program:
        key = tuple(self.value(tensor).shape for tensor in self.feeds)
        if key not in self.programs:
            while len(self.programs) >= PROGRAMS:
                self.programs.pop(next(iter(self.programs)))
            self.programs[key] = Program(self.lines, self.index, self.values)
        return self.programs[key]

    def _move(self) -> bool:
        """θ and states to new values; whether these are finite."""
        if not all(finite(self.values[at]) for at in self.watched):
            return False
        for array, at in self.others:
            array[...] = self.values[at]
        return self.update.run()

    def _go_back(self) -> None:
        """θ and states to what they were before the first of the steps."""
        for array, before in self.before:
            array[...] = before

    def _give(self, outputs: list[np.ndarray], done: int, count: int) -> None:
        """Put the outputs of the last step after those `done`, in arrays of `count` rows."""
        found = [self.value(tensor) for tensor in self.plan.outputs]
        if not outputs:
            outputs += [np.empty((count, *each.shape[1:]), each.dtype) for each in found]
        for array, each in zip(outputs, found, strict=True):
            array[done : done + len(each)] = each
