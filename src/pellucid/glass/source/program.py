"""The parts of a program around its equations: random numbers, the loop over epochs, the start."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence

from pellucid.equations.embedding import added_in_order
from pellucid.glass.source.inlining import plainly
from pellucid.glass.source.lines import Lines, Statement
from pellucid.randomness import PURPOSE
from pellucid.tensor import Tensor

#: the widest equation beside whose end shapes are written
COLUMN = 60

GENERATOR = f'''
def generator(purpose, step, seed=seed):
    """Random numbers that depend on the seed, a purpose and a step alone: Philox counts."""
    counter, key = np.array([[0, purpose, step, 0], [seed, {PURPOSE:#x}, 0, 0]], np.uint64)
    return np.random.Generator(np.random.Philox(counter=counter, key=key[:2]))
'''
UNIFORM = '''
def uniform(stream, step, shape, dtype=np.{dtype}, seed=seed):
    """Random numbers from 0 up to 1."""
    return generator(stream, step, seed).random(shape, dtype=dtype)
'''
NORMAL = '''
def normal(stream, step, shape, seed=seed):
    """Random numbers of mean 0 and variance 1, by Box and Muller."""
    u, v = uniform(stream, step, (2, *shape), np.float64, seed)
    r = np.sqrt(np.log1p(-u) * -2.0)
    return (r * np.cos(v * (2.0 * math.pi))).astype(np.{dtype})
'''


def indented(lines: Sequence[str]) -> str:
    return textwrap.indent("\n".join(lines), "    ")


def equations(statements: Sequence[Statement], title: str = "") -> list[str]:
    """The statements by section, the shapes behind them."""
    shown = [each for each in statements if len(each.text) <= COLUMN]
    width = max((len(each.text) for each in shown), default=0)
    lines, section = [], ""
    for each in statements:
        if each.section != section:
            section = each.section
            lines.append(f"# {section}" + (f": {title}" if section == "update" else ""))
        lines.append(f"{each.text:<{width}}  # {each.shape}" if each.shape else each.text)
    return lines


def helpers(text: str, dtype: str) -> list[str]:
    """The functions that a program needs beside its equations."""
    found = []
    if "normal(" in text or "uniform(" in text:
        found.append(UNIFORM.format(dtype=dtype))
    if "normal(" in text:
        found.append(NORMAL.format(dtype=dtype))
    if "added_in_order(" in text:
        found.append(plainly(added_in_order))
    return found


def taken(lines: Lines, tensor: Tensor, suffix: str = "") -> str:
    """An array of the data, in the dtype and shape that the equations read."""
    kind = "int64" if tensor.dtype == "int" else lines.dtype
    shape, name = ", ".join(["-1", *map(str, tensor.shape[1:])]), lines.name(tensor) + suffix
    return f'{name} = data["{name}"].astype(np.{kind}).reshape({shape})'


def as_main(statements: list[str]) -> str:
    return f'if __name__ == "__main__":\n{indented(statements)}'


def called(functions: Mapping[str, str], text: str) -> dict[str, str]:
    """Of the functions, those that `text` calls, or one that it calls."""
    found = {name: each for name, each in functions.items() if calls(name, text)}
    while more := {
        name: each
        for name, each in functions.items()
        if name not in found and any(calls(name, other) for other in found.values())
    }:
        found |= more
    return {name: each for name, each in functions.items() if name in found}


def calls(name: str, text: str) -> bool:
    return re.search(rf"(?<![\w.]){re.escape(name)}\(", text) is not None


def listed_words(names: Sequence[str]) -> str:
    """Arrays by their names, in words."""
    if len(names) == 1:
        return f"the array {names[0]}"
    return f"the arrays {', '.join(names[:-1])} and {names[-1]}"
