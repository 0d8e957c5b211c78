"""A small share of each attack; `make attack` runs more."""

from __future__ import annotations

import importlib

import numpy as np
import pytest

SHARES = {"sparse": 100}


@pytest.mark.parametrize("attack", SHARES)
def test_nothing_bad_happens(attack, tmp_path):
    if attack == "sparse":
        pytest.importorskip("scipy.sparse", reason="sparse matrices are SciPy's")
    case = importlib.import_module(f"tests.attack.{attack}").case
    for number in range(SHARES[attack]):
        case(np.random.default_rng([0, number]), tmp_path)
