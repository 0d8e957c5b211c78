"""Recurrences that begin from a given state, and pass it by at steps that do not count.

    Sₜ = Sₜ₋₁ + kₜ·(step(Sₜ₋₁) − Sₜ₋₁),  from S₀ on

kₜ is 1 for a step that counts, else 0; the number 1 stands for all of them, and 0 for a state of
zeros. The state is H, of an LSTM H and C side by side, so that gradients go through both. Each
walks back as

    D = dSₜ + Dₜ₊₁,  Dₜ = (1 − kₜ)·D + what a step gives back for kₜ·D,  dS₀ = D₀
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pellucid.arrays import Array, Namespace
from pellucid.equations.activations import Pointwise
from pellucid.equations.base import Equation
from pellucid.equations.linear import Product
from pellucid.equations.recurrent import Backwards, Recurrence
from pellucid.equations.shape import Pick
from pellucid.tensor import Gradients, Shape, Tensor

#: gives dZ of a step (and what else there is of it), and the gradient of the state before
Back = Callable[[Array, int], tuple[tuple[Array, ...], Array]]


class Before(Equation):
    """S₋₁: at each step what S was one step before, at the first step S₀"""

    text, latex = "{s}₋₁", "{{{s}}}_{{t-1}}"
    cost = 0

    def run(self, xp: Namespace, s: Array, s0: Any) -> Array:
        return before(xp, s, s0)

    def shape(self, *shapes: Shape) -> Shape:
        return shapes[0]


class Carried(Recurrence, abstract=True):
    """S from Z (n, steps, gates·units), U (units, gates·units), perhaps b, S₀ and k."""

    letter = "S"

    def parts(self, s: Tensor, s0: Tensor, u: Tensor) -> tuple[Tensor, Tensor]:
        """H₋₁ of every step, and S₋₁."""
        earlier = Before()(s, s0)
        units = u.shape[0] or 1
        if earlier.shape[-1] == units:
            return earlier, earlier
        return Pick((slice(None), slice(None), slice(0, units)))(earlier), earlier


class CarriedSimple(Carried):
    """H = H₋₁ + k·(f(Z + H₋₁·U) − H₋₁), step by step, from S₀

        dZ = k·D ⊙ f′,  D₋₁ = (1 − k)·D + dZ·Uᵀ, backwards in time    dU = H₋₁ᵀ·dZ

    By-product: P, what f was applied to.
    """

    activation: Pointwise

    by_products = ("P",)
    text, latex = "rnn({z}, {u}, {s0}, {k})", r"\operatorname{{rnn}}({z}, {u}, {s0}, {k})"

    def run(self, xp: Namespace, z: Array, u: Array, s0: Any, k: Any) -> tuple[Array, ...]:
        s, record = first(xp, z, s0, u.shape[0]), []
        for step in range(z.shape[1]):
            p = xp.add(xp.matmul(s, u), z[:, step, :])
            s = carried(xp, s, self.activation.run(xp, p), at(k, step))
            record.append((s, p))
        return tuple(xp.stack(part, axis=1) for part in zip(*record, strict=True))

    def gradient(self, ds: Tensor, s: Tensor, *inputs: Tensor) -> Gradients:
        assert s.line is not None
        _, u, s0, k = inputs
        dz = CarriedSimpleGradient(self.activation)(ds, u, s.line.outputs[1], k)
        h, _ = self.parts(s, s0, u)
        return dz, Product("a")(h, dz), start_of(dz, s0), None

    def shape(self, *shapes: Shape) -> list[Shape]:
        return [shapes[0], shapes[0]]


class CarriedSimpleGradient(Backwards):
    """dZ = k·D ⊙ f′, backwards in time;  by-product: dS₀"""

    activation: Pointwise

    by_products = ("dS₀",)
    text, latex = "rnn′({ds}, {u}, {k})", r"\operatorname{{rnn}}'({ds}, {u}, {k})"

    def run(self, xp: Namespace, ds: Array, u: Array, p: Array, k: Any) -> tuple[Array, ...]:
        slope = self.activation.slope(xp, p, self.activation.run(xp, p))

        def back(d: Array, step: int) -> tuple[tuple[Array, ...], Array]:
            dz = xp.multiply(d, slope[:, step, :])
            return (dz,), xp.matmul(dz, u.T)

        return walked_back(xp, ds, k, back)

    def shape(self, *shapes: Shape) -> list[Shape]:
        return [shapes[2], (shapes[0][0], shapes[0][2])]


def first(xp: Namespace, z: Array, s0: Any, width: int) -> Array:
    """S₀ as an array, also where it is the number 0."""
    return s0 if hasattr(s0, "shape") else xp.zeros_like(z[:, 0, :width])


def before(xp: Namespace, s: Array, s0: Any) -> Array:
    """s one step later, with s0 at the first step."""
    start = xp.zeros_like(s[:, :1, :]) if not hasattr(s0, "shape") else s0[:, None, :]
    return xp.concat([start, s[:, :-1, :]], axis=1)


def at(k: Any, step: int) -> Any:
    """kₜ for each row, (n, 1); None where all steps count."""
    return k[:, step : step + 1] if hasattr(k, "shape") else None


def carried(xp: Namespace, s: Array, new: Array, k: Any) -> Array:
    """s + k·(new − s)"""
    if k is None:
        return new
    moved = xp.subtract(new, s)
    moved *= k
    moved += s
    return moved


def walked_back(xp: Namespace, ds: Array, k: Any, back: Back) -> tuple[Array, ...]:
    """dZ of every step, dS₀, and what else `back` gives of each step."""
    found: list[tuple[Array, ...]] = []
    earlier = None
    for step in reversed(range(ds.shape[1])):
        here = ds[:, step, :]
        d = here if earlier is None else xp.add(here, earlier)
        counts = at(k, step)
        of_step, earlier = back(d if counts is None else xp.multiply(d, counts), step)
        if counts is not None:
            earlier = xp.add(earlier, xp.multiply(d, xp.subtract(1.0, counts)))
        found.append(of_step)
    dz, *others = (xp.stack(part[::-1], axis=1) for part in zip(*found, strict=True))
    assert earlier is not None
    return dz, earlier, *others


def start_of(dz: Tensor, s0: Tensor) -> Tensor | None:
    """The gradient of S₀, from the line that writes dZ."""
    assert dz.line is not None
    return None if s0.is_setting else dz.line.outputs[1]
