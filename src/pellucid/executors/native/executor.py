"""The native executor: a plan as a program that runs many steps without coming back to Python.

And a prepared prediction: the shortest way from a row to its output, for servers.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from pellucid.data.arrays import refuse_masked
from pellucid.executors.executor import Asked, Done
from pellucid.executors.memory import Memory
from pellucid.executors.native._kernels import Feeds, Runnable
from pellucid.executors.native.compiling import compiled
from pellucid.executors.native.graph import Value
from pellucid.executors.native.library import level
from pellucid.executors.native.reporting import report
from pellucid.plan import Plan
from pellucid.sparse import by_rows, is_sparse

if TYPE_CHECKING:
    from pellucid.data import CSR, Features

NAMES = ("uint8", "int8", "int16", "int32", "int64", "float32", "float64", "uint16", "bool")
#: the number of each kind that a program can read
KINDS = {np.dtype(name): number for number, name in enumerate(NAMES)}
#: an input whose share of numbers other than 0 is below this goes in compressed form
SPARSE = 0.35
#: the same where leaving zeros out of wide products gains less: by level and bytes of a number
SPARSE_AT = {("avx2", 8): 0.28}
#: of which this many rows are looked at
SAMPLE = 64
#: whether the program may use fewer threads than it is given where more do not pay
CHOOSES = True


class NativeExecutor:
    """Runs a plan on the arrays of `memory`, or raises `Unsupported` with the reason."""

    name = "native"

    def __init__(self, plan: Plan, memory: Memory, threads: int | None = None):
        self.plan, self.memory, self.threads = plan, memory, threads or available()
        self.dtype = memory.dtype
        self.compiled = compiled(plan, memory)
        runs_at = level()
        self.program = Runnable(self.compiled.program, runs_at, self.dtype == np.float64)
        self.sparse = SPARSE_AT.get((runs_at, self.dtype.itemsize), SPARSE)

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
        found = [at for at in known if density(given[at]) < self.sparse]
        return found[0] if len(found) == 1 else -1


#: the arrays that need no second look: those with a mask, for example, are of another kind
ARRAY = np.ndarray


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
        y = self._predict(x) if type(x) is ARRAY else None
        return self._of_any(x) if y is None else y

    def _of_any(self, x: Any) -> np.ndarray:
        """The outputs for what is not an array of the right kind, or an error."""
        refuse_masked(x, "x")
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


def available() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def fed(arrays: Sequence[Features]) -> Feeds:
    """The arrays as a program reads them."""
    feeds = Feeds()
    for each in arrays:
        if isinstance(each, np.ndarray):
            rows = readable(each)
            feeds.rows(rows, KINDS[rows.dtype])
        else:
            feeds.entries(*entries(each))
    return feeds


def entries(rows: CSR) -> tuple[np.ndarray, np.ndarray, int, np.ndarray, int, int]:
    """Where each row starts; the columns and the values, with their kinds; the most in a row."""
    starts = np.ascontiguousarray(rows.indptr, np.int64)
    kind = np.int32 if rows.indices.dtype == np.int32 else np.int64
    columns = np.ascontiguousarray(rows.indices, kind)
    values = np.ascontiguousarray(readable(rows.data))
    most = int(np.diff(starts).max(initial=0))
    return starts, columns, KINDS[columns.dtype], values, KINDS[values.dtype], most


def readable(array: np.ndarray) -> np.ndarray:
    """The array as the program can read it: known numbers, each row in one piece."""
    if array.dtype not in KINDS:
        array = array.astype(np.float64 if array.dtype.itemsize > 2 else np.float32)
    if array.ndim > 1 and not array[:1].flags.c_contiguous:
        array = np.ascontiguousarray(array)
    return array if array.flags.aligned else array.copy()


def density(rows: Features) -> float:
    """The share of numbers other than 0: of all entries, or in a sample of rows."""
    if not isinstance(rows, np.ndarray):
        return len(rows.data) / max(1, rows.shape[0] * rows.shape[1])
    some = rows[:: max(1, len(rows) // SAMPLE)][:SAMPLE]
    return float(np.count_nonzero(some)) / max(1, some.size)
