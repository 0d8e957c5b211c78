"""Layers at the beginning of sequences: numbers of words as vectors, and which steps count.

A table of vectors may stand at the end of a network too, to score each word.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.constraints import ConstraintLike
from pellucid.equations.activations import Tanh
from pellucid.equations.embedding import Lookup
from pellucid.equations.linear import Product, turned
from pellucid.equations.masking import AnyUnequal, Unequal
from pellucid.equations.shape import Reshape, as_target
from pellucid.initializers import InitializerLike
from pellucid.layers.asking import demand_whole
from pellucid.layers.base import Layer
from pellucid.regularizers import RegularizerLike
from pellucid.settings import option
from pellucid.tensor import Shape, Tensor


class Embedding(Layer):
    """Y = W[X]: row X of a table;  X (n, …) of whole numbers, W (input_dim, output_dim)

    With `mask_zero`, steps where X is 0 are padding, which layers after it pass by.
    """

    input_dim: int
    output_dim: int
    embeddings_initializer: InitializerLike = "uniform"
    embeddings_regularizer: RegularizerLike = None
    embeddings_constraint: ConstraintLike = option(default=None, kw_only=True)
    mask_zero: bool = option(default=False, kw_only=True)

    input_dtype = "int"

    def _check_settings(self) -> None:
        demand_whole(self, "input_dim", "output_dim")
        self.supports_masking = bool(self.mask_zero)  # type: ignore[misc]

    @property
    def given_shape(self) -> Shape | None:
        return None if self.input_shape is None else (None, *self.input_shape)

    def build(self, shape: Shape) -> None:
        self.w = self.weight_as_set("embeddings", (self.input_dim, self.output_dim))

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        e = Lookup()(x, self.w.tensor)
        e.mask = Unequal()(x, e) if self.mask_zero else None
        return e

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """Which of the numbers in an array count: those other than 0; None where all do."""
        return np.not_equal(inputs, 0) if self.mask_zero else None


class ReversibleEmbedding(Embedding):
    """Y = W[X]; with `reverse=True` in a call Y = X·Wᵀ, how well X goes with each row of the table

    So one table is at both ends of a network: e = layer(words), scores = layer(h, reverse=True).
    Without `tie_weights` there is a second one for the way back. With a `logit_soft_cap` c the
    scores are c·tanh(X·Wᵀ/c), which stay within ±c.
    """

    input_dim: int
    output_dim: int
    tie_weights: bool = True
    embeddings_initializer: InitializerLike = "uniform"
    embeddings_regularizer: RegularizerLike = None
    embeddings_constraint: ConstraintLike = None
    mask_zero: bool = False
    reverse_dtype: str | None = None
    logit_soft_cap: float | None = None

    def _check_settings(self) -> None:
        super()._check_settings()
        self.supports_masking = True  # type: ignore[misc]
        if self.reverse_dtype not in (None, "float32"):
            raise ValueError(
                f"{self.layer_name} has no reverse_dtype={self.reverse_dtype!r}: scores are in the "
                "network's dtype"
            )
        cap = self.logit_soft_cap
        if cap is not None and not cap > 0:
            raise ValueError(f"{self.layer_name}: logit_soft_cap is above 0 or None, got {cap!r}")

    def build(self, shape: Shape) -> None:
        super().build(shape)
        turned_round = (self.output_dim, self.input_dim)
        self.back = (
            None
            if self.tie_weights
            else self.add_weight(turned_round, self.embeddings_initializer, "reverse_embeddings")
        )

    def call(self, x: Tensor, reverse: bool = False) -> Tensor:  # type: ignore[override]
        if not reverse:
            return super().call(x)
        scores = Product()(x, turned(self.w.tensor) if self.back is None else self.back.tensor)
        cap = self.logit_soft_cap
        return scores if cap is None else cap * Tanh()(scores / cap)

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """That of the words, or on the way back that of what it reads."""
        words = getattr(getattr(inputs, "dtype", None), "kind", "f") in "iu"
        return super().compute_mask(inputs) if words else previous_mask


class Masking(Layer):
    """Y = X where a step has a number other than `mask_value`, else 0: such steps are padding

    Recurrent layers after it pass padding by, and the loss is a mean over the other steps.
    """

    mask_value: float = 0.0

    supports_masking = True

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        mask = self.compute_mask(x)
        y = x * Reshape(as_target((*mask.shape, 1)))(mask)
        y.mask = mask
        return y

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """Which steps count."""
        if isinstance(inputs, Tensor):
            return AnyUnequal(self.mask_value)(inputs)
        return np.any(np.not_equal(inputs, self.mask_value), axis=-1)
