"""The boundary to decoders of files: whatever they say of bytes that make no sense is a sentence.

Around a decoder stands `with reading(path, "is damaged", mend):`, and little of our own.
"""

from __future__ import annotations

import errno
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike, fspath
from pathlib import Path

from pellucid.foreign import FileError, brief, quoted

#: the most bytes that one array or table of a file may hold, unless the reader is told otherwise
LARGEST = 1 << 30
#: what is packed may hold so many times its size, but always as much as `SMALL`
RATIO, SMALL = 200, 1 << 26
#: what the decoders of the standard library, NumPy, Arrow and Pillow raise on damaged bytes
FAULTS = (
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    EOFError,
    OSError,
    MemoryError,
    RuntimeError,
    SyntaxError,
    tokenize.TokenError,
    struct.error,
    zlib.error,
    zipfile.BadZipFile,
)


class DamagedFileError(FileError):
    """A file whose content is not what its format promises."""


@contextmanager
def reading(
    path: str | PathLike[str], fault: str, mend: str, refused: type[FileError] = DamagedFileError
) -> Iterator[None]:
    """Refuse a file that a decoder cannot read; an error of the disk stays what it is.

    A place that does not exist (EINVAL) is looked for where a file names one.
    """
    try:
        yield
    except FileError:
        raise
    except FAULTS as error:
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
            raise
        clear = isinstance(error, (ValueError, OSError)) and str(error)
        said = str(error) if clear else f"{type(error).__name__}: {error}"
        raise refused.of(path, f"{fault}: {said}", mend) from error


def path_of(written: str | PathLike[str]) -> Path:
    """The path that somebody wrote, ~ being their home; refused where no file can be called so."""
    try:
        path = Path(written).expanduser()
        path.exists()
    except PermissionError:
        raise
    except (OSError, ValueError, RuntimeError) as error:
        raise FileNotFoundError(
            f"there is no file or folder {quoted(fspath(written))}: {brief(error)}"
        ) from error
    return path


def room_for(path: str | PathLike[str]) -> int:
    """How many bytes may be unpacked from a file: few from a small one, which else is a trap."""
    return min(LARGEST, max(SMALL, RATIO * Path(path).stat().st_size))
