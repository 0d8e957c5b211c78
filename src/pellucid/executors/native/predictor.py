"""A prepared prediction: the shortest way from a row to its output, for servers."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.executors.memory import Memory
from pellucid.executors.native.executor import NativeExecutor
from pellucid.plan import Plan


class Predictor:
    """Called on a row, or on rows, it gives their outputs.

    It follows the weights of the network as they are trained or loaded; after `compile`, or after
    layers are frozen, ask the network for another.
    """

    def __init__(self, plan: Plan, memory: Memory):
        executor = NativeExecutor(plan, memory)
        (tensor,), (output,) = plan.inputs, executor.outputs
        self._program, self._dtype = executor.program, memory.dtype
        self._row, self._output = tensor.shape[1:], output.dims
        if executor.compressible:
            self._program.sparse(executor.compressible[0])
        self._owners = executor

    def __call__(self, x: Any) -> np.ndarray:
        if not isinstance(x, np.ndarray) and hasattr(x, "toarray"):
            x = x.toarray()  # sparse rows, of which a predictor is given few
        x = np.ascontiguousarray(x, self._dtype)
        single = x.shape == self._row
        if not single and x.shape[1:] != self._row:
            raise ValueError(
                f"the predictor expects a row of shape {self._row} or several, "
                f"got an array of shape {x.shape}"
            )
        rows = 1 if single else len(x)
        y = np.empty(self._output if single else (rows, *self._output), self._dtype)
        if rows and not self._program.pass_over(x, y, rows):
            raise ValueError("x names a row that the embedding does not have")
        return y
