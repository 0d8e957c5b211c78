"""A layer that holds an array, and adds it, multiplies by it, and so on, number by number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from pellucid.equations.choices import Maximum, Minimum
from pellucid.initializers import InitializerLike
from pellucid.layers.base import Layer
from pellucid.settings import nearest
from pellucid.tensor import Shape, Tensor


class Elementwise(Layer):
    """Y = X ∘ W for an `operation` ∘, W of `weight_shape` spread over the rows and over X

    The operation is "add", "subtract", "multiply", "divide", "maximum" or "minimum"; `turned`, it
    is Y = W ∘ X.
    """

    operation: str
    weight_shape: Sequence[int]
    turned: bool = False
    weight_initializer: InitializerLike = "ones"

    OPERATIONS: ClassVar[dict[str, Callable[[Any, Any], Tensor]]] = {
        "add": lambda a, b: a + b,
        "subtract": lambda a, b: a - b,
        "multiply": lambda a, b: a * b,
        "divide": lambda a, b: a / b,
        "maximum": lambda a, b: Maximum()(a, b),
        "minimum": lambda a, b: Minimum()(a, b),
    }

    def build(self, shape: Shape) -> None:
        if self.operation not in self.OPERATIONS:
            known = nearest(str(self.operation), self.OPERATIONS)
            raise ValueError(f"{self.layer_name}: unknown operation {self.operation!r}: {known}")
        extents, rest = tuple(self.weight_shape), shape[1:]
        pairs = zip(extents[::-1], rest[::-1], strict=False)
        if len(extents) > len(rest) or any(
            own != extent and 1 not in (own, extent) for own, extent in pairs
        ):
            raise ValueError(
                f"{self.layer_name}: an array of shape {extents} does not go together with rows of "
                f"shape {tuple(rest)}; extents are equal, or one of them is 1"
            )
        self.w = self.add_weight(extents, self.weight_initializer, "weight")

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        pair = (self.w.tensor, x) if self.turned else (x, self.w.tensor)
        return self.OPERATIONS[self.operation](*pair)
