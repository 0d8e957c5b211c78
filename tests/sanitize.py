"""Tests and attacks of the native executor, by kernels that watch their memory, sums and threads.

python tests/sanitize.py [address] [thread]      both, if none is named; needs g++
SEED=7 python tests/sanitize.py                  with other cases of the attacks

Each kind is installed in a folder of its own below build/sanitize; the usual installation stays as
it is. Python and NumPy are not watched, only what is compiled here, what it calls in libraries, and
what products of OpenBLAS read and write (native/watched.h).
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parent.parent
COMPILER = os.environ.get("CXX", "c++")


class Kind(NamedTuple):
    """What the compiler watches for, the library that does it, which tests and attacks are run."""

    watches: str
    library: str
    tests: tuple[str, ...]
    #: cases of each attack; those of an attack that is not there are left out
    attacks: dict[str, int]


KINDS = {
    "address": Kind(
        "address,undefined,float-cast-overflow",
        "libasan.so",
        ("native*", "models", "nonfinite", "resume*", "sparse", "torch_step", "training"),
        {
            "sparse": 300,
            "models": 500,
            "architectures": 100,
            "arrays": 100,
            "threads": 10,
            "fork": 5,
        },
    ),
    "thread": Kind(
        "thread",
        "libtsan.so",
        ("native_machine", "native_threads", "native_layers", "sparse", "training"),
        {"threads": 20, "jobs": 10, "arrays": 50, "sparse": 50},
    ),
}
#: how much longer than usual a watched case may take
SLOWER = 20
#: Python frees little at its end. Its own pools would hide what is wrong with memory in them. A
#: thread in a forked process is a case that is tested. The first race ends a case; none is
#: suppressed, and what a caller races for is left out of the attacks (WATCHED).
OPTIONS = {
    "ASAN_OPTIONS": "detect_leaks=0:detect_stack_use_after_return=1",
    "UBSAN_OPTIONS": "print_stacktrace=1",
    "TSAN_OPTIONS": "die_after_fork=0:halt_on_error=1",
    "PYTHONMALLOC": "malloc",
}


def installed(kind: str) -> Path:
    """The folder of a package whose kernels are watched by `kind`."""
    folder = ROOT / "build" / "sanitize" / kind
    settings = {
        "cmake.define.SANITIZE": KINDS[kind].watches,
        "cmake.build-type": "RelWithDebInfo",
        "build-dir": f"{folder}-build",
    }
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
         "--no-deps", "--upgrade", "--target", folder, ROOT,
         *(f"--config-settings={name}={value}" for name, value in settings.items())],
        check=True,
    )  # fmt: skip
    return folder


def runtime(library: str) -> str:
    """Where the compiler keeps a library that has to be loaded before all others.

    Exceptions are watched only if what throws them was there when the watching began.
    """
    command = [COMPILER, f"-print-file-name={library}"]
    found = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    if not Path(found).is_absolute():
        raise SystemExit(f"{COMPILER} has no {library}; g++ comes with it")
    return found


def is_clean(kind: str) -> bool:
    """Run the tests, then the attacks."""
    folder, (_, library, names, attacks) = installed(kind), KINDS[kind]
    environment = os.environ | OPTIONS | {
        "LD_PRELOAD": f"{runtime(library)} {runtime('libstdc++.so')}",
        "PYTHONPATH": os.pathsep.join([str(folder), *packages()]),
        "SLOWER": str(SLOWER),
        "WATCHED": kind,
    }  # fmt: skip
    files = [file for name in names for file in sorted(Path("tests").glob(f"test_{name}.py"))]
    runs: list[list[Any]] = [["pytest", "--capture=no", "-p", "no:cacheprovider", *files]]
    runs += [
        ["tests.attack", name, "--cases", str(cases), "--seed", os.environ.get("SEED", "0")]
        for name, cases in attacks.items()
        if Path(f"tests/attack/{name}.py").exists()
    ]
    codes = [watched(run, environment) for run in runs]
    return not any(codes)


def watched(module: list[Any], environment: dict[str, str]) -> int:
    """Run a module. Without `site`, so that an editable installation does not come first."""
    return subprocess.run([sys.executable, "-S", "-m", *module], env=environment).returncode


def packages() -> list[str]:
    """Where packages are, beside those that an editable installation adds."""
    return [each for each in sys.path if each.endswith("-packages")]


def main() -> None:
    os.chdir(ROOT)
    kinds = sys.argv[1:] or list(KINDS)
    if unknown := set(kinds) - set(KINDS):
        raise SystemExit(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(KINDS)}")
    failed = [kind for kind in kinds if not is_clean(kind)]
    raise SystemExit(f"not clean: {', '.join(failed)}" if failed else 0)


if __name__ == "__main__":
    main()
