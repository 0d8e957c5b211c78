"""A finding: what is wrong, where, by which numbers, and what came of the mend that was tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from pellucid.wording import tell

#: from the worst on
SEVERITIES = ("error", "warning", "note")

#: what evidence is made of
Value = float | int | str | bool


class Trial(NamedTuple):
    """The network as it is and as mended: same rows, same seed, as many passes over the data.

    `figure` names what was measured on `held` rows that neither was trained on, or, where these are
    none, on all rows; the higher, the better. `before` is None where the network as it is could not
    be trained.
    """

    figure: str
    before: float | None
    after: float
    epochs: int
    rows: int
    held: int
    loss: tuple[float, float] | None = None

    def __str__(self) -> str:
        was = "not to be trained" if self.before is None else f"{self.before:.3g}"
        more = "" if self.loss is None else f", loss {self.loss[0]:.3g} → {self.loss[1]:.3g}"
        apart, held = ("held-out ", f"{self.held:,}") if self.held else ("", "none")
        return (
            f"{apart}{self.figure} {was} → {self.after:.3g}{more} "
            f"({self.epochs:,} epochs of {self.rows:,} rows, {held} held out)"
        )


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with a network, its data or its training.

    `where` says the line, layer, unit, column or rows. `mend` is Python that runs where `net`,
    `x`, `y`, `fit` (the arguments of fit) and `pellucid` are known, and leaves the mended ones
    under the same names.
    """

    code: str
    severity: str
    title: str
    meaning: str
    evidence: Mapping[str, Value] = field(default_factory=dict)
    where: Mapping[str, object] = field(default_factory=dict)
    mend: str | None = None
    trial: Trial | None = None

    def __str__(self) -> str:
        return f"{self.code} {self.severity}: {self.title}"

    def to_data(self) -> dict[str, object]:
        """The finding as plain data."""
        trial = None if self.trial is None else self.trial._asdict()
        return {
            "code": self.code,
            "severity": self.severity,
            "title": self.title,
            "meaning": self.meaning,
            "evidence": dict(self.evidence),
            "where": dict(self.where),
            "mend": self.mend,
            "trial": trial,
        }


tell(globals(), "glass")
