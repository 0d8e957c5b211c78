"""The native executor: a plan as a program that runs many steps without coming back to Python.

And a prepared prediction: the shortest way from a row to its output, for servers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

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
from pellucid.sparse import by_rows, is_sparse

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


class Predictor:
    """Called on a row, or on rows, it gives their outputs.

    It follows the weights of the network as they are trained or loaded; after `compile`, or after
    layers are frozen, ask the network for another.
    """

    def __init__(self, plan: Plan, memory: Memory, threads: int | None = None):
        self._executor = NativeExecutor(
            plan, memory, threads
        )  # owns the memory that the program works on
        (tensor,), (output,) = plan.inputs, self._executor.outputs
        self._row, self._dtype = cast("tuple[int, ...]", tensor.shape[1:]), memory.dtype
        program = self._executor.program
        if self._executor.compressible:
            program.sparse(self._executor.compressible[0])
        program.predicts(self._row, output.dims, np.empty, self._dtype, self._executor.threads)
        self._predict = program.predict

    def __call__(self, x: Any) -> np.ndarray:
        y = self._predict(x)
        return self._of_any(x) if y is None else y

    def _of_any(self, x: Any) -> np.ndarray:
        """The outputs for what is not an array of the right kind, or an error."""
        if is_sparse(x):
            x = by_rows(x, "x").dense(self._dtype).reshape(x.shape)  # a predictor is given few
        x = np.ascontiguousarray(x, self._dtype)
        if self._row not in (x.shape, x.shape[1:]):
            raise ValueError(
                f"the predictor expects a row of shape {self._row} or several, "
                f"got an array of shape {x.shape}"
            )
        y = self._predict(x)
        if y is None:
            raise ValueError("x names a row that the embedding does not have")
        return y
