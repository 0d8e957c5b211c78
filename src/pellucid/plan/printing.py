"""Printing a plan: as aligned text, as LaTeX, as MathML, and as HTML for notebooks."""

from __future__ import annotations

import html as escaping
import re
from collections.abc import Iterator
from typing import NamedTuple

from pellucid.equations.arithmetic import Multiply
from pellucid.equations.base import ATOM
from pellucid.plan import mathml
from pellucid.plan.listing import Listing
from pellucid.plan.naming import name_tensors
from pellucid.tensor import Line, Tensor, show_shape, size

HEADINGS = ("", "shape", "parameters", "FLOPs/row")


class Row(NamedTuple):
    """One printed equation."""

    section: str
    left: str
    right: str
    lines: list[Line]
    target: Tensor
    arrow: str


def rows(plan: Listing, style: str) -> Iterator[Row]:
    """The equations as they are printed: a row for each named tensor, the others inside them."""
    names = {tensor: styled(name, style) for tensor, name in name_tensors(plan).items()}
    assigned = {value: target for target, value in plan.assignments.items()}
    written: dict[Tensor, tuple[str, int]] = {}
    within: dict[Tensor, list[Line]] = {}
    printed = set()
    for line in plan.lines:
        right = expression(line, names, written, style)
        tensor = line.output
        lines = [*(each for read in line.inputs for each in within.pop(read, ())), line]
        if tensor in assigned:
            target = assigned[tensor]
            printed.add(tensor)
            yield Row(line.section, names.get(target, "?"), right, lines, target, "←")
            written[tensor] = (names.get(target, "?"), ATOM)
        elif tensor in names:
            yield Row(line.section, names[tensor], right, lines, tensor, "=")
        else:
            written[tensor], within[tensor] = (right, line.equation.binds), lines
    for value, target in assigned.items():
        if value not in printed:
            right = written.get(value, (names.get(value, "?"), ATOM))[0]
            yield Row("update", names.get(target, "?"), right, [], target, "←")


def sentence(plan: Listing, line: Line) -> str:
    """The printed equation that `line` is, or is part of."""
    for row in rows(plan, "text"):
        if any(each is line for each in row.lines):
            return f"{row.left} {row.arrow} {row.right}"
    return repr(line)


def expression(
    line: Line, names: dict[Tensor, str], written: dict[Tensor, tuple[str, int]], style: str
) -> str:
    """The right-hand side of a line."""
    equation = line.equation
    template = equation.template(style)
    if isinstance(equation, Multiply) and any(not tensor.shape for tensor in line.inputs):
        template = template.replace("⊙", "·").replace(r"\odot", r"\cdot")
    parts = {}
    for at, (argument, tensor) in enumerate(zip(equation.arguments(), line.inputs, strict=False)):
        text, binds = printed_as(tensor, names, written)
        loose = binds < equation.binds or (binds == equation.binds and at > 0)
        bracketed = loose and not equation.encloses and not template.startswith(r"\frac")
        parts[argument] = f"({text})" if bracketed else text
    return template.format(**parts, **equation.settings()).replace("+ −", "− ")


def printed_as(
    tensor: Tensor, names: dict[Tensor, str], written: dict[Tensor, tuple[str, int]]
) -> tuple[str, int]:
    if tensor in names:
        return names[tensor], ATOM
    if tensor in written:
        return written[tensor]
    if tensor.value is not None:
        return tensor.name or f"{tensor.value:.4g}".replace("-", "−"), ATOM
    return tensor.name or "?", ATOM


def text(plan: Listing) -> str:
    """The plan in aligned columns: equation, shape, parameters, floating-point operations."""
    table: list[tuple[str, ...]] = []
    section = ""
    counted: set[Tensor] = set()
    for row in rows(plan, "text"):
        if row.section != section:
            section = row.section
            table.append((heading(plan, section), *(HEADINGS[1:] if not counted else ("",) * 3)))
            counted.add(row.target)
        table.append((f"  {row.left} {row.arrow} {row.right}", *columns(row, counted)))
    return "\n".join([*aligned(table), "", *summary(plan)])


