"""The compiled kernels, if they are there, and the matrix products that they use."""

from __future__ import annotations

import ctypes
import os
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

BLAS = "libscipy_openblas"
#: of a product that is tried: rows, what is summed, columns
SIZES = (33, 64, 65)
ROW_MAJOR, AS_IS, TRANSPOSED = 101, 111, 112


@cache
def problem() -> str | None:
    """Why there are no native kernels here; None if there are."""
    try:
        from pellucid.executors.native import _kernels
    except ImportError as error:
        return f"the kernels are not compiled in this installation ({error})"
    try:
        _kernels.use_blas(*blas())
    except (ImportError, OSError, AttributeError) as error:
        return f"scipy-openblas32 cannot be loaded ({error})"
    return None


@cache
def blas() -> tuple[Any, Any]:
    """Where the products of float32 and of float64 matrices start, in a library of our own."""
    library = loaded()
    library.scipy_openblas_set_num_threads(1)
    functions = (library.scipy_cblas_sgemm, library.scipy_cblas_dgemm)
    if not (multiplies(functions[0], np.float32) and multiplies(functions[1], np.float64)):
        library.scipy_openblas_get_corename.restype = ctypes.c_char_p
        core = library.scipy_openblas_get_corename().decode()
        raise OSError(f"its products are wrong as {core}; OPENBLAS_CORETYPE names another")
    s, d = (ctypes.cast(each, ctypes.c_void_p).value for each in functions)
    return s, d


def loaded() -> ctypes.CDLL:
    """The library, beside the one that NumPy brings."""
    import scipy_openblas32

    found = sorted(Path(scipy_openblas32.get_lib_dir()).glob(f"{BLAS}*"))
    if not found:
        raise OSError(f"no {BLAS} in {scipy_openblas32.get_lib_dir()}")
    return ctypes.CDLL(str(found[0]))


def multiplies(product: Any, dtype: type[np.floating]) -> bool:
    """Whether products of whole numbers, which are exact, are right on this processor."""
    rows, depth, columns = SIZES
    a = np.arange(rows * depth, dtype=dtype).reshape(rows, depth) % 7
    b = np.arange(depth * columns, dtype=dtype).reshape(depth, columns) % 5
    one, none = ((ctypes.c_float if dtype is np.float32 else ctypes.c_double)(x) for x in (1, 0))

    def found(turn: int, b: np.ndarray) -> np.ndarray:
        c = np.full((rows, columns), np.nan, dtype)
        given = [part for each in (a, b) for part in (each.ctypes, each.shape[1])]
        product(ROW_MAJOR, AS_IS, turn, rows, columns, depth, one, *given, none, c.ctypes, columns)
        return c

    truth = np.einsum("ij,jk->ik", a, b)
    turned = found(TRANSPOSED, np.ascontiguousarray(b.T))
    return np.array_equal(found(AS_IS, b), truth) and np.array_equal(turned, truth)


def level() -> str:
    """The CPU level to run at: the best there is, or the one that PELLUCID_CPU names."""
    from pellucid.executors.native import _kernels

    here = _kernels.levels()
    asked = os.environ.get("PELLUCID_CPU")
    if asked and asked not in here:
        raise ValueError(f"PELLUCID_CPU={asked}: this machine has {', '.join(here)}")
    return asked or here[0]
