"""Gathering the gradients of all parameters into the one vector that the update reads."""

from __future__ import annotations

from typing import Any

from pellucid.arrays import Array, Namespace
from pellucid.equations.base import Equation
from pellucid.tensor import Shape

#: how many parts are printed before the dots
SHOWN = 6


class Gather(Equation):
    """g = (dW1, db1, …): the gradient of each parameter as numbers in a row, one after the other

    `sizes` are the lengths of the parts. A plain number fills its part: 0 where a parameter has no
    gradient. θ says how long g is, and of which kind its numbers are.
    """

    sizes: tuple[int, ...]

    encloses = True
    cost = 0

    @classmethod
    def arguments(cls) -> list[str]:
        return ["theta", *(f"d{at}" for at in range(1, SHOWN + 1))]

    def template(self, style: str) -> str:
        shown = [f"{{{name}}}" for name in self.arguments()[1:][: len(self.sizes)]]
        dots = ["…" if style == "text" else r"\ldots"] if len(self.sizes) > SHOWN else []
        return f"({', '.join([*shown, *dots])})"

    def run(self, xp: Namespace, theta: Array, *parts: Any) -> Array:
        pairs = zip(parts, self.sizes, strict=True)
        vectors = [in_a_row(xp, part, size, theta) for part, size in pairs]
        return xp.concat(vectors) if vectors else theta

    def shape(self, *shapes: Shape) -> Shape:
        return shapes[0]


def in_a_row(xp: Namespace, part: Any, size: int, like: Array) -> Array:
    """The numbers of an array in a row; a plain number as often as there are places."""
    if hasattr(part, "shape"):
        return xp.reshape(part, (size,))
    return xp.full((size,), part, dtype=like.dtype)
