"""The next step of a training, line by line: nothing moves before its last line."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.glass.recording import Recording
from pellucid.models.sequential import Sequential
from pellucid.plan.printing import Row, mathml_rows, rows
from pellucid.play.rows import Part
from pellucid.play.values import in_short
from pellucid.tensor import show_shape


class Walk:
    """A recorded step, of which the lines up to `at` have been seen."""

    def __init__(self, net: Sequential, part: Part, numbers: np.ndarray):
        self.recording: Recording = net.record(part.x[numbers], part.y[numbers])
        self.rows = list(rows(self.recording.plan, "text"))
        self.count, self.at = len(numbers), 0

    @property
    def ended(self) -> bool:
        return self.at >= len(self.rows)

    @property
    def name(self) -> str:
        """The value that this line computes."""
        return moved(self.rows[self.at], self.recording)

    def as_data(self) -> dict[str, Any]:
        row = self.rows[self.at]
        return {
            "at": self.at + 1,
            "of": len(self.rows),
            "value": row.left,
            "section": row.section,
            "text": equation(row),
            "rows": self.count,
            "values": [in_short(self.name, self.recording[self.name])],
        }


def moved(row: Row, recording: Recording) -> str:
    """What a line computes, by the name that it has in a recording: θ ← … computes new θ."""
    new = f"new {row.left}"
    return new if row.arrow == "←" and new in recording else row.left


def equation(row: Row) -> str:
    return f"{row.left} {row.arrow} {row.right}"


def plan_lines(net: Sequential) -> list[dict[str, Any]]:
    """The plan for a page: each line as text, and as MathML in which names say whose they are."""
    plan = net.plan
    both = zip(rows(plan, "text"), mathml_rows(plan), strict=True)
    return [
        {
            "section": row.section,
            "value": row.left,
            "text": equation(row),
            "left": written.left,
            "arrow": row.arrow,
            "right": written.right,
            "shape": show_shape(row.target.shape),
            "note": " ".join(line.note for line in row.lines if line.note),
        }
        for row, written in both
    ]
