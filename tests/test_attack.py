"""A small share of each attack; `make attack` runs more."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from tests.attack.runner import attacked, attacks
from tests.native import only_native

#: cases of each, of which all attacks have some
SHARES = {
    "fork": 2,
    "kill": 3,
    "sparse": 100,
    "threads": 5,
    "interrupt": 6,
    "disk": 8,
    "arrays": 150,
    "soak": 6,
    "jobs": 6,
    "models": 200,
    "data": 80,
    "pictures": 150,
    "names": 100,
    "architectures": 150,
    "foreign": 120,
}
#: what an attack is made with, beside NumPy
NEEDS = {
    "sparse": "scipy.sparse",
    "data": "pyarrow.parquet",
    "pictures": "PIL",
    "names": "sklearn",
    "disk": "sklearn",
    "architectures": "scipy.sparse",
    "foreign": "h5py",
}


def test_every_attack_has_a_share():
    assert set(SHARES) == set(attacks())


@pytest.mark.parametrize("attack", SHARES)
def test_nothing_bad_happens(attack):
    if attack in NEEDS:
        pytest.importorskip(NEEDS[attack])
    tally = attacked(attack, SHARES[attack])
    assert not tally.bad, "\n".join(f"case {number}: {why}" for number, why in tally.bad)
    assert tally.words.total() == SHARES[attack]


def test_whatever_happens_is_seen():
    tally = attacked("trial", 20)
    reasons = " ".join(why for _, why in tally.bad)
    for word in ("ValueError: a reason", "killed by SIGSEGV", "it hangs", "it took 0."):
        assert word in reasons
    assert tally.words["well"] + len(tally.bad) == 20
    assert [number for number, _ in tally.bad] == sorted({number for number, _ in tally.bad})


def test_a_time_is_kept():
    assert attacked("trial", 10**6, seconds=0.0).words.total() == 0


@only_native
def test_an_executor_that_is_wrong_is_told_from_rounding(monkeypatch, tmp_path):
    architectures = pytest.importorskip("tests.attack.architectures", exc_type=ImportError)
    from pellucid.executors.native.executor import NativeExecutor

    run = NativeExecutor.run

    def wrong(self, given, asked):
        done = run(self, given, asked)
        if asked.losses is not None:
            np.multiply(asked.losses, 1.0001, out=asked.losses)
        return done

    monkeypatch.setattr(NativeExecutor, "run", wrong)
    with pytest.raises(AssertionError, match="the executors differ"):
        some_cases(architectures.case, tmp_path)


def some_cases(case, folder):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number in range(10):
            case(np.random.default_rng([0, number]), folder)
