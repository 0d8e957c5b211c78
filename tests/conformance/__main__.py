"""Runs Keras's own tests on pellucid, and prints how many pass, and why the others do not.

python -m tests.conformance FOLDER [--rooms losses …] [--list kind …] [--write PAGE]

FOLDER is the source of Keras with its tests: keras/src of the repository, or of an installed
package. Nothing is fetched. Files that are no part of pellucid at all (backends, quantization,
distribution, ops of other kinds of arrays) are not run.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from tests.conformance.judging import KINDS
from tests.conformance.listing import page

ROOMS = (
    "activations",
    "callbacks",
    "constraints",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "models",
    "optimizers",
    "regularizers",
    "trainers",
    "utils",
)
#: files of these rooms that test what pellucid has no part of
LEFT_OUT = (
    *("bounding_boxes", "data_adapters", "jax_layer", "torch_utils", "tracking", "naming_test"),
    *("code_stats", "progbar", "jax_utils", "audio", "python_utils", "backend_utils", "mel_spec"),
    *("stft", "tfsm", "flax", "traceback", "io_utils", "file_utils", "orbax", "feature_space"),
    *("gptq", "awq", "quantization", "loss_scale"),
)


def main() -> None:
    asked = parsed()
    folder = asked.folder.resolve()
    if not (folder.parent / "__init__.py").exists():
        raise SystemExit(f"{folder} is not the folder src of the package keras: its parent is none")
    groups = files_by_room(folder, asked.rooms)
    with tempfile.TemporaryDirectory() as place:
        out = asked.out.resolve() if asked.out else Path(place) / "found.jsonl"
        out.write_text("", encoding="utf-8")
        for files in groups.values():
            command = [sys.executable, "-m", "tests.conformance.running", str(folder), str(out)]
            subprocess.run([*command, *map(str, files)], capture_output=True, check=False)
        found = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    print(table(found))
    if asked.write:
        asked.write.write_text(page(found, table(found)), encoding="utf-8")
    for each in found:
        if each["kind"] in asked.list:
            print(f"{each['kind']}: {each['test']}: {each['why']}")


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rooms", nargs="*", default=ROOMS)
    parser.add_argument("--list", nargs="*", default=(), choices=KINDS)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--write", type=Path)
    return parser.parse_args()


def files_by_room(folder: Path, rooms: Any) -> dict[str, list[Path]]:
    groups: dict[str, list[Path]] = {}
    for room in rooms:
        for file in sorted((folder / room).rglob("*_test.py")):
            if not any(each in str(file) for each in LEFT_OUT):
                groups.setdefault(str(file.parent), []).append(file)
    return groups


def table(found: list[dict[str, str]]) -> str:
    """How many tests came to what, and which share of those that apply passes."""
    counts = Counter(each["kind"] for each in found)
    lines = [f"| {KINDS[kind]} | {counts[kind]:,} |" for kind in KINDS]
    applies = len(found) - counts["apart"]
    passed, meant = counts["passes"] + counts["help"], applies - counts["left"]
    shares = [100 * passed / each if each else 0.0 for each in (applies, meant)]
    words = (
        f"\nof {len(found):,} tests {applies:,} apply, of which {passed:,} pass: {shares[0]:.0f} %;"
        f" without what is left out on purpose {shares[1]:.0f} %"
    )
    return "\n".join(["| what came of it | tests |", "| --- | --- |", *lines, words])


if __name__ == "__main__":
    main()
