"""How the numbers of rows become one: reductions by name, and weights in the rank of rows."""

from __future__ import annotations

from pellucid.arrays import Array, Namespace
from pellucid.equations.shape import Reshape, as_target
from pellucid.tensor import Tensor

WHOLE, BY_WEIGHT = "sum_over_batch_size", "mean_with_sample_weight"
#: reductions that are a mean over the rows, and all that there are
MEANS = (WHOLE, "mean")
#: the least share of targets that count which is divided by
LEAST = 1e-7
REDUCTIONS = (*MEANS, BY_WEIGHT, "sum", "none", None)


def spread(weight: Tensor, rows: Tensor) -> Tensor:
    """The weights of rows in the rank of what there is for each row."""
    rank = len(rows.shape) - len(weight.shape)
    return Reshape((*as_target(weight.shape), *(1,) * rank))(weight) if rank else weight


def reduced_to(xp: Namespace, reduction: str | None, values: Array, weight: Array | None) -> Array:
    """The values as one number, or as they are; `weight` they have been multiplied with."""
    if reduction in (None, "none"):
        return values
    if reduction == "sum":
        return xp.sum(values)
    if reduction == BY_WEIGHT and weight is not None:
        return xp.divide(xp.sum(values), xp.sum(weight))
    return xp.mean(values)


def per_row(xp: Namespace, w: Array, values: Array) -> Array:
    """Weights w (n,) or (n, t) in the rank of `values`."""
    return xp.reshape(w, (*w.shape, *(1,) * (values.ndim - w.ndim)))
