"""One-hot labels, and arrays cut in two."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from pellucid.data.split import count_of, divide
from pellucid.data.tables import as_frame
from pellucid.randomness import next_seed


def to_categorical(x: ArrayLike, num_classes: int | None = None) -> np.ndarray:
    """Labels as one-hot rows: label k becomes a row of zeros with a 1 in place k.

    Labels of shape (n,) or (n, 1) become (n, num_classes). Without `num_classes`, the largest
    label sets it.
    """
    labels = _whole_numbers(np.asarray(x))
    if labels.ndim > 1 and labels.shape[-1] == 1:
        labels = labels[..., 0]
    classes = _class_count(labels, num_classes)
    if labels.size and not 0 <= labels.min() <= labels.max() < classes:
        wrong = labels[(labels < 0) | (labels >= classes)].flat[0]
        raise ValueError(
            f"label {wrong} is out of range: expected 0 to {classes - 1}. "
            f"Number the classes from 0: `classes, y = np.unique(y, return_inverse=True)`"
        )
    one_hot = np.zeros((labels.size, classes), dtype=np.float32)
    one_hot[np.arange(labels.size), labels.ravel()] = 1
    return one_hot.reshape(*labels.shape, classes)


def _whole_numbers(labels: np.ndarray) -> np.ndarray:
    if labels.dtype.kind in "biu" or (labels.dtype.kind == "f" and not labels.size):
        return labels.astype(np.intp)
    if labels.dtype.kind != "f":
        raise TypeError(
            f"labels have dtype {labels.dtype}; expected whole numbers. "
            f"Number the classes first: `classes, y = np.unique(y, return_inverse=True)`"
        )
    wrong = labels[~(np.isfinite(labels) & (labels == np.floor(labels)))]
    if wrong.size:
        raise ValueError(f"label {wrong.flat[0]} is not a whole number: a class is 0, 1, 2, …")
    return labels.astype(np.intp)


def _class_count(labels: np.ndarray, num_classes: int | None) -> int:
    if num_classes is None:
        if not labels.size:
            raise ValueError("no labels to count the classes of: give num_classes")
        return max(int(labels.max()), 0) + 1
    if not isinstance(num_classes, (int, np.integer)) or num_classes < 1:
        raise ValueError(f"num_classes is {num_classes!r}; expected a whole number of 1 or more")
    return int(num_classes)


def train_test_split(
    *arrays: Any,
    test_size: float | int | None = None,
    train_size: float | int | None = None,
    random_state: int | None = None,
    shuffle: bool = True,
    stratify: ArrayLike | None = None,
) -> list[Any]:
    """Each of the arrays cut in two, as [a_train, a_test, b_train, b_test, …].

    A size is a fraction or a number of rows; without one, a quarter goes to the test part.
    Arrays, lists and tables keep their kind.
    """
    rows = _common_length(arrays)
    train, test = _sizes(rows, train_size, test_size)
    if shuffle:
        kept, held = _drawn(rows, train, test, random_state, stratify)
    elif stratify is not None:
        raise ValueError("stratify draws rows at random: leave out shuffle=False, or stratify")
    else:
        kept, held = np.arange(train), np.arange(train, train + test)
    return [_rows_of(array, part) for array in arrays for part in (kept, held)]


def _common_length(arrays: tuple[Any, ...]) -> int:
    if not arrays:
        raise ValueError("train_test_split needs an array to split: `train_test_split(x, y)`")
    lengths = [array.shape[0] if hasattr(array, "shape") else len(array) for array in arrays]
    if len(set(lengths)) > 1:
        raise ValueError(
            f"every array needs the same number of rows, got {', '.join(map(str, lengths))}"
        )
    return lengths[0]


def _sizes(
    rows: int, train_size: float | int | None, test_size: float | int | None
) -> tuple[int, int]:
    if train_size is None:
        test = _count(rows, 0.25 if test_size is None else test_size, "test_size", math.ceil)
        train = rows - test
    else:
        train = _count(rows, train_size, "train_size", math.floor)
        rest = rows - train
        test = rest if test_size is None else _count(rows, test_size, "test_size", math.ceil)
    if train < 1 or test < 1 or train + test > rows:
        raise ValueError(
            f"{rows} rows cannot be cut into {train} for training and {test} for the test: "
            f"both need at least one, and together at most {rows}"
        )
    return train, test


def _count(rows: int, size: float | int, name: str, rounded: Callable[[float], int]) -> int:
    whole = isinstance(size, (int, np.integer)) and not isinstance(size, bool)
    return int(size) if whole else count_of(rows, size, name, rounded)


def _drawn(
    rows: int, train: int, test: int, random_state: int | None, stratify: ArrayLike | None
) -> tuple[np.ndarray, np.ndarray]:
    seed = next_seed() if random_state is None else _whole_seed(random_state)
    labels = None if stratify is None else np.asarray(stratify)
    kept, held = divide(rows, test, seed, labels)
    if train < len(kept):
        _, chosen = divide(len(kept), train, seed, None if labels is None else labels[kept])
        kept = kept[chosen]
    return kept, held


def _whole_seed(random_state: object) -> int:
    if isinstance(random_state, (int, np.integer)) and not isinstance(random_state, bool):
        return int(random_state)
    raise TypeError(f"random_state is {random_state!r}; expected a whole number, or None")


def _rows_of(array: Any, rows: np.ndarray) -> Any:
    """The chosen rows of an array, a list or a table, in the kind it came in."""
    frame = as_frame(array)
    if frame is not None:
        return frame[rows.tolist()].to_native()
    if hasattr(array, "shape"):
        return array[rows]
    return [array[row] for row in rows]
