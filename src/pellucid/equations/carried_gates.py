"""The LSTM and the GRU from a given state, past steps that do not count: see `carried.py`."""

from __future__ import annotations

from typing import Any

from pellucid.arrays import Array, Namespace
from pellucid.equations.activations import Pointwise
from pellucid.equations.carried import Carried, at, carried, first, start_of, walked_back
from pellucid.equations.gated import rates_of_thirds, thirds_from
from pellucid.equations.linear import Product
from pellucid.equations.recurrent import Backwards, quarters, quarters_from, slopes_of_quarters
from pellucid.equations.reductions import SumTo
from pellucid.tensor import Gradients, Shape, Tensor


class CarriedLongShortTerm(Carried):
    """S = (H, C), from S₀;  C = C₋₁ + k·(f₋⊙C₋₁ + i⊙c̃ − C₋₁),  H = H₋₁ + k·(o⊙f(C) − H₋₁)

        i, f₋, o = σ(Z + H₋₁·U),  c̃ = f(Z + H₋₁·U);  Z and U hold i, f₋, c̃, o side by side
        dc = k·D_C + k·D_H⊙o⊙f′(C),  dZ = (dc⊙c̃⊙i′, dc⊙C₋₁⊙f₋′, dc⊙i⊙c̃′, k·D_H⊙f(C)⊙o′)
        D₋₁ = (1 − k)·D + (dZ·Uᵀ, dc⊙f₋)    dU = H₋₁ᵀ·dZ

    By-products: the gates G, and P, what their activations were applied to.
    """

    activation: Pointwise
    recurrent_activation: Pointwise

    by_products = ("G", "P")
    text, latex = "lstm({z}, {u}, {s0}, {k})", r"\operatorname{{lstm}}({z}, {u}, {s0}, {k})"

    def run(self, xp: Namespace, z: Array, u: Array, s0: Any, k: Any) -> tuple[Array, ...]:
        m = u.shape[0]
        s, record = first(xp, z, s0, 2 * m), []
        for step in range(z.shape[1]):
            p = xp.add(xp.matmul(s[:, :m], u), z[:, step, :])
            gates = quarters_from(xp, self, p, m)
            i, forget, candidate, o = quarters(gates, m)
            c = xp.multiply(i, candidate)
            c += xp.multiply(forget, s[:, m:])
            h = xp.multiply(o, self.activation.run(xp, c))
            s = carried(xp, s, xp.concat([h, c], axis=-1), at(k, step))
            record.append((s, gates, p))
        return tuple(xp.stack(part, axis=1) for part in zip(*record, strict=True))

    def gradient(self, ds: Tensor, s: Tensor, *inputs: Tensor) -> Gradients:
        assert s.line is not None
        _, u, s0, k = inputs
        h, earlier = self.parts(s, s0, u)
        functions = self.activation, self.recurrent_activation
        dz = CarriedLongShortTermGradient(*functions)(ds, u, s, earlier, *s.line.outputs[1:], k)
        return dz, Product("a")(h, dz), start_of(dz, s0), None

    def shape(self, *shapes: Shape) -> list[Shape]:
        state = (*shapes[0][:2], 2 * (shapes[1][0] or 1))
        return [state, shapes[0], shapes[0]]


class CarriedLongShortTermGradient(Backwards):
    """dZ = (dc, dc, dc, k·D_H) ⊙ (c̃⊙i′, C₋₁⊙f₋′, i⊙c̃′, f(C)⊙o′), backwards in time

    By-product: dS₀.
    """

    activation: Pointwise
    recurrent_activation: Pointwise

    by_products = ("dS₀",)
    text, latex = "lstm′({ds}, {u}, {k})", r"\operatorname{{lstm}}'({ds}, {u}, {k})"

    def run(
        self, xp: Namespace, ds: Array, u: Array, s: Array, s1: Array, g: Array, p: Array, k: Any
    ) -> tuple[Array, ...]:
        m = u.shape[0]
        i, forget, candidate, o = quarters(g, m)
        c = s[:, :, m:]
        out = self.activation.run(xp, c)
        rates = xp.concat([candidate, s1[:, :, m:], i, out], axis=-1)
        rates *= slopes_of_quarters(xp, self, p, g, m)
        cell = self.activation.slope(xp, c, out)
        cell *= o

        def back(d: Array, step: int) -> tuple[tuple[Array, ...], Array]:
            dh = d[:, :m]
            dc = xp.add(d[:, m:], xp.multiply(dh, cell[:, step, :]))
            dz = xp.multiply(xp.concat([dc, dc, dc, dh], axis=-1), rates[:, step, :])
            earlier = [xp.matmul(dz, u.T), xp.multiply(dc, forget[:, step, :])]
            return (dz,), xp.concat(earlier, axis=-1)

        return walked_back(xp, ds, k, back)

    def shape(self, *shapes: Shape) -> list[Shape]:
        return [shapes[5], (shapes[0][0], shapes[0][2])]


