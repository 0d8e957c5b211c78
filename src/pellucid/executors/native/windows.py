"""Lowering convolution and pooling: operations that move a window over images."""

from __future__ import annotations

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


def convolution(to: Lowerer, call: Call) -> Value:
    """The channels of the result, then the window over the images."""
    a, b = to.all(call.operands)
    of_images(a)
    if call.function == "convolve_image":
        return step(to, call, [a, b], (a.dims[-1], *window(call, dims_of(call))))
    return step(to, call, [a, b], (b.dims[-1], *window(call, a.dims)))


def pooling(to: Lowerer, call: Call) -> Value:
    given = to.all(call.operands)
    of_images(*given)
    image = dims_of(call) if call.function.endswith("image") else given[-1].dims
    return step(to, call, given, window(call, image))


def step(to: Lowerer, call: Call, given: list[Value], attributes: tuple[int, ...]) -> Value:
    operands = [Operand(value) for value in given]
    return to.graph.make(STEPS[call.function], operands, call.shape, attributes)


def dims_of(call: Call) -> tuple[int, ...]:
    """The extents of the images that come out."""
    return tuple(each for each in call.shape if not isinstance(each, Rows))


def window(call: Call, image: tuple[int, ...]) -> tuple[int, ...]:
    """The window as the compiled operations know it."""
    down, along = call.options["down"], call.options["along"]
    return (
        *image, down.size, along.size, down.stride, along.stride, down.before, along.before,
        down.positions, along.positions,
    )  # fmt: skip


def of_images(*values: Value) -> None:
    if not all(value.of_rows for value in values):
        raise Unsupported("images that are weights")
