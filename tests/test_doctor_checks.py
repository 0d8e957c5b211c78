"""Every check: a fault that triggers it, and it first; a near miss that does not; words; a mend."""

from __future__ import annotations

import warnings

import pytest

import pellucid
from pellucid.glass import doctor
from pellucid.glass.doctor import Check
from tests.doctor.examples import case_of

CHECKS = {check.code: check for check in Check.in_order()}
#: those whose trials take longest are tested in a file of their own, `test_doctor_training.py`
QUICK = [code for code in CHECKS if code < "PL4"]
#: seconds that are given to a diagnosis here: more than it takes, so that no clock decides
SECONDS = 60


@pytest.fixture(autouse=True)
def strict(monkeypatch):
    """An error within a check is one here."""
    monkeypatch.setattr(doctor, "STRICT", True)


def check_fault(check):
    """The fault is found, before all others, and its mend runs."""
    found = diagnosed(check.example)
    if check.severity == "note":
        assert check.code in found.codes
        return
    assert found.codes[:1] == [check.code]
    assert found[0].severity == check.severity
    assert found[0].mend or not check.tried
    if found[0].mend:
        assert runs(check.example, found[0].mend)


def check_near_miss(check):
    found = diagnosed(check.near_miss)
    assert check.code not in [each.code for each in found if each.severity != "note"]
    if check.severity == "note":
        assert check.code not in found.codes


def diagnosed(program):
    net, x, y, fit = case_of(program)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return net.diagnose(x, y, seconds=SECONDS, **fit)


@pytest.mark.parametrize("code", QUICK)
def test_its_fault_triggers_it(code):
    check_fault(CHECKS[code])


@pytest.mark.parametrize("code", QUICK)
def test_its_near_miss_does_not(code):
    check_near_miss(CHECKS[code])


@pytest.mark.parametrize("code", CHECKS)
def test_it_is_documented(code):
    check = CHECKS[code]
    for words in (check.what(), check.why(), check.cure, check.confused):
        assert words.endswith((".", "`")), words
    assert set(check.after) <= set(CHECKS)
    assert code not in check.after
    assert check.severity in ("error", "warning", "note")


def runs(program, mend):
    """Whether the printed mend runs, and what it leaves can be trained."""
    net, x, y, fit = case_of(program)
    known = {"net": net, "x": x, "y": y, "fit": dict(fit), "pellucid": pellucid}
    exec(mend, known)
    left = {**known["fit"], "epochs": 1, "verbose": 0}
    return known["net"].fit(known["x"], known["y"], **left)
