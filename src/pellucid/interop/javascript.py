"""A prediction as one ES module of JavaScript, without a dependency."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator

import numpy as np

from pellucid.interop.c import shown, variables
from pellucid.interop.golden import Golden
from pellucid.interop.language import JavaScript
from pellucid.interop.listing import Prediction
from pellucid.interop.loops import statements
from pellucid.interop.words import Words, in_javascript

TO = JavaScript()
HELPERS = """\
const floats = (text) =>
  new Float32Array(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);
const maximum = (a, b) => (a > b || a !== a ? a : b);
const minimum = (a, b) => (a < b || a !== a ? a : b);
const remainder = (a, b) => a - b * Math.floor(a / b);
const sigmoid = (x) => 0.5 * Math.tanh(0.5 * x) + 0.5;
const row = (x, count) => {
  const r = Math.trunc(x) < 0 ? Math.trunc(x) + count : Math.trunc(x);
  return r < 0 || r >= count || r !== r ? 0 : r;
};
"""


def written(name: str, made: Prediction, golden: Golden, about: str, words: Words) -> str:
    """The module; `about` says which network it is."""
    inputs, outputs = (
        variables(what, len(arrays))
        for what, arrays in (("in", made.inputs), ("out", made.outputs))
    )
    return "\n".join(
        [
            *comment(name, made, about),
            HELPERS,
            *(f'const {each} = floats("{packed(array)}");' for each, array in made.weights.items()),
            f"const m = new Float32Array({made.scratch});",
            "",
            *in_javascript(words),
            f"export function predict({', '.join(inputs)}) {{",
            *body(made),
            f"  return {outputs[0] if len(outputs) == 1 else '[' + ', '.join(outputs) + ']'};",
            "}",
            "",
            *test(name, golden, len(outputs)),
            "",
        ]
    )


def comment(name: str, made: Prediction, about: str) -> Iterator[str]:
    yield from (f"// {line}" for line in about.split("\n"))
    for what, arrays in (("in", made.inputs), ("out", made.outputs)):
        for given, array in zip(variables(what, len(arrays)), arrays, strict=True):
            yield f"// {given}: {array.size} numbers, {shown(array)}"
    yield f"// Its own test: node {name}.js --test"


def packed(array: np.ndarray) -> str:
    return base64.b64encode(np.ravel(array).astype("<f4").tobytes()).decode()


def body(made: Prediction) -> Iterator[str]:
    yield from (f"  {line}" for line in statements(TO, made.steps))
    for given, array in zip(variables("out", len(made.outputs)), made.outputs, strict=True):
        yield f"  const {given} = {array.name}.slice({array.start}, {array.start + array.size});"


def test(name: str, golden: Golden, outputs: int) -> Iterator[str]:
    """What compares with what the network gave for a few rows."""
    held = {
        "inputs": [[np.ravel(row).tolist() for row in array] for array in golden.inputs],
        "outputs": [[np.ravel(row).tolist() for row in array] for array in golden.outputs],
        "bounds": golden.bounds,
    }
    yield f"const golden = {json.dumps(held)};"
    yield "export function test() {"
    yield "  golden.inputs[0].forEach((_, r) => {"
    yield "    const found = predict(...golden.inputs.map((rows) => Float32Array.from(rows[r])));"
    yield f"    {'[found]' if outputs == 1 else 'found'}.forEach((y, at) =>"
    yield "      golden.outputs[at][r].forEach((expected, i) => {"
    yield "        if (!(Math.abs(y[i] - expected) <= golden.bounds[at]))"
    yield "          throw new Error(`row ${r}: y[${i}] is ${y[i]}, expected ${expected}`);"
    yield "      }),"
    yield "    );"
    yield "  });"
    yield f'  return "{name}: " + golden.inputs[0].length + " rows as expected";'
    yield "}"
    yield 'if (typeof process !== "undefined" && process.argv[2] === "--test") console.log(test());'
