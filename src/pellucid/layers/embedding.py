"""Layers at the beginning of sequences: numbers of words as vectors, and which steps count."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.constraints import ConstraintLike
from pellucid.equations.embedding import Lookup
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
