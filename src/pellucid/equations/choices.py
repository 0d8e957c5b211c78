"""Choices between numbers: which is greater, the larger, the smaller, one or the other."""

from __future__ import annotations

from pellucid.arrays import Array, Namespace
from pellucid.equations.base import Arithmetic
from pellucid.equations.reductions import sum_to
from pellucid.tensor import Gradients, Tensor


class Greater(Arithmetic):
    """y = 1 where a > b, else 0;  da = 0;  db = 0"""

    text, latex = "[{a} > {b}]", "[{a} > {b}]"
    encloses = True

    def run(self, xp: Namespace, a: Array, b: Array) -> Array:
        like = a if hasattr(a, "dtype") else b
        return xp.astype(xp.greater(a, b), getattr(like, "dtype", float))

    def gradient(self, dy: Tensor, y: Tensor, a: Tensor, b: Tensor) -> Gradients:
        return None, None


class Maximum(Arithmetic):
    """y = max(a, b);  da = dy ⊙ [a ≥ b];  db = dy ⊙ [b > a]"""

    text, latex = "max({a}, {b})", r"\max({a}, {b})"
    encloses = True

    def run(self, xp: Namespace, a: Array, b: Array) -> Array:
        return xp.maximum(a, b)

    def gradient(self, dy: Tensor, y: Tensor, a: Tensor, b: Tensor) -> Gradients:
        second = b > a
        return sum_to(dy * (1 - second), a), sum_to(dy * second, b)


class Minimum(Arithmetic):
    """y = min(a, b);  da = dy ⊙ [a ≤ b];  db = dy ⊙ [b < a]"""

    text, latex = "min({a}, {b})", r"\min({a}, {b})"
    encloses = True

    def run(self, xp: Namespace, a: Array, b: Array) -> Array:
        return xp.minimum(a, b)

    def gradient(self, dy: Tensor, y: Tensor, a: Tensor, b: Tensor) -> Gradients:
        second = a > b
        return sum_to(dy * (1 - second), a), sum_to(dy * second, b)


class Where(Arithmetic):
    """y = a where c is not 0, else b;  da = dy where c, else 0;  db = 0 where c, else dy"""

    text, latex = "where({c}, {a}, {b})", r"\operatorname{{where}}({c}, {a}, {b})"
    encloses = True

    def run(self, xp: Namespace, c: Array, a: Array, b: Array) -> Array:
        return xp.where(xp.not_equal(c, 0), a, b)

    def gradient(self, dy: Tensor, y: Tensor, c: Tensor, a: Tensor, b: Tensor) -> Gradients:
        return None, sum_to(Where()(c, dy, 0), a), sum_to(Where()(c, 0, dy), b)
