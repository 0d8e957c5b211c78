"""A simple recurrent layer and the LSTM, each over a whole sequence at once.

What an input contributes, Z = X·W + b, is computed for all steps before; only H₋₁·U, what the step
before contributes, is walked through in time. The gradient walks back through time to dZ, from
which dX, dW and db follow as for a dense layer, and dU = H₋₁ᵀ·dZ.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from pellucid.arrays import Array, Namespace
from pellucid.equations.activations import Pointwise
from pellucid.equations.base import Equation
from pellucid.equations.linear import Product
from pellucid.tensor import Gradients, Shape, Tensor, size


class Recurrence(Equation, abstract=True):
    """H from Z (n, steps, gates·units) and U (units, gates·units), and a record of the way."""

    letter = "H"
    encloses = True

    def flops(self, value: Shape, *shapes: Shape) -> int:
        steps, width = shapes[0][1] or 0, shapes[0][2] or 0
        return steps * 2 * size(shapes[1]) + 10 * steps * width


class Backwards(Equation, abstract=True):
    """dZ from dH and U, walking back through time over the record of a recurrence."""

    encloses = True

    def flops(self, value: Shape, *shapes: Shape) -> int:
        return (value[1] or 0) * 2 * size(shapes[1]) + 10 * size(value)


class Delay(Equation):
    """H₋₁: at each step what H was one step before, at the first step 0"""

    text, latex = "{h}₋₁", "{{{h}}}_{{t-1}}"
    cost = 0

    def run(self, xp: Namespace, h: Array) -> Array:
        return delayed(xp, h)


class SimpleRecurrence(Recurrence):
    """H = f(Z + H₋₁·U), step by step

        dZ = (dH + dZ₊₁·Uᵀ) ⊙ f′, backwards in time    dU = H₋₁ᵀ·dZ

    By-product: P, what f was applied to.
    """

    activation: Pointwise

    by_products = ("P",)
    text, latex = "rnn({z}, {u})", r"\operatorname{{rnn}}({z}, {u})"

    def run(self, xp: Namespace, z: Array, u: Array) -> tuple[Array, ...]:
        f = self.activation
        before, states = [z[:, 0, :]], [f.run(xp, z[:, 0, :])]
        for step in range(1, z.shape[1]):
            p = xp.matmul(states[-1], u)
            p += z[:, step, :]
            before.append(p)
            states.append(f.run(xp, p))
        return xp.stack(states, axis=1), xp.stack(before, axis=1)

    def gradient(self, dh: Tensor, h: Tensor, z: Tensor, u: Tensor) -> Gradients:
        assert h.line is not None
        dz = SimpleRecurrenceGradient(self.activation)(dh, u, h.line.outputs[1], h)
        return dz, Product("a")(Delay()(h), dz)

    def shape(self, *shapes: Shape) -> list[Shape]:
        return [shapes[0], shapes[0]]


class SimpleRecurrenceGradient(Backwards):
    """dZ = (dH + dZ₊₁·Uᵀ) ⊙ f′, backwards in time"""

    activation: Pointwise

    text, latex = "rnn′({dh}, {u})", r"\operatorname{{rnn}}'({dh}, {u})"

    def run(self, xp: Namespace, dh: Array, u: Array, p: Array, h: Array) -> Array:
        slope = self.activation.slope(xp, p, h)

        def back(dh: Array, step: int) -> tuple[Array, Array]:
            dz = xp.multiply(dh, slope[:, step, :])
            return dz, xp.matmul(dz, u.T)

        return backwards(xp, dh, back)

    def shape(self, *shapes: Shape) -> Shape:
        return shapes[0]


class LongShortTerm(Recurrence):
    """H = o⊙f(C), C = f₋⊙C₋₁ + i⊙c̃, step by step, with gates

        i, f₋, o = σ(Z + H₋₁·U),  c̃ = f(Z + H₋₁·U);  Z and U hold i, f₋, c̃, o side by side
        dC = dC₊₁⊙f₋₊₁ + dH⊙o⊙f′(C)
        dZ = (dC⊙c̃⊙i′, dC⊙C₋₁⊙f₋′, dC⊙i⊙c̃′, dH⊙f(C)⊙o′),  dH₋₁ += dZ·Uᵀ    dU = H₋₁ᵀ·dZ

    By-products: the cells C, the gates G, and P, what their activations were applied to.
    """

    activation: Pointwise
    recurrent_activation: Pointwise

    by_products = ("C", "G", "P")
    text, latex = "lstm({z}, {u})", r"\operatorname{{lstm}}({z}, {u})"

    def run(self, xp: Namespace, z: Array, u: Array) -> tuple[Array, ...]:
        m = u.shape[0]
        record: list[tuple[Array, ...]] = []
        for step in range(z.shape[1]):
            p = z[:, step, :]
            if record:
                p = xp.add(p, xp.matmul(record[-1][0], u))
            gates = quarters_from(xp, self, p, m)
            i, forget, candidate, o = quarters(gates, m)
            c = xp.multiply(i, candidate)
            if record:
                c += xp.multiply(forget, record[-1][1])
            record.append((xp.multiply(o, self.activation.run(xp, c)), c, gates, p))
        return tuple(xp.stack(part, axis=1) for part in zip(*record, strict=True))

    def gradient(self, dh: Tensor, h: Tensor, z: Tensor, u: Tensor) -> Gradients:
        assert h.line is not None
        record = h.line.outputs[1:]
        dz = LongShortTermGradient(self.activation, self.recurrent_activation)(dh, u, *record)
        return dz, Product("a")(Delay()(h), dz)

    def shape(self, *shapes: Shape) -> list[Shape]:
        hidden = (*shapes[0][:2], shapes[1][0])
        return [hidden, hidden, shapes[0], shapes[0]]


class LongShortTermGradient(Backwards):
    """dZ = (dC, dC, dC, dH) ⊙ (c̃⊙i′, C₋₁⊙f₋′, i⊙c̃′, f(C)⊙o′), backwards in time"""

    activation: Pointwise
    recurrent_activation: Pointwise

    text, latex = "lstm′({dh}, {u})", r"\operatorname{{lstm}}'({dh}, {u})"

    def run(self, xp: Namespace, dh: Array, u: Array, c: Array, gates: Array, p: Array) -> Array:
        m = u.shape[0]
        f = self.activation
        i, forget, candidate, o = quarters(gates, m)
        out = f.run(xp, c)
        rates = xp.concat([candidate, delayed(xp, c), i, out], axis=-1)
        rates *= slopes_of_quarters(xp, self, p, gates, m)
        cell = f.slope(xp, c, out)
        cell *= o
        later: list[Array] = []

        def back(dh: Array, step: int) -> tuple[Array, Array]:
            dc = xp.multiply(dh, cell[:, step, :])
            if later:
                dc += later.pop()
            later.append(xp.multiply(dc, forget[:, step, :]))
            dz = xp.multiply(xp.concat([dc, dc, dc, dh], axis=-1), rates[:, step, :])
            return dz, xp.matmul(dz, u.T)

        return backwards(xp, dh, back)

    def shape(self, *shapes: Shape) -> Shape:
        return shapes[4]


def backwards(xp: Namespace, dh: Array, back: Callable[[Array, int], tuple[Array, Array]]) -> Array:
    """dZ of every step, from the last to the first; `back` gives dZ of a step, and dH before it."""
    found: list[Array] = []
    earlier = None
    for step in reversed(range(dh.shape[1])):
        here = dh[:, step, :]
        dz, earlier = back(here if earlier is None else xp.add(here, earlier), step)
        found.append(dz)
    return xp.stack(found[::-1], axis=1)


def delayed(xp: Namespace, h: Array) -> Array:
    """h one step later, with 0 at the first step."""
    return xp.concat([xp.zeros_like(h[:, :1, :]), h[:, :-1, :]], axis=1)


class Gated(Protocol):
    """What opens gates and what bounds candidates."""

    activation: Pointwise
    recurrent_activation: Pointwise


def quarters_from(xp: Namespace, of: Gated, p: Array, m: int) -> Array:
    """The gates i, f, c̃ and o of a step, from what their activations are applied to."""
    open_ = of.recurrent_activation.run(xp, p)
    candidate = of.activation.run(xp, p[:, 2 * m : 3 * m])
    return xp.concat([open_[:, : 2 * m], candidate, open_[:, 3 * m :]], axis=-1)


def slopes_of_quarters(xp: Namespace, of: Gated, p: Array, gates: Array, m: int) -> Array:
    """i′, f′, c̃′ and o′ of all steps."""
    middle = (slice(None), slice(None), slice(2 * m, 3 * m))
    open_ = of.recurrent_activation.slope(xp, p, gates)
    candidate = of.activation.slope(xp, p[middle], gates[middle])
    return xp.concat([open_[:, :, : 2 * m], candidate, open_[:, :, 3 * m :]], axis=-1)


def quarters(gates: Array, m: int) -> tuple[Array, ...]:
    """The gates i, f, c̃ and o, side by side along the last axis."""
    return tuple(gates[..., at * m : (at + 1) * m] for at in range(4))
