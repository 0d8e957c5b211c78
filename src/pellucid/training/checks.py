"""Targets that a loss can use, or an error that names the mend, before the first step."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from pellucid.equations.losses import Loss


def check_targets(
    losses: Sequence[Loss | None], outputs: Sequence[int], targets: Sequence[np.ndarray]
) -> None:
    """Refuse labels out of range, rows that are not one-hot, and the like.

    `outputs` are the numbers of columns that the network gives for each loss.
    """
    used = [(loss, width) for loss, width in zip(losses, outputs, strict=True) if loss is not None]
    if len(targets) != len(used):
        raise ValueError(
            f"the network is trained on {len(used)} target{'s' * (len(used) != 1)}, got "
            f"{len(targets)}: fit(x, y) needs y too"
        )
    for (loss, width), target in zip(used, targets, strict=True):
        check = CHECKS.get(loss.expects)
        if check is not None and (target.dtype.kind != "f" or np.isfinite(target).all()):
            check(loss, width, target)


def check_classes(loss: Loss, width: int, y: np.ndarray) -> None:
    """Class numbers: whole, from 0 up to the number of outputs."""
    low, high = y.min(), y.max()
    if y.ndim == 2 and y.shape[-1] == width > 1 and low >= 0 and high <= 1:
        raise ValueError(
            f"{name(loss)} expects one class number a row, got one-hot rows of shape {y.shape}. "
            "Use loss='categorical_crossentropy', or class numbers: y.argmax(axis=-1)"
        )
    if low < 0 or high >= width:
        wrong = low if low < 0 else high
        mend = (
            f"Give the last layer {int(high) + 1} units"
            if low >= 0 and high == int(high)
            else "Number the classes from 0: classes, y = np.unique(y, return_inverse=True)"
        )
        raise ValueError(
            f"{name(loss)} expects class numbers from 0 to {width - 1}, one for each of the "
            f"{width} outputs; found {wrong}. {mend}"
        )


def check_one_hot(loss: Loss, width: int, y: np.ndarray) -> None:
    """A distribution in each row: 0 or more, adding up to 1."""
    if y.shape[-1] != width or y.ndim < 2:
        return
    total = y.sum(axis=-1, dtype=np.float64)
    if y.min() < 0 or np.abs(total - 1.0).max() > 1e-3:
        row = int(np.argmax(np.abs(total - 1.0)))
        raise ValueError(
            f"{name(loss)} expects rows that add up to 1, such as one-hot rows; row {row} adds up "
            f"to {total.reshape(-1)[row]:g}. Where several classes can hold at once, end with "
            "Dense(…, activation='sigmoid') and use loss='binary_crossentropy'"
        )


def check_probability(loss: Loss, width: int, y: np.ndarray) -> None:
    """Numbers from 0 to 1."""
    if y.min() < 0 or y.max() > 1:
        raise ValueError(
            f"{name(loss)} expects targets from 0 to 1, found {y.min():g} to {y.max():g}. For "
            "classes use loss='sparse_categorical_crossentropy', for other numbers loss='mse'"
        )


def check_sign(loss: Loss, width: int, y: np.ndarray) -> None:
    """Numbers from −1 to 1 (0 and 1 stand for −1 and 1)."""
    if y.min() < -1 or y.max() > 1:
        raise ValueError(
            f"{name(loss)} expects targets of −1 or 1, found {y.min():g} to {y.max():g}: "
            "y = np.where(y > 0, 1, -1)"
        )


def check_positive(loss: Loss, width: int, y: np.ndarray) -> None:
    """Numbers of 0 or more."""
    if y.min() < 0:
        raise ValueError(f"{name(loss)} expects targets of 0 or more, found {y.min():g}")


def name(loss: Loss) -> str:
    return loss.registered_name()


CHECKS: dict[str, Callable[[Loss, int, np.ndarray], None]] = {
    "classes": check_classes,
    "one-hot": check_one_hot,
    "probability": check_probability,
    "sign": check_sign,
    "positive": check_positive,
}
