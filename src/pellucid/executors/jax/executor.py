"""The JAX executor: a stretch of steps of the plan is one program, compiled by XLA.

The numbers of the network are on the device while steps are taken, and in the network's memory
before and after. Steps that turn out not to be finite are undone from there.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from zlib import crc32

import jax
import numpy as np

from pellucid.data import Features
from pellucid.distribution.joining import attended, meet
from pellucid.executors.executor import Asked, Done
from pellucid.executors.jax.library import settled
from pellucid.executors.jax.places import Alone, Places, Spread
from pellucid.executors.jax.precision import Exact, Mixed
from pellucid.executors.jax.rows import Batches, Given, SpreadRows
from pellucid.executors.jax.stretch import Moving, Numbers, Reached, Stretch
from pellucid.executors.jax.together import Place, Turn, turn
from pellucid.executors.jax.update import Parts
from pellucid.executors.memory import Memory, views
from pellucid.plan import Plan, sentence
from pellucid.processes import HERE
from pellucid.tensor import Tensor

#: what a program is for: the size of the batch, the most steps, whether it gives outputs, and
#: whether it is careful
Key = tuple[int, int, bool, bool]
#: programs kept at a time
PROGRAMS = 12
#: the most steps of one call of a program
STEPS = 1024
#: bytes of outputs, and of rows that are not on the device, of one call
BYTES = 1 << 24
#: seconds after which it is asked whether to go on
BLINK = 0.1
#: steps take at least so many times as long as bringing θ and the states to the device and back
WORTH = 10


class JaxExecutor:
    """Runs a plan on the arrays of a network's memory."""

    name = "jax"

    def __init__(
        self,
        plan: Plan,
        memory: Memory,
        places: Places | None = None,
        policy: str | None = None,
    ):
        self.plan, self.memory, self.places = plan, memory, places or Alone()
        arrays = memory.arrays()
        held = memory.vectors()
        vectors = sorted(held & {*plan.assignments}, key=lambda each: each is not plan.theta)
        apart = {*plan.assignments, *(plan.parameters if plan.theta is not None else ())}
        kept = [each for each in read_by(plan) if each in arrays and each not in apart]
        self.kept = [arrays[each] for each in kept]
        told = [*plan.targets, *plan.weights] if HERE.count > 1 else []
        space = Exact() if policy is None else Mixed(policy)
        self.stretch = Stretch(plan, vectors, kept, memory.dtype, told, space)
        self.kind = policy or memory.dtype.name
        shapes = [weight.shape for weight in memory.parameters.weights]
        #: the arrays of what moves, in the form in which it does
        self.homes = (
            [views(arrays[each], shapes) for each in vectors],
            [arrays[each] for each in self.stretch.others],
        )
        self.programs: dict[Key, Any] = {}
        #: the least seconds that a step has taken, by the size of the batch
        self.pace: dict[int, float] = {}

    def fed(self, arrays: Sequence[Features], look: bool = True) -> Given | SpreadRows:
        """Rows on the device where they fit, else brought there a stretch at a time, dense."""
        integral = [tensor.dtype == "int" for tensor in self.stretch.feeds]
        if isinstance(self.places, Spread):
            kinds = [None if whole else self.memory.dtype for whole in integral]
            return SpreadRows(arrays, kinds, self.places)
        with settled():
            return Given(arrays, integral, self.memory.dtype)

    def run(self, given: Given | SpreadRows, asked: Asked) -> Done:
        """The steps that are asked for; θ and the states are fetched when all are done."""
        self._check(asked)
        with settled(), attended():
            return self._run(given, asked)

    def report(self) -> str:
        """The devices, and the equations that the program computes."""
        lines = [line for line in self.plan.lines if not line.output.is_setting]
        head = f"jax: {self.kind}, {self.places.report()}, "
        head += f"JAX {jax.__version__}; a stretch of steps is one program of"
        steps = [f"  {sentence(self.plan, line)}" for line in lines]
        return "\n".join([f"{head} {len(steps)} equations", *steps])

    def _check(self, asked: Asked) -> None:
        """Refuse to train by batches that the devices cannot share evenly."""
        size, parts = min(asked.batch, asked.height) * self.places.joined, self.places.parts
        if self.stretch.trains and asked.height >= asked.batch and size % parts:
            even = -(-size // parts) * parts // self.places.joined
            raise ValueError(
                f"batches of {size} rows cannot be cut into {parts} equal parts, one for each "
                f"group of devices: give batch_size={even}"
            )

    def _run(self, given: Given | SpreadRows, asked: Asked, careful: bool = False) -> Done:
        begun = time.perf_counter()
        moving = self.places.moving(self.homes)
        kept = self.places.put(self.kept)
        brought = time.perf_counter() - begun
        until = begun + brought + max(asked.seconds, WORTH * brought)
        found, done, finite = Found(self, asked), 0, True
        while done < asked.height and finite:
            size = min(asked.batch, asked.height - done)
            late = bool(asked.seconds and found.steps and time.perf_counter() > until)
            turn = self._turn(given, asked, found.steps, size, late)
            if turn is None:
                break
            batches = Batches(turn.steps, size, turn.capacity)
            reached = self._taken(given, asked, moving, kept, found.steps, batches, careful)
            moving, finite = reached.moving, bool(reached.finite)
            if not finite and not careful:
                return self._run(given, asked, careful=True)
            found.add(reached, size)
            done = found.steps * asked.batch
            if asked.stops and asked.stops():
                break
        self._keep(moving)
        return found.done(finite)

    def _turn(
        self, given: Given | SpreadRows, asked: Asked, steps: int, size: int, late: bool
    ) -> Turn | None:
        """How many batches of a size the next call of a program takes, after so many `steps`."""
        first = asked.first + steps * asked.batch
        capacity = 1 if asked.height < 2 * size else self._capacity(given, asked, size)
        count = min((asked.last - first) // size, capacity, self._quick(size))
        memory = self.memory
        step = memory.steps + steps * self.stretch.trains
        place = Place(int(self.stretch.trains), step, first, size, memory.seed, self._sum())
        return turn(place, count, capacity, late)

    def _sum(self) -> int:
        """A sum of all weights before the first step of this executor, then 0."""
        if HERE.count == 1 or self.programs:
            return 0
        vectors = self.memory.parameters.vector, self.memory.states.vector
        return crc32(b"".join(each.tobytes() for each in vectors))

    def _taken(
        self,
        given: Given | SpreadRows,
        asked: Asked,
        moving: Moving,
        kept: Parts,
        steps: int,
        batches: Batches,
        careful: bool,
    ) -> Reached:
        """A call of the program after so many `steps`."""
        count, size, capacity = batches
        rates = np.zeros(capacity)
        if asked.rates is not None:
            rates[:count] = asked.rates[steps : steps + count]
        rows = given.rows(asked.order, asked.first + steps * asked.batch, batches)
        counts = map(np.int64, (count, self.memory.steps + steps, self.memory.seed))
        told = Numbers(*self.places.put((*counts, rates)))
        key = size * self.places.joined, capacity, asked.wants_outputs, careful
        compiles = key not in self.programs
        with understood():
            program = self._program(key, (moving, kept, rows, told))
            begun = time.perf_counter()
            reached: Reached = program(moving, kept, rows, told)
            jax.block_until_ready(reached)
        if not compiles:
            pace = (time.perf_counter() - begun) / count
            self.pace[size] = min(pace, self.pace.get(size, pace))
        return reached

    def _program(self, key: Key, given: tuple[Any, ...]) -> Any:
        """The program for what is given; other processes wait until all have theirs."""
        if key not in self.programs:
            while len(self.programs) >= PROGRAMS:
                self.programs.pop(next(iter(self.programs)))
            made = self.places.made(len(self.stretch.outputs) * key[2])
            self.programs[key] = self.stretch.program(*key, made)
            if HERE.count > 1:
                self.programs[key] = self.programs[key].lower(*given).compile()
                meet()
        return self.programs[key]

    def _quick(self, size: int) -> int:
        """As many steps as are done in a moment; the first two are taken alone."""
        pace = self.pace.get(size)
        return 1 if pace is None else max(1, int(BLINK / max(pace, 1e-9)))

    def _capacity(self, given: Given | SpreadRows, asked: Asked, size: int) -> int:
        """The most steps of a call, so that what it brings and gives stays small."""
        if size < asked.batch:
            return 1
        read = sum(tensor.size for tensor in self.stretch.feeds)
        made = sum(tensor.size for tensor in self.stretch.outputs)
        row = read * (given.resident is None) + made * asked.wants_outputs
        most = BYTES // max(1, int(row) * self.memory.dtype.itemsize * size)
        return int(min(STEPS, max(1, most)))

    def _keep(self, moving: Moving) -> None:
        """θ and the states into the network's memory: all of them, or none."""
        places = jax.tree.leaves(self.homes)
        found = [self.places.fetched(each) for each in jax.tree.leaves(moving)]
        before = [array.copy() for array in places]
        try:
            put(places, found)
        except BaseException:
            put(places, before)
            raise


@contextmanager
def understood() -> Iterator[None]:
    """A sentence where JAX cannot trace what a user's own function does with its arrays."""
    try:
        yield
    except (TypeError, AttributeError, NotImplementedError) as error:
        reason = str(error).partition("\n")[0]
        raise RuntimeError(
            f"executor='jax' cannot run this network: {reason} "
            "A loss, an activation or a layer of your own must compute with pellucid.ops, or with "
            "the array library that it is given. executor='auto' also runs what uses NumPy itself"
        ) from error


class Found:
    """What the calls of a program have given so far."""

    def __init__(self, executor: JaxExecutor, asked: Asked):
        self.asked, self.places, self.steps = asked, executor.places, 0
        self.losses: np.ndarray | float = 0.0
        #: of the outputs, and of what is told of the rows
        self.count = len(executor.plan.outputs)
        self.outputs: list[list[np.ndarray]] = []

    def add(self, reached: Reached, size: int) -> None:
        """The steps of one call, by batches of `size` rows."""
        steps = int(reached.steps)
        self.steps += steps
        self.losses = self.losses + np.asarray(reached.losses)[:steps].sum(axis=0) * size
        if self.asked.wants_outputs:
            last = steps * size * self.places.joined
            found = [np.asarray(each)[:last] for each in reached.outputs]
            self.outputs.append([self._own(each, size) for each in found])

    def _own(self, rows: np.ndarray, size: int) -> np.ndarray:
        """Of predictions for rows of its own, those of this process; of what is measured, all."""
        joined = self.places.joined
        if joined == 1 or self.asked.losses is not None:
            return rows
        each = rows.reshape(-1, joined, size, *rows.shape[1:])
        return each[:, HERE.number].reshape(-1, *rows.shape[1:])

    def done(self, finite: bool) -> Done:
        """All of it, the losses added to those before."""
        if (losses := self.asked.losses) is not None:
            losses += self.losses
        found = [np.concatenate(parts) for parts in zip(*self.outputs, strict=True)]
        told = found[self.count :] if HERE.count > 1 and found else None
        return Done(self.steps, finite, found[: self.count], told)


def put(places: Sequence[np.ndarray], numbers: Sequence[np.ndarray]) -> None:
    for place, each in zip(places, numbers, strict=True):
        place[...] = each


def read_by(plan: Plan) -> list[Tensor]:
    """What the plan reads and does not write."""
    read = [tensor for line in plan.lines for tensor in line.inputs]
    written = plan.writers
    return [each for each in dict.fromkeys([*read, *plan.outputs]) if each not in written]