def heading(plan: Listing, section: str) -> str:
    return f"update ({plan.title})" if section == "update" and plan.title != "update" else section


def columns(row: Row, counted: set[Tensor]) -> tuple[str, ...]:
    if row.section == "update" or not row.lines:
        return ("", "", "")
    fresh = {each for line in row.lines for each in line.inputs if each.role == "parameter"}
    parameters = sum(size(each.shape) for each in fresh - counted)
    counted |= fresh
    shape = show_shape(row.lines[-1].output.shape)
    notes = "".join(f"   {line.note}" for line in row.lines if line.note)
    return (shape, f"{parameters:,}" if parameters else "", f"{work(row):,}{notes}")


def work(row: Row) -> int:
    """Floating-point operations of the equations in a row."""
    return sum(
        line.equation.flops(line.output.shape, *(each.shape for each in line.inputs))
        for line in row.lines
    )


def aligned(table: list[tuple[str, ...]]) -> Iterator[str]:
    numbers = [(a, b, c, *d.split("   ", 1)) for a, b, c, d in table]
    left = max(len(row[0]) for row in numbers)
    widths = [max(len(row[at]) for row in numbers) for at in (1, 2, 3)]
    for row in numbers:
        note = f"   {row[4]}" if len(row) > 4 else ""
        yield (
            f"{row[0]:<{left}}   {row[1]:<{widths[0]}}   "
            f"{row[2]:>{widths[1]}}   {row[3]:>{widths[2]}}{note}"
        ).rstrip()


def summary(plan: Listing) -> list[str]:
    parameters = sum(size(tensor.shape) for tensor in plan.parameters)
    total = f"{parameters:,} parameters, {plan.flops:,} FLOPs for each row of a step"
    return [total, *(f"simplified: {note}" for note in plan.notes)]


def latex(plan: Listing) -> str:
    """The plan as a LaTeX `align*` environment."""
    arrow = {"=": "&=", "←": r"&\leftarrow"}
    lines = [rf"{row.left} {arrow[row.arrow]} {row.right} \\" for row in rows(plan, "latex")]
    return "\n".join([r"\begin{align*}", *lines, r"\end{align*}"])


def mathml_rows(plan: Listing) -> Iterator[Row]:
    """The equations in MathML; a name says whose it is by its `data-t`."""
    for row in rows(plan, "mathml"):
        yield row._replace(left=mathml.mathml(row.left), right=mathml.mathml(row.right))


def html(plan: Listing) -> str:
    return (
        f"<pre style='line-height:1.35;font-family:monospace'>{escaping.escape(text(plan))}</pre>"
    )


GREEK = {
    "θ": r"\theta", "β": r"\beta", "γ": r"\gamma", "ε": r"\varepsilon", "η": r"\eta",
    "μ": r"\mu", "σ": r"\sigma", "ρ": r"\rho", "λ": r"\lambda", "α": r"\alpha", "δ": r"\delta",
}  # fmt: skip
SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


def styled(name: str, style: str) -> str:
    """A name in LaTeX: Z1 → Z_{1}, dZ1 → dZ_{1}, Ŷ → \\hat{Y}; in MathML's LaTeX, marked."""
    if style == "text":
        return name
    if style == "mathml":
        return mathml.marked(name)
    name = re.sub(r"([₀-₉]+)", lambda match: match[1].translate(SUBSCRIPTS), name)
    name = re.sub(r"(\d+)", r"_{\1}", name).replace("Ŷ", r"\hat{Y}").replace("′", "'")
    name = re.sub(r"⁽(.+)⁾", lambda match: f"^{{({match[1].translate(SUPERSCRIPTS)})}}", name)
    name = re.sub(r"(\w)̂", r"\\hat{\1}", name).replace("²", "^2")
    return "".join(GREEK.get(letter, letter) + (" " if letter in GREEK else "") for letter in name)
