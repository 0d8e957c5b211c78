"""The gated recurrent unit over a whole sequence at once, as in Keras with `reset_after`."""

from __future__ import annotations

from pellucid.arrays import Array, Namespace
from pellucid.equations.activations import Pointwise
from pellucid.equations.linear import Product
from pellucid.equations.recurrent import Backwards, Delay, Gated, Recurrence, backwards, delayed
from pellucid.equations.reductions import SumTo
from pellucid.tensor import Gradients, Shape, Tensor


class GatedRecurrence(Recurrence):
    """H = z⊙H₋₁ + (1 − z)⊙c, step by step, with gates from R = H₋₁·U + b

        z = σ(Z + R),  r = σ(Z + R),  c = f(Z + r⊙R);  Z, U and b hold z, r, c side by side
        dZ = (dH⊙(H₋₁ − c)⊙z′, dc⊙R⊙r′, dc), where dc = dH⊙(1 − z)⊙c′
        dR = (dz, dr, dc⊙r),  dH₋₁ += dH⊙z + dR·Uᵀ    dU = H₋₁ᵀ·dR    db = Σ dR

    By-products: the gates G, what their activations were applied to, P, and R of c.
    """

    activation: Pointwise
    recurrent_activation: Pointwise

    by_products = ("G", "P", "R")
    text, latex = "gru({z}, {u})", r"\operatorname{{gru}}({z}, {u})"

    def run(self, xp: Namespace, z: Array, u: Array, b: Array | None = None) -> tuple[Array, ...]:
        m = u.shape[0]
        h = xp.zeros_like(z[:, 0, :m])
        record = []
        for step in range(z.shape[1]):
            r = xp.matmul(h, u)
            if b is not None:
                r += b
            p, gates = thirds_from(xp, self, z[:, step, :], r, m)
            update, candidate = gates[:, :m], gates[:, 2 * m :]
            h = xp.multiply(update, xp.subtract(h, candidate))
            h += candidate
            record.append((h, gates, p, r[:, 2 * m :]))
        return tuple(xp.stack(part, axis=1) for part in zip(*record, strict=True))

    def gradient(self, dh: Tensor, h: Tensor, *inputs: Tensor) -> Gradients:
        assert h.line is not None
        u = inputs[1]
        gradient = GatedRecurrenceGradient(self.activation, self.recurrent_activation)
        dz = gradient(dh, u, h, *h.line.outputs[1:])
        assert dz.line is not None
        dr = dz.line.outputs[1]
        return dz, Product("a")(Delay()(h), dr), *(SumTo()(dr, b) for b in inputs[2:])

    def shape(self, *shapes: Shape) -> list[Shape]:
        hidden = (*shapes[0][:2], shapes[1][0])
        return [hidden, shapes[0], shapes[0], hidden]


class GatedRecurrenceGradient(Backwards):
    """dZ = dH ⊙ ((H₋₁ − c)⊙z′, c̄⊙R⊙r′, c̄), c̄ = (1 − z)⊙c′, backwards in time

    By-product: dR = dH ⊙ ((H₋₁ − c)⊙z′, c̄⊙R⊙r′, c̄⊙r).
    """

    activation: Pointwise
    recurrent_activation: Pointwise

    by_products = ("dR",)
    text, latex = "gru′({dh}, {u})", r"\operatorname{{gru}}'({dh}, {u})"

    def run(
        self, xp: Namespace, dh: Array, u: Array, h: Array, gates: Array, p: Array, r: Array
    ) -> tuple[Array, ...]:
        update = gates[:, :, : u.shape[0]]
        to_z, to_r = rates_of_thirds(xp, self, delayed(xp, h), gates, p, r)
        found: list[Array] = []

        def back(dh: Array, step: int) -> tuple[Array, Array]:
            thrice = xp.concat([dh, dh, dh], axis=-1)
            found.append(xp.multiply(thrice, to_r[:, step, :]))
            earlier = xp.matmul(found[-1], u.T)
            earlier += xp.multiply(dh, update[:, step, :])
            return xp.multiply(thrice, to_z[:, step, :]), earlier

        return backwards(xp, dh, back), xp.stack(found[::-1], axis=1)

    def shape(self, *shapes: Shape) -> list[Shape]:
        return [shapes[3], shapes[3]]


def thirds_from(xp: Namespace, of: Gated, z: Array, r: Array, m: int) -> tuple[Array, Array]:
    """What the activations of a step are applied to, and the gates z, r and c."""
    opening = xp.add(z[:, : 2 * m], r[:, : 2 * m])
    open_ = of.recurrent_activation.run(xp, opening)
    inner = xp.multiply(open_[:, m:], r[:, 2 * m :])
    inner += z[:, 2 * m :]
    candidate = of.activation.run(xp, inner)
    return xp.concat([opening, inner], axis=-1), xp.concat([open_, candidate], axis=-1)


def rates_of_thirds(
    xp: Namespace, of: Gated, earlier: Array, gates: Array, p: Array, r: Array
) -> tuple[Array, Array]:
    """What the gradient of a step is multiplied with, for dZ and for dR; `earlier` is H₋₁."""
    m = earlier.shape[-1]
    update, reset, candidate = (gates[:, :, at * m : (at + 1) * m] for at in range(3))
    opening = (slice(None), slice(None), slice(0, 2 * m))
    slopes = of.recurrent_activation.slope(xp, p[opening], gates[opening])
    to_c = of.activation.slope(xp, p[:, :, 2 * m :], candidate)
    to_c *= xp.subtract(1.0, update)
    factors = xp.concat([earlier - candidate, xp.multiply(to_c, r)], axis=-1)
    factors *= slopes
    return (
        xp.concat([factors, to_c], axis=-1),
        xp.concat([factors, xp.multiply(to_c, reset)], axis=-1),
    )
