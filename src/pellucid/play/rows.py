"""Rows to train on and to test on, as a network reads them, and the script that makes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from pellucid.models.builder import Ending, classes, numbers
from pellucid.play.choices import ON_A_PLANE, DataChoice
from pellucid.play.inputs import inputs_of


class Part(NamedTuple):
    """Rows, their targets, and the coordinates of each on the plane where they were drawn."""

    x: np.ndarray
    y: np.ndarray
    points: np.ndarray

    def __len__(self) -> int:
        return len(self.x)


@dataclass(frozen=True, eq=False)
class Data:
    """Both parts; `names` are those of the classes, None where numbers are predicted.

    `script` are the lines that make x_train, y_train and, where there are rows to test on, x_test
    and y_test. A `picture` has (height, width) pixels.
    """

    choice: DataChoice
    train: Part
    test: Part
    names: list[str] | None
    inputs: list[str]
    script: list[str]
    picture: tuple[int, int] | None = None
    #: the number that white pixels have
    largest: float = 1.0
    notes: list[str] = field(default_factory=list)

    @property
    def ending(self) -> Ending:
        """How a network for these data ends."""
        return numbers() if self.names is None else classes(len(self.names))

    @property
    def drawn(self) -> bool:
        """Whether a network reads the coordinates of points, or functions of them."""
        return self.choice.name in ON_A_PLANE

    def part(self, name: str) -> Part:
        return self.test if name == "test" else self.train

    def shares(self, part: Part, most: int) -> np.ndarray:
        """The first rows of a part as pixels from 0 to 1."""
        return part.x[:most].reshape(len(part.x[:most]), -1) / np.float32(self.largest)

    def row_of(self, grey: np.ndarray) -> np.ndarray:
        """A picture from 0 to 255 as a row that the network reads."""
        x = self.train.x
        return (grey * (self.largest / 255)).astype(x.dtype).reshape(1, *x.shape[1:])

    def on_plane(self, part: Part, columns: Sequence[int]) -> np.ndarray:
        """Where the rows of a part are on the plane of two columns."""
        return part.points if self.drawn else part.x[:, list(columns)]

    def lifted(self, points: np.ndarray, columns: Sequence[int]) -> np.ndarray:
        """Rows for points of the plane of two columns; other columns stand at their means."""
        if self.drawn:
            return inputs_of(points.astype(np.float32), self.choice.inputs)
        rows = np.tile(self.train.x.mean(axis=0), (len(points), 1))
        rows[:, list(columns)] = points
        return rows.astype(np.float32)
