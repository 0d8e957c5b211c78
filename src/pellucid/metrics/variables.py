"""What a metric of one's own keeps between batches: arrays that are assigned to, as in Keras."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike


class Variable(np.lib.mixins.NDArrayOperatorsMixin):
    """An array, of double precision, that goes into arithmetic and can be assigned to."""

    def __init__(self, shape: Sequence[int], initial: float, name: str):
        self.name, self.initial = name, initial
        self.value = np.full(tuple(shape), float(initial))

    def assign(self, value: ArrayLike) -> None:
        """Take other numbers of the same shape."""
        given = np.asarray(value, np.float64)
        if given.shape != self.value.shape:
            raise ValueError(
                f"the variable {self.name!r} has shape {self.value.shape}, got {given.shape}"
            )
        self.value = given.copy()

    def assign_add(self, value: ArrayLike) -> None:
        self.assign(self.value + np.asarray(value))

    def assign_sub(self, value: ArrayLike) -> None:
        self.assign(self.value - np.asarray(value))

    def reset(self) -> None:
        self.value = np.full(self.value.shape, float(self.initial))

    @property
    def shape(self) -> tuple[int, ...]:
        return self.value.shape

    def numpy(self) -> np.ndarray:
        return self.value

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return np.asarray(self.value, dtype)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **named: Any) -> Any:
        given = [each.value if isinstance(each, Variable) else each for each in inputs]
        return getattr(ufunc, method)(*given, **named)

    def __float__(self) -> float:
        return float(self.value)

    def __repr__(self) -> str:
        return f"<Variable {self.name} {self.value}>"


def copy_of(name: str, array: np.ndarray) -> Variable:
    """A variable of these numbers."""
    made = Variable(np.shape(array), 0.0, name)
    made.assign(array)
    return made


#: how variables of metrics may start
STARTS = {"zeros": 0.0, "zero": 0.0, "ones": 1.0, "one": 1.0}


def start_of(initializer: Any) -> float:
    """The number that a variable starts with."""
    name = getattr(type(initializer), "__name__", "").lower()
    given = initializer.lower() if isinstance(initializer, str) else name
    if given not in STARTS:
        raise ValueError(
            f"a variable of a metric starts with 'zeros' or 'ones', got {initializer!r}"
        )
    return STARTS[given]
