"""What a process and an installation weigh."""

from __future__ import annotations

import importlib.util
import re
import resource
import sys
from importlib import metadata
from pathlib import Path


def peak_memory() -> int:
    """Bytes that this process held at most."""
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
        if found:
            return int(found[1]) * 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def installed(packages: tuple[str, ...]) -> int:
    """Bytes of packages and of all that they require."""
    return sum(map(_files_of, _closure(packages)))


def _closure(packages: tuple[str, ...]) -> set[str]:
    found: set[str] = set()
    waiting = [*packages]
    while waiting:
        name = _canonical(waiting.pop())
        try:
            requires = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue  # for another system
        if name not in found:
            found.add(name)
            waiting += [each for each in requires if "extra ==" not in each]
    return found


def _canonical(requirement: str) -> str:
    """The name at the start of a requirement such as `numpy>=2`."""
    name = re.match(r"[\w.-]+", requirement)
    assert name is not None
    return re.sub(r"[-_.]+", "-", name[0]).lower()


def _files_of(package: str) -> int:
    paths = {Path(str(each.locate())) for each in metadata.files(package) or []}
    spec = importlib.util.find_spec(package) if package.isidentifier() else None
    for folder in spec.submodule_search_locations or [] if spec else []:
        paths |= set(Path(folder).rglob("*"))  # an editable installation lists no files
    return sum(path.stat().st_size for path in paths if path.is_file())
