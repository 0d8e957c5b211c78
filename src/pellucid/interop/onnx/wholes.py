"""Lines of a plan that are one ONNX operator: a table over equations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from pellucid.equations import activations as plain
from pellucid.equations import rectifiers
from pellucid.equations.arithmetic import Add, Divide, Multiply, Sqrt, Subtract
from pellucid.equations.convolution import Axis, Convolution, Convolve
from pellucid.equations.depthwise import Deconvolve, DepthwiseConvolve
from pellucid.equations.embedding import Lookup
from pellucid.equations.linear import Affine
from pellucid.equations.normalisation import Standardize
from pellucid.equations.pooling import AveragePool, MaxPool
from pellucid.equations.spacing import Pad
from pellucid.interop.onnx.writer import Writer
from pellucid.tensor import Line, Operation, Tensor


class Whole(NamedTuple):
    """What the operator reads, and what writes it."""

    reads: tuple[Tensor, ...]
    write: Callable[[], None]


Match = Callable[[Writer, Line], Whole | None]
WHOLES: dict[type[Operation], list[Match]] = {}


def whole(*equations: type[Operation]) -> Callable[[Match], Match]:
    def enter(match: Match) -> Match:
        for each in equations:
            WHOLES.setdefault(each, []).append(match)
        return match

    return enter


def whole_of(to: Writer, line: Line) -> Whole | None:
    """The line as an operator, or None where only its calls say what it does."""
    found = (match(to, line) for match in WHOLES.get(type(line.equation), ()))
    return next((each for each in found if each is not None), None)


@whole(Affine)
def affine(to: Writer, line: Line) -> Whole:
    x, w, b = line.inputs

    def write() -> None:
        names, graph = [to.read(each) for each in line.inputs], to.graph
        if len(x.shape) == 2:
            to.put(line.output, graph.node("Gemm", names, to.wanted(line.output)))
        else:
            product = graph.node("MatMul", names[:2])
            to.put(line.output, graph.node("Add", [product, names[2]], to.wanted(line.output)))

    return Whole((x, w, b), write)


SELU = {"alpha": rectifiers.SELU_ALPHA, "gamma": rectifiers.SELU_SCALE}
GELU = {False: "none", True: "tanh"}
#: activations that are an operator, and its attributes from their settings
ACTIVATIONS: dict[type[Operation], tuple[str, Callable[[dict[str, Any]], dict[str, Any]]]] = {
    plain.Exponential: ("Exp", lambda given: {}),
    plain.Sigmoid: ("Sigmoid", lambda given: {}),
    plain.HardSigmoid: ("HardSigmoid", lambda given: {"alpha": 1 / 6, "beta": 0.5}),
    plain.Tanh: ("Tanh", lambda given: {}),
    plain.Softmax: ("Softmax", lambda given: {"axis": given["axis"]}),
    plain.LogSoftmax: ("LogSoftmax", lambda given: {"axis": given["axis"]}),
    rectifiers.Relu: ("Relu", lambda given: {}),
    rectifiers.LeakyRelu: ("LeakyRelu", lambda given: {"alpha": given["negative_slope"]}),
    rectifiers.Elu: ("Elu", lambda given: {"alpha": given["alpha"]}),
    rectifiers.Selu: ("Selu", lambda given: SELU),
    rectifiers.Gelu: ("Gelu", lambda given: {"approximate": GELU[given["approximate"]]}),
    rectifiers.Mish: ("Mish", lambda given: {}),
    rectifiers.Softplus: ("Softplus", lambda given: {}),
    rectifiers.Softsign: ("Softsign", lambda given: {}),
}


@whole(*ACTIVATIONS)
def activation(to: Writer, line: Line) -> Whole:
    operator, attributes = ACTIVATIONS[type(line.equation)]
    (z,), given = line.inputs, attributes(line.equation.settings())

    def write() -> None:
        if "axis" not in given and z in to.first and z not in to.last:
            to.put_images(line.output, to.graph.node(operator, [to.first[z]], **given))
            return
        name = to.graph.node(operator, [to.read(z)], to.wanted(line.output), **given)
        to.put(line.output, name)

    return Whole((z,), write)


def window(axes: tuple[Axis, Axis]) -> dict[str, Any]:
    """How a window stands, as attributes."""
    down, along = axes
    return {
        "strides": [down.stride, along.stride],
        "pads": [down.before, along.before, down.after, along.after],
        "kernel_shape": [down.size, along.size],
    }


@whole(Convolution, Convolve)
def convolution(to: Writer, line: Line) -> Whole:
    x, w, *b = line.inputs
    attributes = window(line.equation.axes(x.shape, w.shape))  # type: ignore[attr-defined]

    def write() -> None:
        read = [to.images(x), kernel(to, w), *map(to.read, b)]
        to.put_images(line.output, to.graph.node("Conv", read, **attributes))

    return Whole(line.inputs, write)


def kernel(to: Writer, w: Tensor) -> str:
    """W (kh, kw, a, b) as (b, a, kh, kw)."""
    if w not in to.known:
        return to.graph.node("Transpose", [to.read(w)], perm=(3, 2, 0, 1))
    turned = to.value(w).transpose(3, 2, 0, 1).astype(np.float32)
    return to.graph.array(np.ascontiguousarray(turned), to.wanted(w))


@whole(Deconvolve)
def deconvolution(to: Writer, line: Line) -> Whole:
    (x, w), equation = line.inputs, line.equation
    assert isinstance(equation, Deconvolve)
    axes = equation.axes((0, *equation.extents), w.shape)
    spans = [axis.stride * (axis.positions - 1) + axis.size for axis in axes]
    more = [max(axis.extent - span, 0) for axis, span in zip(axes, spans, strict=True)]
    attributes = window(axes) | {"output_padding": more}

    def write() -> None:
        read = [to.images(x), kernel(to, w)]
        to.put_images(line.output, to.graph.node("ConvTranspose", read, **attributes))

    return Whole(line.inputs, write)


@whole(DepthwiseConvolve)
def by_channel(to: Writer, line: Line) -> Whole | None:
    """Each channel by itself is a convolution in as many groups."""
    x, w = line.inputs
    if w not in to.known:
        return None
    high, wide, channels, times = (each or 1 for each in w.shape)
    attributes = window(line.equation.axes(x.shape, w.shape))  # type: ignore[attr-defined]

    def write() -> None:
        turned = to.value(w).transpose(2, 3, 0, 1).reshape(channels * times, 1, high, wide)
        kernel = to.graph.array(np.ascontiguousarray(turned, np.float32), to.wanted(w))
        made = to.graph.node("Conv", [to.images(x), kernel], group=channels, **attributes)
        to.put_images(line.output, made)

    return Whole(line.inputs, write)


@whole(Lookup)
def lookup(to: Writer, line: Line) -> Whole:
    x, w = line.inputs

    def write() -> None:
        read = [to.read(w), to.read(x)]
        to.put(line.output, to.graph.node("Gather", read, to.wanted(line.output), axis=0))

    return Whole((x, w), write)


@whole(Pad)
def pad(to: Writer, line: Line) -> Whole:
    (x,), sides = line.inputs, line.equation.sides  # type: ignore[attr-defined]

    def write() -> None:
        before, after = zip(*sides, strict=True)
        read = [to.read(x), to.graph.whole(*before, *after)]
        to.put(line.output, to.graph.node("Pad", read, to.wanted(line.output)))

    return Whole((x,), write)


@whole(MaxPool, AveragePool)
def pooling(to: Writer, line: Line) -> Whole:
    (x,), equation = line.inputs, line.equation
    attributes = window(equation.axes(x.shape, equation.pool))  # type: ignore[attr-defined]
    operator = "MaxPool" if isinstance(equation, MaxPool) else "AveragePool"

    def write() -> None:
        to.put_images(line.output, to.graph.node(operator, [to.images(x)], **attributes))

    return Whole((x,), write)


class Scaled(NamedTuple):
    """γ⊙x + β, either perhaps missing: the line that writes x, and both."""

    inner: Line | None
    gamma: Tensor | None
    beta: Tensor | None


def scaled(to: Writer, line: Line) -> Scaled:
    gamma = beta = None
    inner: Line | None = line
    if type(line.equation) is Add and line.inputs[1] in to.held:
        beta, inner = line.inputs[1], to.lines.get(line.inputs[0])
    if inner and type(inner.equation) is Multiply and inner.inputs[0] in to.held:
        gamma, inner = inner.inputs[0], to.lines.get(inner.inputs[1])
    return Scaled(inner, gamma, beta)


@whole(Add, Multiply, Standardize)
def layer_normalization(to: Writer, line: Line) -> Whole | None:
    inner, gamma, beta = scaled(to, line)
    if inner is None or not isinstance(inner.equation, Standardize):
        return None
    (x,), axes = inner.inputs, inner.equation.axis
    rank = len(x.shape)
    shape = tuple(x.shape[axis] or 1 for axis in axes)
    if tuple(axes) != tuple(range(rank - len(axes), rank)) or 0 in axes:
        return None
    if any(each is not None and each.shape != shape for each in (gamma, beta)):
        return None
    epsilon = inner.equation.epsilon

    def write() -> None:
        scale = to.read(gamma) if gamma is not None else to.graph.array(np.ones(shape, np.float32))
        read = [to.read(x), scale, *([] if beta is None else [to.read(beta)])]
        given = {"axis": axes[0], "epsilon": epsilon}
        name = to.graph.node("LayerNormalization", read, to.wanted(line.output), **given)
        to.put(line.output, name)

    return Whole((x,), write)


@whole(Add, Multiply, Divide)
def batch_normalization(to: Writer, line: Line) -> Whole | None:
    inner, gamma, beta = scaled(to, line)
    found = None if inner is None else moving(to, inner)
    if found is None:
        return None
    x, mean, variance, epsilon = found
    width = (x.shape[-1] or 1,)
    if any(each is not None and each.shape != width for each in (gamma, beta, mean, variance)):
        return None

    def write() -> None:
        ones, zeros = (np.full(width, each, np.float32) for each in (1, 0))
        scale = to.read(gamma) if gamma is not None else to.graph.array(ones)
        shift = to.read(beta) if beta is not None else to.graph.array(zeros)
        read = [to.images(x), scale, shift, to.read(mean), to.read(variance)]
        kept: dict[str, Any] = {"momentum": to.momenta[mean]} if mean in to.momenta else {}
        made = to.graph.node("BatchNormalization", read, epsilon=epsilon, **kept)
        to.put_images(line.output, made)

    return Whole((x,), write)


def moving(to: Writer, line: Line) -> tuple[Tensor, Tensor, Tensor, float] | None:
    """X, μ, σ² and ε of (X − μ)/√(σ² + ε), if that is what the line writes."""
    if type(line.equation) is not Divide:
        return None
    above, below = (to.lines.get(each) for each in line.inputs)
    if above is None or below is None or type(above.equation) is not Subtract:
        return None
    inside = to.lines.get(below.inputs[0]) if type(below.equation) is Sqrt else None
    if inside is None or type(inside.equation) is not Add or inside.inputs[1].value is None:
        return None
    mean, variance = above.inputs[1], inside.inputs[0]
    if mean not in to.held or variance not in to.held or len(above.inputs[0].shape) < 2:
        return None
    return above.inputs[0], mean, variance, float(inside.inputs[1].value)
