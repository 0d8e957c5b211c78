"""Which steps of a sequence count: 1 for each that does, 0 for padding."""

from __future__ import annotations

from pellucid.arrays import Array, Namespace
from pellucid.equations.base import Equation
from pellucid.equations.special import indicator
from pellucid.tensor import Gradients, Shape, Tensor


class Unequal(Equation):
    """k = 1 where x is not `value`, else 0, in the kind of numbers of e

    X (n, …), K (n, …)
    """

    value: float = 0

    text, latex = "[{x} ≠ {value}]", r"[{x} \ne {value}]"
    letter = "k"
    encloses = True

    def run(self, xp: Namespace, x: Array, e: Array) -> Array:
        return indicator(xp, xp.not_equal(x, self.value), e)

    def gradient(self, dy: Tensor, y: Tensor, *inputs: Tensor) -> Gradients:
        return None, None

    def shape(self, *shapes: Shape) -> Shape:
        return shapes[0]


class AnyUnequal(Equation):
    """k = 1 where a number of the last axis of x is not `value`, else 0

    X (n, …, m), K (n, …)
    """

    value: float = 0.0

    text, latex = "[any {x} ≠ {value}]", r"[\text{{any }} {x} \ne {value}]"
    letter = "k"
    encloses = True

    def run(self, xp: Namespace, x: Array) -> Array:
        return xp.max(indicator(xp, xp.not_equal(x, self.value), x), axis=-1)

    def gradient(self, dy: Tensor, y: Tensor, *inputs: Tensor) -> Gradients:
        return (None,)

    def shape(self, *shapes: Shape) -> Shape:
        return shapes[0][:-1]


class Causal(Equation):
    """k = 1 where the key is no later than the query, else 0;  S (n, …, queries, keys)"""

    text, latex = "[key ≤ query]", r"[\text{{key}} \le \text{{query}}]"
    letter = "k"

    def run(self, xp: Namespace, s: Array) -> Array:
        keys = xp.arange(s.shape[-1], dtype=s.dtype)
        queries = xp.arange(s.shape[-2], dtype=s.dtype)
        return indicator(xp, xp.greater_equal(queries[:, None], keys), s)

    def gradient(self, dy: Tensor, y: Tensor, *inputs: Tensor) -> Gradients:
        return (None,)

    def shape(self, *shapes: Shape) -> Shape:
        return shapes[0][-2:]


class Within(Equation):
    """k = 1 where the key is less than `width` steps from the query, else 0

    S (n, …, queries, keys)
    """

    width: int

    text, latex = "[|key − query| < {width}]", r"[|\text{{key}} - \text{{query}}| < {width}]"
    letter = "k"

    def run(self, xp: Namespace, s: Array) -> Array:
        keys = xp.arange(s.shape[-1], dtype=s.dtype)
        queries = xp.arange(s.shape[-2], dtype=s.dtype)
        apart = xp.abs(xp.subtract(queries[:, None], keys))
        return indicator(xp, xp.less(apart, self.width), s)

    def gradient(self, dy: Tensor, y: Tensor, s: Tensor) -> Gradients:
        return (None,)

    def shape(self, *shapes: Shape) -> Shape:
        return shapes[0][-2:]
