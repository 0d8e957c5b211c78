"""Layers for the columns of a table: one scale for each, and what a single number can become."""

from __future__ import annotations

import math

from pellucid import activations
from pellucid.activations import ActivationLike
from pellucid.equations.arithmetic import Cos, Sin
from pellucid.equations.features import FeatureAffine
from pellucid.equations.shape import Reshape, concatenate
from pellucid.initializers import InitializerLike, RandomNormal, RandomUniform
from pellucid.layers.base import Layer
from pellucid.tensor import Shape, Tensor


class Scaling(Layer):
    """Y = X ⊙ s, a learned factor for each feature"""

    supports_masking = True

    scale_initializer: InitializerLike = "ones"

    def build(self, shape: Shape) -> None:
        width = self.known_shape(shape, 2, "rows of a known width")[-1]
        assert width is not None
        self.s = self.add_weight((width,), self.scale_initializer, "scale", letter="s")

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        return (x * self.s.tensor).called("X̃")


class ParametricActivation(Layer):
    """Y = X + (f(X) − X) ⊙ a: all of the activation f where a = 1, none of it where a = 0

    a is learned for each unit.
    """

    supports_masking = True

    activation: ActivationLike
    alpha_initializer: InitializerLike = "ones"

    def build(self, shape: Shape) -> None:
        width = self.known_shape(shape, 2, "rows of a known width")[-1]
        assert width is not None
        self.a = self.add_weight((width,), self.alpha_initializer, "alpha", letter="a")

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        bent = activations.get(self.activation)(x)
        return (x + (bent - x) * self.a.tensor).called("A")


class Embedded(Layer, abstract=True):
    """Each feature of X (n, d) as `units` numbers, by waves of its own: Y (n, units·d).

    Numbers of one kind stand together: the first of every feature, then the second, and so on.
    """

    units: int
    frequencies: int
    sigma: float

    def waves(self, x: Tensor) -> Tensor:
        """2π·x·w for every frequency, (n, d, frequencies)."""
        return Reshape((-1, self.width, 1))(x) * (2.0 * math.pi) * self.w.tensor

    def add_frequencies(self, shape: Shape, fewest: int = 1) -> None:
        for setting, least in (("units", fewest), ("frequencies", 1)):
            value = getattr(self, setting)
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                raise ValueError(
                    f"{self.layer_name}: {setting} is a whole number of {least} or more, "
                    f"got {value!r}"
                )
        width = self.known_shape(shape, 2, "rows of a known width")[-1]
        assert width is not None
        self.width = width
        wide = (width, self.frequencies)
        self.w = self.add_weight(wide, RandomNormal(stddev=self.sigma), "frequency", letter="w")

    def add_products(self, count: int, size: int) -> None:
        """What makes `count` numbers of `size` waves of each feature."""
        bound = 1.0 / math.sqrt(size)
        draw = RandomUniform(-bound, bound)
        self.kernel = self.add_weight((count, self.width, size), draw, "kernel")
        self.bias = self.add_weight((count, self.width), draw, "bias", letter="b")

    def products(self, waves: Tensor) -> Tensor:
        """Σ waves⊙W + b over the waves of each feature, every unit beside the one before it."""
        z = FeatureAffine()(waves, self.kernel.tensor, self.bias.tensor)
        return Reshape((-1, (z.shape[1] or 1) * self.width))(z)


class PeriodicEmbedding(Embedded):
    """Y = [cos(2π·x·w + φ)·W + b, x] for each feature x: `units` − 1 numbers, and x itself

    w (d, frequencies) is normal with deviation `sigma`, φ even between −π and π.
    """

    units: int = 4
    frequencies: int = 16
    sigma: float = 0.1

    def build(self, shape: Shape) -> None:
        self.add_frequencies(shape, fewest=2)
        turn = RandomUniform(-math.pi, math.pi)
        self.phase = self.add_weight((self.width, self.frequencies), turn, "phase", letter="φ")
        self.add_products(self.units - 1, self.frequencies)

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        waves = Cos()(self.waves(x) + self.phase.tensor).called("C")
        return concatenate([self.products(waves), x], -1)


class PLREmbedding(Embedded):
    """Y = relu([cos 2π·x·w, sin 2π·x·w]·W + b) for each feature x: periodic, linear, ReLU

    w (d, frequencies) is normal with deviation `sigma`.
    """

    units: int = 24
    frequencies: int = 48
    sigma: float = 0.01
    activation: ActivationLike = "relu"

    alias = ("plr_embedding",)

    def build(self, shape: Shape) -> None:
        self.add_frequencies(shape)
        self.add_products(self.units, 2 * self.frequencies)

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        waves = self.waves(x).called("V")
        both = concatenate([Cos()(waves), Sin()(waves)], -1).called("C")
        return activations.get(self.activation)(self.products(both))
