"""Layers that read a sequence step by step, and carry along what they have read."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from pellucid import activations
from pellucid.activations import ActivationLike
from pellucid.equations.activations import Pointwise
from pellucid.equations.base import Equation
from pellucid.equations.gated import GatedRecurrence
from pellucid.equations.linear import Affine, Product
from pellucid.equations.recurrent import LongShortTerm, SimpleRecurrence
from pellucid.equations.shape import Flip, pick
from pellucid.initializers import Initializer, InitializerLike
from pellucid.layers.base import Layer
from pellucid.regularizers import RegularizerLike
from pellucid.tensor import Shape, Tensor


class Recurrent(Layer, abstract=True):
    """H of the last step, or of all; the gates of a layer stand side by side in its weights."""

    units: int
    activation: ActivationLike = "tanh"
    use_bias: bool = True
    kernel_initializer: InitializerLike = "glorot_uniform"
    recurrent_initializer: InitializerLike = "orthogonal"
    bias_initializer: InitializerLike = "zeros"
    kernel_regularizer: RegularizerLike = None
    recurrent_regularizer: RegularizerLike = None
    bias_regularizer: RegularizerLike = None
    return_sequences: bool = False
    go_backwards: bool = False

    gates: ClassVar[int] = 1
    #: the names of the settings that hold its activations
    functions: ClassVar[tuple[str, ...]] = ("activation",)

    def recurrence(self) -> Equation:
        """The equation that walks through the steps."""
        raise NotImplementedError

    def build(self, shape: Shape) -> None:
        self.known_shape(shape, 3, "sequences (steps, numbers of a step)")
        width = self.gates * self.units
        self.w = self.weight_as_set("kernel", (shape[-1] or 1, width))
        self.u = self.add_weight(
            (self.units, width),
            self.recurrent_initializer,
            "recurrent_kernel",
            regularizer=self.recurrent_regularizer,
            letter="U",
        )
        if self.use_bias:
            self.add_bias(width)

    def add_bias(self, *extents: int, initializer: InitializerLike | None = None) -> None:
        self.b = self.add_weight(
            extents,
            initializer or self.bias_initializer,
            "bias",
            regularizer=self.bias_regularizer,
            letter="b",
        )

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        if self.go_backwards:
            x = Flip(1)(x)
        h = self.run_through(x)
        return h if self.return_sequences else pick(h, (slice(None), -1))

    def run_through(self, x: Tensor) -> Tensor:
        """H of every step."""
        if self.use_bias:
            z = Affine()(x, self.w.tensor, self.b.tensor)
        else:
            z = Product()(x, self.w.tensor).called("Z")
        return self.recurrence()(z, self.u.tensor)

    def pointwise(self) -> list[Pointwise]:
        """Its activations, each of which must know its own derivative."""
        found = []
        for name in self.functions:
            f = activations.get(getattr(self, name))
            if not isinstance(f, Pointwise) or type(f).slope is Pointwise.slope:
                raise ValueError(
                    f"{self.layer_name}: {name} must be an activation of one number that knows its "
                    f"derivative, such as 'tanh', 'sigmoid' or 'relu'; got {getattr(self, name)!r}"
                )
            found.append(f)
        return found


class SimpleRNN(Recurrent):
    """H = f(X·W + b + H₋₁·U), step by step;  X (n, steps, k), H (n, units)"""

    def recurrence(self) -> Equation:
        return SimpleRecurrence(*self.pointwise())


class LSTM(Recurrent):
    """H = o⊙f(C), C = f₋⊙C₋₁ + i⊙c̃, step by step

    The gates i, f₋, o = σ(Z) and c̃ = f(Z), each from its own Z = X·W + b + H₋₁·U.
    W (k, 4·units), U (units, 4·units) and b (4·units,) hold i, f₋, c̃, o side by side.
    """

    units: int
    activation: ActivationLike = "tanh"
    recurrent_activation: ActivationLike = "sigmoid"
    use_bias: bool = True
    kernel_initializer: InitializerLike = "glorot_uniform"
    recurrent_initializer: InitializerLike = "orthogonal"
    bias_initializer: InitializerLike = "zeros"
    unit_forget_bias: bool = True

    gates = 4
    functions = ("activation", "recurrent_activation")

    def add_bias(self, *extents: int, initializer: InitializerLike | None = None) -> None:
        forget = ForgetNothing(self.bias_initializer) if self.unit_forget_bias else None
        super().add_bias(*extents, initializer=forget)

    def recurrence(self) -> Equation:
        return LongShortTerm(*self.pointwise())


class GRU(Recurrent):
    """H = z⊙H₋₁ + (1 − z)⊙c, step by step

    The gates z, r = σ(Z + R) and c = f(Z + r⊙R), each from its own Z = X·W + b₁, R = H₋₁·U + b₂.
    W (k, 3·units), U (units, 3·units) and b (2, 3·units) hold z, r, c side by side.
    """

    units: int
    activation: ActivationLike = "tanh"
    recurrent_activation: ActivationLike = "sigmoid"

    gates = 3
    functions = ("activation", "recurrent_activation")

    def add_bias(self, *extents: int, initializer: InitializerLike | None = None) -> None:
        super().add_bias(2, *extents, initializer=initializer)

    def run_through(self, x: Tensor) -> Tensor:
        if not self.use_bias:
            return super().run_through(x)
        of_input, of_state = pick(self.b.tensor, 0), pick(self.b.tensor, 1)
        z = Affine()(x, self.w.tensor, of_input)
        return self.recurrence()(z, self.u.tensor, of_state)

    def recurrence(self) -> Equation:
        return GatedRecurrence(*self.pointwise())


class ForgetNothing(Initializer, hidden=True):
    """b by `initializer`, but 1 at the forget gate, so that at first an LSTM remembers"""

    initializer: InitializerLike

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        b = Initializer.get(self.initializer).draw(shape, rng)
        quarter = shape[0] // 4
        b[quarter : 2 * quarter] = 1.0
        return b
