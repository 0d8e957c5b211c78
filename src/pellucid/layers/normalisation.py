"""Layers that standardize: over the rows of a batch, or within each row."""

from __future__ import annotations

import math
from collections.abc import Sequence

from pellucid.constraints import ConstraintLike
from pellucid.equations.arithmetic import Sqrt, Square
from pellucid.equations.choices import Maximum
from pellucid.equations.normalisation import Standardize
from pellucid.equations.reductions import Mean, Sum
from pellucid.equations.shape import Reshape
from pellucid.initializers import InitializerLike
from pellucid.layers.asking import demand_axes, demand_whole
from pellucid.layers.base import Layer
from pellucid.layers.merging import deep, unit
from pellucid.layers.training import Training
from pellucid.regularizers import RegularizerLike
from pellucid.settings import option
from pellucid.tensor import Shape, Tensor, show_shape
from pellucid.weights import Weight

#: the least number of steps that a mean is divided by, where none counts
LEAST = 1e-7


class Standardizing(Layer, abstract=True):
    """Y = γ⊙X̂ + β, where X̂ is X with mean 0 and variance 1."""

    supports_masking = True

    center: bool = True
    scale: bool = True
    beta_initializer: InitializerLike = "zeros"
    gamma_initializer: InitializerLike = "ones"
    beta_regularizer: RegularizerLike = None
    beta_constraint: ConstraintLike = option(default=None, kw_only=True)
    gamma_regularizer: RegularizerLike = None
    gamma_constraint: ConstraintLike = option(default=None, kw_only=True)

    def add_scale_and_shift(self, extents: Sequence[int]) -> None:
        self.gamma: Weight | None = None
        self.beta: Weight | None = None
        if self.scale:
            self.gamma = self.weight_as_set("gamma", extents, "γ")
        if self.center:
            self.beta = self.weight_as_set("beta", extents, "β")

    def scaled_and_shifted(self, x: Tensor, axes: tuple[int, ...]) -> Tensor:
        if self.gamma is not None:
            x = along(self.gamma.tensor, axes, x.shape) * x
        if self.beta is not None:
            x = x + along(self.beta.tensor, axes, x.shape)
        return x.called("B") if self.gamma or self.beta else x


class BatchNormalization(Standardizing):
    """Y = γ⊙X̂ + β, with X̂ = (X − μ)/√(σ² + ε)

    While training, μ and σ² are mean and variance of the batch for each position along `axis`, and
    the moving statistics follow: μ ← momentum·μ + (1 − momentum)·μ of the batch, likewise σ².
    Otherwise, and where `trainable` is False, the moving statistics are used.
    """

    axis: int = -1
    momentum: float = 0.99
    epsilon: float = 1e-3
    moving_mean_initializer: InitializerLike = option(default="zeros", kw_only=True)
    moving_variance_initializer: InitializerLike = option(default="ones", kw_only=True)

    def build(self, shape: Shape) -> None:
        self.kept = axes_of(self, self.axis, shape)
        extents = [shape[axis] or 1 for axis in self.kept]
        self.add_scale_and_shift(extents)
        self.moving_mean = self.add_weight(
            extents, self.moving_mean_initializer, "moving_mean", trainable=False, letter="μ"
        )
        self.moving_variance = self.add_weight(
            extents,
            self.moving_variance_initializer,
            "moving_variance",
            trainable=False,
            letter="σ²",
        )

    def call(self, x: Tensor, training: Training | None, mask: Tensor | None = None) -> Tensor:
        others = tuple(axis for axis in range(len(x.shape)) if axis not in self.kept)
        if training is None or training.frozen or not self.trainable:
            standard = self.by_moving_statistics(x)
        elif mask is None:
            standard = Standardize(others, self.epsilon)(x)
            assert standard.line is not None
            self.follow(standard.line.outputs[1:], training)
        else:
            standard = self.by_those_that_count(x, deep(mask, x), others, training)
        return self.scaled_and_shifted(standard, self.kept)

    def by_those_that_count(
        self, x: Tensor, k: Tensor, others: tuple[int, ...], training: Training
    ) -> Tensor:
        """X̂ by mean and variance of the steps that their mask k lets count."""
        wide = [x.shape[axis] or 1 for axis in others if k.shape[axis] == 1]
        count = Sum(others, keepdims=True)(math.prod(wide) * k if max(wide, default=1) > 1 else k)
        count = Maximum()(count, LEAST)
        mean = Sum(others, keepdims=True)(x * k) / count
        apart = x - mean
        variance = Sum(others, keepdims=True)(Square()(apart) * k) / count
        shape = tuple(x.shape[axis] or 1 for axis in self.kept)
        self.follow([Reshape(shape)(each) for each in (mean, variance)], training)
        return (apart / Sqrt()(variance + self.epsilon)).called("X̂")

    def by_moving_statistics(self, x: Tensor) -> Tensor:
        mean = along(self.moving_mean.tensor, self.kept, x.shape)
        variance = along(self.moving_variance.tensor, self.kept, x.shape)
        return ((x - mean) / Sqrt()(variance + self.epsilon)).called("X̂")

    def follow(self, statistics: Sequence[Tensor], training: Training) -> None:
        moving = (self.moving_mean, self.moving_variance)
        for weight, now in zip(moving, statistics, strict=True):
            so_far = training.assignments.get(weight.tensor, weight.tensor)
            training.assign(weight, self.momentum * so_far + (1 - self.momentum) * now)


