"""The checks that look at whole trainings: their faults and near misses."""

from __future__ import annotations

import pytest

from tests.test_doctor_checks import CHECKS, QUICK, check_fault, check_near_miss, strict  # noqa: F401

SLOW = [code for code in CHECKS if code not in QUICK]


@pytest.mark.parametrize("code", SLOW)
def test_its_fault_triggers_it(code):
    check_fault(CHECKS[code])


@pytest.mark.parametrize("code", SLOW)
def test_its_near_miss_does_not(code):
    check_near_miss(CHECKS[code])
