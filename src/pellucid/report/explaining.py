"""One row of each class, explained: the score of what was said, and the terms that made it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pellucid.glass import Explanation
from pellucid.preprocessing.tables import take
from pellucid.report import page
from pellucid.report.run import Run

#: classes that are shown, and terms of a score
MOST, TERMS = 12, 4
WORDS = (
    "The first held-out row of each class, and the score that decided: the largest of its terms, "
    "and what the others add up to. `pellucid explain MODEL --row 4 --save why.html` writes a page "
    "in which every number of row 4 can be opened."
)


def explained(run: Run) -> str:
    """A figure for each class; nothing where numbers are predicted."""
    if run.classes is None:
        return ""
    drawn = [one(run, at, row) for at, row in first_rows(run)]
    left = len(run.classes) - MOST
    more = page.paragraph(f"and {left:,} more classes", soft=True) if left > 0 else ""
    figures = page.figures(*drawn)
    return page.section("One row of each class, explained", page.paragraph(WORDS), figures, more)


def first_rows(run: Run) -> Iterator[tuple[int, int]]:
    """The number of each class, and the first row of it."""
    for at in range(min(len(run.classes or ()), MOST)):
        found = np.flatnonzero(run.truth == at)
        if len(found):
            yield at, int(found[0])


def one(run: Run, at: int, row: int) -> str:
    """What was said of a row, and why."""
    assert run.classes is not None
    said = int(run.guess[row])
    raw = take(run.raw, [row]) if isinstance(run.raw, dict) else run.raw[[row]]
    found = run.net.explain(run.preparation.transform(raw))
    verdict = f"Said: {run.classes[said]}, {run.probabilities[row, said]:.1%} sure"
    verdict += "." if said == at else ", which is wrong."
    name, index = score(found, said)
    why = found.why(name, *index, most=TERMS).text()
    return page.figure(f"{run.classes[at]} (row {row})", page.preformatted(why), verdict)


def score(found: Explanation, said: int) -> tuple[str, tuple[int, ...]]:
    """The number that the output of a class is made of: before its activation, if it has a name."""
    (output,) = found.recording.plan.outputs
    names, before = found.found.names, found.found.reading.writers[output].inputs[0]
    tensor = before if before in names and before.shape == output.shape else output
    return names[tensor], (0, said if output.size > 1 else 0)
