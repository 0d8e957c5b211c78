"""Equations that are one call of a name of their own, rather than the many that `run` makes.

Random draws cannot be written otherwise; convolution, pooling, sums by number and recurrences could
be, but a language may have a shorter way to say them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pellucid.calls.arrays import Array
from pellucid.calls.calls import Shape
from pellucid.calls.namespace import Namespace
from pellucid.equations.activations import Sigmoid, Tanh
from pellucid.equations.convolution import (
    Axis,
    Convolution,
    Convolve,
    ConvolveGradient,
    KernelGradient,
    Windowed,
)
from pellucid.equations.depthwise import Deconvolve
from pellucid.equations.embedding import LookupGradient
from pellucid.equations.gated import GatedRecurrence, GatedRecurrenceGradient
from pellucid.equations.pooling import (
    AveragePool,
    AveragePoolGradient,
    MaxPool,
    MaxPoolGradient,
    Pooling,
)
from pellucid.equations.random import ChangingMask, Even, Mask, Noise, kept
from pellucid.equations.recurrent import (
    LongShortTerm,
    LongShortTermGradient,
    SimpleRecurrence,
    SimpleRecurrenceGradient,
)
from pellucid.tensor import Operation

Whole = Callable[..., Array]
WHOLES: dict[type[Operation], Whole] = {}
#: those that `run` cannot be recorded for
DRAWS = (Even, Mask, ChangingMask, Noise)


def whole(*equations: type[Operation]) -> Callable[[Whole], Whole]:
    def enter(function: Whole) -> Whole:
        WHOLES.update(dict.fromkeys(equations, function))
        return function

    return enter


@whole(Even)
def even(xp: Namespace, equation: Even, x: Array, seed: Any, step: Any) -> Array:
    return xp.write("uniform", [seed, step], x.shape, x.dtype, stream=equation.stream)


@whole(Mask)
def mask(xp: Namespace, equation: Mask, x: Array, seed: Any, step: Any) -> Any:
    numbers = xp.write("uniform", [seed, step], x.shape, x.dtype, stream=equation.stream)
    return kept(xp, numbers, equation.rate, x.dtype)


@whole(ChangingMask)
def changing_mask(
    xp: Namespace, equation: ChangingMask, x: Array, seed: Any, step: Any, p: Any
) -> Any:
    numbers = xp.write("uniform", [seed, step], x.shape, x.dtype, stream=equation.stream)
    return kept(xp, numbers, p, x.dtype)


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


@whole(Deconvolve)
def larger(xp: Namespace, equation: Deconvolve, x: Array, w: Array) -> Array:
    shape = (x.shape[0], *equation.extents, w.shape[2])
    return windowed(xp, "convolve_image", [x, w], shape, equation.axes(shape, w.shape))


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


#: recurrences, and which of the arrays given to it each reads
RECURRENCES: dict[type[Operation], tuple[str, tuple[int, ...]]] = {
    SimpleRecurrence: ("rnn", (0, 1)),
    SimpleRecurrenceGradient: ("rnn_gradient", (0, 1, 3)),
    LongShortTerm: ("lstm", (0, 1)),
    LongShortTermGradient: ("lstm_gradient", (0, 1, 2, 3)),
    GatedRecurrence: ("gru", (0, 1, 2)),
    GatedRecurrenceGradient: ("gru_gradient", (0, 1, 2, 3, 5)),
}


@whole(*RECURRENCES)
def recurrence(xp: Namespace, equation: Any, *given: Array) -> Any:
    """One call and what it gives beside, if the activations are the usual ones."""
    if not is_usual(equation):
        return equation.run(xp, *given)
    name, reads = RECURRENCES[type(equation)]
    shapes = equation.shape(*(each.shape for each in given))
    first, *others = shapes if isinstance(shapes, list) else [shapes]
    operands = [given[at] for at in reads if at < len(given)]
    result = xp.write(name, operands, first, given[0].dtype)
    beside = [
        xp.write("beside", [result], shape, result.dtype, number=at)
        for at, shape in enumerate(others, start=1)
    ]
    return result, *beside


def is_usual(equation: Any) -> bool:
    """Whether it is of tanh, with gates of sigmoid."""
    gates = getattr(equation, "recurrent_activation", Sigmoid())
    return type(equation.activation) is Tanh and type(gates) is Sigmoid
