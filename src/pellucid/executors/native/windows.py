"""Lowerings of convolution and pooling: operations that move a window over images."""

from __future__ import annotations

from typing import Any

from pellucid.equations.convolution import Convolution, Convolve, ConvolveGradient, KernelGradient
from pellucid.equations.pooling import (
    AveragePool,
    AveragePoolGradient,
    MaxPool,
    MaxPoolGradient,
    Pooling,
)
from pellucid.executors.native.graph import Operand, Shape, Unsupported, Value
from pellucid.executors.native.lowering import Lowered, lowers


def window(equation: Any, image: Shape, size: Shape) -> tuple[int, ...]:
    """The window as the compiled operations know it."""
    down, along = equation.axes(image, size)
    return (
        *image[1:], down.size, along.size, down.stride, along.stride, down.before, along.before,
        down.positions, along.positions,
    )  # fmt: skip


def of_images(*values: Value) -> None:
    if not all(value.of_rows for value in values):
        raise Unsupported("images that are weights")


def convolved(to: Lowered, equation: Any, x: Value, w: Value) -> Value:
    of_images(x)
    attributes = window(equation, x.shape, w.shape)
    shape = (x.shape[0], *attributes[-2:], w.shape[-1])
    return to.graph.make("convolve", [Operand(x), Operand(w)], shape, (w.shape[-1], *attributes))


@lowers(Convolve)
def convolve(to: Lowered, equation: Convolve, given: list[Any]) -> Any:
    return to.trace.array(convolved(to, equation, *given))


@lowers(Convolution)
def convolution(to: Lowered, equation: Convolution, given: list[Any]) -> Any:
    x, w, b = given
    return to.trace.add(to.trace.array(convolved(to, equation, x, w)), to.trace.array(b))


@lowers(ConvolveGradient)
def convolve_gradient(to: Lowered, equation: ConvolveGradient, given: list[Any]) -> Any:
    dz, w, x = given
    of_images(dz, x)
    attributes = (w.shape[-1], *window(equation, x.shape, w.shape))
    return to.graph.make("convolve_back", [Operand(dz), Operand(w)], x.shape, attributes)


@lowers(KernelGradient)
def kernel_gradient(to: Lowered, equation: KernelGradient, given: list[Any]) -> Any:
    x, dz, w = given
    of_images(x, dz)
    attributes = (w.shape[-1], *window(equation, x.shape, w.shape))
    return to.graph.make("convolve_weights", [Operand(x), Operand(dz)], w.shape, attributes)


def pooled(to: Lowered, op: str, equation: Pooling, shape: Shape, *given: Value) -> Value:
    """An operation whose last input, or else its value, is the image."""
    of_images(*given)
    image = shape if op.endswith("back") else given[-1].shape
    return to.graph.make(
        op, [Operand(value) for value in given], shape, window(equation, image, equation.pool)
    )


@lowers(MaxPool)
def max_pool(to: Lowered, equation: MaxPool, given: list[Any]) -> Any:
    (x,) = given
    return pooled(to, "max_pool", equation, pooled_shape(equation, x), x)


@lowers(MaxPoolGradient)
def max_pool_gradient(to: Lowered, equation: MaxPoolGradient, given: list[Any]) -> Any:
    return pooled(to, "max_pool_back", equation, given[-1].shape, *given)


@lowers(AveragePool)
def average_pool(to: Lowered, equation: AveragePool, given: list[Any]) -> Any:
    (x,) = given
    return pooled(to, "mean_pool", equation, pooled_shape(equation, x), x)


@lowers(AveragePoolGradient)
def average_pool_gradient(to: Lowered, equation: AveragePoolGradient, given: list[Any]) -> Any:
    dp, x = given
    return pooled(to, "mean_pool_back", equation, x.shape, dp)


def pooled_shape(equation: Pooling, x: Value) -> Shape:
    down, along = equation.axes(x.shape, equation.pool)
    return (x.shape[0], down.positions, along.positions, x.shape[-1])
