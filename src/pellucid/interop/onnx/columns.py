"""Raw rows of a table in ONNX: an input for each column by its name, where columns hold texts."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from pellucid.interop.golden import Golden
from pellucid.interop.words import Words, encoded
from pellucid.preprocessing.categories import NO_VALUE

#: of ONNX's own operators for other learning: LabelEncoder, from texts to numbers
DOMAIN, VERSION = "ai.onnx.ml", 3


class Columns(NamedTuple):
    """The nodes that make one array of the inputs, and the inputs."""

    nodes: list[Any]
    inputs: list[Any]


def names_of(words: Words) -> list[str]:
    """What the inputs are called."""
    if not words.texts:
        return []
    return [encoded(each).decode() or f"column {at}" for at, each in enumerate(words.columns)]


def columns(onnx: Any, words: Words, raw: str) -> Columns:
    """The inputs, joined under the name `raw`; a text is "" where nothing is known."""
    made, helper, kind = Columns([], []), onnx.helper, onnx.TensorProto
    parts = []
    for at, name in enumerate(names_of(words)):
        texts = words.texts.get(at)
        of = kind.FLOAT if texts is None else kind.STRING
        made.inputs.append(helper.make_tensor_value_info(name, of, ["n", 1]))
        parts.append(name if texts is None else f"{name}, by number")
        if texts is not None:
            made.nodes.append(encoder(helper, name, parts[-1], texts))
    made.nodes.append(helper.make_node("Concat", parts, [raw], axis=1))
    return made


def encoder(helper: Any, name: str, result: str, texts: Any) -> Any:
    """The number of each text."""
    places = {encoded(each): float(at) for at, each in enumerate(texts)}
    if (missing := places.get(NO_VALUE.encode())) is not None:
        places.setdefault(b"", missing)
    return helper.make_node(
        "LabelEncoder",
        [name],
        [result],
        domain=DOMAIN,
        keys_strings=list(places),
        values_floats=list(places.values()),
        default_float=float(len(texts)),
    )


def spelled(golden: Golden, words: Words) -> list[list[Any]]:
    """The golden inputs as the file takes them."""
    if not words.texts:
        return [each.tolist() for each in golden.inputs]
    (raw,) = golden.inputs
    return [
        [[words.text(at, int(each))] if at in words.texts else [each] for each in column]
        for at, column in enumerate(np.asarray(raw).T.tolist())
    ]
