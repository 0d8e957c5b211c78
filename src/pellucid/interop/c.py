"""A prediction as one file of C99: no allocation, no library but that of mathematics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from pellucid.interop.golden import Golden
from pellucid.interop.language import C
from pellucid.interop.listing import Array, Prediction
from pellucid.interop.loops import statements
from pellucid.interop.packing import Packed
from pellucid.interop.words import Words, in_c, prototypes

TO = C()
HELPERS = """\
static inline float square(float x) { return x * x; }
static inline float sign(float x) { return (float)((x > 0.f) - (x < 0.f)); }
static inline float maximum(float a, float b) { return a > b || a != a ? a : b; }
static inline float minimum(float a, float b) { return a < b || a != a ? a : b; }
static inline float remainder_of(float a, float b) { return a - b * floorf(a / b); }
static inline float sigmoid(float x) { return .5f * tanhf(.5f * x) + .5f; }
static inline int row(float x, int count) {
  const int r = (int)x < 0 ? (int)x + count : (int)x;
  return r < 0 || r >= count ? 0 : r;
}
"""


def written(
    name: str,
    made: Prediction,
    golden: Golden,
    about: str,
    words: Words,
    packed: Mapping[str, Packed] | None = None,
) -> str:
    """The file; `about` says which network it is, `packed` are weights in 8 bits."""
    packed = packed or {}
    return "\n".join(
        [
            *comment(name, made, about, packed),
            "#include <math.h>",
            "",
            HELPERS,
            *(
                in_bytes(each, packed[each]) if each in packed else weights(each, array)
                for each, array in made.weights.items()
            ),
            f"static float m[{max(made.scratch, 1)}];",
            "",
            *(f"{each};" for each in prototypes(name, words)),
            *in_c(name, words),
            f"{prototype(name, made)};",
            f"{prototype(name, made)} {{",
            *body(made),
            "}",
            "",
            *test(name, made, golden),
            "",
        ]
    )


def header(
    name: str,
    made: Prediction,
    about: str,
    words: Words,
    packed: Mapping[str, Packed] | None = None,
) -> str:
    """The file beside it that other files include."""
    guard = f"{name.upper()}_H"
    return "\n".join(
        [
            *comment(name, made, about, packed or {}),
            f"#ifndef {guard}",
            f"#define {guard}",
            "#ifdef __cplusplus",
            'extern "C" {',
            "#endif",
            f"{prototype(name, made)};",
            *(f"{each};" for each in prototypes(name, words)),
            "#ifdef __cplusplus",
            "}",
            "#endif",
            "#endif",
            "",
        ]
    )


def comment(name: str, made: Prediction, about: str, packed: Mapping[str, Packed]) -> Iterator[str]:
    first, *others = about.split("\n")
    yield f"/* {first}"
    yield from (f"   {line}" for line in others)
    for what, arrays in (("in", made.inputs), ("out", made.outputs)):
        for given, array in zip(variables(what, len(arrays)), arrays, strict=True):
            yield f"   {given}: {array.size} numbers, {shown(array)}"
    plain = sum(each.size for name, each in made.weights.items() if name not in packed)
    size = 4 * plain + sum(each.numbers.size + 4 * each.scale.size for each in packed.values())
    yield f"   {size:,} bytes of weights, {4 * made.scratch:,} of static memory to work in, so"
    yield "   that one call has to end before the next begins."
    yield f"   Its own test: cc -O2 -D{name.upper()}_TEST {name}.c -lm && ./a.out */"


def shown(array: Array) -> str:
    return " x ".join(map(str, array.shape[1:])) or "1"


def variables(what: str, count: int) -> list[str]:
    letter = {"in": "x", "out": "y"}[what]
    return [f"{letter}{at or ''}" for at in range(count)]


def prototype(name: str, made: Prediction) -> str:
    given = [f"const float *{each}" for each in variables("in", len(made.inputs))]
    given += [f"float *{each}" for each in variables("out", len(made.outputs))]
    return f"void {name}_predict({', '.join(given)})"


def weights(name: str, array: np.ndarray) -> str:
    return f"static const float {name}[{max(array.size, 1)}] = {{\n{numbers(array)}\n}};"


def in_bytes(name: str, packed: Packed) -> str:
    """Whole numbers, and what each column is times."""
    found = [str(each) for each in np.ravel(packed.numbers).tolist()]
    rows = (", ".join(found[at : at + 20]) for at in range(0, len(found), 20))
    listed = ",\n".join(f"  {row}" for row in rows)
    whole = f"static const signed char {name}[{packed.numbers.size}] = {{\n{listed}\n}};"
    return f"{whole}\n{weights(f'{name}_scale', packed.scale)}"


def numbers(array: np.ndarray) -> str:
    """Every float32 exactly, a few in each line."""
    found = [TO.literal(float(each)).strip("()") for each in np.ravel(array).astype(np.float32)]
    rows = (found[at : at + 8] for at in range(0, len(found), 8))
    return ",\n".join("  " + ", ".join(row) for row in rows)


def body(made: Prediction) -> Iterator[str]:
    yield from (f"  {line}" for line in statements(TO, made.steps))
    for given, array in zip(variables("out", len(made.outputs)), made.outputs, strict=True):
        source = f"{array.name}[{array.start} + i]" if array.start else f"{array.name}[i]"
        yield f"  {TO.loop('i', array.size)}"
        yield f"    {given}[i] = {source};"
        yield "  }"


def test(name: str, made: Prediction, golden: Golden) -> Iterator[str]:
    """A program that compares with what the network gave for a few rows."""
    yield f"#ifdef {name.upper()}_TEST"
    yield "#include <stdio.h>"
    rows = len(golden.inputs[0])
    pairs: Sequence[tuple[str, list[np.ndarray], list[Array]]] = (
        ("in", golden.inputs, made.inputs),
        ("out", golden.outputs, made.outputs),
    )
    for what, arrays, places in pairs:
        for given, array, place in zip(variables(what, len(arrays)), arrays, places, strict=True):
            yield f"static const float golden_{given}[{rows}][{place.size}] = {{"
            yield from (f"{{\n{numbers(row)}\n}}," for row in array)
            yield "};"
    outputs = variables("out", len(made.outputs))
    yield "int main(void) {"
    yield f"  for (int r = 0; r < {rows}; ++r) {{"
    yield from (
        f"    float {each}[{place.size}];"
        for each, place in zip(outputs, made.outputs, strict=True)
    )
    read = [f"golden_{each}[r]" for each in variables("in", len(made.inputs))]
    yield f"    {name}_predict({', '.join([*read, *outputs])});"
    for each, place, bound in zip(outputs, made.outputs, golden.bounds, strict=True):
        yield f"    for (int i = 0; i < {place.size}; ++i)"
        yield f"      if (!(fabsf({each}[i] - golden_{each}[r][i]) <= {TO.literal(bound)})) {{"
        yield f'        printf("row %d: {each}[%d] is %.9g, expected %.9g\\n", r, i,'
        yield f"               (double){each}[i], (double)golden_{each}[r][i]);"
        yield "        return 1;"
        yield "      }"
    yield "  }"
    yield f'  printf("{name}: {rows} rows as expected\\n");'
    yield "  return 0;"
    yield "}"
    yield "#endif"
