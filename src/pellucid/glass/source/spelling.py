"""Spelling in Python: the names of a plan, numbers, and arrays as literals."""

from __future__ import annotations

import keyword
import math
import re
import textwrap
import unicodedata
from collections.abc import Sequence

import numpy as np

#: what names of a plan have that a name of Python may not have
LETTERS = str.maketrans({"₀": "_0", "₁": "_1", "₂": "_2", "′": "_", "⁽": "_", "⁾": "", "ℓ": "l"})
#: what a program uses itself
TAKEN = """
n np math sys Path key seed rows order total first epoch epochs epochs_done steps steps_done
batch_size start data found generator uniform normal added_in_order predict train one_step seen
report measured evaluate kept held labels classes counts class_weight by_class parted value
class_codes class_quotas rank_in_class in_top highest average roc_area pr_area ratio spread shown
loss close backward jax jnp torch nn F keras layers model optimizer parameters state images
"""
WIDTH = 96


class Names:
    """Names that are told apart also after Python has normalised them."""

    def __init__(self) -> None:
        self.taken = set(TAKEN.split())

    def new(self, wanted: str) -> str:
        name = spelled(wanted)
        while name in self.taken or keyword.iskeyword(name):
            name += "_"
        self.taken.add(name)
        return name


def spelled(name: str) -> str:
    """A name in letters that Python takes."""
    plain = unicodedata.normalize("NFKC", name.translate(LETTERS))
    kept = "".join(each if f"a{each}".isidentifier() else "_" for each in plain)
    return kept if kept.isidentifier() else f"_{kept}"


def number(value: float, whole: bool = True) -> str:
    """A plain number; one without a fraction as a whole number, where that is the same."""
    if not math.isfinite(value):
        return {"inf": "math.inf", "-inf": "-math.inf"}.get(str(value), "math.nan")
    return str(int(value)) if whole and value == int(value) and abs(value) < 1e6 else repr(value)


def literal(array: np.ndarray) -> str:
    """An array as Python writes it, to the last bit."""
    kind = f"np.{array.dtype}"
    if not array.ndim:
        return repr(float(array))
    if array.size > 1 and (array == array.flat[0]).all():
        filled = number(float(array.flat[0]))
        shape = array.shape if array.ndim > 1 else array.shape[0]
        how = f"np.zeros({shape}" if filled == "0" else f"np.full({shape}, {filled}"
        return f"{how}, {kind})"
    listed = re.sub(r"\s+", " ", nested(array))
    if len(listed) < WIDTH - 30:
        return f"np.array({listed}, {kind})"
    wrapped = textwrap.fill(listed, WIDTH, initial_indent="    ", subsequent_indent="    ")
    return f"np.array(\n{wrapped},\n    {kind},\n)"


def nested(array: np.ndarray) -> str:
    if array.ndim:
        return f"[{', '.join(nested(each) for each in array)}]"
    short = str(array)
    return short if array.dtype.type(float(short)) == array else repr(float(array))


def said(value: object) -> str:
    """A setting as Python writes it, strings in double quotes."""
    return f'"{value}"' if isinstance(value, str) and value.isidentifier() else repr(value)


def broken(before: str, words: Sequence[str], after: str, indent: int = 0) -> list[str]:
    """A call or a list on one line, or with a line for each word where it is too long."""
    line = f"{before}{', '.join(words)}{after}"
    if len(line) + indent <= WIDTH + 4:
        return [line]
    return [before, *(f"    {each}," for each in words), after]
