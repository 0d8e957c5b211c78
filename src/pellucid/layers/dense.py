"""Layers that connect every input with every output, and activations on their own."""

from __future__ import annotations

from typing import Any

from pellucid import activations
from pellucid.equations.linear import Affine, Product
from pellucid.layers.base import Layer, Training
from pellucid.tensor import Shape, Tensor, show_shape


class Dense(Layer):
    """Y = f(X·W + b);  X (n, …, k), W (k, units), b (units,)"""

    units: int
    activation: Any = None
    use_bias: bool = True
    kernel_initializer: Any = "glorot_uniform"
    bias_initializer: Any = "zeros"
    kernel_regularizer: Any = None
    bias_regularizer: Any = None

    def build(self, shape: Shape) -> None:
        width = shape[-1]
        if len(shape) < 2 or width is None:
            raise ValueError(
                f"{self.layer_name} expects rows of a known width, got {show_shape(shape)}; "
                "add a Flatten layer, or say input_shape=(…,) on the first layer"
            )
        self.w = self.add_weight(
            (width, self.units), self.kernel_initializer, "kernel",
            regularizer=self.kernel_regularizer,
        )  # fmt: skip
        if self.use_bias:
            self.b = self.add_weight(
                (self.units,), self.bias_initializer, "bias",
                regularizer=self.bias_regularizer, letter="b",
            )  # fmt: skip

    def call(self, x: Tensor, training: Training | None) -> Tensor:
        if self.use_bias:
            z = Affine()(x, self.w.tensor, self.b.tensor)
        else:
            z = Product()(x, self.w.tensor).called("Z")
        return activations.get(self.activation)(z)


class Activation(Layer):
    """Y = f(X)"""

    activation: Any

    def call(self, x: Tensor, training: Training | None) -> Tensor:
        return activations.get(self.activation)(x)
