"""NumPy's executor with roundings at random, which tell what rounding can do to a network."""

from __future__ import annotations

import contextlib
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
    "log1p", "sin", "cos", "tanh", "matmul", "sum", "mean",
}  # fmt: skip


class Noisy(Buffers):
    """NumPy for one line, each result moved by one rounding up, down or not at all."""

    rng = np.random.default_rng(0)

    def __getattribute__(self, name: str) -> Any:
        function = getattr(PLAIN, name, None)
        if function is None:
            return super().__getattribute__(name)
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
