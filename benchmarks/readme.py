"""The tour's tables of speed, written from results.json between two marks.

python benchmarks/readme.py        reads results.json, writes docs/tour.md
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from report import TITLES, number, table

HERE = Path(__file__).parent
TOUR = HERE.parent / "docs" / "tour.md"
BEGIN, END = "<!-- written by benchmarks/readme.py -->\n", "<!-- to here -->\n"
TRAININGS = {
    "W1": "784-128-64-10, Adam, batch 32, an epoch of 60,000",
    "W2": "784-512-10, RMSprop, batch 128, an epoch",
    "W3": "784-128-64-10 sigmoid, SGD, batch 1, 10,000 steps",
    "W4": "20-10-1, SGD, batch 100, 4,000 steps",
    "W5": "784-64-10 sigmoid, full batch, 20 steps",
    "W6": "54-256-128-7, Adam, batch 256, 500,000 dense rows",
    "C1": "LeNet, Adam, batch 64, 200 steps",
    "R1": "LSTM of 64 over 28 rows, batch 128, 100 steps",
    "E1": "embedding 10,000 × 32, mean, dense, 200 steps",
}
#: a column is the fastest of these
COLUMNS = {
    "pellucid": ("pellucid native",),
    "JAX scan": ("JAX scan", "JAX scan, gathered first", "JAX scan, unrolled"),
    "JAX steps": ("JAX step loop",),
    "PyTorch compiled": ("PyTorch compiled",),
    "PyTorch eager": ("PyTorch eager",),
    "Keras 3 on JAX": ("Keras 3 on JAX",),
    "NumPy by hand": ("NumPy by hand",),
    "scikit-learn": ("scikit-learn",),
}


def cell(peers: dict[str, Any], column: str) -> str:
    medians = [peers[name]["median"] for name in COLUMNS[column] if name in peers]
    text = number(min(medians)) if medians else "–"
    return f"**{text}**" if column == "pellucid" else text


def tables(found: dict[str, Any]) -> str:
    """A table for each level, of the trainings that were measured there."""
    parts = []
    for level, here in found["levels"].items():
        rows = [[f"seconds, {TITLES[level]}", *COLUMNS], ["---"] + ["---:"] * len(COLUMNS)]
        for name, training in TRAININGS.items():
            if name in here["workloads"]:
                peers = here["workloads"][name]["peers"]
                rows.append([training, *(cell(peers, column) for column in COLUMNS)])
        parts.append(table(rows))
    return "\n\n".join(parts)


def write(found: dict[str, Any]) -> None:
    before, rest = TOUR.read_text(encoding="utf-8").split(BEGIN)
    _, after = rest.split(END)
    machine = found["machine"]
    opening = (
        f"On {machine['cores']} cores ({machine['processor']}), each library at its better number "
        "of threads;\nat AVX2 all are held to what most laptops have. The loss after a number of "
        "steps was compared first."
    )
    text = f"{before}{BEGIN}{opening}\n\n{tables(found)}\n{END}{after}"
    TOUR.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(json.loads((HERE / "results.json").read_text()))
