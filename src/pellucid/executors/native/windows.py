"""Lowering convolution and pooling: operations that move a window over images."""

from __future__ import annotations

from typing import NamedTuple

from pellucid.calls import Call, Rows
from pellucid.executors.native.graph import Operand, Unsupported, Value
from pellucid.executors.native.lowerer import Lowerer

#: the step of a program for each call
STEPS = {
    "convolve": "convolve",
    "convolve_image": "convolve_back",
    "convolve_kernel": "convolve_weights",
    "max_pool": "max_pool",
    "max_pool_image": "max_pool_back",
    "mean_pool": "mean_pool",
    "mean_pool_image": "mean_pool_back",
}


class Window(NamedTuple):
    """A window of `high` × `wide` places over images, at `down` × `along` positions of them."""

    height: int
    width: int
    channels: int
    high: int
    wide: int
    stride_down: int
    stride_along: int
    above: int
    before: int
    down: int
    along: int


def convolution(to: Lowerer, call: Call) -> Value:
    a, b = to.all(call.operands)
    of_images(a)
    return step(to, call, [a, b], a)


def pooling(to: Lowerer, call: Call) -> Value:
    given = to.all(call.operands)
    of_images(*given)
    return step(to, call, given, given[-1])


def step(to: Lowerer, call: Call, given: list[Value], images: Value) -> Value:
    """The images are what is read, or what is written."""
    dims = images.dims
    if call.function.endswith("image"):
        dims = tuple(each for each in call.shape if not isinstance(each, Rows))
    operands = [Operand(value) for value in given]
    return to.graph.make(STEPS[call.function], operands, call.shape, window(call, dims))


def window(call: Call, image: tuple[int, ...]) -> Window:
    down, along = call.options["down"], call.options["along"]
    height, width, channels = image
    return Window(
        height,
        width,
        channels,
        down.size,
        along.size,
        down.stride,
        along.stride,
        down.before,
        along.before,
        down.positions,
        along.positions,
    )


def of_images(*values: Value) -> None:
    if not all(value.of_rows for value in values):
        raise Unsupported("images that are weights")
