"""Models in parts: a file of parts beside the model's own, what names them, or what they say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from pellucid.models.packing import packed
from tests.attack.mutating import mutated_bytes, mutated_data, pick

#: what a name of a file of parts may not be, and what no part's name is
FILES = ["", ".", "..", "../a", "/dev/zero", "net.safetensors", "\0", "n" * 300, "net", 7, None, []]
NAMES = ["{}", "{}[]", "{}[0:0]", "{}[1:0]", "{}[0:99999999999999999]", "{}[0:1,0:1,0:1]", "[0:1]"]


def in_parts(path: Path, original: Any, rng: np.random.Generator) -> None:
    """The arrays of a model cut in two, written into two more files, their checksums right."""
    whole, own = dict(original.arrays), ({}, {})
    for name in [name for name, each in whole.items() if each.ndim and len(each) > 1]:
        if rng.random() < 0.6:
            for holder, (place, part) in zip(own, cut(whole.pop(name), rng), strict=True):
                holder[odd(rng).format(name) if rng.random() < 0.03 else f"{name}{place}"] = part
    files = [written(path, number, each, rng) for number, each in enumerate(own)]
    names = [*original.arrays, "m", "v"]
    joins = {pick(rng, names): [pick(rng, names) for _ in range(2)]} if rng.random() < 0.2 else {}
    header = {**original.header, "parts": files, "joins": joins}
    if rng.random() < 0.6:
        said = {"parts": files, "joins": joins}
        changed = mutated_data(said, rng, [said, original.header])
        header |= changed if isinstance(changed, dict) else {"parts": changed}
    if rng.random() < 0.2:
        header["parts"] = [{**files[0], "file": pick(rng, FILES)}, *files[1:]]
    if rng.random() < 0.05:
        header["parts"] = files * int(rng.integers(1, 3000))
    path.write_bytes(packed(whole, header).content)


def cut(array: np.ndarray, rng: np.random.Generator) -> Iterator[tuple[str, np.ndarray]]:
    """An array in two along its first axis, each part with what is said of its place."""
    at, others = int(rng.integers(1, len(array))), "".join(f",0:{each}" for each in array.shape[1:])
    yield f"[0:{at}{others}]", array[:at]
    yield f"[{at}:{len(array)}{others}]", array[at:]


def odd(rng: np.random.Generator) -> str:
    return str(pick(rng, NAMES))


def written(
    path: Path, number: int, arrays: dict[str, np.ndarray], rng: np.random.Generator
) -> dict[str, Any]:
    """A file of parts, and how the model's own names it."""
    if rng.random() < 0.1:
        arrays = {name: each.astype(pick(rng, ["f8", "i4", "f2"])) for name, each in arrays.items()}
    part = packed(arrays, {"part": [number, 2]})
    name = f"{path.name}.{number + 1}-of-2"
    content = mutated_bytes(part.content, rng) if rng.random() < 0.2 else part.content
    (path.parent / name).write_bytes(content)
    return json.loads(json.dumps({"file": name, "checksum": part.checksum}))
