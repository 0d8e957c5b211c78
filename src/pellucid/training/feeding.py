"""A batch on its way into a plan: the right dtype and shape, or an error that names the mend."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from pellucid.data import CSR, Features
from pellucid.tensor import Tensor, show_shape


def fed_input(x: Features, tensor: Tensor, dtype: Any) -> np.ndarray:
    """Rows for an input of the network, dense."""
    x = shaped_input(x, tensor)
    kind = x.dtype if tensor.dtype == "int" else dtype
    return x.dense(kind) if isinstance(x, CSR) else np.asarray(x, kind)


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


def fed_target(y: np.ndarray, tensor: Tensor, dtype: Any) -> np.ndarray:
    """Targets for an output."""
    y = shaped_target(y, tensor)
    return y if tensor.dtype == "int" else np.asarray(y, dtype=dtype)


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
