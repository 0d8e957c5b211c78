"""Layers that connect every input with every output, and activations on their own."""

from __future__ import annotations

from pellucid import activations
from pellucid.activations import ActivationLike
from pellucid.equations.linear import Affine, Product
from pellucid.initializers import InitializerLike
from pellucid.layers.base import Layer, Training
from pellucid.regularizers import RegularizerLike
from pellucid.tensor import Shape, Tensor, show_shape


class Dense(Layer):
    """Y = f(X·W + b);  X (n, …, k), W (k, units), b (units,)"""

    units: int
    activation: ActivationLike = None
    use_bias: bool = True
    kernel_initializer: InitializerLike = "glorot_uniform"
    bias_initializer: InitializerLike = "zeros"
    kernel_regularizer: RegularizerLike = None
    bias_regularizer: RegularizerLike = None

    def build(self, shape: Shape) -> None:
        width = shape[-1]
        if len(shape) < 2 or width is None:
            raise ValueError(
                f"{self.layer_name} expects rows of a known width, got {show_shape(shape)}; "
                "add a Flatten layer, or say input_shape=(…,) on the first layer"
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


class Activation(Layer):
    """Y = f(X)"""

    activation: ActivationLike

    def call(self, x: Tensor, training: Training | None) -> Tensor:
        return activations.get(self.activation)(x)
