"""Every check: a fault that triggers it, and it first; a near miss that does not; words; a mend."""

from __future__ import annotations

import os
import warnings

import pytest

import pellucid
from pellucid.glass import doctor
from pellucid.glass.doctor import Check
from tests.doctor.examples import case_of

CHECKS = {check.code: check for check in Check.in_order()}
#: whether every diagnosis is a whole one, of all checks with all trials: minutes, `make doctor`
WHOLE = bool(os.environ.get("PELLUCID_DOCTOR"))
#: a check that is sure of some cases only
BY_TRIAL = ("PL107",)
#: seconds that are given to a diagnosis here: more than it takes, so that no clock decides
SECONDS = 60
#: whose mends get equally far where one step too long decides: the last digits of a sum, which are
#: a processor's own, say which gets further; and a state that explodes by weights drawn too large
LEVEL_WITH = {"PL412": {"PL401"}, "PL411": {"PL302"}}


@pytest.fixture(autouse=True)
def strict(monkeypatch):
    """An error within a check is one here."""
    monkeypatch.setattr(doctor, "STRICT", True)


def diagnosed(program, trials=True):
    net, x, y, fit = case_of(program)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return net.diagnose(x, y, seconds=SECONDS, trials=trials, **fit)


def only(monkeypatch, which):
    """These checks alone, unless all are asked for."""
    if not WHOLE:
        kept = [check for check in CHECKS.values() if which(check)]
        monkeypatch.setattr(Check, "in_order", classmethod(lambda cls: kept))


@pytest.mark.parametrize("code", CHECKS)
def test_its_fault_triggers_it(code, monkeypatch):
    """The fault is found, before all others, and its mend runs.

    What the evidence proves needs no trial to be found. Other guesses are left to `make doctor`.
    """
    check = CHECKS[code]
    only(monkeypatch, lambda each: each is check or not each.guessed)
    by_trial = not check.sure or check.guessed or code in BY_TRIAL
    found = diagnosed(check.example, trials=WHOLE or by_trial)
    assert code in found.codes
    if check.severity == "note":
        return
    own = found[found.codes.index(code)]
    assert found.codes[0] == code or found.codes[0] in LEVEL_WITH.get(code, ())
    assert own.severity == check.severity
    assert own.mend or not check.tried
    if own.mend:
        assert runs(check.example, own.mend)


@pytest.mark.parametrize("code", CHECKS)
def test_its_near_miss_does_not(code, monkeypatch):
    check = CHECKS[code]
    only(monkeypatch, lambda each: each is check)
    found = diagnosed(check.near_miss)
    assert code not in [each.code for each in found if each.severity != "note"]
    if check.severity == "note":
        assert code not in found.codes


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
