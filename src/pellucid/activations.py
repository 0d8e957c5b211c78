"""Activations by name, and a user's own as a function on symbolic tensors.

Each is also a function of this module, for tensors and arrays alike: `relu(x)`, `elu(x, alpha=2)`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from pellucid.equations import (  # noqa: F401, their activations join the table
    rectifiers,
    shrinking,
    sparsity,
)
from pellucid.equations.activations import Activation
from pellucid.equations.base import Equation
from pellucid.settings import nearest
from pellucid.tensor import Tensor
from pellucid.wording import tell


def get(identifier: ActivationLike) -> Callable[[Tensor], Tensor]:
    """What writes an activation: from None (linear), a name, an object, or a user's function."""
    if identifier is None:
        return get("linear")
    if isinstance(identifier, (str, dict)):
        return Activation.get(identifier)
    if isinstance(identifier, type) and issubclass(identifier, Equation):
        return identifier()
    if callable(identifier):
        return identifier  # type: ignore[return-value]
    raise TypeError(
        "an activation is a name, such as 'relu', or a function on symbolic tensors; "
        f"got {identifier!r}"
    )


#: what stands for an activation, or for none
ActivationLike = Annotated[Callable[[Tensor], Tensor] | str | dict[str, Any] | None, get]


def __getattr__(name: str) -> Activation:
    if name not in Activation.table:
        raise AttributeError(
            f"pellucid.activations has no {name!r}: {nearest(name, Activation.table)}"
        )
    return Activation.get(name)


def __dir__() -> list[str]:
    return sorted([*Activation.table, "get"])


tell(globals(), "activations")
