"""Arguments of Keras that only say what is so here: accepted where true, refused in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Agreed(NamedTuple):
    """The values that say what is so, and what to do for another."""

    values: tuple[Any, ...]
    instead: str


AGREED: Mapping[str, Agreed] = {
    "data_format": Agreed(
        (None, "channels_last"), "put the channels last: layers.Permute((2, 3, 1))"
    ),
    "dtype": Agreed(
        (None, "float32"), 'the dtype is the network\'s: Sequential([…], dtype="float64")'
    ),
    "autocast": Agreed((True,), "everything is computed in the network's dtype"),
    "unroll": Agreed((False, True), ""),
    "implementation": Agreed((0, 1, 2), ""),
    "use_cudnn": Agreed(("auto", False), "the native executor needs no such library"),
    "input_length": Agreed((None,), "say input_shape=(length,)"),
    "lora_rank": Agreed((None,), "set layer.trainable = False and add a small Dense beside it"),
    "renorm": Agreed((False,), "use LayerNormalization for small batches"),
    "synchronized": Agreed((False, True), ""),
    "flash_attention": Agreed((None, False, True), ""),
    "bounding_box_format": Agreed((None,), "boxes around things in pictures are left out"),
    "sparse": Agreed((False,), "sparse matrices are given to fit and predict as they are"),
}


def without_agreed(kind: str, known: Mapping[str, Any], named: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a layer without those that only say what is so."""
    for name in [each for each in named if each in AGREED and each not in known]:
        values, instead = AGREED[name]
        given = named[name]
        given = getattr(given, "name", given) if name == "dtype" else given
        if not any(type(given) is type(value) and given == value for value in values) and not (
            given in (0, 0.0) and 0 in values and not isinstance(given, bool)
        ):
            raise ValueError(f"{kind} has no {name}={named[name]!r}: {instead}")
    return {name: value for name, value in named.items() if name in known or name not in AGREED}