class CarriedGated(Carried):
    """H = H₋₁ + k·(1 − z)⊙(c − H₋₁), step by step, from S₀, with gates from R = H₋₁·U + b

        z = σ(Z + R),  r = σ(Z + R),  c = f(Z + r⊙R);  Z, U and b hold z, r, c side by side
        dZ = k·D ⊙ ((H₋₁ − c)⊙z′, c̄⊙R⊙r′, c̄),  dR = k·D ⊙ ((H₋₁ − c)⊙z′, c̄⊙R⊙r′, c̄⊙r)
        D₋₁ = (1 − k)·D + k·D⊙z + dR·Uᵀ,  c̄ = (1 − z)⊙c′    dU = H₋₁ᵀ·dR    db = Σ dR

    By-products: the gates G, what their activations were applied to, P, and R of c.
    """

    activation: Pointwise
    recurrent_activation: Pointwise

    by_products = ("G", "P", "R")
    text, latex = "gru({z}, {u}, {s0}, {k})", r"\operatorname{{gru}}({z}, {u}, {s0}, {k})"

    def run(
        self, xp: Namespace, z: Array, u: Array, s0: Any, k: Any, b: Array | None = None
    ) -> tuple[Array, ...]:
        m = u.shape[0]
        s, record = first(xp, z, s0, m), []
        for step in range(z.shape[1]):
            r = xp.matmul(s, u)
            if b is not None:
                r += b
            p, gates = thirds_from(xp, self, z[:, step, :], r, m)
            update, candidate = gates[:, :m], gates[:, 2 * m :]
            h = xp.multiply(update, xp.subtract(s, candidate))
            h += candidate
            s = carried(xp, s, h, at(k, step))
            record.append((s, gates, p, r[:, 2 * m :]))
        return tuple(xp.stack(part, axis=1) for part in zip(*record, strict=True))

    def gradient(self, ds: Tensor, s: Tensor, *inputs: Tensor) -> Gradients:
        assert s.line is not None
        _, u, s0, k, *bias = inputs
        h, _ = self.parts(s, s0, u)
        functions = self.activation, self.recurrent_activation
        dz = CarriedGatedGradient(*functions)(ds, u, h, *s.line.outputs[1:], k)
        assert dz.line is not None
        dr = dz.line.outputs[2]
        found = dz, Product("a")(h, dr), start_of(dz, s0), None
        return *found, *(SumTo()(dr, b) for b in bias)

    def shape(self, *shapes: Shape) -> list[Shape]:
        hidden = (*shapes[0][:2], shapes[1][0])
        return [hidden, shapes[0], shapes[0], hidden]


class CarriedGatedGradient(Backwards):
    """dZ = k·D ⊙ ((H₋₁ − c)⊙z′, c̄⊙R⊙r′, c̄), c̄ = (1 − z)⊙c′, backwards in time

    By-products: dS₀, and dR = k·D ⊙ ((H₋₁ − c)⊙z′, c̄⊙R⊙r′, c̄⊙r).
    """

    activation: Pointwise
    recurrent_activation: Pointwise

    by_products = ("dS₀", "dR")
    text, latex = "gru′({ds}, {u}, {k})", r"\operatorname{{gru}}'({ds}, {u}, {k})"

    def run(
        self, xp: Namespace, ds: Array, u: Array, h1: Array, g: Array, p: Array, r: Array, k: Any
    ) -> tuple[Array, ...]:
        m = u.shape[0]
        to_z, to_r = rates_of_thirds(xp, self, h1, g, p, r)

        def back(d: Array, step: int) -> tuple[tuple[Array, ...], Array]:
            thrice = xp.concat([d, d, d], axis=-1)
            dr = xp.multiply(thrice, to_r[:, step, :])
            earlier = xp.matmul(dr, u.T)
            earlier += xp.multiply(d, g[:, step, :m])
            return (xp.multiply(thrice, to_z[:, step, :]), dr), earlier

        return walked_back(xp, ds, k, back)

    def shape(self, *shapes: Shape) -> list[Shape]:
        return [shapes[4], (shapes[0][0], shapes[0][2]), shapes[4]]
