"""Products with known matrices as dense layers, with the bias and the activation that follow."""

from __future__ import annotations

import numpy as np

from pellucid import layers
from pellucid.equations.linear import RowProduct
from pellucid.interop.operators.builder import Builder, Held, reader
from pellucid.interop.operators.elementwise import fused
from pellucid.interop.operators.graph import Operator, refused
from pellucid.interop.operators.parts import picked
from pellucid.interop.operators.values import Value, plain, rows_first, with_last


@reader("Gemm")
def gemm(to: Builder, operator: Operator) -> Held | list[Held]:
    """α·X·W + β·b"""
    given = operator.attributes
    if given.get("transA"):
        raise refused(operator, "with transA")
    w, b = to.needed(operator, 1), to.known(operator, 2)
    w = (w.T if given.get("transB") else w) * number(given.get("alpha", 1.0))
    if b is not None:
        b = b * number(given.get("beta", 1.0))
    return dense(to, operator, to.value(operator), w, b)


def number(value: float) -> float:
    return float(f"{value:.7g}")


@reader("MatMul")
def matmul(to: Builder, operator: Operator) -> Held | list[Held]:
    x, other = to.value(operator), to.values.get(operator.reads[1])
    if isinstance(other, Value):
        return products(operator, x, other)
    w = to.needed(operator, 1)
    if w.ndim != 2:
        raise refused(operator, f"with an array of shape {w.shape}")
    called = operator.called
    found, b = to.follower(operator.writes[0]), None
    if found and found[1].kind == "Add":
        known = [to.values.get(name) for name in found[1].reads]
        b = next((each for each in known if isinstance(each, np.ndarray)), None)
        if b is not None and b.size == w.shape[1] and b.shape[-1:] == (b.size,):
            operator = to.finished(operator, found[0])
        else:
            b = None
    return dense(to, operator._replace(called=called), x, w, b)


def dense(
    to: Builder, operator: Operator, x: Value, w: np.ndarray, b: np.ndarray | None
) -> list[Held]:
    if w.ndim != 2 or x.shape[-1] != w.shape[0]:
        raise refused(operator, f"of {x.shape} and {w.shape}")
    x, units = with_last(x), w.shape[1]
    arrays = [w]
    if b is not None:
        if b.size not in (1, units):
            raise refused(operator, f"with a bias of shape {b.shape}")
        arrays.append(np.broadcast_to(b.reshape(-1), (units,)))
    activation, operator = fused(to, operator, len(x.axes) - 1)
    layer = layers.Dense(units, activation, use_bias=b is not None)
    made = to.layer(layer, x.tensor, arrays, operator.called)
    return to.under(operator, x._replace(tensor=made))


def products(operator: Operator, a: Value, b: Value) -> Value:
    """A·B for each row of the batch."""
    if a.batch or b.batch or len(a.axes) != len(b.axes) or len(a.axes) < 3:
        raise refused(operator, f"of {a.shape} and {b.shape}")
    return plain(RowProduct()(rows_first(a), rows_first(b)))


@reader("Gather")
def gather(to: Builder, operator: Operator) -> Held:
    """Rows of a known table by whole numbers: an embedding; or a part of a value."""
    axis = int(operator.attributes.get("axis", 0))
    table = to.values.get(operator.reads[0])
    if isinstance(table, Value):
        return picked(to, operator, table, axis)
    found = to.needed(operator, 0)
    numbers = to.value(operator, 1)
    if axis % max(found.ndim, 1) or found.ndim != 2 or numbers.tensor.dtype != "int":
        raise refused(operator, f"along axis {axis} of {found.shape}")
    layer = layers.Embedding(*found.shape)
    made = to.layer(layer, numbers.tensor, [found], operator.called)
    return Value(made, (*numbers.axes, len(made.shape) - 1))
