"""Equations that are one call of a name of their own, rather than the many that `run` makes.

Random draws cannot be written otherwise; convolution, pooling and sums by number could, but every
language has a shorter way to say them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pellucid.calls.arrays import Array
from pellucid.calls.calls import Shape
from pellucid.calls.namespace import Namespace
from pellucid.equations.convolution import (
    Axis,
    Convolution,
    Convolve,
    ConvolveGradient,
    KernelGradient,
    Windowed,
)
from pellucid.equations.embedding import LookupGradient
from pellucid.equations.pooling import (
    AveragePool,
    AveragePoolGradient,
    MaxPool,
    MaxPoolGradient,
    Pooling,
)
from pellucid.equations.random import Mask, Noise
from pellucid.tensor import Operation

Whole = Callable[..., Array]
WHOLES: dict[type[Operation], Whole] = {}
#: those that `run` cannot be recorded for
DRAWS = (Mask, Noise)


def whole(*equations: type[Operation]) -> Callable[[Whole], Whole]:
    def enter(function: Whole) -> Whole:
        WHOLES.update(dict.fromkeys(equations, function))
        return function

    return enter


@whole(Mask)
def mask(xp: Namespace, equation: Mask, x: Array, seed: Any, step: Any) -> Any:
    numbers = xp.write("uniform", [seed, step], x.shape, x.dtype, stream=equation.stream)
    kept = xp.astype(xp.greater_equal(numbers, equation.rate), x.dtype)
    return xp.multiply(kept, 1.0 / (1.0 - equation.rate))


@whole(Noise)
def noise(xp: Namespace, equation: Noise, x: Array, seed: Any, step: Any) -> Array:
    return xp.write("normal", [seed, step], x.shape, x.dtype, stream=equation.stream)


@whole(LookupGradient)
def scatter(xp: Namespace, equation: LookupGradient, de: Array, x: Array, w: Array) -> Array:
    return xp.write("scatter", [x, de], w.shape, de.dtype)


def windowed(
    xp: Namespace, name: str, given: list[Array], shape: Shape, axes: tuple[Axis, Axis]
) -> Array:
    """A call that moves a window over images, down and along, and gives an array of `shape`."""
    return xp.write(name, given, shape, given[0].dtype, down=axes[0], along=axes[1])


@whole(Convolve)
def convolve(xp: Namespace, equation: Windowed, x: Array, w: Array) -> Array:
    axes = equation.axes(x.shape, w.shape)
    shape = (x.shape[0], axes[0].positions, axes[1].positions, w.shape[-1])
    return windowed(xp, "convolve", [x, w], shape, axes)


@whole(Convolution)
def convolution(xp: Namespace, equation: Convolution, x: Array, w: Array, b: Array) -> Any:
    return xp.add(convolve(xp, equation, x, w), b)


@whole(ConvolveGradient)
def to_image(xp: Namespace, equation: Windowed, dz: Array, w: Array, x: Array) -> Array:
    return windowed(xp, "convolve_image", [dz, w], x.shape, equation.axes(x.shape, w.shape))


@whole(KernelGradient)
def to_kernel(xp: Namespace, equation: Windowed, x: Array, dz: Array, w: Array) -> Array:
    return windowed(xp, "convolve_kernel", [x, dz], w.shape, equation.axes(x.shape, w.shape))


@whole(MaxPool, AveragePool)
def pool(xp: Namespace, equation: Pooling, x: Array) -> Array:
    name = "max_pool" if isinstance(equation, MaxPool) else "mean_pool"
    axes = equation.axes(x.shape, equation.pool)
    shape = (x.shape[0], axes[0].positions, axes[1].positions, x.shape[-1])
    return windowed(xp, name, [x], shape, axes)


@whole(MaxPoolGradient, AveragePoolGradient)
def pool_to_image(xp: Namespace, equation: Pooling, *given: Array) -> Array:
    """From dP, P and X, or from dP and X, of which only the shape matters."""
    name = "max_pool_image" if isinstance(equation, MaxPoolGradient) else "mean_pool_image"
    shape = given[-1].shape
    read = list(given) if isinstance(equation, MaxPoolGradient) else [given[0]]
    return windowed(xp, name, read, shape, equation.axes(shape, equation.pool))
