"""Layers that are an activation, with settings of their own; one of them learns its slopes."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real

from pellucid.constraints import ConstraintLike
from pellucid.equations.activations import Softmax as SoftmaxEquation
from pellucid.equations.rectifiers import Elu, LeakyRelu, Ramp, Relu
from pellucid.initializers import InitializerLike
from pellucid.layers.base import Layer
from pellucid.regularizers import RegularizerLike
from pellucid.settings import option
from pellucid.tensor import Shape, Tensor, place_of, show_shape

#: what numbers are lowered by that do not count
FAR = 1e9


class ReLU(Layer):
    """Y = max(0, X), at most `max_value`; below `threshold` negative_slope·(X − threshold)"""

    supports_masking = True

    max_value: float | None = None
    negative_slope: float = 0.0
    threshold: float = 0.0

    def _check_settings(self) -> None:
        for name in ("max_value", "negative_slope", "threshold"):
            value = getattr(self, name)
            if (value is None and name != "max_value") or (value is not None and not value >= 0):
                raise ValueError(f"{self.layer_name}: {name} must be 0 or more, got {value!r}")

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        given = self.negative_slope, self.max_value, self.threshold
        return Relu()(x) if given == (0, None, 0) else Ramp(*given)(x)


class LeakyReLU(Layer):
    """Y = X where X > 0, else negative_slope·X"""

    supports_masking = True

    negative_slope: float = 0.3

    def _check_settings(self) -> None:
        if not isinstance(self.negative_slope, Real):
            raise ValueError(
                f"{self.layer_name}: negative_slope must be a number, got {self.negative_slope!r}"
            )

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        return LeakyRelu(self.negative_slope)(x)


class ELU(Layer):
    """Y = X where X > 0, else alpha·(eˣ − 1)"""

    supports_masking = True

    alpha: float = 1.0

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        return Elu(self.alpha)(x)


class PReLU(Layer):
    """Y = X where X > 0, else α ⊙ X, with a slope α that is learned for each place in a row

    Along `shared_axes` they have the same: [1, 2] for one slope for each channel of images.
    """

    supports_masking = True

    alpha_initializer: InitializerLike = "zeros"
    alpha_regularizer: RegularizerLike = None
    alpha_constraint: ConstraintLike = option(default=None, kw_only=True)
    shared_axes: Sequence[int] | None = None

    def build(self, shape: Shape) -> None:
        shared = [self.shared_axes] if isinstance(self.shared_axes, int) else self.shared_axes
        axes = {place_of(axis, shape) for axis in shared or ()}
        extents = [1 if at in axes else extent for at, extent in enumerate(shape) if at]
        if None in extents:
            raise ValueError(
                f"{self.layer_name} needs rows of a known shape, got {show_shape(shape)}"
            )
        self.a = self.weight_as_set("alpha", [extent or 1 for extent in extents], "α")

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        return (Relu()(x) - self.a.tensor * Relu()(-x)).called("A")


class Softmax(Layer):
    """Y = eˣ / Σ eˣ along `axis`;  0 where a mask, which goes together with X, is 0"""

    axis: int = -1

    supports_masking = True

    def call(self, x: Tensor, mask: Tensor | None = None) -> Tensor:  # type: ignore[override]
        if mask is None:
            return SoftmaxEquation(self.axis)(x)
        return SoftmaxEquation(self.axis)(x - FAR * (1 - mask)) * mask
