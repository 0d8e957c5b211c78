"""The native executor: a plan as a program that runs many steps without coming back to Python."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pellucid.executors.executor import Asked, Done
from pellucid.executors.memory import Memory
from pellucid.executors.native._kernels import Runnable
from pellucid.executors.native.arrays import SPARSE, available, density, fed
from pellucid.executors.native.compiling import compiled
from pellucid.executors.native.graph import Value
from pellucid.executors.native.library import level
from pellucid.executors.native.reporting import report
from pellucid.plan import Plan

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
        self.compiled = compiled(plan, memory)
        self.program = Runnable(self.compiled.program, level(), self.dtype == np.float64)

    @property
    def outputs(self) -> list[Value]:
        """What the program gives for every row."""
        return self.compiled.whole.outputs

    @property
    def compressible(self) -> list[int]:
        """The inputs that may come in compressed form."""
        return self.compiled.compressible

    def run(self, given: Feeds, asked: Asked) -> Done:
        """The steps that are asked for, in one call of the program."""
        shapes = [(asked.height, *value.dims) for value in self.outputs]
        outputs = [np.empty(shape, self.dtype) for shape in shapes] if asked.wants_outputs else []
        steps, finite = self.program.run(
            given,
            outputs,
            asked.order,
            asked.first,
            asked.last,
            asked.batch,
            asked.rates,
            self.memory.seed,
            self.memory.steps,
            asked.seconds,
            asked.losses,
            self.threads,
            CHOOSES,
            asked.stops,
        )
        rows = min(steps * asked.batch, asked.height)
        return Done(steps, finite, [each[:rows] for each in outputs])

    def fed(self, arrays: Sequence[Features], look: bool = True) -> Feeds:
        """Arrays as the program can read them; what is mostly zeros goes in compressed form."""
        feeds = fed(arrays)
        feeds.sparse(self._sparse_feed(arrays, look))
        return feeds

    def report(self) -> str:
        """What the program is made of."""
        return report(self.plan, self.compiled, self.program.nbytes)

    def _sparse_feed(self, given: Sequence[Features], look: bool) -> int:
        """The input that is mostly zeros; −1 for none. Without a `look`, arrays are not."""
        known = [at for at in self.compressible if look or not isinstance(given[at], np.ndarray)]
        found = [at for at in known if density(given[at]) < SPARSE]
        return found[0] if len(found) == 1 else -1
