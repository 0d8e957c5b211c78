"""A model whose weights are spread over devices: its file, and a file of parts from each process.

The file of the model has all that is whole, and names those of the parts, which lie beside it. An
array in a file of parts is called "name[0:4,8:16]", by the place where it stands in the whole. What
the optimizer keeps as one vector is written weight by weight; `joins` says of which it consists.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from pellucid.distribution.joining import told_by_all
from pellucid.distribution.paths import paths
from pellucid.executors.memory import views
from pellucid.models.fitting import AnyPath, Arrays, named_weights
from pellucid.models.packing import packed
from pellucid.models.parts import Box, slices
from pellucid.processes import HERE
from pellucid.writing import keep_parts, part_of, write_beside, write_by_each


class Spread(NamedTuple):
    """Which process writes each part of a weight, and the weights of which vectors consist."""

    owners: Mapping[str, Mapping[Box, int]]
    theta: Mapping[str, tuple[int, ...]]


def spread_of(model: Any) -> Spread | None:
    """How the weights of a model are spread; None where each is whole on every device."""
    engine = model.engine
    if engine.choice != "jax" or engine.distribution is None:
        return None
    weights = engine.memory.parameters.weights
    known = paths(engine.network)
    shapes = {known[each.tensor]: each.shape for each in weights}
    layouts = engine.distribution.layouts(shapes)
    if not layouts:
        return None
    from pellucid.executors.jax.places import owners

    names = {weight: name for name, weight in named_weights(model)}
    by_path = {known[each.tensor]: names[each] for each in weights}
    found = {
        by_path[path]: owners(engine.distribution, axes, shapes[path])
        for path, axes in layouts.items()
    }
    return Spread(found, {names[each]: each.shape for each in weights})


def write_in_parts(
    path: AnyPath, arrays: Arrays, header: Mapping[str, Any], spread: Spread
) -> None:
    """Each process writes its parts; when all have, the first one writes the model's file."""
    place = Path(os.path.realpath(path))
    whole, own, joins = divided(arrays, spread)
    told_by_all(bytes(32))  # the first one has made the folder
    part = packed(own, {"part": [HERE.number, HERE.count]})
    write_by_each(part_of(place, HERE.number, HERE.count, part.checksum), part.content)
    sums = [each.hex() for each in told_by_all(bytes.fromhex(part.checksum))]
    files = [
        {"file": part_of(place, number, len(sums), each).name, "checksum": each}
        for number, each in enumerate(sums)
    ]
    write_beside(Path(path), packed(whole, {**header, "parts": files, "joins": joins}).content)
    keep_parts(Path(path), {each["file"] for each in files})


class Piece(NamedTuple):
    """An array that belongs to a weight: itself, or what is kept for it."""

    weight: str
    array: np.ndarray


def by_weight(arrays: Arrays, spread: Spread) -> tuple[dict[str, Piece], dict[str, list[str]]]:
    """Arrays with vectors cut up, weight by weight; and the names of what vectors consist of."""
    found: dict[str, Piece] = {}
    joins: dict[str, list[str]] = {}
    for name, array in arrays.items():
        if not name.startswith("optimizer/") or array.ndim == 0:
            found[name] = Piece(name, array)
            continue
        pieces = views(array, list(spread.theta.values()))
        pairs = zip(spread.theta, pieces, strict=True)
        own = {f"{name}/{weight}": Piece(weight, piece) for weight, piece in pairs}
        joins[name] = list(own)
        found |= own
    return found, joins


def divided(arrays: Arrays, spread: Spread) -> tuple[Arrays, Arrays, dict[str, list[str]]]:
    """What is whole, the parts of this process, and what vectors consist of."""
    found, joins = by_weight(arrays, spread)
    whole = {name: each.array for name, each in found.items() if each.weight not in spread.owners}
    own = {
        f"{name}[{','.join(f'{start}:{stop}' for start, stop in box)}]": each.array[slices(box)]
        for name, each in found.items()
        for box, process in spread.owners.get(each.weight, {}).items()
        if process == HERE.number
    }
    return whole, own, joins
