"""Layers that make one tensor of several: the branches of a graph come together here."""

from __future__ import annotations

from functools import reduce
from typing import Any

from pellucid.equations import choices
from pellucid.equations.shape import concatenate
from pellucid.layers.base import Layer
from pellucid.tensor import Shape, Tensor, show_shape


class Merging(Layer, abstract=True):
    """One tensor from a list of tensors with as many dimensions each."""

    several_inputs = True

    def build(self, shape: list[Shape]) -> None:
        if len(shape) < 2 or len({len(each) for each in shape}) > 1:
            listed = ", ".join(map(show_shape, shape))
            raise ValueError(
                f"{self.layer_name} takes a list of two tensors or more with as many dimensions "
                f"each, as in {type(self).__name__}()([a, b]); got {listed}"
            )

    def call(self, x: list[Tensor]) -> Tensor:  # type: ignore[override]
        return reduce(self.merge, x)

    def merge(self, a: Tensor, b: Tensor) -> Tensor:
        """Two of them together."""
        raise NotImplementedError


class Add(Merging):
    """Y = X1 + X2 + …"""

    def merge(self, a: Tensor, b: Tensor) -> Tensor:
        return a + b


class Subtract(Merging):
    """Y = X1 − X2"""

    def build(self, shape: Any) -> None:
        super().build(shape)
        if len(shape) != 2:
            raise ValueError(f"{self.layer_name} takes exactly two tensors, got {len(shape)}")

    def merge(self, a: Tensor, b: Tensor) -> Tensor:
        return a - b


class Multiply(Merging):
    """Y = X1 ⊙ X2 ⊙ …"""

    def merge(self, a: Tensor, b: Tensor) -> Tensor:
        return a * b


class Average(Merging):
    """Y = (X1 + X2 + …)/m, for m tensors"""

    def call(self, x: list[Tensor]) -> Tensor:  # type: ignore[override]
        return super().call(x) / len(x)

    def merge(self, a: Tensor, b: Tensor) -> Tensor:
        return a + b


class Maximum(Merging):
    """Y = max(X1, X2, …);  where they are equal, the gradient goes to the first"""

    def merge(self, a: Tensor, b: Tensor) -> Tensor:
        return choices.Maximum()(a, b)


class Minimum(Merging):
    """Y = min(X1, X2, …);  where they are equal, the gradient goes to the first"""

    def merge(self, a: Tensor, b: Tensor) -> Tensor:
        return choices.Minimum()(a, b)


class Concatenate(Merging):
    """Y = [X1, X2, …] joined along `axis`"""

    axis: int = -1

    def call(self, x: list[Tensor]) -> Tensor:  # type: ignore[override]
        return concatenate(x, self.axis)
