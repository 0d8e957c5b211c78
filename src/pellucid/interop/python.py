"""A prediction as one program of plain NumPy, which tests itself when it is given no data."""

from __future__ import annotations

import io
import re
import textwrap

import numpy as np

from pellucid.glass import Course, source
from pellucid.glass.source.spelling import literal
from pellucid.interop.golden import Golden
from pellucid.interop.words import Words, in_python
from pellucid.training.engine import Engine

MAIN = '\n\n\nif __name__ == "__main__":\n'
TEST = '''


def test():
    """Compare with what the network gave for a few rows."""
    inputs = [
{inputs}
    ]
    expected = [
{outputs}
    ]
    given = predict(*inputs)
    given = given if isinstance(given, tuple) else (given,)
    for at, (found, true, bound) in enumerate(zip(given, expected, {bounds})):
        off = float(np.abs(found - true).max())
        if not off <= bound:
            return f"output {{at}} is off by {{off:.3g}}, expected at most {{bound:.3g}}"
    print("{name}: {rows} rows as expected")
    return None
'''
#: the line that reads the rows of a table: columns by their names, or an array of numbers
BY_ARRAY = r"(\w+) = (data\[.*)"
BY_COLUMNS = r"\1 = rows(data) if set(COLUMNS) <= set(data) else \2"
NAMED = r"holds the array (\w+),.*?sample;"
BY_NAME = r"holds the columns by their names, or the array \1 of numbers, a row for each\nsample;"
ASKED = "    if len(sys.argv) < 3:\n        sys.exit(test())\n"


def written(
    engine: Engine, name: str, golden: Golden, about: str, words: Words
) -> dict[str, bytes]:
    """The program, and its weights beside it where they are many; `about` says which network."""
    made = source(engine, "numpy", "forward", Course())
    head, main = made.text.split(MAIN)
    usage = f"python {name}.py data.npz outputs.npz    (without data, its own test)"
    head = head.replace("python program.py data.npz outputs.npz", usage, 1)
    head = re.sub(r" ?Written by pellucid\.", "", head, count=1)
    if saying := "\n".join(in_python(words)):
        head = head.replace("\n\n\ndef predict", f"\n\n{saying}\n\n\ndef predict", 1)
    if words.columns:
        main = re.sub(BY_ARRAY, BY_COLUMNS, main, count=1)
        head = re.sub(NAMED, BY_NAME, head, count=1, flags=re.S)
    first, *others = about.split("\n")
    head = head.replace('"""A network that predicts', f'"""{first}', 1)
    head = head.replace("\n\n", "\n".join(["", *others, "", ""]), 1) if others else head
    files = {".py": (head + tested(name, golden) + MAIN + ASKED + main).encode()}
    if made.arrays:
        packed = io.BytesIO()
        np.savez(packed, **made.arrays)  # type: ignore[arg-type]
        files[".npz"] = packed.getvalue()
    return files


def tested(name: str, golden: Golden) -> str:
    """The function that compares with golden rows."""
    inputs, outputs = (
        textwrap.indent("".join(f"{literal(each)},\n" for each in arrays).rstrip(), " " * 8)
        for arrays in (golden.inputs, golden.outputs)
    )
    rows = len(golden.inputs[0])
    text = TEST.format(inputs=inputs, outputs=outputs, bounds=golden.bounds, rows=rows, name=name)
    if "nan" in inputs:
        text = text.replace("    inputs = [", "    nan = np.nan\n    inputs = [", 1)
    return text.rstrip("\n")
