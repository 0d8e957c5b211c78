"""Counts what the doctor finds in the collection of faults.

python -m tests.doctor.judge seen [FAMILY]

For each case, the network is given to `net.diagnose(x, y, **fit)`. Counted are: broken networks
whose first finding has a right code (recall; `causes.py` says which codes are right), healthy ones
with a warning or an error (precision), printed mends that run, and mends after which the figure on
the held-out rows is better. `unseen` is for the final count only.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

import pellucid
from tests.doctor.causes import CODES
from tests.doctor.faults import collection
from tests.doctor.faults.case import Case, Entry
from tests.doctor.faults.figures import trained

SECONDS = 10.0
#: a mend that moves the figure by less has not helped
BETTER = 0.01


@dataclass(frozen=True)
class Verdict:
    """What came of one case."""

    entry: Entry
    #: code and severity of each finding, the first one first; None where `diagnose` raised
    found: tuple[tuple[str, str], ...] | None
    right: bool
    seconds: float
    #: the figure on held-out rows as the network is, and after the first mend
    before: float | None = None
    after: float | None = None
    #: what `diagnose` or the mend raised
    error: str = ""

    @property
    def warned(self) -> bool:
        return self.found is None or any(severity != "note" for _, severity in self.found)

    @property
    def has_mend(self) -> bool:
        return self.before is not None


def judged(
    entry: Entry,
    diagnose: Callable[..., Any] | None = None,
    codes: Mapping[str, Sequence[str]] = CODES,
) -> Verdict:
    """The verdict on one case; `diagnose(net, x, y, **fit)` stands in for the doctor in tests."""
    case, start = entry(), time.perf_counter()
    try:
        findings = list(asked(case, diagnose))
    except Exception as error:  # the doctor has to bear whatever is wrong
        return Verdict(entry, None, False, time.perf_counter() - start, error=repr(error))
    seconds = time.perf_counter() - start
    found = tuple((each.code, each.severity) for each in findings)
    verdict = Verdict(entry, found, is_right(case, found, codes), seconds)
    mend = next((each.mend for each in findings if each.mend), None)
    return verdict if mend is None or case.cause is None else with_mend(verdict, mend)


def asked(case: Case, diagnose: Callable[..., Any] | None) -> Iterable[Any]:
    ask = diagnose or type(case.net).diagnose
    fit = {"seconds": SECONDS, **case.fit} if diagnose is None else case.fit
    return ask(case.net, case.x, case.y, **fit)


def is_right(
    case: Case, found: tuple[tuple[str, str], ...], codes: Mapping[str, Sequence[str]]
) -> bool:
    """Broken: the first finding names a right cause. Healthy: nothing above a note."""
    if case.cause is None:
        return all(severity == "note" for _, severity in found)
    right = {code for cause in (case.cause, *case.also) for code in codes[cause]}
    return bool(found) and found[0][0] in right


def with_mend(verdict: Verdict, mend: str) -> Verdict:
    before, _ = trained(verdict.entry())
    try:
        mended = after(mend, verdict.entry())
    except Exception as error:  # a mend that does not run is counted
        return replace(verdict, before=before, error=repr(error))
    figure, error = trained(mended)
    return replace(verdict, before=before, after=figure, error=repr(error) if error else "")


def after(mend: str, case: Case) -> Case:
    """The case with what the mend leaves under the names net, x, y and fit.

    A mend that changes x or y has to change held-out rows alike: they go in behind the others. One
    that drops rows is run on the rows to train on alone.
    """
    rows = count(case.x)
    together = replace(
        case,
        x=of_each(lambda *parts: np.concatenate(parts), case.x, case.held[0]),
        y=of_each(lambda *parts: np.concatenate(parts), case.y, case.held[1]),
    )
    net, x, y, fit = ran(mend, together)
    if count(x) != count(together.x):
        net, x, y, fit = ran(mend, case)
        return settled(replace(case, net=net, x=x, y=y, fit=fit))
    held = of_each(lambda each: each[rows:], x), of_each(lambda each: each[rows:], y)
    x, y = (of_each(lambda each: each[:rows], each) for each in (x, y))
    return settled(replace(case, net=net, x=x, y=y, fit=fit, held=held))


def count(x: Any) -> int:
    """The number of rows of an input, or of each of several."""
    return len(x[0]) if isinstance(x, list) else len(x)


def of_each(change: Callable[..., Any], *targets: Any) -> Any:
    """What a function makes of arrays, or of each of several inputs or targets."""
    if isinstance(targets[0], list):
        return [change(*parts) for parts in zip(*targets, strict=True)]
    return change(*targets)


def ran(mend: str, case: Case) -> tuple[Any, Any, Any, dict[str, Any]]:
    pellucid.set_random_seed(0)
    names = {"net": case.net, "x": case.x, "y": case.y, "fit": dict(case.fit)}
    space: dict[str, Any] = {**names, "pellucid": pellucid}
    exec(mend, space)
    return space["net"], space["x"], space["y"], space["fit"]


def settled(case: Case) -> Case:
    """For an honest validation, rows that `fit` would split off are split off here."""
    share = case.fit.get("validation_split", 0.0)
    if case.figure != "honest" or not share:
        return case
    order = np.random.default_rng(0).permutation(len(case.x))
    kept, split = np.split(order, [round(len(order) * (1 - share))])
    fit = {key: value for key, value in case.fit.items() if key != "validation_split"}
    fit["validation_data"] = (case.x[split], case.y[split])
    return replace(case, x=case.x[kept], y=case.y[kept], fit=fit)


def counted(verdicts: Sequence[Verdict]) -> dict[str, str]:
    """The numbers of all verdicts, in words."""
    broken = [each for each in verdicts if each.entry.cause is not None]
    healthy = [each for each in verdicts if each.entry.cause is None]
    mends = [each for each in broken if each.has_mend]
    ran_well = [each for each in mends if each.after is not None]
    better = [each for each in ran_well if each.after > each.before + BETTER]
    flagged = sum(each.warned for each in broken)
    wrongly = sum(each.warned for each in healthy)
    return {
        "recall, right cause first": share(sum(each.right for each in broken), len(broken)),
        "precision": share(flagged, flagged + wrongly),
        "healthy with a warning": share(wrongly, len(healthy)),
        "a mend is printed": share(len(mends), len(broken)),
        "the mend runs": share(len(ran_well), len(mends)),
        "the mend improves": share(len(better), len(mends)),
        "diagnose raised": str(sum(each.found is None for each in verdicts)),
        "longest diagnosis": f"{max((each.seconds for each in verdicts), default=0):.1f} s",
    }


def share(part: int, whole: int) -> str:
    return f"{part} of {whole}" + (f" ({part / whole:.3f})" if whole else "")


def line(verdict: Verdict) -> str:
    """One case on a line: what is wrong, what was found, what the mend did."""
    entry = verdict.entry
    found = "raised" if verdict.found is None else " ".join(code for code, _ in verdict.found)
    figures = ", ".join(
        f"{number:.3f}" for number in (verdict.before, verdict.after) if number is not None
    )
    mark = "ok   " if verdict.right else "WRONG"
    what = f"{entry.family:14} {entry.name:38} {entry.cause or 'healthy':42}"
    return f"{mark} {what} {found or '–'} {figures} {verdict.error[:120]}"


def main(half: str = "seen", family: str | None = None) -> None:
    warnings.simplefilter("ignore")
    entries = [each for each in collection(half) if family in (None, each.family)]
    verdicts = []
    for entry in entries:
        verdicts.append(judged(entry))
        print(line(verdicts[-1]).rstrip(), flush=True)
    print()
    for name, number in counted(verdicts).items():
        print(f"{name:28} {number}")


if __name__ == "__main__":
    main(*sys.argv[1:3])
