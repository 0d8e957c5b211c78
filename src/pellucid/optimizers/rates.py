"""A learning rate as Keras has it: a number that also has a value, and can be assigned to."""

from __future__ import annotations

from typing import Any, Self

import numpy as np


class Rate(float):
    """The learning rate of an optimizer; `assign` gives the optimizer another one."""

    owner: Any

    @classmethod
    def of(cls, value: float, owner: Any) -> Self:
        rate = cls(value)
        rate.owner = owner
        return rate

    @property
    def value(self) -> float:
        return float(self)

    def numpy(self) -> np.float64:
        return np.float64(self)

    def assign(self, value: float) -> None:
        self.owner.learning_rate = value
