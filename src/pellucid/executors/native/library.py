"""The compiled kernels, if they are there, and the matrix products that they use."""

from __future__ import annotations

import ctypes
import os
from functools import cache
from pathlib import Path
from typing import Any

BLAS = "libscipy_openblas"


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
    import scipy_openblas32

    found = sorted(Path(scipy_openblas32.get_lib_dir()).glob(f"{BLAS}*"))
    if not found:
        raise OSError(f"no {BLAS} in {scipy_openblas32.get_lib_dir()}")
    library = ctypes.CDLL(str(found[0]))
    library.scipy_openblas_set_num_threads(1)
    functions = (library.scipy_cblas_sgemm, library.scipy_cblas_dgemm)
    s, d = (ctypes.cast(each, ctypes.c_void_p).value for each in functions)
    return s, d


def level() -> str:
    """The CPU level to run at: the best there is, or the one that PELLUCID_CPU names."""
    from pellucid.executors.native import _kernels

    here = _kernels.levels()
    asked = os.environ.get("PELLUCID_CPU")
    if asked and asked not in here:
        raise ValueError(f"PELLUCID_CPU={asked}: this machine has {', '.join(here)}")
    return asked or here[0]
