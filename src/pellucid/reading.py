"""The boundary to decoders of files: whatever they say of bytes that make no sense is a sentence.

Around a decoder stands `with reading(path, "a zip archive", mend):`, and nothing of our own.
"""

from __future__ import annotations

import os
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike

from pellucid.foreign import FileError, refusal

#: the most bytes that one array or table of a file may hold, unless the reader is told otherwise
LARGEST = 1 << 30
#: what the decoders of the standard library, NumPy, Arrow and Pillow raise on damaged bytes
FAULTS = (
    ValueError, TypeError, LookupError, ArithmeticError, EOFError, OSError, MemoryError,
    RecursionError, NotImplementedError, SyntaxError, tokenize.TokenError, struct.error, zlib.error,
    zipfile.BadZipFile,
)  # fmt: skip


class DamagedFileError(FileError):
    """A file whose content is not what its format promises."""


@contextmanager
def reading(
    path: str | PathLike[str], kind: str, mend: str, refused: type[FileError] = DamagedFileError
) -> Iterator[None]:
    """Say of a file that a decoder cannot read that it is not `kind`."""
    try:
        yield
    except FileError:
        raise
    except FAULTS as fault:
        if isinstance(fault, OSError) and fault.errno is not None:
            raise
        said = f"{type(fault).__name__}: {fault}"
        raise refused(refusal(path, f"is not {kind}, or not a whole one ({said})", mend)) from fault


def memory_here() -> int:
    """The bytes of this machine's memory, as far as it tells."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 1 << 40
