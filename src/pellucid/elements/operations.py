"""The operations on plain numbers: how each is computed, and how it is written.

What is written in Python gives the same bits as `of`: no number is shown that was not computed so.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

#: how tightly a written number binds: a + b, a·b, −a, a^b, f(a)
TERM, FACTOR, SIGN, BASE, ATOM = range(5)

#: sums of more parts than this are written with math.fsum, since Python's parser would run out
LONG = 64


class Operation(NamedTuple):
    """A function of numbers: in Python, in NumPy where that fails, and how it is written.

    `python` and `text` are what stands between its parts, or before the bracket around them.
    """

    name: str
    compute: Callable[..., float]
    otherwise: Callable[..., float]
    binds: int
    python: str
    text: str
    #: whether it is rounded to the nearest number everywhere, as +, −, ·, / and √ are
    exact: bool = True

    def of(self, parts: Sequence[float]) -> float:
        """The number. What Python refuses (1/0, log 0, e¹⁰⁰⁰) is NumPy's ∞ or not a number."""
        values = [float(part) for part in parts]
        try:
            if not any(map(math.isnan, values)):
                return float(self.compute(*values))
        except (ArithmeticError, ValueError):
            pass
        with np.errstate(all="ignore"):
            return float(self.otherwise(*map(np.float64, values)))

    @property
    def is_function(self) -> bool:
        return self.binds == ATOM


def summed(*values: float) -> float:
    if len(values) > LONG:
        return math.fsum(values)
    result = values[0]
    for value in values[1:]:
        result += value
    return result


def function(
    name: str, compute: Callable[..., float], otherwise: Callable[..., float], exact: bool = False
) -> Operation:
    where = "" if name in ("abs", "max", "min") else "math."
    return Operation(name, compute, otherwise, ATOM, f"{where}{name}", name, exact)


def folded(ufunc: np.ufunc) -> Callable[..., float]:
    """A NumPy function of two numbers for any number of them, one after the other."""
    return lambda *values: ufunc.reduce(values)


#: Σ, of as many parts as there are, and a + b
SUM = Operation("sum", summed, folded(np.add), TERM, " + ", " + ")
PLUS = SUM._replace(name="plus")
SQUARE = Operation("square", lambda x: x * x, np.square, BASE, " * ", "²")
PRODUCT = Operation(
    "product", lambda *values: math.prod(values), folded(np.multiply), FACTOR, " * ", "·"
)
DIVIDE = Operation("quotient", lambda a, b: a / b, np.divide, FACTOR, " / ", "/")
REMAINDER = Operation("remainder", lambda a, b: a % b, np.remainder, FACTOR, " % ", " mod ")
NEGATIVE = Operation("negative", lambda x: -x, np.negative, SIGN, "-", "−")
POWER = Operation("power", math.pow, np.power, BASE, " ** ", "^", exact=False)
MAXIMUM = function("max", max, folded(np.maximum), exact=True)
MINIMUM = function("min", min, folded(np.minimum), exact=True)
ABSOLUTE = function("abs", abs, np.abs, exact=True)
SQRT = function("sqrt", math.sqrt, np.sqrt, exact=True)
FUNCTIONS = {
    "sqrt": SQRT,
    "exp": function("exp", math.exp, np.exp),
    "expm1": function("expm1", math.expm1, np.expm1),
    "log": function("log", math.log, np.log),
    "log1p": function("log1p", math.log1p, np.log1p),
    "sin": function("sin", math.sin, np.sin),
    "cos": function("cos", math.cos, np.cos),
    "tanh": function("tanh", math.tanh, np.tanh),
}
