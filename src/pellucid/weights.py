"""Weights: the arrays that a layer owns, wherever their numbers live."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from pellucid.initializers import Initializer
from pellucid.regularizers import Regularizer
from pellucid.tensor import Symbolic, Tensor


class Weight(Symbolic):
    """A named array of a layer: a trainable parameter, or state that training moves along.

    In a layer's `call` it stands for its numbers: x @ self.w + self.b. `rate` and `decay` multiply
    the learning rate and the weight decay of the optimizer.
    """

    def __init__(
        self,
        shape: Sequence[int],
        initializer: Initializer,
        name: str,
        *,
        letter: str,
        trainable: bool = True,
        regularizer: Regularizer | None = None,
        constraint: Callable[[Tensor], Tensor] | None = None,
        rate: float = 1.0,
        decay: float = 1.0,
    ):
        self.shape: tuple[int, ...] = tuple(shape)
        self.name, self.trainable, self.regularizer = name, trainable, regularizer
        self.initializer, self.constraint = initializer, constraint
        self.rate, self.decay = rate, decay
        self.tensor = Tensor(self.shape, letter, role="parameter" if trainable else "state")
        self._value: np.ndarray | None = None

    @property
    def size(self) -> int:
        return math.prod(map(int, self.shape))

    @property
    def value(self) -> np.ndarray:
        """The numbers. They are drawn when they are first looked at."""
        if self._value is None:
            self._value = self.initializer(self.shape, "float32")
        return self._value

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        """For NumPy: a copy of the numbers."""
        return np.array(self.value, dtype)

    def numpy(self) -> np.ndarray:
        """A copy of the numbers."""
        return self.value.copy()

    def assign(self, value: ArrayLike) -> None:
        """Replace the numbers, in place where there are any."""
        given = np.asarray(value)
        self.check(given)
        if self._value is None:
            self._value = np.array(given, dtype="float32" if given.dtype != np.float64 else None)
        else:
            self._value[...] = given

    def check(self, given: np.ndarray) -> None:
        if given.shape != self.shape:
            raise ValueError(
                f"weight {self.name!r} has shape {self.shape}, got an array of shape {given.shape}"
            )

    def live_in(self, home: np.ndarray) -> None:
        """Move the numbers into `home`, a view of a flat vector."""
        home[...] = self.value
        self._value = home

    def __repr__(self) -> str:
        return f"<Weight {self.name} {self.shape}>"
