"""What programs say in texts: columns of raw rows, texts that stand as numbers, classes.

A text stands as its place in a list, any other as the length of the list. One function of each
program knows that, so that nobody has to: `net_text(2, "red")`, `rowOf({colour: "red"})`,
`rows({"colour": ["red"]})`; an ONNX file has an input for each column.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from pellucid.preprocessing.categories import NO_VALUE

#: C99 promises literals of so many letters
LONGEST_IN_C = 4000
WIDTH = 96


class Words(NamedTuple):
    """`columns` are those of a raw row, `texts` what a column may hold, by its number."""

    columns: Sequence[str] = ()
    texts: Mapping[int, Sequence[str]] = {}
    classes: Sequence[str] = ()
    #: what is said of the program
    sentences: Sequence[str] = ()

    def text(self, column: int, number: int) -> str:
        """The text of a number; for that of any other a text that is not in the list."""
        texts = self.texts[column]
        if number < len(texts):
            return texts[number]
        return next(each for n in range(len(texts) + 1) if (each := f"other {n}") not in texts)


#: a program that names nothing
NOTHING = Words()


def listed(parts: Sequence[str], indent: str = "  ") -> Iterator[str]:
    """Parts with commas between them, as many in each line as there is room for."""
    line = indent
    for part in parts:
        if len(line) + len(part) > WIDTH and line.strip():
            yield line.rstrip()
            line = indent
        line += f"{part}, "
    if line.strip():
        yield line.rstrip()


def in_c(name: str, words: Words) -> Iterator[str]:
    """The names of the classes, and the function from a text to its number."""
    if words.classes:
        yield f"const char *const {name}_classes[{len(words.classes)}] = {{"
        yield from listed([quoted_in_c(each) for each in words.classes])
        yield "};"
    if not words.texts:
        return
    for column, texts in words.texts.items():
        yield f"static const char *const column_{column}[{len(texts)}] = {{"
        yield from listed([quoted_in_c(each) for each in texts])
        yield "};"
    yield FROM_TEXT
    yield f"{prototypes(name, words)[-1]} {{"
    yield f"  if (!text) text = {quoted_in_c(NO_VALUE)};"
    yield "  switch (column) {"
    for column, texts in words.texts.items():
        yield f"    case {column}: return number_of(column_{column}, {len(texts)}, text);"
    yield "  }"
    yield "  return NAN;"
    yield "}"


FROM_TEXT = """\
static float number_of(const char *const *texts, int count, const char *text) {
  for (int i = 0; i < count; ++i) {
    const char *a = texts[i], *b = text;
    while (*a && *a == *b) ++a, ++b;
    if (*a == *b) return (float)i;
  }
  return (float)count;
}
"""


def prototypes(name: str, words: Words) -> list[str]:
    """What other files see of them, without the last sign."""
    found = []
    if words.classes:
        found.append(f"extern const char *const {name}_classes[{len(words.classes)}]")
    if words.texts:
        found.append(f"float {name}_text(int column, const char *text)")
    return found


def quoted_in_c(text: str) -> str:
    """A text in UTF-8; bytes that are no plain letters by their number."""
    plain = set(range(32, 127)) - set(b'"\\?')
    spelled = [chr(each) if each in plain else f"\\{each:03o}" for each in encoded(text)]
    if len(spelled) <= LONGEST_IN_C:
        return f'"{"".join(spelled)}"'
    quoted = [f"'{each}'" if each != "'" else "'\\''" for each in spelled]
    return f"(const char[]){{{', '.join(quoted)}, 0}}"


def encoded(text: str) -> bytes:
    return text.encode(errors="replace")


def in_javascript(words: Words) -> Iterator[str]:
    if words.classes:
        yield f"export const classes = {as_json(words.classes)};"
    if not words.columns:
        return
    texts = [[words.columns[at], list(each)] for at, each in words.texts.items()]
    yield f"export const columns = {as_json(words.columns)};"
    yield f"export const texts = new Map({as_json(texts)});"
    yield ROW_OF.replace("MISSING", as_json(NO_VALUE))


ROW_OF = """\
/** The row that `predict` takes, from an object by columns; nothing, or null, is not known. */
export function rowOf(record) {
  return Float32Array.from(columns, (name) => {
    const value = record[name] ?? null, known = texts.get(name);
    if (!known) return value === null ? NaN : Number(value);
    const at = known.indexOf(value === null ? MISSING : String(value));
    return at < 0 ? known.length : at;
  });
}"""


def as_json(thing: object) -> str:
    """JSON that may stand in a script of a page."""
    return json.dumps(thing).replace("<", "\\u003c")


def in_python(words: Words) -> Iterator[str]:
    if words.classes:
        yield "CLASSES = ["
        yield from listed([repr(each) for each in words.classes], "    ")
        yield "]"
    if not words.columns:
        return
    yield "COLUMNS = ["
    yield from listed([repr(each) for each in words.columns], "    ")
    yield "]"
    yield "#: texts stand as their places in a list, any other as its length"
    yield "TEXTS = {"
    for at, texts in words.texts.items():
        yield f"    {words.columns[at]!r}: ["
        yield from listed([repr(each) for each in texts], " " * 8)
        yield "    ],"
    yield "}"
    yield ROWS.replace("MISSING", repr(NO_VALUE))


ROWS = '''

def rows(table):
    """The rows that `predict` takes, from columns by name; None and NaN are not known."""
    found = []
    for name in COLUMNS:
        column = [None if str(value) in ("None", "nan", "<NA>") else value for value in table[name]]
        if name in TEXTS:
            place = {text: at for at, text in enumerate(TEXTS[name])}
            column = [MISSING if value is None else as_text(value) for value in column]
            found.append([place.get(value, len(place)) for value in column])
        else:
            found.append([np.nan if value is None else value for value in column])
    return np.array(found, np.float32).T


def as_text(value):
    whole = isinstance(value, (float, np.floating)) and value == int(value)
    return str(int(value)) if whole else str(value)'''
