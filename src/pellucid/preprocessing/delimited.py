"""The text of a table: its encoding, its separator, its decimal sign, and whether it has names."""

from __future__ import annotations

import codecs
import io
import re
from typing import Any

from pellucid.preprocessing.arrow import arrow

#: what stands for a missing value in a CSV file
MISSING = ["", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", "none", "?", "-", "#N/A"]
_DELIMITERS = ",;\t|"
#: the marks with which a text says how it is encoded, the longer before those that they begin with
_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_HEAD = 65536
_NUMBER = re.compile(r"[-+]?(\d+([.,]\d+)?|[.,]\d+)(e[-+]?\d+)?", re.IGNORECASE)


def read_delimited(content: bytes) -> Any:
    """The Arrow table of a CSV text."""
    content = as_utf8(content)
    head = content[:_HEAD].decode("utf-8", "replace")
    if not head.strip():
        raise ValueError("it is empty; expected a header and rows")
    delimiter = max(_DELIMITERS, key=head.partition("\n")[0].count)
    comma = delimiter != "," and re.search(r"\d,\d", head) and not re.search(r"\d\.\d", head)
    csv = arrow("csv")
    return csv.read_csv(
        io.BytesIO(content),
        csv.ReadOptions(
            block_size=min(len(content) + 1, (1 << 31) - 1),
            autogenerate_column_names=_headless(head, delimiter),
        ),
        csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
        csv.ConvertOptions(
            null_values=MISSING,
            strings_can_be_null=True,
            decimal_point="," if comma else ".",
            true_values=["true", "True", "TRUE"],
            false_values=["false", "False", "FALSE"],
        ),
    )


def as_utf8(content: bytes) -> bytes:
    """The text in UTF-8: as its mark says, else as UTF-8 or Latin-1, whichever it is."""
    mark = next((each for each in _MARKS if content.startswith(each)), None)
    if mark is not None:
        content = content.removeprefix(mark).decode(_MARKS[mark]).encode()
    elif not _is_utf8(content):
        content = content.decode("latin-1").encode()
    at = content.find(b"\0")
    if at >= 0:
        line = content.count(b"\n", 0, at) + 1
        raise ValueError(
            f"line {line} has a zero byte, as no text has, but UTF-16 "
            "without its mark and files of other kinds. Save it as CSV in UTF-8"
        )
    return content


def _headless(head: str, delimiter: str) -> bool:
    """Whether the first line is a row of numbers rather than names."""
    cells = [cell.strip().strip('"') for cell in head.partition("\n")[0].split(delimiter)]
    return all(_NUMBER.fullmatch(cell) for cell in cells)


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
