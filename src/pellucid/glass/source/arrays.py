"""The arrays that a program starts from: in it where they are few, else in a file beside it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from pellucid.glass.source.spelling import literal

#: how many numbers a program holds itself
FEW = 300


class Arrays:
    """Arrays by the names that they have in a program; those `kept` stand beside it."""

    def __init__(self, arrays: Mapping[str, np.ndarray]):
        self.arrays = arrays
        few = sum(each.size for each in arrays.values()) <= FEW
        self.kept = {} if few else {name: each for name, each in arrays.items() if varies(each)}

    def statements(self) -> list[str]:
        """name = array, for each."""
        load = ['start = dict(np.load(Path(__file__).with_suffix(".npz")))'] if self.kept else []
        return load + [f"{name} = {self.written(name)}" for name in self.arrays]

    def written(self, name: str) -> str:
        return f'start["{name}"]' if name in self.kept else literal(self.arrays[name])


def varies(array: np.ndarray) -> bool:
    """Whether it is more than one number again and again."""
    return array.size > 1 and bool(np.ptp(array))
