"""A layer that turns numbers of words, or of other things, into vectors."""

from __future__ import annotations

from pellucid.equations.embedding import Lookup
from pellucid.initializers import InitializerLike
from pellucid.layers.base import Layer
from pellucid.regularizers import RegularizerLike
from pellucid.tensor import Shape, Tensor


class Embedding(Layer):
    """Y = W[X]: row X of a table;  X (n, …) of whole numbers, W (input_dim, output_dim)"""

    input_dim: int
    output_dim: int
    embeddings_initializer: InitializerLike = "uniform"
    embeddings_regularizer: RegularizerLike = None

    input_dtype = "int"

    @property
    def given_shape(self) -> Shape | None:
        return None if self.input_shape is None else (None, *self.input_shape)

    def build(self, shape: Shape) -> None:
        self.w = self.weight_as_set("embeddings", (self.input_dim, self.output_dim))

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        return Lookup()(x, self.w.tensor)
