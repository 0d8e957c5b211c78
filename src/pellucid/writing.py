"""Files written beside their place, then renamed: an interruption leaves the old one whole.

A process that is killed leaves what it was writing; whoever writes next to it sweeps that up.
"""

from __future__ import annotations

import contextlib
import os
import platform
import re
import secrets
from pathlib import Path

#: of the files that are being written: by which machine, and by which process
_HOST = re.sub(r"\W", "_", platform.node())[:40]
_NAME = re.compile(rf"\.pellucid-[0-9a-f]+-{_HOST}-(\d+)\.part")
#: those that this process is writing
_mine: set[str] = set()


def write_beside(path: Path, content: bytes) -> None:
    sweep(path.parent)
    beside = path.with_name(f".pellucid-{secrets.token_hex(6)}-{_HOST}-{os.getpid()}.part")
    _mine.add(beside.name)
    try:
        with open(beside, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    finally:
        _mine.discard(beside.name)


def sweep(folder: Path) -> None:
    """Remove the files that processes of this machine were writing when they were killed."""
    with contextlib.suppress(OSError):
        for path in folder.glob(".pellucid-*.part"):
            name = _NAME.fullmatch(path.name)
            if name and not _is_written(path.name, int(name[1])):
                path.unlink(missing_ok=True)


def _is_written(name: str, process: int) -> bool:
    if process == os.getpid():
        return name in _mine
    if os.name != "posix":
        return True  # nobody can be asked whether he lives
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
