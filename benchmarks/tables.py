"""Estimators for tables, side by side: test error and seconds on public tables and random splits.

What is measured stands in `table_models.py`. Four fifths of the rows are trained on, or of so many
rows as are asked for; the errors are those on the others, 5,000 at most: of classes, or the root
mean square over the deviation of the targets. Seconds are of CPU, on one thread, for each 1,000
rows of training. Each result is a line of `table_results.jsonl` at once, and what stands there is
not measured again; `table_report.py` makes docs/tables.md of it. With --defaults it is
MLPClassifier() beside scikit-learn's.

    export OMP_NUM_THREADS=1
    python benchmarks/tables.py FOLDER [--splits 5] [--rows N] [--tables A,B] [--only MODEL,MODEL]
    python benchmarks/table_report.py

FOLDER holds the wheels that `table_sets.py` names.
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from sklearn import neural_network
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder

from pellucid import MLPClassifier

if __package__:
    from benchmarks.table_models import Made, models, prepared, version
    from benchmarks.table_sets import SETS, load
else:
    from table_models import Made, models, prepared, version
    from table_sets import SETS, load

RESULTS = Path(__file__).parent / "table_results.jsonl"
#: rows to test on, at most
TESTED = 5000
#: what tells a result from others
KEY = ("table", "rows", "split", "model")


class Table(NamedTuple):
    """A table to learn from, of which so many `rows` are used; the others are tested on as well."""

    name: str
    task: str
    x: pd.DataFrame
    y: np.ndarray
    rows: int

    def split(self, seed: int) -> list[Any]:
        """Rows to train on, rows to test on, and the targets of both."""
        size, by = int(0.8 * self.rows), self.y if self.task == "classes" else None
        x, others, y, truth = train_test_split(
            self.x, self.y, train_size=size, random_state=seed, stratify=by
        )
        return [x, others[:TESTED], y, truth[:TESTED]]


def tables(asked: argparse.Namespace, task: str) -> Iterator[Table]:
    for each in SETS[task]:
        if not asked.tables or each.name in asked.tables.split(","):
            found = load(each, Path(asked.folder))
            if found is None:
                print(f"{each.name}: no wheel of {each.wheel} in {asked.folder}")
                continue
            x, y = found
            codes = LabelEncoder().fit_transform(y.astype(str)) if task == "classes" else y
            rows = min(asked.rows or len(x), len(x))
            yield Table(each.name, task, columns_typed(x), np.asarray(codes), rows)


def columns_typed(x: pd.DataFrame) -> pd.DataFrame:
    """Text as categories, of which gradient boosting takes 255 at most."""
    others = x.select_dtypes(exclude="number").columns
    common = {name: x[name].astype(str).where(x[name].notna()) for name in others}
    for name, column in common.items():
        most = column.value_counts().index[:200]
        common[name] = column.where(column.isin(most)).astype("category")
    return x.assign(**common)


def error(task: str, y: np.ndarray, predicted: np.ndarray) -> float:
    if task == "classes":
        return float(np.mean(predicted != y))
    return float(np.sqrt(np.mean((predicted - y) ** 2)) / np.std(y))


def measured(model: Any, task: str, parts: list[Any]) -> tuple[float, float]:
    """The error on the rows to test on, and the seconds for each 1,000 rows to train on."""
    x, other, y, truth = parts
    start = time.process_time()
    model.fit(x, y)
    seconds = time.process_time() - start
    return error(task, truth, model.predict(other)), 1000 * seconds / len(x)


def known(path: Path, names: tuple[str, ...] = KEY) -> list[dict[str, Any]]:
    """What was measured before, a later line in the place of an earlier one of the same names."""
    lines = path.read_text().splitlines() if path.exists() else []
    return list({key_of(each, names): each for each in map(json.loads, lines)}.values())


def key_of(line: dict[str, Any], names: tuple[str, ...] = KEY) -> tuple[Any, ...]:
    return tuple(line[each] for each in names)


def suite(asked: argparse.Namespace, task: str) -> None:
    """Measure what no line says yet: of each split every table, of each table every model."""
    done = {key_of(each) for each in known(asked.results)}
    chosen = {
        name: made for name, made in models(task).items()
        if not asked.only or name in asked.only.split(",")
    }  # fmt: skip
    for split in range(asked.splits):
        for table in tables(asked, task):
            for name, made in chosen.items():
                line = {"table": table.name, "rows": table.rows, "split": split, "model": name}
                if key_of(line) not in done:
                    note(asked.results, line | found(table, split, made))


def found(table: Table, split: int, made: Made) -> dict[str, Any]:
    model = made(split)
    at = {"task": table.task, "version": version(model)}
    try:
        wrong, seconds = measured(model, table.task, table.split(split))
    except Exception as refused:  # a rival's own
        return at | {"refused": f"{type(refused).__name__}: {refused}"[:200]}
    return at | {"error": round(wrong, 5), "seconds": round(seconds, 3)}


def note(path: Path, line: dict[str, Any]) -> None:
    with path.open("a") as file:
        file.write(json.dumps(line) + "\n")
    shown = line.get("refused") or f"{line['error']:.4f} {line['seconds']:8.2f} s"
    print(f"{line['table']:16} {line['rows']:6} {line['split']} {line['model']:22} {shown}",
          flush=True)  # fmt: skip


def defaults(asked: argparse.Namespace) -> None:
    """MLPClassifier() and scikit-learn's on the same standardised rows."""
    rivals: dict[str, Made] = {
        "ours": lambda seed: MLPClassifier(random_state=seed, threads=1),
        "theirs": lambda seed: neural_network.MLPClassifier(random_state=seed),
    }
    for table in tables(asked, "classes"):
        parts = table.split(0)
        ready = prepared("passthrough").fit(parts[0])
        parts[:2] = [ready.transform(each).astype(np.float64) for each in parts[:2]]
        seeds = range(asked.splits)
        (own, mine), (other, theirs) = (
            np.mean([measured(made(seed), "classes", parts) for seed in seeds], axis=0)
            for made in rivals.values()
        )
        rows, columns = parts[0].shape
        print(f"{table.name:16} {rows:6} × {columns:4}   error {own:.4f} / {other:.4f}   "
              f"{theirs / mine:5.1f} × as fast", flush=True)  # fmt: skip


def main() -> None:
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("--splits", type=int, default=5)
    parser.add_argument("--rows", type=int)
    parser.add_argument("--tables", default="")
    parser.add_argument("--only", default="")
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--defaults", action="store_true")
    asked = parser.parse_args()
    if asked.defaults:
        defaults(asked)
    else:
        suite(asked, "classes")
        suite(asked, "numbers")


if __name__ == "__main__":
    main()
