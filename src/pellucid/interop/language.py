"""The words of a language with C's syntax: loops, numbers and functions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol


class Language(Protocol):
    """What writers of loops ask for."""

    name: str
    #: the words before a number that changes, and before one that does not
    changing: str
    fixed: str
    #: the words before a whole number that does not change
    index: str

    def comment(self, text: str) -> str:
        """A line that says something."""

    def loop(self, variable: str, count: int) -> str:
        """The first line of a loop."""

    def literal(self, value: float) -> str:
        """A number."""

    def call(self, function: str, given: Sequence[str]) -> str:
        """A function of the vocabulary, of numbers."""

    def local(self, name: str, count: int) -> str:
        """A line that makes an array of so many numbers."""

    def row(self, name: str, given: str, count: int) -> str:
        """A line that makes a number the row of a table of so many; those below 0 from its end."""


class C:
    """C99, in single precision."""

    name, changing, fixed, index = "C", "float", "const float", "const int"
    FUNCTIONS = {
        "abs": "fabsf",
        "sqrt": "sqrtf",
        "exp": "expf",
        "expm1": "expm1f",
        "log": "logf",
        "log1p": "log1pf",
        "sin": "sinf",
        "cos": "cosf",
        "tanh": "tanhf",
        "floor": "floorf",
        "pow": "powf",
    }

    def comment(self, text: str) -> str:
        return f"/* {text} */"

    def loop(self, variable: str, count: int) -> str:
        return f"for (int {variable} = 0; {variable} < {count}; ++{variable}) {{"

    def literal(self, value: float) -> str:
        if math.isnan(value):
            return "NAN"
        if math.isinf(value):
            return "INFINITY" if value > 0 else "(-INFINITY)"
        text = f"{value:.9g}"
        text = text if "." in text or "e" in text else f"{text}."
        return f"{text}f" if value >= 0 else f"({text}f)"

    def call(self, function: str, given: Sequence[str]) -> str:
        return f"{self.FUNCTIONS.get(function, function)}({', '.join(given)})"

    def row(self, name: str, given: str, count: int) -> str:
        return f"const int {name} = row({given}, {count});"

    def local(self, name: str, count: int) -> str:
        return f"float {name}[{count}];"


class JavaScript:
    """JavaScript: arithmetic in double precision, arrays in single."""

    name, changing, fixed, index = "JavaScript", "let", "const", "const"
    OWN = ("maximum", "minimum", "remainder", "sigmoid")

    def comment(self, text: str) -> str:
        return f"// {text}"

    def loop(self, variable: str, count: int) -> str:
        return f"for (let {variable} = 0; {variable} < {count}; ++{variable}) {{"

    def literal(self, value: float) -> str:
        if math.isnan(value):
            return "NaN"
        if math.isinf(value):
            return "Infinity" if value > 0 else "(-Infinity)"
        return f"{value:.17g}" if value >= 0 else f"({value:.17g})"

    def call(self, function: str, given: Sequence[str]) -> str:
        listed = ", ".join(given)
        return f"{function}({listed})" if function in self.OWN else f"Math.{function}({listed})"

    def row(self, name: str, given: str, count: int) -> str:
        return f"const {name} = row({given}, {count});"

    def local(self, name: str, count: int) -> str:
        return f"const {name} = new Float32Array({count});"
