"""One NumPy array of numbers from whatever holds them, or an error that names the mend."""

from __future__ import annotations

from typing import Any

import numpy as np

from .tables import as_columns, stack

TEXT_MENDS = {
    "y": "Number the classes first: `classes, y = np.unique(y, return_inverse=True)`",
    "x": "Turn it into numbers first: `sklearn.preprocessing.OneHotEncoder().fit_transform(x)`, "
    "or OrdinalEncoder where the categories have an order",
}
_NUMBERS = "biuf"


def as_array(value: Any, name: str) -> np.ndarray:
    """`value` as an array of numbers with at least one row; its dtype stays as it is."""
    array = value if type(value) is np.ndarray else _converted(value, name)
    refuse_other_than_numbers(array, name)
    _refuse_single(array, name)
    refuse_no_values(array.shape, name)
    return array


def _converted(value: Any, name: str) -> np.ndarray:
    columns = as_columns(value, name)
    return _read(value, name) if columns is None else stack(columns, name, _text_mend(name))


def _read(value: Any, name: str) -> np.ndarray:
    if isinstance(value, np.memmap):
        return value
    _refuse_other_than_arrays(value, name)
    try:
        if hasattr(value, "__dlpack__") and not hasattr(value, "__array__"):
            return np.from_dlpack(value)
        return np.asarray(value)
    except ValueError as error:
        raise ValueError(
            f"{name} is ragged: its rows differ in length ({error}). "
            f"Give every row the same length, by padding or cutting"
        ) from error
    except (TypeError, RuntimeError) as error:
        raise TypeError(
            f"{name}, a {type(value).__name__}, cannot be read as an array: {error}"
        ) from error


def _refuse_other_than_arrays(value: Any, name: str) -> None:
    kind = type(value).__name__
    if value is None:
        raise TypeError(f"{name} is None; expected an array, a list or a table")
    if isinstance(value, (str, bytes)) or hasattr(value, "__fspath__"):
        raise TypeError(
            f"{name} is {value!r}; expected the data itself. "
            f"Read the file first: `{name} = np.load(path, mmap_mode='r')`"
        )
    if isinstance(value, (set, frozenset)):
        raise TypeError(f"{name} is a {kind}, which has no order: `{name} = sorted({name})`")
    if hasattr(value, "toarray"):
        raise TypeError(f"{name} is a sparse {kind}; expected a dense array: `{name}.toarray()`")
    refuse_masked(value, name)


def refuse_masked(value: Any, name: str) -> None:
    if isinstance(value, np.ndarray) and hasattr(value, "filled"):
        raise TypeError(f"{name} is masked; fill the masked values first: `{name}.filled(0)`")


def refuse_other_than_numbers(array: np.ndarray, name: str) -> None:
    kind = array.dtype.kind
    if kind in _NUMBERS:
        return
    if kind == "c":
        mend = f"Give both parts as features: `np.stack([{name}.real, {name}.imag], axis=-1)`"
    elif kind in "Mm":
        mend = f"Count the days: `({name} - {name}.min()) / np.timedelta64(1, 'D')`"
    elif kind in "OUST":
        mend = _mend_of_objects(array, name)
    else:
        mend = "Give an array of whole or decimal numbers"
    raise TypeError(f"{name} has dtype {array.dtype}; expected numbers. {mend}")


def _mend_of_objects(array: np.ndarray, name: str) -> str:
    if array.ndim == 0:
        return "Give an array, a list, a table, or an iterable of batches"
    flat = array if array.ndim <= 32 else array.reshape(-1)  # as far as `flat` goes
    text = next((item for item in flat.flat if isinstance(item, (str, bytes))), None)
    if text is not None:
        return f"It holds text such as {str(text)!r}. {_text_mend(name)}"
    row = next((item for item in flat.flat if hasattr(item, "__len__")), None)
    if row is not None:
        return "Its rows are objects of their own: stack those of one shape with `np.stack`"
    return f"Say which kind of number it holds: `{name}.astype(np.float32)`"


def _text_mend(name: str) -> str:
    return TEXT_MENDS.get(name[0], "Give numbers")


def _refuse_single(array: np.ndarray, name: str) -> None:
    if array.ndim == 0:
        raise ValueError(
            f"{name} is the single number {array.item()!r}; expected rows: `{name} = [{name}]`"
        )


def refuse_no_values(shape: tuple[int, ...], name: str) -> None:
    if shape[0] == 0:
        raise ValueError(f"{name} is empty: shape {shape}; expected at least one row")
    if 0 in shape:
        raise ValueError(f"{name} has rows without values: shape {shape}")
