"""Mathematical functions for your own activations, losses and layers, under Keras's names.

On symbolic tensors each writes an equation, and its gradient is derived; on arrays it computes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import ArrayLike

from pellucid.equations import (
    activations,
    arithmetic,
    choices,
    linear,
    rectifiers,
    reductions,
    shape,
)
from pellucid.equations.base import Equation
from pellucid.equations.eager import arrays
from pellucid.tensor import Symbolic, place_of
from pellucid.wording import tell

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


def exp(x: Operand) -> Any:
    """eˣ"""
    return apply(arithmetic.Exp(), x)


def log(x: Operand) -> Any:
    """ln x"""
    return apply(arithmetic.Log(), x)


def log1p(x: Operand) -> Any:
    """ln(1 + x), exact for small x"""
    return apply(arithmetic.Log1p(), x)


def sqrt(x: Operand) -> Any:
    """√x"""
    return apply(arithmetic.Sqrt(), x)


def square(x: Operand) -> Any:
    """x²"""
    return apply(arithmetic.Square(), x)


def power(x: Operand, exponent: float) -> Any:
    """x to the power of a number"""
    return apply(arithmetic.Power(), x, exponent)


def absolute(x: Operand) -> Any:
    """|x|"""
    return apply(arithmetic.Absolute(), x)


def sign(x: Operand) -> Any:
    """−1, 0 or 1"""
    return apply(arithmetic.Sign(), x)


def sin(x: Operand) -> Any:
    """sin x"""
    return apply(arithmetic.Sin(), x)


def cos(x: Operand) -> Any:
    """cos x"""
    return apply(arithmetic.Cos(), x)


def tanh(x: Operand) -> Any:
    """tanh x"""
    return apply(activations.Tanh(), x)


def sigmoid(x: Operand) -> Any:
    """1 / (1 + e⁻ˣ)"""
    return apply(activations.Sigmoid(), x)


def relu(x: Operand) -> Any:
    """max(0, x)"""
    return apply(rectifiers.Relu(), x)


def softmax(x: Operand, axis: int = -1) -> Any:
    """eˣ / Σ eˣ along an axis"""
    return apply(activations.Softmax(axis), x)


def maximum(a: Operand, b: Operand) -> Any:
    """The larger of a and b, element by element; where they are equal, the gradient goes to a"""
    return apply(choices.Maximum(), a, b)


def minimum(a: Operand, b: Operand) -> Any:
    """The smaller of a and b, element by element; where they are equal, the gradient goes to a"""
    return apply(choices.Minimum(), a, b)


def clip(x: Operand, x_min: float, x_max: float) -> Any:
    """x, kept between two numbers"""
    return minimum(maximum(x, x_min), x_max)


def greater(a: Operand, b: Operand) -> Any:
    """1 where a > b, else 0"""
    return apply(choices.Greater(), a, b)


def where(condition: Operand, a: Operand, b: Operand) -> Any:
    """a where the condition is not 0, else b"""
    return apply(choices.Where(), condition, a, b)


def sum(x: Operand, axis: Axis = None, keepdims: bool = False) -> Any:
    """Σ x over an axis, several, or all"""
    return apply(reductions.Sum(axis, keepdims), x)


def mean(x: Operand, axis: Axis = None, keepdims: bool = False) -> Any:
    """The mean of x over an axis, several, or all"""
    return apply(reductions.Mean(axis, keepdims), x)


def matmul(a: Operand, b: Operand) -> Any:
    """A·B for a matrix B"""
    return apply(linear.Product(), a, b)


def reshape(x: Operand, newshape: Sequence[int]) -> Any:
    """The numbers of x in another shape; −1 stands for the rows, or for what is left over"""
    return apply(shape.Reshape(tuple(newshape)), x)


def expand_dims(x: Operand, axis: int) -> Any:
    """x with a new dimension of 1 before `axis`"""
    if isinstance(x, Symbolic):
        extents = x.tensor.shape
        at = axis % (len(extents) + 1)
        return shape.Reshape(shape.as_target((*extents[:at], 1, *extents[at:])))(x)
    xp, (x,) = arrays(x)
    return xp.expand_dims(x, axis=axis)


def flip(x: Operand, axis: int | None = None) -> Any:
    """x with the order along an axis reversed, or along all of them"""
    if axis is None and isinstance(x, Symbolic):
        raise ValueError("flip: say which axis; the rows of a batch keep their order")
    if axis is None:
        xp, (x,) = arrays(x)
        return xp.flip(x)
    return apply(shape.Flip(axis), x)


def concatenate(xs: Sequence[Operand], axis: int = 0) -> Any:
    """xs joined along an axis; the columns of rows along axis=-1"""
    for each in xs:
        if (
            isinstance(each, Symbolic)
            and each.tensor.shape[place_of(axis, each.tensor.shape)] is None
        ):
            raise ValueError(
                f"concatenate: axis {axis} is that of the rows, whose number is open; "
                "give axis=-1 to join columns"
            )
    return apply(shape.Concatenate(axis, len(xs)), *xs)


abs = absolute

__all__ = [
    "abs", "absolute", "clip", "concatenate", "cos", "exp", "expand_dims", "flip", "greater",
    "log", "log1p", "matmul", "maximum", "mean", "minimum", "power", "relu", "reshape", "sigmoid",
    "sign", "sin", "softmax", "sqrt", "square", "sum", "tanh", "where",
]  # fmt: skip

tell(globals(), "ops")
