"""Pictures changed before a network reads them: numbers that are spread evenly, by histograms.

These are called on arrays and are no part of a network: what becomes of one number depends on all
the others of a picture by counting, which is no equation of a plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid.layers.asking import demand_range, is_whole
from pellucid.layers.encoding import OnArrays
from pellucid.layers.pictured import Pictured
from pellucid.randomness import generator, next_seed
from pellucid.settings import nearest, option
from pellucid.tensor import Symbolic

FORMATS = ("channels_first", "channels_last")


class Beforehand(Pictured, OnArrays):
    """Something done to pictures as arrays, as in training unless told otherwise."""

    data_format: str | None = option(default=None, kw_only=True)

    #: as layers have it
    supports_masking = False

    @property
    def layer_name(self) -> str:
        return self.name or type(self).__name__

    def check_settings(self) -> None:
        if self.data_format not in (None, *FORMATS):
            known = nearest(str(self.data_format), FORMATS)
            raise ValueError(f"unknown data_format {self.data_format!r}: {known}")
        if "value_range" in self._fields:
            demand_range(self, "value_range")

    def __call__(self, x: Any, training: bool | None = None) -> Any:
        if isinstance(x, Symbolic):
            return super().__call__(x)
        return self.on_pictures(x, training is None or bool(training))

    def run_on(self, pictures: np.ndarray, training: bool) -> np.ndarray:
        if not training:
            return pictures
        seed = getattr(self, "seed", None)
        draws = generator(next_seed() if seed is None else seed, 1, self.calls_on_arrays)
        first = self.data_format == "channels_first"
        found = self.altered(np.moveaxis(pictures, 1, -1) if first else pictures, draws)
        return np.moveaxis(found, -1, 1) if first else found

    def altered(self, x: np.ndarray, draws: np.random.Generator) -> np.ndarray:
        """What is made of pictures (n, h, w, c)."""
        raise NotImplementedError

    def as_bytes(self, x: np.ndarray) -> np.ndarray:
        """Numbers from 0 to 255, for those of `value_range`."""
        least, most = demand_range(self, "value_range")
        return (x - least) * np.float32(255.0 / (most - least))

    def as_values(self, x: np.ndarray) -> np.ndarray:
        """The numbers that `as_bytes` was given."""
        least, most = demand_range(self, "value_range")
        return (x * ((most - least) / 255.0) + least).astype(np.float32)


class Equalization(Beforehand):
    """Y = X, each channel of each picture with about as many numbers of one size as of another

    A number becomes the share of numbers in its bin and below, of 255. A channel that lies in one
    bin stays as it is.

    Arguments:
        value_range: the least and the most that the numbers of a picture can be.
        bins: how many sizes of numbers are told apart.
        data_format: "channels_last", or "channels_first".
        name: what it is called, or None.

    >>> pellucid.layers.Equalization()(np.array([[[1.0], [2.0], [3.0], [9.0]]])).ravel()
    array([  0.,  85., 170., 255.], dtype=float32)
    """

    value_range: Sequence[float] = (0, 255)
    bins: int = 256

    moves = False

    def check_settings(self) -> None:
        super().check_settings()
        if not is_whole(self.bins, 2):
            raise ValueError(f"bins must be a whole number of 2 or more, got {self.bins!r}")

    def altered(self, x: np.ndarray, draws: np.random.Generator) -> np.ndarray:
        z = self.as_bytes(x)
        numbers = np.clip(z * ((self.bins - 1) / 255.0), 0, self.bins - 1).astype(np.int64)
        for n, c in np.ndindex(x.shape[0], x.shape[-1]):
            counts = np.bincount(numbers[n, ..., c].ravel(), minlength=self.bins).cumsum()
            least = counts[counts > 0][0]
            if counts[-1] > least:
                table = np.clip(np.rint((counts - least) * 255.0 / (counts[-1] - least)), 0, 255)
                z[n, ..., c] = table[numbers[n, ..., c]]
        return self.as_values(z)


class ContrastLimitedAdaptiveHistogramEqualization(Beforehand):
    """Y = X equalized tile by tile, of which each counts by how near it is, the contrast limited

    Of each of 256 sizes of numbers no more count than `clip_limit` times as many as there would be
    of each; what is beyond is spread over all.

    Arguments:
        value_range: the least and the most that the numbers of a picture can be.
        clip_limit: how many times as many; 0 for no limit.
        tile_grid_size: how many tiles there are, down and along.
        data_format: "channels_last", or "channels_first".
        name: what it is called, or None.

    >>> clahe = pellucid.layers.ContrastLimitedAdaptiveHistogramEqualization()
    >>> clahe(np.ones((16, 16, 3))).shape
    (16, 16, 3)
    """

    value_range: Sequence[float] = (0, 255)
    clip_limit: float = 4.0
    tile_grid_size: Sequence[int] = (8, 8)

    moves = False

    def check_settings(self) -> None:
        super().check_settings()
        grid = self.tile_grid_size
        if not isinstance(grid, (list, tuple)) or len(grid) != 2 or not all(map(is_whole, grid)):
            raise ValueError(f"tile_grid_size are two whole numbers of 1 or more, got {grid!r}")
        if self.clip_limit < 0:
            raise ValueError(f"clip_limit is 0 or more, got {self.clip_limit!r}")

    def altered(self, x: np.ndarray, draws: np.random.Generator) -> np.ndarray:
        z = np.clip(self.as_bytes(x), 0, 255)
        down, along = self.tile_grid_size
        for n, c in np.ndindex(x.shape[0], x.shape[-1]):
            z[n, ..., c] = self.equalized(z[n, ..., c].astype(np.int64), down, along)
        return self.as_values(z)

    def equalized(self, numbers: np.ndarray, down: int, along: int) -> np.ndarray:
        """One channel: what the tables of the four tiles around each place say of its number."""
        tall, wide = -(-numbers.shape[0] // down), -(-numbers.shape[1] // along)
        border = ((0, tall * down - numbers.shape[0]), (0, wide * along - numbers.shape[1]))
        tiles = np.pad(numbers, border, "symmetric")
        tiles = tiles.reshape(down, tall, along, wide).swapaxes(1, 2).reshape(down, along, -1)
        tables = np.stack([[self.table(tile) for tile in row] for row in tiles])
        rows = around(numbers.shape[0], tall, down)
        columns = around(numbers.shape[1], wide, along)
        total = np.zeros(numbers.shape)
        for row, high in rows:
            for column, near in columns:
                total += high[:, None] * near * tables[row[:, None], column, numbers]
        return total

    def table(self, tile: np.ndarray) -> np.ndarray:
        """What each of 256 numbers becomes in a tile."""
        counts = np.bincount(tile, minlength=256).astype(float)
        if self.clip_limit:
            kept = np.minimum(counts, self.clip_limit * tile.size / 256)
            counts = kept + (counts - kept).sum() / 256
        below = counts.cumsum()
        return np.clip((below - below[0]) * 255.0 / max(tile.size - below[0], 1e-9), 0, 255)


def around(extent: int, size: int, count: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """For each place the tiles before and after it, by their middles, and the weight of each."""
    middles = (np.arange(extent) - size / 2) / size
    before = np.floor(middles).astype(np.int64)
    after = middles - before
    last = count - 1
    return [(np.clip(before, 0, last), 1 - after), (np.clip(before + 1, 0, last), after)]
