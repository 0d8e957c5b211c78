"""Regularizers: what is added to the loss to keep weights small."""

from __future__ import annotations

from pellucid.settings import Named
from pellucid.tensor import Tensor


class Regularizer(Named, family="regularizer"):
    """A penalty R(W), written as equations and added to the loss."""

    def write(self, w: Tensor) -> Tensor:
        raise NotImplementedError
