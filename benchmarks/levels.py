"""CPU levels: a machine that has more can be held to less, and every peer with it.

What is said to each library is in `HELD`. onnxruntime cannot be held to a level, so it runs with
all that the machine has. What the surroundings say of OpenBLAS's kernels does not count here.
"""

from __future__ import annotations

import functools
import subprocess
from pathlib import Path

#: best first
LEVELS = ("avx512", "avx2")
#: settings of the surroundings that would hold one peer and not the others
DROPPED = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
HELD: dict[str, dict[str, str]] = {
    "avx512": {},
    "avx2": {
        "PELLUCID_CPU": "avx2",
        "OPENBLAS_CORETYPE": "Haswell",
        "XLA_FLAGS": "--xla_cpu_max_isa=AVX2",
        "ATEN_CPU_CAPABILITY": "avx2",
        "ONEDNN_MAX_CPU_ISA": "AVX2",
        "MKL_ENABLE_INSTRUCTIONS": "AVX2",
    },
    # for NumPy and ours alone
    "baseline": {"PELLUCID_CPU": "baseline", "OPENBLAS_CORETYPE": "Nehalem"},
}
ABOVE = {"avx2": ("X86_V4", "AVX512"), "baseline": ("X86_V", "AVX", "FMA")}


def here() -> str:
    """The best level of this machine."""
    info = Path("/proc/cpuinfo")
    flags = set(info.read_text().split()) if info.exists() else set()
    wide = {"avx512f", "avx512bw", "avx512dq", "avx512vl"} <= flags
    return "avx512" if wide else "avx2" if "avx2" in flags else "baseline"


def runs(level: str) -> bool:
    """Whether this machine has all that `level` needs."""
    known = (*LEVELS, "baseline")
    return known.index(here()) <= known.index(level)


def settings(level: str, interpreter: str) -> dict[str, str]:
    """What the environment of a process says, so that it keeps to `level`."""
    held = dict(HELD.get(level, {}))
    if level in ABOVE and here() != level:
        held["NPY_DISABLE_CPU_FEATURES"] = " ".join(wide_loops(interpreter, ABOVE[level]))
    return held


@functools.cache
def wide_loops(interpreter: str, above: tuple[str, ...]) -> tuple[str, ...]:
    """The names under which the NumPy of `interpreter` keeps its loops above a level."""
    asked = "import numpy._core._multiarray_umath as m; print(*m.__cpu_dispatch__)"
    names = subprocess.run([interpreter, "-c", asked], capture_output=True, text=True).stdout
    return tuple(name for name in names.split() if name.startswith(above))
