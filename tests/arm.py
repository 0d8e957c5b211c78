"""The native tests on an Arm processor, by emulation: python tests/arm.py [tests…]

Needs Debian (or what has its packages), with g++-aarch64-linux-gnu, qemu-user, and arm64 among
`dpkg --print-foreign-architectures`. Python's packages for arm64 are unpacked below build/arm, not
installed; the wheels come from the package index; the kernels are compiled here.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parent.parent
PLACE = ROOT / "build" / "arm"
SYSTEM, SITE, OBJECTS = PLACE / "root", PLACE / "site", PLACE / "objects"
PACKAGES = [
    "libc6", "libstdc++6", "libgcc-s1", "libgfortran5", "python3.11-minimal",
    "libpython3.11-minimal", "libpython3.11-stdlib", "zlib1g", "libexpat1", "libffi8", "libssl3",
    "libbz2-1.0", "liblzma5", "libsqlite3-0", "libuuid1", "libcrypt1",
]  # fmt: skip
WHEELS = [
    "numpy",
    "scipy",
    "scipy-openblas32",
    "safetensors",
    "rich",
    "typer",
    "pytest",
    "hypothesis",
]
#: what CMakeLists.txt compiles kernels with, and the rest
OPTIONS = ["-std=c++20", "-O3", "-fPIC", "-fvisibility=hidden", "-Wall", "-Wextra", "-Wno-psabi"]
KERNELS = ["-fno-math-errno", "-fno-trapping-math", "-ffp-contract=fast",
           "-Wno-maybe-uninitialized", "-DLEVEL=neon"]  # fmt: skip
#: a processor that servers have: with the largest one, OpenBLAS's newest products are wrong here
CPU = "neoverse-n1"
#: run without names; those of threads (machine, threads) take very long by emulation
TESTS = ["kernels", "sizes", "layers", "windows"]


def run(*command: object, **options: object) -> None:
    subprocess.run([str(each) for each in command], check=True, **options)  # type: ignore[call-overload]


def unpack_python() -> None:
    """Debian's Python for arm64, below build/arm/root."""
    if SYSTEM.exists():
        return
    packages = PLACE / "packages"
    packages.mkdir(parents=True, exist_ok=True)
    run("apt-get", "download", "-qq", *(f"{each}:arm64" for each in PACKAGES), cwd=packages)
    for each in packages.glob("*.deb"):
        run("dpkg", "-x", each, SYSTEM)


def install_wheels() -> None:
    if SITE.exists():
        return
    platforms = [f"--platform=manylinux{name}_aarch64" for name in ("_2_28", "_2_27", "2014")]
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run(*pip, *platforms, "--python-version=3.11", "--only-binary=:all:", "--target", SITE, *WHEELS)


def compile_kernels() -> Path:
    """The extension module, by the cross compiler."""
    nanobind = Path(str(find_spec("nanobind").origin)).parent  # type: ignore[union-attr]
    include = [f"-I{sysconfig.get_paths()['include']}", f"-I{nanobind / 'include'}",
               f"-I{nanobind / 'ext' / 'robin_map' / 'include'}"]  # fmt: skip
    OBJECTS.mkdir(parents=True, exist_ok=True)
    native = ROOT / "native"
    outside = nanobind / "src" / "nb_combined.cpp"
    sources = [*sorted(native.glob("*.cpp")), outside]
    for source in sources:
        own = KERNELS if source.stem == "kernels" else ["-DPELLUCID_ARM", *include]
        quiet = ["-w", "-fno-strict-aliasing"] if source == outside else []
        run(
            "aarch64-linux-gnu-g++",
            *OPTIONS,
            *own,
            *quiet,
            "-c",
            source,
            "-o",
            OBJECTS / f"{source.stem}.o",
        )
    module = OBJECTS / "_kernels.cpython-311-aarch64-linux-gnu.so"
    run("aarch64-linux-gnu-g++", "-shared", *sorted(OBJECTS.glob("*.o")), "-o", module, "-pthread")
    return module


def test(module: Path, names: list[str]) -> None:
    package = SITE / "pellucid"
    shutil.rmtree(package, ignore_errors=True)
    shutil.copytree(ROOT / "src" / "pellucid", package)
    shutil.copy(module, package / "executors" / "native")
    python = ["qemu-aarch64", "-cpu", CPU, "-L", SYSTEM, SYSTEM / "usr" / "bin" / "python3.11"]
    files = [f"tests/test_native_{each}.py" for each in names]
    here = {"PYTHONPATH": str(SITE), "PYTHONDONTWRITEBYTECODE": "1"}
    run(*python, "-m", "pytest", "-p", "no:cacheprovider", *files, cwd=ROOT, env=os.environ | here)


def main(names: list[str]) -> None:
    unpack_python()
    install_wheels()
    test(compile_kernels(), names or TESTS)


if __name__ == "__main__":
    main(sys.argv[1:])
