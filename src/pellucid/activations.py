"""Activations by name, and a user's own as a function on symbolic tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pellucid.equations.activations import Activation, Softmax
from pellucid.equations.base import Equation
from pellucid.settings import nearest
from pellucid.tensor import Tensor


def get(identifier: Any) -> Callable[[Tensor], Tensor]:
    """What writes an activation: from None (linear), a name, an object, or a user's function."""
    if identifier is None:
        return get("linear")
    if isinstance(identifier, str) and identifier not in Activation.table:
        raise ValueError(
            f"unknown activation {identifier!r}: {nearest(identifier, Activation.table)}"
        )
    if isinstance(identifier, (str, dict)):
        return Activation.get(identifier)
    if isinstance(identifier, type) and issubclass(identifier, Equation):
        return identifier()
    if callable(identifier):
        return identifier
    raise TypeError(
        "an activation is a name, such as 'relu', or a function on symbolic tensors; "
        f"got {identifier!r}"
    )
