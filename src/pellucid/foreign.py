"""Text that others wrote, such as names in files and of columns, as it is shown in messages."""

from __future__ import annotations

from os import PathLike, fspath
from typing import Self

#: the most letters of a foreign text in a message, and of a name
LONGEST, LONGEST_NAME = 400, 60


class FileError(ValueError):
    """A file that is refused: its name, what is wrong with it, and the mend."""

    @classmethod
    def of(cls, path: str | PathLike[str], fault: object, mend: str) -> Self:
        return cls(refusal(path, fault, mend))


def visible(text: object) -> str:
    r"""The text with letters that have no shape written as Python writes them: \x1b, \u202e, \n.

    Such are control characters, line breaks and marks that turn the direction of writing.
    """
    text = str(text)
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)


def visible_lines(text: object) -> str:
    """The text, visible but for its line breaks."""
    return "\n".join(map(visible, str(text).split("\n")))


def brief(text: object, most: int = LONGEST) -> str:
    """The text, visible, and without its middle where it is longer than `most` letters."""
    return _cut(visible(_cut(str(text), most)), most)


def quoted(name: object) -> str:
    """A name in quotation marks, as Python writes text, and not too long."""
    return _cut(repr(_cut(str(name), LONGEST_NAME)), LONGEST_NAME + 2)


def check_name(name: object, of: str) -> None:
    """Refuse a name that cannot be printed in plans, tables and histories."""
    if name is not None and not (isinstance(name, str) and name.isprintable()):
        raise ValueError(
            f"a {of} is called {quoted(name)}; expected text without control characters"
        )


def refusal(path: str | PathLike[str], fault: object, mend: str) -> str:
    """The sentence that refuses a file."""
    return f"{brief(fspath(path), 250)} {brief(fault)}. {mend}"


def _cut(text: str, most: int) -> str:
    half = (most - 3) // 2
    return text if len(text) <= most else f"{text[:half]} … {text[-half:]}"
