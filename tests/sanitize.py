"""The tests of the native executor with kernels that watch over their memory, sums and threads.

python tests/sanitize.py [address] [thread]      both, if none is named; needs g++

Each kind is installed in a folder of its own below build/sanitize; the usual installation stays as
it is. Python and NumPy are not watched, only what is compiled here, and what it calls in libraries.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).parent.parent
COMPILER = os.environ.get("CXX", "c++")
#: what the compiler watches for, the library that does it, and which tests are to be run
KINDS = {
    "address": (
        "address,undefined,float-cast-overflow", "libasan.so",
        ("native*", "models", "nonfinite", "resume", "sparse", "torch_step", "training"),
    ),
    "thread": (
        "thread", "libtsan.so",
        ("native_machine", "native_threads", "native_layers", "sparse", "training"),
    ),
}  # fmt: skip
#: Python frees little at its end. Its own pools would hide what is wrong with memory in them. A
#: thread in a forked process is a case that is tested.
OPTIONS = {
    "ASAN_OPTIONS": "detect_leaks=0:detect_stack_use_after_return=1",
    "UBSAN_OPTIONS": "print_stacktrace=1",
    "TSAN_OPTIONS": "die_after_fork=0",
    "PYTHONMALLOC": "malloc",
}


def installed(kind: str) -> Path:
    """The folder of a package whose kernels are watched by `kind`."""
    folder = ROOT / "build" / "sanitize" / kind
    settings = {
        "cmake.define.SANITIZE": KINDS[kind][0],
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
    """Where the compiler keeps a library that has to be loaded before all others."""
    command = [COMPILER, f"-print-file-name={library}"]
    found = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    if not Path(found).is_absolute():
        raise SystemExit(f"{COMPILER} has no {library}; g++ comes with it")
    return found


def tested(kind: str) -> int:
    """Run the tests. Without `site`, so that an editable installation does not come first."""
    folder, (_, library, names) = installed(kind), KINDS[kind]
    environment = os.environ | OPTIONS | {
        "LD_PRELOAD": runtime(library),
        "PYTHONPATH": os.pathsep.join([str(folder), sysconfig.get_path("purelib")]),
    }  # fmt: skip
    files = [file for name in names for file in sorted(Path("tests").glob(f"test_{name}.py"))]
    command = [sys.executable, "-S", "-m", "pytest", "--capture=no", "-p", "no:cacheprovider"]
    return subprocess.run([*command, *files], env=environment).returncode


def main() -> None:
    os.chdir(ROOT)
    kinds = sys.argv[1:] or list(KINDS)
    if unknown := set(kinds) - set(KINDS):
        raise SystemExit(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(KINDS)}")
    failed = [kind for kind in kinds if tested(kind) != 0]
    raise SystemExit(f"not clean: {', '.join(failed)}" if failed else 0)


if __name__ == "__main__":
    main()
