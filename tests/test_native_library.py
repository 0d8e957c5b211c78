"""The library of products is tried before it is used."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.executors.native import library
from tests.native import only_native

pytestmark = only_native


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_products_are_tried(dtype):
    loaded = library.loaded()
    right = loaded.scipy_cblas_sgemm if dtype is np.float32 else loaded.scipy_cblas_dgemm
    assert library.multiplies(right, dtype)
    assert not library.multiplies(lambda *_: None, dtype)

    def untransposed(order, a, b, *rest):
        right(order, a, library.AS_IS, *rest)

    assert not library.multiplies(untransposed, dtype)


def test_wrong_products_are_not_used(monkeypatch):
    monkeypatch.setattr(library, "multiplies", lambda *_: False)
    with pytest.raises(OSError, match=r"its products are wrong as \w+; OPENBLAS_CORETYPE names"):
        library.blas.__wrapped__()
    monkeypatch.setattr(library, "blas", library.blas.__wrapped__)
    assert "its products are wrong as" in library.problem.__wrapped__()
