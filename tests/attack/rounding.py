"""NumPy's executor with roundings at random, which tell what rounding can do to a network.

A function of single numbers is moved by one rounding of its result. A sum of N terms is what N
roundings make it, each at most half a unit u of a partial sum, and no partial sum is beyond Σ|x|;
in another order they are others. Whatever the order, N·u·Σ|x| is the most they come to, and at
random √N·u·Σ|x| (Higham and Mary 2019): by so much a sum is moved, also one whose terms cancel.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any
from unittest import mock

import numpy as np

from pellucid.executors import program
from pellucid.executors.program import FUNCTIONS, UFUNCS, Buffers, Program

#: array functions whose results are rounded
ROUNDED = {
    "add", "subtract", "multiply", "divide", "pow", "square", "sqrt", "exp", "expm1", "log",
    "log1p", "sin", "cos", "tanh",
}  # fmt: skip
#: those that add up, as the last axes of the first array say or the axes that are named
ADDING = {"matmul", "sum", "mean"}


class Noisy(Buffers):
    """NumPy for one line, each result moved by one rounding up, down or not at all."""

    rng = np.random.default_rng(0)

    def __getattribute__(self, name: str) -> Any:
        function = getattr(PLAIN, name, None)
        if function is None:
            return super().__getattribute__(name)
        if name in ADDING:
            return lambda *arrays, **options: added(function, self.rng, *arrays, **options)
        if name not in ROUNDED:
            return function
        return lambda *arrays, **options: moved(function(*arrays, **options), self.rng)


def made_noisy(self: Program, *given: Any) -> None:
    """A program of which the value of each line is moved too."""
    MADE(self, *given)
    self.steps = [(moving(run), *rest) for run, *rest in self.steps]


def moving(run: Callable[..., Any]) -> Callable[..., Any]:
    def runs(xp: Any, *inputs: Any) -> Any:
        result = run(xp, *inputs)
        if isinstance(result, tuple):
            return tuple(moved(each, Noisy.rng) for each in result)
        return moved(result, Noisy.rng)

    return runs


MADE = Program.__init__
PLAIN = SimpleNamespace(**FUNCTIONS, **{name: getattr(np, name) for name in UFUNCS.split()})


def added(
    function: Callable[..., Any], rng: np.random.Generator, *arrays: Any, **options: Any
) -> Any:
    """Sums, each moved as rounding moves a sum of so many terms."""
    total = np.asarray(function(*arrays, **options))
    if total.dtype.kind != "f" or not total.size:
        return total
    with np.errstate(all="ignore"):
        sizes = function(*map(np.abs, arrays), **options)
        terms = arrays[0].shape[-1] if len(arrays) > 1 else arrays[0].size / total.size
        most = np.finfo(total.dtype).eps / 2 * math.sqrt(terms) * sizes
        return moved(total + (most * rng.uniform(-1, 1, total.shape)).astype(total.dtype), rng)


def moved(x: Any, rng: np.random.Generator) -> Any:
    """Each number one rounding up, down or as it was; 0 for one too small to be held whole."""
    if not isinstance(x, (np.ndarray, np.generic)) or x.dtype.kind != "f":
        return x
    limits = np.finfo(x.dtype)
    with np.errstate(all="ignore"):
        other = x * (1 + limits.eps * rng.integers(-1, 2, x.shape)).astype(x.dtype)
        return other * (np.abs(other) >= limits.tiny)


@contextlib.contextmanager
def roundings() -> Iterator[None]:
    """Within it, the programs of NumPy's executor are made and run noisily."""
    with (
        mock.patch.object(program, "Buffers", Noisy),
        mock.patch.object(Program, "__init__", made_noisy),
    ):
        yield
