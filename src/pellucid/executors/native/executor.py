"""The native executor: a plan as a program that runs many steps without coming back to Python."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from pellucid.executors.executor import Done
from pellucid.executors.memory import Memory
from pellucid.executors.native import windows  # noqa: F401  (enters its lowerings)
from pellucid.executors.native.arrays import SPARSE, available, density, fed
from pellucid.executors.native.assembling import Assembly
from pellucid.executors.native.graph import Number, Operand, Value, root
from pellucid.executors.native.kernels import FIXED, scale_of_gradient
from pellucid.executors.native.library import level
from pellucid.executors.native.lowering import Lowered
from pellucid.executors.native.reporting import report
from pellucid.executors.native.scheduling import Stage, living, schedule
from pellucid.executors.native.simplifying import simplify
from pellucid.plan import Plan
from pellucid.tensor import Tensor
from pellucid.weights import views

if TYPE_CHECKING:
    from pellucid.data import Features
    from pellucid.executors.native._kernels import Feeds

#: whether the program may use fewer threads than it is given where more do not pay
CHOOSES = True


class NativeExecutor:
    """Runs a plan on the arrays of `memory`, or raises `Unsupported` with the reason."""

    name = "native"

    def __init__(self, plan: Plan, memory: Memory, threads: int | None = None):
        self.plan, self.memory, self.threads = plan, memory, threads or available()
        self.dtype = memory.dtype
        self.lowered = Lowered(plan, self.dtype.name)
        self.rate, self.time = Number("rate"), Number("time")
        self.kept: dict[Tensor, Number] = {}
        self.gradient = np.zeros_like(memory.parameters.vector)
        self._give_tensors()
        for line in plan.lines:
            if line.section != "update":
                self.lowered.line(line)
        self.homes: dict[Value, np.ndarray] = {}
        self.checked: list[Value] = []
        if plan.flat:
            self._lower_update()
        self.outputs = [self._array_of(tensor) for tensor in plan.outputs]
        self.losses = [self._array_of(tensor) for tensor in self._reported()]
        if self.losses:
            self.checked.append(self.losses[0])
        self._build()

    def run(
        self,
        given: Feeds,
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
        outputs = [
            np.empty((last - first, *value.dims), self.dtype) for value in self.outputs
        ] if wants_outputs else []  # fmt: skip
        steps, finite = self.program.run(
            given, outputs, order, first, last, batch, rates, self.memory.seed,
            self.memory.steps, seconds, losses, self.threads, CHOOSES, stops,
        )  # fmt: skip
        rows = min(steps * batch, last - first)
        return Done(steps, finite, [each[:rows] for each in outputs])

    def fed(self, arrays: Sequence[Features], look: bool = True) -> Feeds:
        """Arrays as the program can read them; what is mostly zeros goes in compressed form."""
        feeds = fed(arrays)
        feeds.sparse(self._sparse_feed(arrays, look))
        return feeds

    def report(self) -> str:
        """What the program is made of."""
        return report(self)

    def _sparse_feed(self, given: Sequence[Features], look: bool) -> int:
        """The input that is mostly zeros; −1 for none. Without a `look`, arrays are not."""
        known = [at for at in self.compressible if look or not isinstance(given[at], np.ndarray)]
        found = [at for at in known if density(given[at]) < SPARSE]
        return found[0] if len(found) == 1 else -1

    def _reported(self) -> list[Tensor]:
        return [] if self.plan.loss is None else [self.plan.loss, *self.plan.losses]

    def _give_tensors(self) -> None:
        """Values for all that comes from outside."""
        lowered, plan = self.lowered, self.plan
        feeds = [*plan.inputs, *plan.targets, *plan.weights]
        for at, tensor in enumerate(feeds):
            lowered.values[tensor] = lowered.graph.given("feed", lowered.shape(tensor), at)
        for tensor, array in self.memory.arrays().items():
            if tensor.is_setting:
                self.kept[tensor] = lowered.values[tensor] = Number("kept")
            else:
                lowered.values[tensor] = lowered.graph.given("fixed", tensor.shape, array)
        if self.memory.step is not None:
            lowered.values |= {self.memory.step.eta: self.rate, self.memory.step.t: self.time}

    def _lower_update(self) -> None:
        assert self.plan.flat is not None
        lowered, (_, g) = self.lowered, self.plan.flat
        weights = self.memory.parameters.weights
        homes = views(self.gradient, [weight.shape for weight in weights])
        parts = []
        for weight, home in zip(weights, homes, strict=True):
            if weight.tensor in self.plan.gradients:
                value = self._with_home(self._array_of(self.plan.gradients[weight.tensor]), home)
                parts.append(Operand(value))
        gathered = Value("gathered", parts, (self.gradient,), g.shape, len(lowered.graph.values))
        lowered.graph.values.append(gathered)
        lowered.values[g] = gathered
        for line in self.plan.section("update"):
            if line.output is not g:
                lowered.line(line)
        moved = [new for old, new in self.plan.assignments.items() if not old.is_setting]
        self.checked += [gathered, *map(self._array_of, moved)]

    def _with_home(self, value: Value, home: np.ndarray) -> Value:
        """The value, or a copy of it, which is to stand in `home`."""
        holder = root(value)
        if holder in self.homes or holder.op in ("fixed", "feed", "arange", "gathered", "part"):
            holder = value = self.lowered.graph.written("copy", [Operand(value)], value.shape)
        self.homes[holder] = home
        return value

    def _array_of(self, tensor: Tensor) -> Value:
        value = self.lowered.of(tensor)
        if isinstance(value, Value):
            return value
        return self.lowered.graph.make("fill", [Operand(value)], ())

    def _build(self) -> None:
        graph = self.lowered.graph
        moved = {
            target: self._array_of(value)
            for target, value in self.plan.assignments.items() if not target.is_setting
        }  # fmt: skip
        wanted = {*self.outputs, *self.losses, *moved.values()}
        checks = [self._check(value) for value in self.checked]
        simplify(graph.values, {root(each) for each in wanted})
        values = living([*wanted, *checks])
        self.stages = stages = schedule(values, wanted)
        self.names = self.plan.names
        replaced = self._in_place(stages, moved)
        self.assembly = Assembly(level(), self.dtype, stages, values, wanted, self.homes)
        self.assembly.overwritten = replaced
        self.program = self.assembly.program
        self.assembly.assemble(self.outputs)
        self._move(moved)
        self.assembly.finish(self.rate, self.time, graph.rows)
        self.program.losses([self.assembly.buffer(value) for value in self.losses])
        self.compressible = self._compressible()
        if self.plan.flat:
            self._stream()

    def _check(self, value: Value) -> Value:
        return self.lowered.graph.written("check", [Operand(value)], ())

    def _in_place(self, stages: list[Stage], moved: dict[Tensor, Value]) -> dict[Value, Value]:
        """Where a new value can stand where the old one stood: nobody reads the old one later."""
        works = [work for stage in stages for part in stage for work in part]
        order = {value: at for at, work in enumerate(works) for value in work.values}
        last: dict[Value, int] = {}
        for value, at in order.items():
            for read in value.reads:
                last[root(read)] = max(last.get(root(read), -1), at)
        replaced = {}
        for target, value in moved.items():
            old, new = self.lowered.values[target], root(value)
            assert isinstance(old, Value)
            if new in order and new not in self.homes and last.get(old, -1) <= order[new]:
                self.homes[new] = old.attributes[0]
                replaced[new] = old
        return replaced

    def _move(self, moved: dict[Tensor, Value]) -> None:
        changing = [self.memory.parameters.vector] if self.plan.flat else []
        for target, value in moved.items():
            old = self.lowered.values[target]
            assert isinstance(old, Value)
            if self.homes.get(root(value)) is not old.attributes[0]:
                self.program.assigned(self.assembly.buffer(old), self.assembly.buffer(value))
            if old.attributes[0] is not self.memory.parameters.vector:
                changing.append(old.attributes[0])
        for array in changing:
            self.program.changing(array.ctypes.data, array.nbytes)
        for tensor, number in self.kept.items():
            if tensor not in self.plan.assignments:
                continue
            assert self.memory.step is not None
            name = next(n for n, t in self.memory.step.states.items() if t is tensor)
            new = self.lowered.of(self.plan.assignments[tensor])
            assert isinstance(new, Number)
            places = self.assembly.number(number), self.assembly.number(new)
            self.program.kept(places[0], self.memory.optimizer[name].ctypes.data, places[1])

    def _stream(self) -> None:
        """Let the update of weights follow their gradient, where nobody else reads it."""
        assembly = self.assembly
        gathered = self.lowered.values[self.plan.flat[1]]  # type: ignore[index]
        assert isinstance(gathered, Value)
        readers = assembly.real_readers(gathered)
        number, kernel = next(
            (at, each) for at, each in enumerate(assembly.kernels) if gathered in each.places
        )
        alone = len({id(assembly.where.get(reader)) for reader in readers}) == 1
        if not alone or kernel.of_rows or any(slot[0] == FIXED for slot in kernel.slots):
            return
        made = [root(value) for value in gathered.reads]
        parts = [
            (assembly.buffer(value), self._place_of(value)) for value in made
            if value.op == "weights" and len(assembly.readers[value]) == 1
        ]  # fmt: skip
        scale = scale_of_gradient(kernel)
        self.program.stream(
            number, kernel.places[gathered], -1 if scale is None else assembly.number(scale), parts
        )

    def _place_of(self, gradient: Value) -> int:
        """Where a gradient stands in the vector of all."""
        home = self.homes[gradient]
        return (home.ctypes.data - self.gradient.ctypes.data) // home.itemsize

    def _compressible(self) -> list[int]:
        """The inputs that nothing but products reads."""
        found = []
        for value in list(self.assembly.readers):
            real = self.assembly.real_readers(value)
            if value.op == "feed" and real and all(
                each.op in ("forward", "weights") and root(each.reads[0]) is value
                and each.attributes[2] == 1
                for each in real
            ) and value not in self.assembly.wanted:  # fmt: skip
                found.append(value.attributes[0])
        return found
