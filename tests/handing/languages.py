"""Programs that `export` writes, run: their own tests, and what they give for further rows."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import re
import runpy
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

STRICT = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic"]
WATCHED = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
Rows = Sequence[np.ndarray]


class Ran(NamedTuple):
    """What the program's own test says, and the outputs for further rows, each as numbers."""

    said: str
    outputs: list[np.ndarray]

    @property
    def passed(self) -> bool:
        return "rows as expected" in self.said


def ran(command: Sequence[Any], folder: Path) -> str:
    """What a program prints, or its failure."""
    found = subprocess.run([*map(str, command)], capture_output=True, text=True, cwd=folder)
    return found.stdout if not found.returncode else f"failed: {found.stdout}{found.stderr}"


def packed(rows: Rows) -> bytes:
    """Row by row, the numbers of all inputs."""
    return np.concatenate([flat(each) for each in rows], axis=1).astype("<f4").tobytes()


def flat(rows: np.ndarray) -> np.ndarray:
    return np.asarray(rows, np.float64).reshape(len(rows), -1)


def unpacked(content: bytes, sizes: Sequence[int]) -> list[np.ndarray]:
    rows = np.frombuffer(content, "<f4").reshape(-1, sum(sizes)).astype(float)
    return np.split(rows, np.cumsum(sizes)[:-1], axis=1)


def sizes(text: str, letter: str) -> list[int]:
    """How many numbers each input, or each output, has: x: 4 numbers, 2 x 2"""
    return [int(each) for each in re.findall(rf"^\W+{letter}\d*: (\d+) numbers", text, re.M)]


DRIVER = """\
#define main self_test
#include "{file}"
#undef main
int main(int count, char **words) {{
  {floats};
  (void)words;
  if (count > 1) return self_test();
  while ({reads}) {{
    {name}_predict({given});
    {writes};
  }}
  return 0;
}}
"""


def driver(path: Path) -> str:
    """A program of C that reads rows and writes outputs, or does the file's own test."""
    text = path.read_text()
    name = re.findall(r"void (\w+)_predict", text)[0]
    x, y = (
        [(f"{letter}{at or ''}", size) for at, size in enumerate(sizes(text, letter))]
        for letter in "xy"
    )
    floats = ", ".join(f"{each}[{size}]" for each, size in (*x, *y))
    reads = " && ".join(f"fread({each}, 4, {size}, stdin) == {size}" for each, size in x)
    writes = "; ".join(f"fwrite({each}, 4, {size}, stdout)" for each, size in y)
    given = ", ".join(each for each, _ in (*x, *y))
    filled = {"file": path.name, "name": name, "given": given, "reads": reads, "writes": writes}
    return DRIVER.format(floats=f"static float {floats}", **filled)


def in_c(folder: Path, rows: Rows = (), how: Sequence[str] = ("-O0", *WATCHED)) -> Ran:
    """Compile the only program in a folder, and run it."""
    (path,) = (each for each in folder.glob("*.c") if each.stem != "driver")
    (test,) = re.findall(r"-D(\w+_TEST)", path.read_text())
    source, program = path, folder / "program"
    if rows:
        source = folder / "driver.c"
        source.write_text(driver(path))
    subprocess.run(["gcc", *STRICT, *how, f"-D{test}", source, "-lm", "-o", program], check=True)
    said = ran([program, "test"], folder)
    if not rows:
        return Ran(said, [])
    found = subprocess.run([program], input=packed(rows), capture_output=True, check=True)
    return Ran(said, unpacked(found.stdout, sizes(path.read_text(), "y")))


NODE = """\
import { readFileSync, writeFileSync } from "node:fs";
import { predict } from "./FILE";
const bytes = readFileSync("rows.bin");
const rows = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
const sizes = SIZES, found = [];
for (let at = 0; at < rows.length; ) {
  const y = predict(...sizes.map((size) => rows.slice(at, (at += size))));
  for (const each of Array.isArray(y) ? y : [y]) found.push(...each);
}
writeFileSync("outputs.bin", Float32Array.from(found));
"""


def in_javascript(folder: Path, rows: Rows = ()) -> Ran:
    (path,) = folder.glob("*.js")
    (folder / "package.json").write_text('{"type": "module"}')
    said = ran(["node", path, "--test"], folder)
    if not rows:
        return Ran(said, [])
    text = path.read_text()
    (folder / "rows.bin").write_bytes(packed(rows))
    program = NODE.replace("FILE", path.name).replace("SIZES", str(sizes(text, "x")))
    (folder / "driver.mjs").write_text(program)
    subprocess.run(["node", "driver.mjs"], check=True, cwd=folder)
    return Ran(said, unpacked((folder / "outputs.bin").read_bytes(), sizes(text, "y")))


def in_python(folder: Path, rows: Rows = ()) -> Ran:
    (path,) = folder.glob("*.py")
    with contextlib.redirect_stdout(io.StringIO()) as told:
        program = runpy.run_path(str(path))
        wrong = program["test"]()
    found = program["predict"](*rows) if rows else ()
    found = found if isinstance(found, tuple) else (found,)
    return Ran(wrong or told.getvalue(), [flat(each) for each in found])


def in_onnx(folder: Path, rows: Rows = ()) -> Ran:
    """By onnxruntime: the golden rows of the only file in a folder, and the first of them alone."""
    import onnxruntime

    (path,) = folder.glob("*.onnx")
    session = onnxruntime.InferenceSession(str(path))
    about = session.get_modelmeta()
    golden = json.loads(about.custom_metadata_map["golden"])
    said = f"{about.graph_name}: {len(golden['inputs'][0])} rows as expected"
    for count in (len(golden["inputs"][0]), 1):
        found = outputs_of(session, [np.array(each[:count]) for each in golden["inputs"]])
        for y, true, bound in zip(found, golden["outputs"], golden["bounds"], strict=True):
            off = np.abs(y - flat(np.array(true[:count]))).max(initial=0)
            if not off <= bound:
                said = f"failed: off by {off}, expected {bound}"
    return Ran(said, outputs_of(session, rows) if rows else [])


#: how arrays of a kind of ONNX are made
ARRAYS = {"tensor(int64)": np.int64, "tensor(float)": np.float32, "tensor(string)": np.object_}


def outputs_of(session: Any, rows: Rows) -> list[np.ndarray]:
    inputs = session.get_inputs()
    given = {
        each.name: np.asarray(x, ARRAYS[each.type]) for each, x in zip(inputs, rows, strict=True)
    }
    return [flat(each) for each in session.run(None, given)]


class Language(NamedTuple):
    """The ending of its files, what runs them, and what it takes: a program, or packages."""

    ending: str
    run: Callable[..., Ran]
    program: str = ""
    packages: tuple[str, ...] = ()

    @property
    def missing(self) -> str:
        """What of it is not here."""
        absent = [each for each in self.packages if importlib.util.find_spec(each) is None]
        if self.program and shutil.which(self.program) is None:
            absent.append(self.program)
        return ", ".join(absent)


LANGUAGES = [
    Language(".c", in_c, "gcc"),
    Language(".js", in_javascript, "node"),
    Language(".py", in_python),
    Language(".onnx", in_onnx, "", ("onnx", "onnxruntime")),
]
