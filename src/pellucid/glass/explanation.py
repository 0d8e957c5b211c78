"""A step explained: line by line, any number with its terms, and what if it were another."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from os import PathLike
from pathlib import Path as File
from typing import Any

import numpy as np

from pellucid.elements.element import Place
from pellucid.glass.changes import Change, Edit, change, changed, differences
from pellucid.glass.elements import NEW, StepElements
from pellucid.glass.figures import figure
from pellucid.glass.guides import read_guide
from pellucid.glass.lines import ShownLine, lines
from pellucid.glass.page import IN_A_NOTEBOOK, framed, page, too_large, trace
from pellucid.glass.path import Path, on_the_way
from pellucid.glass.recording import Recording
from pellucid.glass.shown import Shown
from pellucid.glass.why import Why
from pellucid.lazy import once
from pellucid.settings import nearest
from pellucid.wording import tell
from pellucid.writing import write_beside

#: rows of the data that are explained together
ROWS = 8


class Explanation(Shown):
    """A recorded step of a few rows, to be asked: print it, or any line or number of it.

    Numbers go by the names of the printed plan and their place, the row first, from 0:
    `why("Z1", 0, 5)` is unit 5 of row 0. Of a state, such as m, and of "new W1", they are about
    what it moves to.
    """

    def __init__(self, recording: Recording, change: Change | None = None):
        self.recording, self.change = recording, change

    def line(self, name: str) -> ShownLine:
        """The line that computes a value: its equation, with the numbers of its largest element."""
        if name not in self.lines:
            self.found.tensor(name)
            raise ValueError(
                f"{name} is given, or printed inside of another line, so that no line of its own "
                f"computes it; {nearest(name, self.lines)}"
            )
        return self.lines[name]

    def why(self, name: str, *index: int, most: int = 5) -> Why:
        """What a number is made of: the `most` largest terms, and what the others add up to."""
        place = self.found.written(name, index)
        held = self.change is not None and self.change.holds(place)
        why = Why(self.found, place, self.found.equation(place), most, held)
        if name.startswith(NEW):
            why.name = f"{NEW}{self.found.named(self.found.place(name, index))}"
        return why

    def expression(self, name: str, *index: int) -> str:
        """A Python expression of literals whose value is the number; it needs `math` alone."""
        return self.found.python(name, *index)

    def path(self, name: str, *index: int) -> Path:
        """How a number reaches the loss: line by line, with the derivatives on the way."""
        place = self.found.place(name, index)
        way = on_the_way(place, iter(self.lines.values()), self.found)
        if not way:
            raise ValueError(
                f"no line of the forward pass reads {name}, so that it has no way to the loss; "
                "ask for an input, a parameter or a value of the forward pass"
            )
        return Path(self.found, place, way)

    def changed(self, name: str, index: tuple[int, ...], value: float) -> Explanation:
        """What if a number were another: all later lines are computed again, what moved is marked.

        The plan is followed as it is printed: where it computes the loss from Z2, another Ŷ
        does not move it. Asked of what has changed already, both changes hold.
        """
        edit = Edit(self.found.place(name, index), value)
        further = change(self.change, self.found, edit)
        return Explanation(changed(further.before, further.edits), further)

    def as_data(
        self,
        title: str = "",
        classes: Sequence[str] | None = None,
        guides: Sequence[str | PathLike[str]] | None = None,
    ) -> dict[str, Any]:
        """The step as plain data and packed arrays: what its page shows (docs/page.md)."""
        read = None if guides is None else list(map(read_guide, guides))
        return trace(self.found, title, classes, self.change, read)

    def save(
        self,
        path: str | PathLike[str],
        title: str = "",
        classes: Sequence[str] | None = None,
        guides: Sequence[str | PathLike[str]] | None = None,
    ) -> None:
        """Write the page of the step: one HTML file in which every number can be opened.

        It asks for nothing from anywhere. `classes` are the names of the classes, by number.
        `guides` are files of Markdown that lead through it (docs/page.md); if not said, those of
        pellucid that fit the step.
        """
        write_beside(File(path), page(self.as_data(title, classes, guides)).encode())

    def _repr_html_(self) -> str:
        text = page(self.as_data())
        size = len(text.encode())
        return framed(text) if size <= IN_A_NOTEBOOK else too_large(size)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """What a notebook shows: the page, and where pages are not shown, the lines."""
        return {"text/plain": self.text(), "text/html": self._repr_html_()}

    @once
    def moved(self) -> dict[str, np.ndarray]:
        """By how much each value that has moved differs from the step before the change."""
        return differences(self.change.before.recording, self.recording) if self.change else {}

    @once
    def found(self) -> StepElements:
        return StepElements(self.recording)

    @once
    def lines(self) -> dict[str, ShownLine]:
        return lines(self.found, 0)

    def text(self) -> str:
        shown = [f"changed {self.change.words}"] if self.change else []
        for section, group in groupby(self.lines.items(), key=lambda each: each[1].section):
            shown.append(section)
            shown += [shown_in(self, name, line) for name, line in group]
        return "\n".join(shown)


def shown_in(step: Explanation, name: str, line: ShownLine) -> str:
    """A line; after a change, its numbers only where they have moved."""
    if step.change is None:
        return indented(line.text())
    key = next((each for each in (f"{NEW}{name}", name) if each in step.moved), None)
    if key is None:
        return indented(line.glance)
    return marked(step.moved[key], key, line, (step.change.before, step.found))


def marked(
    moves: np.ndarray, key: str, line: ShownLine, both: tuple[StepElements, StepElements]
) -> str:
    """A line that moved: how much of it, and its number that moved most, before and after."""
    at = np.unravel_index(int(np.argmax(np.abs(moves))), moves.shape)
    name = both[1].named(Place(line.tensor, tuple(map(int, at))))
    was, now = (figure(float(each.recording[key][at])) for each in both)
    share = f"{np.count_nonzero(moves):,} of {moves.size:,} moved" if moves.ndim else "moved"
    return f"● {line.glance}\n    {share}; {name}: {was} → {now}"


def indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.split("\n"))


tell(globals(), "glass")
