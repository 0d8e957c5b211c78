"""A case: a network as it is written, its data, and the arguments of fit; what a mend changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from pellucid.glass.doctor.blueprint import Blueprint
from pellucid.glass.doctor.patient import Patient
from pellucid.glass.doctor.writing import BEFORE, compilation, imports, program, written

#: arguments of fit that have an entry for each row
BY_ROW = ("sample_weight",)
#: arguments that no literal writes: a mend of them says its own line
SAID = ("validation_data", "callbacks")


@dataclass(frozen=True, eq=False)
class Case:
    """`rows` numbers the rows of the data as they were given; `lines` is what was done to them.

    `start` is the network as it stands, from whose weights training goes on while the blueprint
    is the one that it was made of.
    """

    net: Blueprint
    x: Any
    y: Any
    fit: dict[str, Any]
    rows: np.ndarray
    lines: tuple[str, ...] = ()
    start: Patient | None = None
    fresh: bool = False

    def designed(self, net: Blueprint) -> Case:
        """With another network, whose weights are drawn anew."""
        return replace(self, net=net, fresh=True)

    def aimed(self, **asked: Any) -> Case:
        """Compiled otherwise; the weights stay as they are."""
        return replace(self, net=self.net.aimed(**asked))

    def fitted(self, **arguments: Any) -> Case:
        """With other arguments of fit; None leaves one out."""
        fit = self.fit | arguments
        return replace(self, fit={name: value for name, value in fit.items() if value is not None})

    def with_x(self, expression: str, change: Callable[[Any], Any]) -> Case:
        """With other inputs, also to validate on: an expression of `{0}`, and what it does."""
        return self._mapped("x", expression, change)

    def with_y(self, expression: str, change: Callable[[Any], Any]) -> Case:
        """With other targets, also of the validation data."""
        return self._mapped("y", expression, change)

    def _mapped(self, name: str, expression: str, change: Callable[[Any], Any]) -> Case:
        here = {name: change(getattr(self, name))}
        found = replace(self, **here, lines=(*self.lines, f"{name} = {expression.format(name)}"))
        held = self.fit.get("validation_data")
        if not isinstance(held, (tuple, list)) or len(held) != 2:
            return found
        each = {"x": held[0], "y": held[1]}
        each[name] = change(np.asarray(each[name]))
        inside = {"x": "x_val", "y": "y_val"}
        inside[name] = expression.format(inside[name])
        more = (
            'x_val, y_val = fit["validation_data"]',
            f'fit["validation_data"] = ({inside["x"]}, {inside["y"]})',
        )
        fit = found.fit | {"validation_data": (each["x"], each["y"])}
        return replace(found, fit=fit, lines=(*found.lines, *more))

    def only(self, expression: str, kept: np.ndarray) -> Case:
        """With some of the rows alone: an expression that gives True for those to keep."""
        lines = [f"kept = {expression}", "x, y = x[kept], y[kept]"]
        fit = dict(self.fit)
        for name in BY_ROW:
            if fit.get(name) is not None:
                fit[name] = np.asarray(fit[name])[kept]
                lines.append(f'fit["{name}"] = fit["{name}"][kept]')
        chosen = {"x": self.x[kept], "y": self.y[kept], "rows": self.rows[kept]}
        return replace(self, **chosen, fit=fit, lines=(*self.lines, *lines))


def code_of(before: Case, after: Case) -> str:
    """The program that makes one case of the other."""
    lines = list(after.lines[len(before.lines) :])
    if after.fresh or (after.net is not before.net and before.start is None):
        lines += program(after.net)
    elif after.net is not before.net:
        lines += compilation(after.net)
    lines += fit_lines(before.fit, after.fit)
    if any(f"{BEFORE}." in line for line in lines):
        lines = [f"{BEFORE} = net", *lines]
    top = imports(lines)
    return "\n".join([*top, *([""] if top and len(lines) > 3 else []), *lines])


def fit_lines(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    lines = []
    for name in sorted(before.keys() | after.keys()):
        if name not in after:
            lines.append(f'del fit["{name}"]')
        elif name not in before or changed(before[name], after[name]):
            if name in (*BY_ROW, *SAID):
                continue
            lines.append(f'fit["{name}"] = {written(after[name], "None")}')
    return lines


def changed(one: Any, other: Any) -> bool:
    if one is other:
        return False
    try:
        return bool(one != other)
    except (ValueError, TypeError):  # arrays, and what compares otherwise
        return True


def as_arrays(given: Any) -> Any:
    """An array of what holds the rows of one input; several inputs, and streams, stay."""
    if isinstance(given, np.ndarray) or given is None:
        return given
    if hasattr(given, "tocsr"):
        return given
    if isinstance(given, dict) or (isinstance(given, tuple) and len(given) > 1):
        return given
    if hasattr(given, "to_numpy"):
        return given.to_numpy()
    if isinstance(given, list) or hasattr(given, "__array__"):
        try:
            return np.asarray(given)
        except (ValueError, TypeError):
            return given
    return given
