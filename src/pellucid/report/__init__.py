"""Reports: a training and its results as one HTML file that opens offline."""

from __future__ import annotations

from pathlib import Path

from pellucid.report.run import Run
from pellucid.report.sizes import Sizes
from pellucid.wording import tell

__all__ = ["Run", "Sizes", "write"]


def write(run: Run, path: str | Path) -> None:
    """Write the report of a run to an HTML file."""
    from pellucid.report.sections import report_of
    from pellucid.writing import write_beside

    write_beside(Path(path), report_of(run).encode())


tell(globals(), "report")
