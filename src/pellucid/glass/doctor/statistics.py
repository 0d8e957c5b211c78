"""What columns of numbers are like: their spread, their values, what they have in common."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

#: rows that statistics are taken of
SAMPLE = 4000
#: numbers that statistics are taken of, so that wide rows are fewer
NUMBERS = 4_000_000
#: numbers that are squared at once
PIECE = 1 << 16
#: columns by which rows are told apart, before all of them are compared
TELLING = 16
#: usual distances from the middle at which a number is an outlier: of normal numbers, none in 10⁹⁰
OUTLIER = 20.0
#: outliers are rare; what is more often than this is a tail
RARE = 0.05
#: a column of so few distinct numbers, in rows that are looked at, has no usual distance
FEW_VALUES, LOOKED = 10, 256


class Columns(NamedTuple):
    """Each column of a sample of rows: a row has been laid out flat."""

    x: np.ndarray
    mean: np.ndarray
    std: np.ndarray
    low: np.ndarray
    high: np.ndarray

    @property
    def varying(self) -> np.ndarray:
        """Which columns have more than one value."""
        return self.high > self.low


def sampled(rows: int, wide: int = 1) -> np.ndarray:
    """The numbers of rows spread evenly over all."""
    most = max(64, min(SAMPLE, NUMBERS // max(1, wide)))
    return np.unique(np.linspace(0, rows - 1, min(rows, most)).astype(np.intp))


def columns(x: np.ndarray) -> Columns:
    """Statistics of rows, of what is finite in them."""
    flat = x.reshape(len(x), -1)
    flat = flat.astype(np.float32 if flat.dtype != np.float64 else np.float64, copy=False)
    with np.errstate(all="ignore"):
        if not np.isfinite(flat.sum()):
            flat = np.where(np.isfinite(flat), flat, np.nan)
            return Columns(flat, *of_finite(flat))
        mean, std = flat.mean(axis=0, dtype=np.float64), flat.std(axis=0, dtype=np.float64)
        return Columns(flat, mean, std, flat.min(axis=0), flat.max(axis=0))


def of_finite(flat: np.ndarray) -> tuple[np.ndarray, ...]:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = (np.nanmean, np.nanstd, np.nanmin, np.nanmax)
        return tuple(np.nan_to_num(each(flat, axis=0)) for each in found)


def not_finite(x: np.ndarray) -> bool:
    """Whether a NaN or an infinity stands anywhere, in one pass."""
    if x.dtype.kind != "f" or not x.size:
        return False
    with np.errstate(all="ignore"):
        if np.isfinite(x.sum(dtype=np.float64 if x.size < 1 << 20 else None)):
            return False
        return not bool(np.isfinite(x).all())


def equal_columns(x: np.ndarray, among: np.ndarray) -> list[tuple[int, int]]:
    """Pairs of columns with the same numbers: a later one and the first like it."""
    seen: dict[int, int] = {}
    pairs = []
    for at in among.tolist():
        first = seen.setdefault(hash(np.ascontiguousarray(x[:, at]).tobytes()), at)
        if first != at and np.array_equal(x[:, at], x[:, first]):
            pairs.append((at, first))
    return pairs


def row_keys(x: np.ndarray) -> np.ndarray:
    """A number for each row, equal for equal rows."""
    flat = x.reshape(len(x), -1)
    _, quick, count = np.unique(
        quick_keys(flat, telling(flat)), return_inverse=True, return_counts=True
    )
    keys = quick.astype(np.int64)
    seen: dict[int, int] = {}
    for at in np.flatnonzero(count[quick] > 1).tolist():
        keys[at] = len(x) + seen.setdefault(hash(flat[at].tobytes()), len(seen))
    return np.unique(keys, return_inverse=True)[1]


def telling(flat: np.ndarray) -> np.ndarray:
    """The columns that differ most, by which rows are told apart quickly."""
    some = flat[sampled(len(flat))[:LOOKED]]
    return np.argsort(-some.astype(np.float64).std(axis=0), kind="stable")[:TELLING]


def quick_keys(flat: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """A number for each row, equal for rows that are equal in some columns."""
    words = (flat[:, columns].astype(np.float64) + 0.0).view(np.uint64)
    odd = np.random.default_rng(0).integers(1 << 62, size=len(columns), dtype=np.uint64) * 2 + 1
    mixed = words ^ (words >> np.uint64(29))
    return (mixed * odd).sum(axis=1, dtype=np.uint64)


def deviating(values: np.ndarray) -> np.ndarray:
    """How many times the usual distance from the middle each value lies off, robustly.

    The usual distance is the median one; of a normal distribution it is 0.67 deviations.
    """
    middle = np.median(values, axis=0)
    off = np.abs(values - middle)
    usual = np.median(off, axis=0) / 0.6745
    return off / np.where(usual > 0, usual, np.inf)


def outliers(x: np.ndarray) -> np.ndarray:
    """Which numbers lie far outside of the others of their column, where these are few."""
    far = deviating(x.astype(np.float64)) > OUTLIER
    some = np.flatnonzero(far.any(axis=0))
    for at in some.tolist():
        if far[:, at].mean() >= RARE or len(np.unique(x[:LOOKED, at])) <= FEW_VALUES:
            far[:, at] = False
    return far


def without_outliers(x: np.ndarray) -> np.ndarray:
    """Columns with a usual number in place of each that lies far outside."""
    far = outliers(x)
    if not far.any():
        return x.astype(np.float64)
    return np.where(far, np.median(x, axis=0), x).astype(np.float64)


def root_mean_square(values: np.ndarray) -> float:
    """√mean(v²), in double precision, of a piece at a time."""
    flat = np.asarray(values).reshape(-1)
    with np.errstate(all="ignore"):
        pieces = (flat[at : at + PIECE] for at in range(0, len(flat), PIECE))
        total = sum(float(np.sum(np.square(each, dtype=np.float64))) for each in pieces)
        return float(np.sqrt(total / max(1, len(flat))))
