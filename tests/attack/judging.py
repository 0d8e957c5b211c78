"""Whether what became of a hostile file is good: read, or refused in a sentence that names it."""

from __future__ import annotations

import resource
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pellucid

ROOM = str(Path(pellucid.__file__).parent)
LONGEST = 1000
#: how far one case may raise the memory of the process, in KiB, if no more is said
MOST_MEMORY = 300 << 10


def judged(read: Callable[[], Any], path: Path, most: int = MOST_MEMORY) -> tuple[str, Any]:
    """("read", what was read) or ("refused", None); raises if it was anything worse."""
    before = peak()
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            found, word = read(), "read"
        except Exception as error:
            assert_refused(error, path)
            found, word = None, "refused"
    for each in told:
        assert_advice(each)
    assert peak() - before < most, f"{path.name} took {(peak() - before) >> 10} MiB"
    return word, found


def assert_refused(error: Exception, path: Path | None = None) -> None:
    """The error is a sentence of the library's own: of one line, for a terminal, with the name."""
    text = str(error)
    assert isinstance(error, (ValueError, TypeError, OSError, RuntimeError)), repr(error)
    where = raised_in(error)
    assert where.startswith(ROOM), f"raised in {where}: {error!r}"
    assert 10 <= len(text) <= LONGEST, f"{len(text)} letters: {text[:2000]!r}"
    assert text.isprintable(), f"{type(error).__name__} prints {text!r}"
    assert path is None or path.name in text, f"{path.name} is not named: {text!r}"


def raised_in(error: Exception) -> str:
    """The file that raised the error."""
    trace = error.__traceback__
    while trace.tb_next is not None:
        trace = trace.tb_next
    return trace.tb_frame.f_code.co_filename


def assert_advice(warning: warnings.WarningMessage) -> None:
    """The warning is the library's own advice, not a decoder's or NumPy's complaint."""
    assert warning.category is UserWarning, warning
    assert warning.message.args[0].isprintable(), warning


def peak() -> int:
    """The most memory that the process has had, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
