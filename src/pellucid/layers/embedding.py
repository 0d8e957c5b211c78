"""A layer that turns numbers of words, or of other things, into vectors."""

from __future__ import annotations

from typing import Any

from pellucid.equations.embedding import Lookup
from pellucid.layers.base import Layer
from pellucid.tensor import Shape, Tensor


class Embedding(Layer):
    """Y = W[X]: row X of a table;  X (n, …) of whole numbers, W (input_dim, output_dim)"""

    input_dim: int
    output_dim: int
    embeddings_initializer: Any = "uniform"
    embeddings_regularizer: Any = None

    input_dtype = "int"

    @property
    def given_shape(self) -> Shape | None:
        return None if self.input_shape is None else (None, *self.input_shape)

    def build(self, shape: Shape) -> None:
        self.w = self.add_weight(
            (self.input_dim, self.output_dim), self.embeddings_initializer, "embeddings",
            regularizer=self.embeddings_regularizer,
        )  # fmt: skip

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        return Lookup()(x, self.w.tensor)
