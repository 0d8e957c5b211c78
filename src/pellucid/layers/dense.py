"""Layers that connect every input with every output, and activations on their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pellucid import activations
from pellucid.activations import ActivationLike
from pellucid.constraints import ConstraintLike
from pellucid.equations.linear import Affine, Product
from pellucid.equations.penalties import OverRows, SumOfAbsolutes, SumOfSquares
from pellucid.initializers import InitializerLike
from pellucid.layers.asking import demand_whole
from pellucid.layers.base import Layer
from pellucid.layers.training import Training
from pellucid.regularizers import RegularizerLike
from pellucid.settings import option
from pellucid.tensor import Shape, Tensor, show_shape


class Dense(Layer):
    """Y = f(X·W + b);  X (n, …, k), W (k, units), b (units,)"""

    supports_masking = True

    units: int
    activation: ActivationLike = None
    use_bias: bool = True
    kernel_initializer: InitializerLike = "glorot_uniform"
    bias_initializer: InitializerLike = "zeros"
    kernel_regularizer: RegularizerLike = None
    kernel_constraint: ConstraintLike = option(default=None, kw_only=True)
    bias_regularizer: RegularizerLike = None
    bias_constraint: ConstraintLike = option(default=None, kw_only=True)

    def _check_settings(self) -> None:
        demand_whole(self, "units")

    def build(self, shape: Shape) -> None:
        width = shape[-1]
        if len(shape) < 2 or width is None:
            raise ValueError(
                f"{self.layer_name} expects rows of a known width, got {show_shape(shape)}; "
                "add a Flatten layer, or say input_shape=(…,) on the first layer. Where extents "
                "stay open, a layer such as GlobalAveragePooling2D has as many numbers for all"
            )
        self.w = self.weight_as_set("kernel", (width, self.units))
        if self.use_bias:
            self.b = self.weight_as_set("bias", (self.units,), "b")

    def call(self, x: Tensor, training: Training | None) -> Tensor:
        if self.use_bias:
            z = Affine()(x, self.w.tensor, self.b.tensor)
        else:
            z = Product()(x, self.w.tensor).called("Z")
        return activations.get(self.activation)(z)


class Identity(Layer):
    """Y = X"""

    supports_masking = True

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        return x


class ActivityRegularization(Layer):
    """Y = X, and adds l1·Σ |X|/n + l2·Σ X²/n to the loss"""

    l1: float = 0.0
    l2: float = 0.0

    supports_masking = True

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        for number, penalty in ((self.l1, SumOfAbsolutes), (self.l2, SumOfSquares)):
            if number:
                self.add_loss(OverRows()(penalty(number)(x), x))
        return x


class Lambda(Layer):
    """Y = function(X), a function of a symbolic tensor (or of a list of them)

    It is made of operators and pellucid.ops. To save it, register the function:
    @pellucid.register.
    """

    function: Callable[[Any], Tensor]

    supports_masking = True

    def __call__(self, *given: Any, training: Any = None, **named: Any) -> Any:
        x = given[0] if given else None
        self.several_inputs = isinstance(x, (list, tuple))  # type: ignore[misc]
        return super().__call__(*given, training=training, **named)

    def call(self, x: Any) -> Tensor:  # type: ignore[override]
        return self.function(x)


class Activation(Layer):
    """Y = f(X)"""

    supports_masking = True

    activation: ActivationLike

    def call(self, x: Tensor, training: Training | None) -> Tensor:
        return activations.get(self.activation)(x)
