"""The lines that the example rows write: each equation with its gradient, and what it is given."""

from __future__ import annotations

import numpy as np

from pellucid.equations.reductions import Sum
from pellucid.plan.derive import derive
from pellucid.plan.trace import trace
from pellucid.tensor import Tensor

from .gradients import is_integer, symbol
from .rows import draw


def written(row):
    """The lines of a row, with those of its gradient, and what they are given."""
    arrays = [
        a if isinstance(a, float) else np.asarray(a, dtype=None if is_integer(a) else float)
        for a in row.arrays
    ]
    tensors = [a if isinstance(a, float) else symbol(a) for a in arrays]
    given = {t: a for t, a in zip(tensors, arrays, strict=True) if not isinstance(a, float)}
    y = row.equation.line(*tensors)
    lines = trace([y])
    if type(row.equation).differentiable():
        upstream = Tensor(y.shape, "R", role="weight")
        given[upstream] = np.asarray(draw(*y.shape, seed=8))
        total = Sum()(y * upstream)
        lines = trace([total])
        derived = derive(lines, total, [t for t in tensors if t in given and t.dtype == "float"])
        lines += trace(derived.values(), [t for line in lines for t in line.outputs])
    return lines, given


def every_line(rows):
    """Each equation once for the shapes that it reads: the row, and the number of its line."""
    seen = {}
    for row in rows:
        for at, line in enumerate(written(row)[0]):
            shapes = tuple(tensor.shape for tensor in line.inputs)
            seen.setdefault((line.equation.key(), shapes), (row, at))
    return list(seen.values())
