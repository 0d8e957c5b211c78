"""The collection of faults: every case is built, some are trained, and the judge counts rightly."""

from __future__ import annotations

import warnings
from collections import Counter
from types import SimpleNamespace

import numpy as np
import pytest

from tests.doctor import causes, judge
from tests.doctor.faults import collection
from tests.doctor.faults.figures import trained

ENTRIES = collection()
BROKEN = [entry for entry in ENTRIES if entry.cause is not None]
HEALTHY = [entry for entry in ENTRIES if entry.cause is None]
#: of each family and half one; which one moves with the length of the list
SAMPLE = [
    next(entry for entry in ENTRIES[start:] if (entry.half, entry.family) == place)
    for start, place in enumerate((each.half, each.family) for each in ENTRIES)
    if start == 0 or (ENTRIES[start - 1].half, ENTRIES[start - 1].family) != place
]


def named(entry):
    return f"{entry.half}-{entry.family}-{entry.name}"


def in_quiet(case):
    """A fault may make NumPy or pellucid warn, which is no fault of the test."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return trained(case)


def test_there_are_enough_of_every_family():
    count = Counter((entry.half, entry.cause is None) for entry in ENTRIES)
    assert count["seen", False] + count["unseen", False] >= 90
    assert count["seen", True] + count["unseen", True] >= 65
    assert abs(count["seen", False] - count["unseen", False]) <= 6
    assert count["seen", True] == count["unseen", True]
    assert count["published", False] >= 30
    families = {(entry.half, entry.family) for entry in BROKEN if entry.half in ("seen", "unseen")}
    assert len(families) == 2 * 5


def test_every_cause_has_a_case():
    told = {cause for entry in BROKEN for cause in (entry.cause, *entry.also)}
    assert set(causes.CODES) == told


def test_every_case_says_where_it_is_from():
    assert all(entry.source for entry in ENTRIES)
    numbers = [entry.question for entry in ENTRIES if entry.question is not None]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("entry", ENTRIES, ids=named)
def test_every_case_can_be_built_again_and_is_the_same(entry):
    one, other = entry(), entry()
    several = one.y if isinstance(one.y, list) else [one.y]
    assert {len(each) for each in several} == {len(one.x)}
    assert len(one.x) <= 2000
    np.testing.assert_array_equal(one.x, other.x)
    np.testing.assert_array_equal(one.y, other.y)
    for a, b in zip(one.net.get_weights(), other.net.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("entry", SAMPLE, ids=named)
def test_what_is_broken_is_worse_than_what_is_mended(entry):
    good, error = in_quiet(entry.mended())
    assert error is None
    assert good > entry.good
    if entry.cause is not None:
        assert good > in_quiet(entry())[0] + 0.05


#: how the judge is tried without a doctor
CODES = {cause: [cause] for cause in causes.CODES}


def saying(code, severity="error", mend=None):
    finding = SimpleNamespace(code=code, severity=severity, mend=mend)
    return lambda net, x, y, **fit: [finding] if code else []


def the(name):
    return next(entry for entry in ENTRIES if entry.name == name)


def test_the_judge_knows_right_from_wrong():
    entry = the("eight_sigmoid_layers")
    assert judge.judged(entry, saying(entry.cause), CODES).right
    assert judge.judged(entry, saying(entry.also[0]), CODES).right
    assert not judge.judged(entry, saying("imbalanced classes"), CODES).right
    assert not judge.judged(entry, saying(None), CODES).right


def test_the_judge_minds_warnings_about_healthy_networks():
    entry = the("linear_regression")
    assert judge.judged(entry, saying(None), CODES).right
    assert judge.judged(entry, saying("underfits", "note"), CODES).right
    assert not judge.judged(entry, saying("underfits", "warning"), CODES).right


def test_the_judge_takes_a_doctor_that_raises():
    verdict = judge.judged(the("linear_regression"), lambda *_, **__: 1 / 0, CODES)
    assert verdict.found is None
    assert verdict.warned
    assert "ZeroDivisionError" in verdict.error


MENDS = {
    "x = (x - x.mean(0)) / x.std(0)": (True, True),
    "x, y = x[:300], y[:300]": (True, False),
    "x = x / unknown": (False, False),
}


@pytest.mark.parametrize(("mend", "runs_helps"), MENDS.items(), ids=MENDS)
def test_the_judge_tries_the_mend(mend, runs_helps):
    entry = the("blood_counts_in_millions")
    verdict = judge.judged(entry, saying(entry.cause, mend=mend), CODES)
    assert verdict.has_mend
    runs = verdict.after is not None
    assert (runs, runs and verdict.after > verdict.before + 0.2) == runs_helps


def test_the_judge_measures_how_honest_a_mended_validation_is():
    entry = the("eight_rows_of_validation")
    mend = "del fit['validation_data']\nfit['validation_split'] = 0.4"
    verdict = judge.judged(entry, saying(entry.cause, mend=mend), CODES)
    assert verdict.after > verdict.before + 0.1


def test_the_judge_counts():
    one, other = the("eight_sigmoid_layers"), the("linear_regression")
    verdicts = [
        judge.judged(one, saying(one.cause), CODES),
        judge.judged(other, saying("underfits", "warning"), CODES),
    ]
    numbers = judge.counted(verdicts)
    assert numbers["recall, right cause first"] == "1 of 1 (1.000)"
    assert numbers["precision"] == "1 of 2 (0.500)"
    assert numbers["a mend is printed"] == "0 of 1 (0.000)"
    assert judge.line(verdicts[0]).startswith("ok")
