"""A small share of each attack; `make attack` runs more."""

from __future__ import annotations

import importlib

import numpy as np
import pytest

SHARES = {"sparse": 100, "models": 200, "data": 80, "pictures": 150, "names": 100}
#: what an attack is made with, beside NumPy
NEEDED = {
    "sparse": "scipy.sparse", "data": "pyarrow.parquet", "pictures": "PIL", "names": "sklearn",
}  # fmt: skip


@pytest.mark.parametrize("attack", SHARES)
def test_nothing_bad_happens(attack, tmp_path):
    if attack in NEEDED:
        pytest.importorskip(NEEDED[attack])
    case = importlib.import_module(f"tests.attack.{attack}").case
    for number in range(SHARES[attack]):
        case(np.random.default_rng([0, number]), tmp_path)
