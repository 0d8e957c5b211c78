"""Files written beside their place, then renamed: an interruption leaves the old one whole.

A process that is killed leaves what it was writing; whoever writes next to it sweeps that up. Of
several processes that train together the first one alone writes.
"""

from __future__ import annotations

import contextlib
import errno
import os
import platform
import re
import secrets
from collections.abc import Collection, Iterator
from pathlib import Path

from pellucid.foreign import brief
from pellucid.processes import is_first

#: of the files that are being written: by which machine, and by which process
_HOST = re.sub(r"\W", "_", platform.node())[:40]
_NAME = re.compile(rf"\.pellucid-[0-9a-f]+-{_HOST}-(\d+)\.part")
#: how the name of a file of parts ends, after that of the file that they are parts of
_PART = re.compile(r"\.\d+-of-\d+\.[0-9a-f]{12}")
#: those that this process is writing
_mine: set[str] = set()
_FULL, _DENIED = "Free some space, or write elsewhere", "Choose a folder that you may write to"
#: what to do about an error of the disk
MENDS = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: _FULL,
    errno.EACCES: _DENIED,
    errno.EPERM: _DENIED,
    errno.EROFS: _DENIED,
    errno.ENOENT: "Make its folder first",
    errno.ENOTDIR: "A part of its path is a file: choose another folder",
    errno.EEXIST: "A file has its name: choose another folder",
    errno.EISDIR: "It is a folder: name a file in it",
    errno.ENAMETOOLONG: "Choose a shorter name",
}


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Say of an error of the disk what was to be written, and the mend."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or error
        mend = MENDS.get(error.errno or 0, "Write elsewhere, or look after the disk")
        said = type(error)(f"{brief(path, 250)} cannot be written: {reason}. {mend}")
        said.errno = error.errno
        raise said from error
    except ValueError as error:
        raise ValueError(f"{brief(path, 250)} cannot be the name of a file: {error}") from error


def make_folder(path: Path) -> None:
    """The folder, and those that it is in, if they are not there."""
    if not is_first():
        return
    with writing(path):
        path.mkdir(parents=True, exist_ok=True)


def write_beside(path: Path, content: bytes) -> None:
    """A whole file in this place, or an error and what was there. Links stay links to it."""
    if is_first():
        write_by_each(path, content)


def write_by_each(path: Path, content: bytes) -> None:
    """The same by any process: a file of its own."""
    with writing(path):
        place = Path(os.path.realpath(path))
        if place.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if place.exists() and not place.is_file():
            raise OSError(errno.EINVAL, "it is a device or a pipe, which no file can replace")
        _write_beside(place, content)


def _write_beside(path: Path, content: bytes) -> None:
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


def remove(path: Path) -> None:
    """Remove a file, if it is there, and those of its parts."""
    if is_first():
        path.unlink(missing_ok=True)
        keep_parts(path)


def part_of(path: Path, number: int, count: int, checksum: str) -> Path:
    """The file of a process with parts of a file: another one for other content."""
    return path.with_name(f"{path.name}.{number + 1}-of-{count}.{checksum[:12]}")


def keep_parts(path: Path, kept: Collection[str] = ()) -> None:
    """Remove the files of parts of a file, but for those with these names."""
    if not is_first():
        return
    place = Path(os.path.realpath(path))
    with contextlib.suppress(OSError):
        for each in place.parent.iterdir():
            name = each.name
            is_part = name.startswith(place.name) and _PART.fullmatch(name[len(place.name) :])
            if is_part and name not in kept:
                each.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Remove the files that processes of this machine were writing when they were killed."""
    if not is_first():
        return
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
