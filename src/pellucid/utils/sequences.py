"""Sequences of one length, windows over a series, and a data set cut in two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from pellucid.settings import nearest

SIDES = ("pre", "post")


def pad_sequences(
    sequences: Sequence[Any],
    maxlen: int | None = None,
    dtype: DTypeLike = "int32",
    padding: str = "pre",
    truncating: str = "pre",
    value: Any = 0.0,
) -> np.ndarray:
    """Sequences as one array (n, maxlen, …): shorter ones filled up, longer ones cut.

    `padding` and `truncating` say at which end: "pre", the beginning, or "post".
    """
    for name, side in (("padding", padding), ("truncating", truncating)):
        if side not in SIDES:
            raise ValueError(f"{name} is at one end, got {side!r}: {nearest(str(side), SIDES)}")
    rows = [_steps(each, at) for at, each in enumerate(sequences)]
    if maxlen is None:
        maxlen = max(map(len, rows), default=0)
    inner = next((row.shape[1:] for row in rows if len(row)), ())
    padded = np.full((len(rows), maxlen, *inner), value, dtype)
    for at, row in enumerate(rows):
        kept = row[max(0, len(row) - maxlen) :] if truncating == "pre" else row[:maxlen]
        if len(kept) and kept.shape[1:] != inner:
            raise ValueError(
                f"every step must have the shape {inner}, but in sequence {at} it is "
                f"{kept.shape[1:]}"
            )
        if len(kept):
            place = slice(maxlen - len(kept), maxlen) if padding == "pre" else slice(0, len(kept))
            padded[at, place] = kept
    return padded


def _steps(sequence: Any, at: int) -> np.ndarray:
    if not hasattr(sequence, "__len__"):
        raise ValueError(f"sequence {at} is no sequence: {sequence!r}")
    return np.asarray(sequence)


def normalize(x: ArrayLike, axis: int = -1, order: int = 2) -> np.ndarray:
    """x divided by its length along an axis, the root of the `order`-th powers; 0 stays 0."""
    array = np.asarray(x)
    size = np.atleast_1d(np.linalg.norm(array, order, axis))
    size[size == 0] = 1
    return array / np.expand_dims(size, axis)


class TimeSeries:
    """Batches of windows over a series, and what each leads to, for fit and predict.

    It can be gone over again and again, with another order each time where it is shuffled.
    """

    def __init__(
        self,
        data: np.ndarray,
        targets: np.ndarray | None,
        starts: np.ndarray,
        steps: np.ndarray,
        batch_size: int,
        rng: np.random.Generator | None,
    ):
        self.data, self.targets, self.starts = data, targets, starts
        self.steps, self.batch_size, self.rng = steps, batch_size, rng

    def __len__(self) -> int:
        return -(-len(self.starts) // self.batch_size)

    def __iter__(self) -> Iterator[Any]:
        starts = self.starts if self.rng is None else self.rng.permutation(self.starts)
        for first in range(0, len(starts), self.batch_size):
            some = starts[first : first + self.batch_size]
            windows = self.data[some[:, None] + self.steps]
            yield windows if self.targets is None else (windows, self.targets[some])


def timeseries_dataset_from_array(
    data: ArrayLike,
    targets: ArrayLike | None,
    sequence_length: int,
    sequence_stride: int = 1,
    sampling_rate: int = 1,
    batch_size: int = 128,
    shuffle: bool = False,
    seed: int | None = None,
    start_index: int | None = None,
    end_index: int | None = None,
) -> TimeSeries:
    """Windows of `sequence_length` steps, `sampling_rate` apart, each `sequence_stride` later.

    targets[i] is what the window that begins at step i leads to; without targets windows alone.
    """
    series, first = np.asarray(data), start_index or 0
    last = len(series) if end_index is None else end_index
    for name, number in (
        ("sequence_length", sequence_length),
        ("sequence_stride", sequence_stride),
        ("sampling_rate", sampling_rate),
        ("batch_size", batch_size),
    ):
        if isinstance(number, bool) or not isinstance(number, (int, np.integer)) or number < 1:
            raise ValueError(f"{name} must be a whole number of 1 or more, got {number!r}")
    if not 0 <= first < last <= len(series):
        raise ValueError(
            f"start_index and end_index must lie in the {len(series)} steps, one before the other, "
            f"got {start_index!r} and {end_index!r}"
        )
    goals = None if targets is None else np.asarray(targets)[first:]
    count = last - first - (sequence_length - 1) * sampling_rate
    count = count if goals is None else min(count, len(goals))
    starts = np.arange(0, max(count, 0), sequence_stride)
    steps = np.arange(sequence_length) * sampling_rate
    rng = np.random.default_rng(seed) if shuffle else None
    return TimeSeries(series[first:last], goals, starts, steps, batch_size, rng)


def split_dataset(
    dataset: Any,
    left_size: float | int | None = None,
    right_size: float | int | None = None,
    shuffle: bool = False,
    seed: int | None = None,
) -> tuple[Any, Any]:
    """An array, or a tuple or a list of arrays with as many rows, in two parts: (left, right).

    A size is a fraction or a number of rows; one of them may be left out.
    """
    several = isinstance(dataset, (tuple, list)) and all(hasattr(each, "shape") for each in dataset)
    arrays = [np.asarray(each) for each in (dataset if several else [dataset])]
    rows = len(arrays[0])
    if any(len(each) != rows for each in arrays):
        raise ValueError("every array of the data set needs as many rows")
    left, right = _parts(rows, left_size, right_size)
    order = np.random.default_rng(seed).permutation(rows) if shuffle else np.arange(rows)
    parts = order[:left], order[rows - right :]
    halves = [[each[part] for each in arrays] for part in parts]
    if not several:
        return halves[0][0], halves[1][0]
    return type(dataset)(halves[0]), type(dataset)(halves[1])


def _parts(rows: int, left: float | int | None, right: float | int | None) -> tuple[int, int]:
    if left is None and right is None:
        raise ValueError("split_dataset needs left_size or right_size, such as left_size=0.8")
    counts = [None if each is None else _rows_of(rows, each) for each in (left, right)]
    first = rows - counts[1] if counts[0] is None else counts[0]  # type: ignore[operator]
    second = rows - first if counts[1] is None else counts[1]
    if first < 1 or second < 1 or first + second > rows:
        raise ValueError(f"{rows} rows cannot be cut into {left!r} and {right!r}")
    return first, second


def _rows_of(rows: int, size: float | int) -> int:
    whole = isinstance(size, (int, np.integer)) and not isinstance(size, bool)
    return int(size) if whole else round(rows * size)
