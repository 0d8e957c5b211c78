"""The derivation of every equation, written from the equations and the rows of the contract.

Of each: its formula, the gradient that its `gradient` writes, what one number of it is made of, and
a comparison with differences of the loss, which is made when the page is.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any

import numpy as np
from tests.contract.gradients import check_row, symbol
from tests.contract.rows import Row, every_row

from pellucid.plan.printing import expression
from pellucid.plan.trace import trace
from pellucid.tensor import Tensor
from site_of_pellucid.text import documented, fenced, plain, tree

HEAD = """# The equations

A plan is written in these words. Each is a small class with `run`, `gradient` and how it is
printed, side by side; the backward pass of any network follows from their gradients by the chain
rule. The gradients below are printed by the classes themselves, and each was compared with central
differences in float64, at every index of every input, when this page was written."""


def pages() -> dict[str, str]:
    rooms = {name: list(rows) for name, rows in groupby(firsts(), key=room)}
    found = {f"equations/{name}.md": page(name, rows) for name, rows in rooms.items()}
    index = tree("The equations", rooms, depth=2)
    return {**found, "equations/index.md": f"{HEAD}\n\n{index}\n"}


def firsts() -> list[Row]:
    """The first row of each equation, by room."""
    found: dict[type, Row] = {}
    for row in every_row():
        found.setdefault(type(row.equation), row)
    return sorted(found.values(), key=room)


def room(row: Row) -> str:
    return type(row.equation).__module__.rpartition(".")[2]


def page(name: str, rows: list[Row]) -> str:
    return "\n\n".join([f"# {name.capitalize()}", *map(section, rows)]) + "\n"


def section(row: Row) -> str:
    kind = type(row.equation)
    parts = [f"## {kind.__name__}", documented(kind), fenced("\n".join(derivation(row)))]
    if kind.differentiable():
        parts.append(checked(row))
    parts.append(opened(row))
    return "\n\n".join(part for part in parts if part)


def derivation(row: Row) -> list[str]:
    """The equation, and the gradient of each input, in the letters of its signature."""
    tensors = [each if isinstance(each, float) else symbol(np.asarray(each)) for each in row.arrays]
    y = row.equation.line(*tensors)
    names = {each: name for each, name in zip(tensors, arguments(row), strict=True)
             if isinstance(each, Tensor)}  # fmt: skip
    letter = row.equation.letter or "Y"
    names |= dict(zip(y.line.outputs, (letter, *row.equation.by_products), strict=True))
    lines = [f"{letter} = {expression(y.line, names, {}, 'text')}"]
    if not type(row.equation).differentiable():
        return lines
    dy = Tensor(y.shape, f"d{letter}", role="weight")
    names[dy] = dy.name
    given = row.equation.gradient(dy, *y.line.outputs[:1], *y.line.inputs)
    wanted = [(t, names[each]) for each, t in zip(y.line.inputs, given, strict=False)
              if t is not None and each in names]  # fmt: skip
    return lines + written(wanted, names, list(y.line.outputs))


def arguments(row: Row) -> list[str]:
    """Names of what it reads: those of `run`, and numbers for as many as there are."""
    named = row.equation.arguments()
    return [*named, *(f"x{at}" for at in range(len(named), len(row.arrays)))][: len(row.arrays)]


def written(wanted: list[tuple[Tensor, str]], names: dict, known: list[Tensor]) -> list[str]:
    """Lines for gradients; what has no name is printed where it is read."""
    ends = {tensor: f"d{name}" for tensor, name in wanted}
    lines, inside = [], {}
    for line in trace(list(ends), known):
        right = expression(line, names, inside, "text")
        if found := [each for each in line.outputs if each in ends]:
            names |= {each: names.get(each, ends[each]) for each in found}
            lines.append(f"{', '.join(ends[each] for each in found)} = {right}")
        else:
            inside[line.output] = right, line.equation.binds
    same = [f"d{name} = {names[t]}" for t, name in wanted if names.get(t) != f"d{name}"]
    return lines + same


def checked(row: Row) -> str:
    check_row(row)
    shapes = ", ".join(str(np.shape(each)) for each in row.arrays)
    return f"Compared with central differences on inputs of shape {shapes}: they agree."


def opened(row: Row) -> str:
    """One number of the value, and what it is made of."""
    arrays = [each if np.isscalar(each) else np.asarray(each) for each in row.arrays]
    value = row.equation.run(np, *arrays)
    value = value[0] if isinstance(value, tuple) else value
    index = (0,) * np.ndim(value)
    terms: Any = row.equation.terms(index, *arrays)
    text = terms.text()
    if not terms.parts or len(text) > 400:
        return ""
    at = "".join(f"[{', '.join(map(str, index))}]" if index else "")
    return plain(f"Its number at {at or 'the only place'}: ") + f"`{text} = {terms.value:.6g}`"
