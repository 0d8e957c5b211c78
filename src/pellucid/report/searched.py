"""The section of a report that shows what a search before the training tried."""

from __future__ import annotations

from typing import Any

from pellucid.report import page
from pellucid.report.run import Run


def searched(run: Run) -> str:
    """All that a search tried, round by round."""
    if not run.tried:
        return ""
    rows = [
        [each["round"], each["epochs"], f"{each['score']:.4f}", settings_of(each["settings"])]
        for each in run.tried
    ]
    return page.section(
        "Search",
        page.table(["round", "epochs", "score", "settings"], rows),
        page.paragraph(
            "The best of a round go on to the next, for more epochs. Scores are of rows that the "
            "network was not trained on.",
            soft=True,
        ),
    )


def settings_of(settings: dict[str, Any]) -> str:
    pairs = (
        f"{name} {value:.3g}" if isinstance(value, float) else f"{name} {value}"
        for name, value in settings.items()
    )
    return ", ".join(pairs) or "as they are"
