"""A diagnosis: the findings about a network, to be printed, looped over, and acted upon."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pellucid.glass.doctor.finding import SEVERITIES, Finding, Value
from pellucid.glass.shown import Shown
from pellucid.settings import nearest
from pellucid.wording import tell

if TYPE_CHECKING:
    from rich.text import Text

COLOURS = {"error": "bold red", "warning": "bold yellow", "note": "bold cyan"}
NOTHING = "no findings"


class DiagnosisError(RuntimeError):
    """What `raise_for` raises; `diagnosis` has the findings."""

    diagnosis: Diagnosis


class Diagnosis(Shown):
    """The findings, the most likely cause first. True where there is any above a note.

    `seconds` is how long it took; `stopped` says what was left out for want of time.
    """

    def __init__(self, findings: Sequence[Finding], seconds: float = 0.0, stopped: str = ""):
        self.findings, self.seconds, self.stopped = list(findings), seconds, stopped

    def __bool__(self) -> bool:
        return any(each.severity != "note" for each in self.findings)

    def __len__(self) -> int:
        return len(self.findings)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __getitem__(self, at: int) -> Finding:
        return self.findings[at]

    @property
    def codes(self) -> list[str]:
        """The code of each finding, in turn."""
        return [each.code for each in self.findings]

    def of(self, severity: str) -> list[Finding]:
        """The findings of a severity, and of those above it."""
        if severity not in SEVERITIES:
            raise ValueError(f"unknown severity {severity!r}: {nearest(severity, SEVERITIES)}")
        wanted = SEVERITIES[: SEVERITIES.index(severity) + 1]
        return [each for each in self.findings if each.severity in wanted]

    def raise_for(self, severity: str = "error") -> None:
        """Raise an error if there is a finding of this severity or above it."""
        found = self.of(severity)
        if found:
            error = DiagnosisError("; ".join(map(str, found)))
            error.diagnosis = self
            raise error

    def to_json(self) -> str:
        """All findings as JSON."""
        return json.dumps(
            {
                "findings": [each.to_data() for each in self.findings],
                "seconds": round(self.seconds, 3),
                "stopped": self.stopped,
            },
            default=str,
        )

    def text(self) -> str:
        """The findings as they are printed, without colours."""
        blocks = [block(each) for each in self.findings] or [NOTHING]
        return "\n\n".join([*blocks, *([self.stopped] if self.stopped else [])])

    def __rich__(self) -> Text:
        from rich.text import Text

        text = Text(self.text())
        for severity, style in COLOURS.items():
            text.highlight_regex(rf"(?m)^PL\d+ {severity}", style)
        text.highlight_regex(r"(?m)^    \S.*$", "green")
        return text

    def __repr__(self) -> str:
        return f"<Diagnosis: {', '.join(self.codes) or NOTHING}>"

    def _repr_html_(self) -> str:
        return "".join(block_of_html(each) for each in self.findings) or f"<p>{NOTHING}</p>"


def block(finding: Finding) -> str:
    """A finding, its evidence, meaning, mend and trial, line by line."""
    lines = [str(finding)]
    evidence = shown(finding)
    lines += [f"  {evidence}"] if evidence else []
    lines.append(f"  {finding.meaning}")
    if finding.mend:
        lines += ["  mend:", *(f"    {line}" for line in finding.mend.splitlines())]
    if finding.trial:
        lines.append(f"  tried: {finding.trial}")
    return "\n".join(lines)


def shown(finding: Finding) -> str:
    """Where it is, and the numbers, in a line."""
    places = [f"{name} {value}" for name, value in finding.where.items()]
    numbers = [f"{name} {figure(value)}" for name, value in finding.evidence.items()]
    return " · ".join([*places, *numbers])


def figure(value: Value) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def block_of_html(finding: Finding) -> str:
    """The same for a notebook; whatever stands in names is escaped."""
    rows = [
        f"<p><b>{finding.code} {finding.severity}</b> {html.escape(finding.title)}</p>",
        f"<p>{html.escape(shown(finding))}</p>",
        f"<p>{html.escape(finding.meaning)}</p>",
    ]
    if finding.mend:
        rows.append(f"<pre style='font-family:monospace'>{html.escape(finding.mend)}</pre>")
    if finding.trial:
        rows.append(f"<p>tried: {html.escape(str(finding.trial))}</p>")
    return f"<div>{''.join(rows)}</div>"


tell(globals(), "glass")
