"""Every equation is checked by existing: each has a row, and each row keeps the contract."""

from __future__ import annotations

import pytest

from tests.contract.gradients import check_gradients
from tests.contract.rows import every_row

ROWS = every_row()


def name_of(row):
    return f"{row.equation!r}-{'-'.join(str(getattr(a, 'shape', a)) for a in row.arrays)}"


@pytest.mark.parametrize("row", ROWS, ids=name_of)
def test_gradient(row):
    if type(row.equation).differentiable():
        check_gradients(
            lambda *tensors: row.equation(
                *(a if isinstance(a, float) else t for a, t in zip(row.arrays, tensors, strict=True))
            ),
            row.arrays, constant=row.constant, tolerance=row.tolerance,
        )  # fmt: skip
