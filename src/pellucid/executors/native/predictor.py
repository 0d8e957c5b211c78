"""A prepared prediction: the shortest way from a row to its output, for servers."""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from pellucid.data.arrays import refuse_masked
from pellucid.executors.memory import Memory
from pellucid.executors.native.executor import NativeExecutor
from pellucid.plan import Plan
from pellucid.sparse import by_rows, is_sparse

#: what needs no second look: masks, for example, are of other kinds
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
