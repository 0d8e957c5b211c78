"""The example rows of the contract: one module for each family of equations.

A row is `Row(equation, arrays)`: an equation object, and the arrays it is checked on.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any, NamedTuple

import numpy as np


class Row(NamedTuple):
    """An equation with its settings, and arrays to check it on."""

    equation: Any
    arrays: tuple
    constant: tuple[int, ...] = ()
    tolerance: float = 1e-6


def draw(*shape: int, seed: int = 0, low: float = -2.0, high: float = 2.0) -> np.ndarray:
    return np.random.default_rng([seed, *shape]).uniform(low, high, shape)


def apart(*shape: int, seed: int = 0) -> np.ndarray:
    """Numbers that keep well away from each other and from 0, for functions with kinks."""
    count = int(np.prod(shape))
    numbers = (np.arange(count) - count // 2 + 0.5) * 0.1
    return np.random.default_rng([seed, 1, *shape]).permutation(numbers).reshape(shape)


def every_row() -> list[Row]:
    modules = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return [row for name in modules for row in importlib.import_module(f"{__name__}.{name}").ROWS]
