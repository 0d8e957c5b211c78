"""How a function of `ops` meets what it is given: tensors, on which it writes, or arrays."""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike

from pellucid.equations.base import Equation
from pellucid.equations.eager import arrays
from pellucid.tensor import Shape, Symbolic

Axis = int | tuple[int, ...] | None
#: a symbolic tensor, a weight of a layer, or arrays and numbers
Operand = Symbolic | ArrayLike


def apply(equation: Equation, *values: Operand) -> Any:
    """Write `equation` on tensors, or run it on arrays."""
    if any(isinstance(value, Symbolic) for value in values):
        return equation(*values)
    xp, given = arrays(*(value for value in values if not isinstance(value, (int, float))))
    turn = iter(given)
    return equation.run(
        xp, *(value if isinstance(value, (int, float)) else next(turn) for value in values)
    )


def shape_of(x: Operand) -> Shape:
    """The shape, with None for the rows of a tensor."""
    return x.tensor.shape if isinstance(x, Symbolic) else arrays(x)[1][0].shape


def several(axis: Axis) -> Axis:
    """An axis, or several as a tuple."""
    return axis if axis is None or isinstance(axis, int) else tuple(axis)