class LayerNormalization(Standardizing):
    """Y = γ⊙X̂ + β, with X̂ = (X − μ)/√(σ² + ε), over `axis` within each row"""

    axis: int | Sequence[int] = -1
    epsilon: float = 1e-3

    def _check_settings(self) -> None:
        demand_axes(self)

    def build(self, shape: Shape) -> None:
        self.axes = axes_of(self, self.axis, shape)
        self.add_scale_and_shift([shape[axis] or 1 for axis in self.axes])

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        return self.scaled_and_shifted(Standardize(self.axes, self.epsilon)(x), self.axes)


class GroupNormalization(Standardizing):
    """Y = γ⊙X̂ + β, with X̂ = (X − μ)/√(σ² + ε) over the places of a row and a group of channels

    The channels, last, are in `groups` of equally many; −1 stands for as many as there are.
    """

    groups: int = 32
    axis: int = -1
    epsilon: float = 1e-3

    def _check_settings(self) -> None:
        if self.groups != -1:
            demand_whole(self, "groups")

    def build(self, shape: Shape) -> None:
        self.known_shape(shape, len(shape), "rows of a known shape")
        channels = shape[-1] or 1
        count = channels if self.groups == -1 else self.groups
        if self.axis not in (-1, len(shape) - 1) or count < 1 or channels % count:
            raise ValueError(
                f"{self.layer_name}: groups must go into the channels, which are the last axis; "
                f"got groups={self.groups} and axis={self.axis} for {show_shape(shape)}"
            )
        self.count = count
        self.add_scale_and_shift([channels])

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        whole = tuple(extent or 1 for extent in x.shape[1:])
        apart = Reshape((-1, math.prod(whole[:-1]), self.count, whole[-1] // self.count))(x)
        standard = Reshape((-1, *whole))(Standardize((1, 3), self.epsilon)(apart))
        return self.scaled_and_shifted(standard, (len(whole),))


class RMSNormalization(Layer):
    """Y = s⊙X/√(mean X² + ε) over `axis` within each row"""

    supports_masking = True

    axis: int | Sequence[int] = -1
    epsilon: float = 1e-6

    def build(self, shape: Shape) -> None:
        self.axes = axes_of(self, self.axis, shape)
        extents = [shape[axis] or 1 for axis in self.axes]
        self.s = self.add_weight(extents, "ones", "scale", letter="s")

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        size = Sqrt()(Mean(self.axes, keepdims=True)(Square()(x)) + self.epsilon)
        return (x / size * along(self.s.tensor, self.axes, x.shape)).called("B")


class UnitNormalization(Layer):
    """Y = X/|X|, its length along `axis` within each row"""

    supports_masking = True

    axis: int | Sequence[int] = -1

    def _check_settings(self) -> None:
        demand_axes(self)

    def build(self, shape: Shape) -> None:
        self.axes = axes_of(self, self.axis, shape)

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        return unit(x, self.axes)


def axes_of(layer: Layer, axis: int | Sequence[int], shape: Shape) -> tuple[int, ...]:
    """The axes that `axis` stands for in `shape`, counted from the front; not that of the rows."""
    rank = len(shape)
    given = [axis] if isinstance(axis, int) else list(axis)
    axes = sorted({each + rank if each < 0 else each for each in given})
    for each in axes:
        if not 0 < each < rank or shape[each] is None:
            raise ValueError(
                f"{layer.layer_name}: axis {axis} must name dimensions of a known extent within "
                f"a row; the input is {show_shape(shape)}"
            )
    return tuple(axes)


def along(x: Tensor, axes: tuple[int, ...], shape: Shape) -> Tensor:
    """x, one number for each position along `axes`, ready to go together with `shape`."""
    rank = len(shape)
    if axes == tuple(range(rank - len(axes), rank)):
        return x
    return Reshape(tuple(shape[axis] or 1 if axis in axes else 1 for axis in range(rank)))(x)
