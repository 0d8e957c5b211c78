"""What a check is: a fault by its code, what gives it away, and the mend."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.evidence import Evidence
from pellucid.glass.doctor.finding import Finding, Value

#: a mend: the case with the fault taken out of it
Mend = Callable[[Case], Case]

#: the families, by the first figure of their codes
FAMILIES = {
    "0": "What fit refuses",
    "1": "Outputs and losses",
    "2": "Data",
    "3": "First state",
    "4": "Dynamics",
    "5": "Generalisation",
}


@dataclass(frozen=True, eq=False)
class Suspicion:
    """What a check has seen; `mend` makes the case without it, if there is a way.

    `severity` stands in place of the check's own. `sure` likewise: whether the evidence alone
    proves it, or a mend has to help before it is more than a note.
    """

    title: str
    evidence: Mapping[str, Value] = field(default_factory=dict)
    where: Mapping[str, object] = field(default_factory=dict)
    mend: Mend | None = None
    severity: str = ""
    sure: bool | None = None
    others: tuple[Mend, ...] = ()
    #: in place of the check's own
    share: float | None = None

    @property
    def mends(self) -> tuple[Mend, ...]:
        """All ways, the plainest first; the one that helps most is offered."""
        return () if self.mend is None else (self.mend, *self.others)


class Check:
    """A fault. The docstring's first sentence says what it is, the rest why it hurts.

    `sure`: the evidence alone proves it; else it is a note until its mend was tried and helped.
    `tried`: a mend can be judged by how well held-out rows are hit. `after` are the codes that,
    where they stand, explain this one. `example` and `near_miss` are programs that make a `net`,
    `x`, `y` and `fit` with and without the fault.
    """

    table: ClassVar[dict[str, type[Check]]] = {}

    code: ClassVar[str] = ""
    severity: ClassVar[str] = "warning"
    sure: ClassVar[bool] = False
    tried: ClassVar[bool] = True
    after: ClassVar[tuple[str, ...]] = ()
    #: the figure that the mend is judged by, where it is not that of the task; and which share of
    #: the way from chance the mend has to add
    figure: ClassVar[str] = ""
    share: ClassVar[float] = 0.1
    #: of what was still to be won, the share that is enough by itself; 1 for none
    rest: ClassVar[float] = 0.6
    #: how many standard errors a mend has to gain where the fault is proven, and where it is not
    errors: ClassVar[tuple[float, float]] = (1.0, 2.5)
    #: of classes it is looked for and judged also by how likely the right answers are
    by_likelihood: ClassVar[bool] = False
    #: every row is held out once, where they are few
    folded: ClassVar[bool] = False
    #: nothing but a mend that helps speaks for it: else it is not even a note
    guessed: ClassVar[bool] = False
    #: whether its mend, where it gets much further than that of another, shows the likelier cause
    outdoes: ClassVar[bool] = True
    #: said only where no other check sees a fault, and all mends were tried
    last_resort: ClassVar[bool] = False
    #: looks at one output and its targets: of several, at each of them
    of_output: ClassVar[bool] = False
    #: its mend helps whatever holds a network back, and so shows nothing of the cause
    general: ClassVar[bool] = False
    #: says that there is nothing to be learnt, and goes where any mend learns something
    denies: ClassVar[bool] = False
    confused: ClassVar[str] = ""
    cure: ClassVar[str] = ""
    example: ClassVar[str] = ""
    near_miss: ClassVar[str] = ""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if cls.code:
            assert cls.code not in cls.table, cls.code
            cls.table[cls.code] = cls

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        """What of the fault is seen in the evidence."""
        raise NotImplementedError

    @classmethod
    def learnt(cls, ways: Sequence[Case]) -> Mapping[str, Value]:
        """What the mended cases that help say together, for the evidence."""
        return {}

    @classmethod
    def gives_way(cls, found: Finding, other: Finding) -> bool:
        """Whether, of two findings that both hold, the other is the likelier cause."""
        return False

    @classmethod
    def in_order(cls) -> list[type[Check]]:
        """All checks by their codes."""
        return [cls.table[code] for code in sorted(cls.table)]

    @classmethod
    def text(cls) -> str:
        return inspect.cleandoc(cls.__doc__ or "")

    @classmethod
    def what(cls) -> str:
        """What it is, in a sentence."""
        return cls.text().split("\n\n")[0].replace("\n", " ")

    @classmethod
    def why(cls) -> str:
        """Why it hurts."""
        return " ".join(cls.text().split("\n\n")[1:]).replace("\n", " ")

    @classmethod
    def family(cls) -> str:
        return FAMILIES[cls.code[2]]
