"""Rows on their way into a plan: of the right kind and shape, or an error that names the mend."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from pellucid.data import CSR, Features
from pellucid.equations.facing import class_axis
from pellucid.equations.losses import Loss
from pellucid.networks.goals import NO_LOSS
from pellucid.tensor import Tensor, show_shape


def shaped_input(x: Features, tensor: Tensor) -> Features:
    """The same in the shape that the input has; only what must be whole changes its dtype."""
    x = input_in_shape(x, tensor)
    if tensor.dtype != "int":
        return x
    if isinstance(x, CSR):
        return replace(x, data=word_numbers(x.data))
    return word_numbers(x)


def input_in_shape(x: Features, tensor: Tensor) -> Features:
    """The same array, with a last dimension of 1 where the input has one."""
    wanted = tensor.shape
    if isinstance(x, np.ndarray) and x.ndim == len(wanted) - 1 and wanted[-1] == 1:
        x = x[..., None]
    if not fits(x.shape, wanted):
        raise ValueError(wrong_input(x, wanted))
    return x


def shaped_target(y: np.ndarray, tensor: Tensor) -> np.ndarray:
    """Targets in their shape; only what must be whole changes its dtype."""
    y = target_in_shape(y, tensor)
    return whole_numbers(y, "y") if tensor.dtype == "int" else y


def target_in_shape(y: np.ndarray, tensor: Tensor) -> np.ndarray:
    """(n,) and (n, 1) stand for each other, nothing else is stretched."""
    wanted = tensor.shape
    if y.ndim == len(wanted) - 1 and wanted[-1] == 1:
        y = y[..., None]
    elif y.ndim == len(wanted) + 1 and y.shape[-1] == 1:
        y = y[..., 0]
    if not fits(y.shape, wanted):
        raise ValueError(wrong_target(y, tensor))
    return y


def fits(shape: tuple[int, ...], wanted: tuple[int | None, ...]) -> bool:
    if len(shape) != len(wanted):
        return False
    for given, extent in zip(shape, wanted, strict=True):
        if extent is not None and given != extent:
            return False
    return True


def whole_numbers(array: np.ndarray, name: str) -> np.ndarray:
    if array.dtype.kind in "iub":
        return array.astype(np.int64, copy=False)
    with np.errstate(invalid="ignore"):
        whole = array.astype(np.int64)
    if not np.array_equal(whole, array):
        raise ValueError(
            f"{name} must hold whole numbers (of classes or words), got {array.dtype} with parts "
            f"of numbers, such as {array[whole != array][0]}"
        )
    return whole


def word_numbers(x: np.ndarray) -> np.ndarray:
    numbers = whole_numbers(x, "x")
    if numbers.size and numbers.min() < 0:
        raise ValueError(
            f"x holds numbers of words or classes, which start from 0; found {numbers.min()}"
        )
    return numbers


def wrong_input(x: Features, wanted: tuple[int | None, ...]) -> str:
    given: tuple[int, ...] = x.shape
    problem = f"the network expects x of shape {show_shape(wanted)}, got {given}"
    rest = [extent for extent in wanted[1:] if extent is not None]
    same_size = len(rest) == len(wanted) - 1 and int(np.prod(given[1:])) == int(np.prod(rest))
    if isinstance(x, CSR) and len(wanted) != 2:
        mend = f"layers.Reshape({wanted[1:]}, input_shape={given[1:]})"
        first = f"begin the network with {mend}" if same_size else "give a dense array"
        return f"{problem}. The rows of a sparse x are flat: {first}"
    if same_size:
        shape = ", ".join(str(extent) for extent in rest)
        return f"{problem}. Reshape it: x.reshape(len(x), {shape})"
    if given == tuple(rest):
        return f"{problem}. A single row needs the batch dimension: x[None]"
    if len(given) == len(wanted):
        return f"{problem}. Was the network made for other data? Set input_shape={given[1:]}"
    return problem


def wrong_target(y: np.ndarray, tensor: Tensor) -> str:
    given, wanted = y.shape, tensor.shape
    problem = f"the loss expects targets of shape {show_shape(wanted)}, got {given}"
    if tensor.dtype == "int" and len(given) == len(wanted) + 1:
        return (
            f"{problem}. These look like one-hot rows: use loss='categorical_crossentropy', "
            "or class numbers: y.argmax(axis=-1)"
        )
    if len(given) == len(wanted) - 1 and y.dtype.kind in "iu":
        return (
            f"{problem}. These look like class numbers: use "
            "loss='sparse_categorical_crossentropy', or one-hot rows: "
            f"pellucid.utils.to_categorical(y, {wanted[-1]})"
        )
    return f"{problem}. The last layer has {wanted[-1]} outputs; the targets need as many columns"


def check_targets(
    losses: Sequence[Loss | None], outputs: Sequence[int], targets: Sequence[np.ndarray]
) -> None:
    """Refuse labels out of range, rows that are not one-hot, and the like.

    `losses` are those of the outputs with a target, None for one that has none of its own;
    `outputs` are the numbers of columns that the network gives for each.
    """
    if len(targets) != len(losses):
        raise ValueError(
            f"the network is trained on {len(losses)} target{'s' * (len(losses) != 1)}, got "
            f"{len(targets)}: {'fit(x, y) needs y too' if losses else NO_LOSS}"
        )
    for loss, width, target in zip(losses, outputs, targets, strict=True):
        check = None if loss is None else CHECKS.get(loss.expects)
        if (
            loss is not None
            and check is not None
            and (target.dtype.kind != "f" or np.isfinite(target).all())
        ):
            check(loss, width, target)


def check_classes(loss: Loss, width: int, y: np.ndarray) -> None:
    """Class numbers: whole, from 0 up to the number of outputs."""
    ignored = getattr(loss, "ignore_class", None)
    y = y if ignored is None else y[y != ignored]
    if not y.size:
        return
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
    y = np.moveaxis(y, class_axis(loss), -1) if y.ndim > 1 else y
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
