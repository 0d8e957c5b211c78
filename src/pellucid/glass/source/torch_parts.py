"""What a layer comes to in PyTorch, and what several kinds of layers share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from pellucid.equations.activations import Activation
from pellucid.glass.source.graph import Step, activation_of, changed, refused, row_of
from pellucid.glass.source.torch_names import ACTIVATIONS
from pellucid.layers.base import Layer
from pellucid.layers.transposing import Transposed

TORCH = "PyTorch"
#: a weight of the module, the weight of the layer that it is, and how it is laid out
Part = tuple[str, int, Callable[[np.ndarray], np.ndarray]]


class Made(NamedTuple):
    """A layer in PyTorch: `module` is made once, `call` is what it gives for x.

    `fixed` are arrays that are no weight of the layer; `still` what training leaves as it is.
    """

    module: str
    call: str
    parts: tuple[Part, ...] = ()
    fixed: dict[str, np.ndarray] = {}
    still: tuple[str, ...] = ()


def same(array: np.ndarray) -> np.ndarray:
    return array


def turned(array: np.ndarray) -> np.ndarray:
    """Outputs first: (k, m) as (m, k), (kh, kw, c, m) as (m, c, kh, kw)."""
    return np.moveaxis(array, (-1, -2), (0, 1))


def activated(step: Step, z: str) -> str:
    """The activation of a layer on z, unless it stands at the end and is left to others."""
    found = activation_of(step.layer.activation, TORCH)  # type: ignore[attr-defined]
    return z if step.bare else applied(found, z)


def applied(found: Activation, z: str) -> str:
    settings = dict(found.settings())
    settings["how"] = "tanh" if settings.get("approximate") else "none"
    return str(row_of(ACTIVATIONS, found, "activation", TORCH)).format(z=z, **settings)


def weights(layer: Any, how: Callable[[np.ndarray], np.ndarray]) -> tuple[Part, ...]:
    """Kernel and bias of a layer."""
    bias: tuple[Part, ...] = (("bias", 1, same),) if layer.use_bias else ()
    return (("weight", 0, how), *bias)


def no_bias(layer: Any) -> str:
    return "" if layer.use_bias else ", bias=False"


#: settings of many layers that PyTorch's have not; without masks, what is done by them says nothing
APART = (
    *("activity_regularizer", "mask_zero", "dropout", "recurrent_dropout", "reset_after"),
    *("data_format", "output_padding"),
)


def refuse_apart(layer: Layer) -> None:
    """Refuse a layer with a constraint, a mask, or what else no module of PyTorch has."""
    fields = type(layer)._fields
    names = [each for each in fields if each.endswith("_constraint") or each in APART]
    others = changed(layer, names)
    if others.get("data_format") == "channels_last":
        del others["data_format"]
    if isinstance(layer, Transposed):
        others |= changed(layer, ["dilation_rate"])
    if others:
        name, value = next(iter(others.items()))
        raise refused(f"the layer {type(layer).__name__} with {name}={value!r}", TORCH)
