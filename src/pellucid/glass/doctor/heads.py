"""One output of several, looked at as if it were the only one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.checks.base import Check, Mend, Suspicion
from pellucid.glass.doctor.evidence import Evidence
from pellucid.glass.doctor.goal import Ending, ending


class Head(Evidence):
    """The evidence of a case, of which one output with its targets is looked at."""

    at: int
    #: its number among those that have a loss, and so targets
    place: int
    name: str

    @classmethod
    def of(cls, evidence: Evidence, at: int) -> Head:
        """What is known already is shared; what depends on the output is found anew."""
        found = object.__new__(cls)
        _ = evidence.first, evidence.case
        kept = {name: each for name, each in vars(evidence).items() if name not in OF_OUTPUT}
        place = sum(map(bool, evidence.net.engine.aim.goal.aimed[:at]))
        vars(found).update(kept, at=at, place=place, name=evidence.net.output_names[at])
        vars(found)["y"] = found.targets_given()
        vars(found)["ending"] = ending_of(evidence, at)
        return found

    @property
    def last_layer(self) -> str:
        return self.name

    def targets_given(self) -> np.ndarray | None:
        """The targets of this output; of those that fit refuses, as they were given."""
        given: Any = self.targets if self.error is None else self.given[1]
        if isinstance(given, dict):
            given = given.get(self.name)
        elif isinstance(given, (tuple, list)):
            given = given[self.place] if self.place < len(given) else None
        elif sum(map(bool, self.net.engine.aim.goal.aimed)) > 1:
            given = None
        found = None if given is None else np.asarray(given)
        return found if found is not None and found.ndim else None


#: facts that are those of one output
OF_OUTPUT = ("y", "ending", "kind", "task", "labels", "plain", "tryable")


def heads(evidence: Evidence) -> list[Head]:
    """Each output that has a loss, where there are several."""
    _ = evidence.opened
    net = evidence.net
    if not net.built or len(net.outputs) < 2 or evidence.case.net.chain:
        return []
    try:
        aimed = net.engine.aim.goal.aimed
    except Exception:
        return []
    found = [Head.of(evidence, at) for at in range(len(aimed)) if aimed[at]]
    return [each for each in found if each.y is not None and each.ending is not None]


def ending_of(evidence: Evidence, at: int) -> Ending | None:
    try:
        return ending(evidence.net, at)
    except Exception:
        return None


def by_output(check: type[Check], evidence: Evidence) -> Iterator[Suspicion]:
    """What a check of outputs sees of each of several; its mends are of this output alone."""
    for head in heads(evidence):
        for seen in check().look(head):
            mends = [focused(mend, head) for mend in seen.mends]
            yield replace(
                seen,
                title=f"output {head.name!r}: {seen.title}",
                where={**seen.where, "output": head.name},
                mend=mends[0] if mends else None,
                others=tuple(mends[1:]),
            )


def focused(mend: Mend, head: Head) -> Mend:
    """A mend that changes what leads to one output, or its targets."""

    def changed(case: Case) -> Case:
        alone = replace(case, net=replace(case.net, focus=head.at), y=own(case.y, head))
        found = mend(alone)
        net = replace(found.net, focus=None)
        if found.y is alone.y:
            return replace(found, net=net, y=case.y)
        if found.x is not case.x or case.fit.get("validation_data") is not None:
            raise LookupError("other rows, and targets to validate on, are those of all outputs")
        lines = [among(line, head) for line in found.lines[len(case.lines) :]]
        joined = with_own(case.y, head, found.y)
        return replace(found, net=net, y=joined, lines=(*case.lines, *lines))

    return changed


def own(y: Any, head: Head) -> Any:
    """The targets of an output, of those of a case."""
    return y[head.place] if isinstance(y, tuple) else head.y


def with_own(y: Any, head: Head, changed: Any) -> Any:
    if not isinstance(y, tuple):
        return changed
    return (*y[: head.place], changed, *y[head.place + 1 :])


def among(line: str, head: Head) -> str:
    """A line that changes y, for a y in which the targets of an output stand among others."""
    if not line.startswith("y = "):
        return line
    given, at = head.given[1], head.place
    key = repr(head.name) if isinstance(given, dict) else str(at)
    change = re.sub(r"\by\b", f"y[{key}]", line.removeprefix("y = "))
    if isinstance(given, dict):
        return f"y = {{**y, {key}: {change}}}"
    return f"y = [*y[:{at}], {change}, *y[{at + 1}:]]"
