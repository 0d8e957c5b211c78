"""Convolution and pooling as loops over the positions of a window."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from pellucid.interop.language import Language
from pellucid.interop.listing import Array, Step
from pellucid.interop.loops import Lines, arrays, at, writer


def windows(step: Step) -> tuple[Any, Any]:
    """How the window stands, down and along."""
    return step.call.options["down"], step.call.options["along"]


def seen(source: Array, channel: str) -> str:
    """The number of the image in row p and column q."""
    _, _, width, channels = source.shape
    return at(source, [f"(p * {width} + q) * {channels}", channel])


def within(to: Language, down: Any, along: Any, body: Sequence[str]) -> Lines:
    """Loops over the places of the window that lie in the image, in which p and q are known."""
    yield to.loop("u", down.size)
    yield f"  {to.index} p = i1 * {down.stride} + u - {down.before};"
    yield f"  if (p < 0 || p >= {down.extent}) continue;"
    yield "  " + to.loop("v", along.size)
    yield f"    {to.index} q = i2 * {along.stride} + v - {along.before};"
    yield f"    if (q < 0 || q >= {along.extent}) continue;"
    yield from ("    " + line for line in body)
    yield from ("  }", "}")


@writer("convolve")
def convolve(to: Language, step: Step) -> Lines:
    source, kernel = arrays(step)
    down, along = windows(step)
    _, high, wide, many = step.result.shape
    channels = source.shape[3]
    place = at(step.result, [f"(i1 * {wide} + i2) * {many}", "i3"])
    weight = at(kernel, [f"((u * {along.size} + v) * {channels} + c) * {many}", "i3"])
    products = [
        to.loop("c", channels),
        f"  {to.fixed} a = {seen(source, 'c')};",
        *("  " + line for line in counted(to, "i3", many, f"{place} += a * {weight};")),
        "}",
    ]
    body = [
        *counted(to, "i3", many, f"{place} = {to.literal(0)};"),
        *within(to, down, along, products),
    ]
    yield from over(to, high, wide, body)


@writer("convolve_image")
def convolve_image(to: Language, step: Step) -> Lines:
    """Each number times a kernel, added to the places that the window sees from where it stands."""
    source, kernel = arrays(step)
    _, high, wide, many = source.shape
    down, along = windows(step)
    channels = step.result.shape[3]
    number = at(source, [f"(i1 * {wide} + i2) * {many}", "k"])
    weight = at(kernel, [f"((u * {along.size} + v) * {channels} + c) * {many}", "k"])
    added = f"{seen(step.result, 'c')} += {number} * {weight};"
    products = [
        to.loop("c", channels),
        *("  " + line for line in counted(to, "k", many, added)),
        "}",
    ]
    yield from counted(to, "i0", step.result.size, f"{at(step.result, ['i0'])} = {to.literal(0)};")
    yield from over(to, high, wide, list(within(to, down, along, products)))


def counted(to: Language, variable: str, count: int, body: str) -> list[str]:
    return [to.loop(variable, count), f"  {body}", "}"]


def over(to: Language, high: int, wide: int, body: Sequence[str]) -> Lines:
    """Loops over the positions of a window."""
    yield to.loop("i1", high)
    yield "  " + to.loop("i2", wide)
    yield from ("    " + line for line in body)
    yield from ("  }", "}")


@writer("max_pool")
def max_pool(to: Language, step: Step) -> Lines:
    """The largest number that each window sees."""
    (source,) = arrays(step)
    down, along = windows(step)
    _, high, wide, channels = step.result.shape
    number = seen(source, "i3")
    body = [
        to.loop("i3", channels),
        f"  {to.changing} s = {to.literal(-math.inf)};",
        *(
            "  " + line
            for line in within(to, down, along, [f"s = {to.call('maximum', ['s', number])};"])
        ),
        f"  {at(step.result, [f'(i1 * {wide} + i2) * {channels}', 'i3'])} = s;",
        "}",
    ]
    yield from over(to, high, wide, body)


@writer("mean_pool")
def mean_pool(to: Language, step: Step) -> Lines:
    """The mean of the numbers that each window sees, without its padding."""
    (source,) = arrays(step)
    down, along = windows(step)
    _, high, wide, channels = step.result.shape
    number = seen(source, "i3")
    body = [
        to.loop("i3", channels),
        f"  {to.changing} s = {to.literal(0)}, count = {to.literal(0)};",
        *(
            "  " + line
            for line in within(to, down, along, [f"s += {number};", f"count += {to.literal(1)};"])
        ),
        f"  {at(step.result, [f'(i1 * {wide} + i2) * {channels}', 'i3'])} = s / count;",
        "}",
    ]
    yield from over(to, high, wide, body)
