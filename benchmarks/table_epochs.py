"""The estimators for tables beside as many networks of scikit-learn's: seconds for the same epochs.

Both train so many networks, of the same layers, on batches of 64, through the epochs of the recipe,
on all rows but the share of each network; nobody stops before. Seconds are of CPU, on one thread,
the better of two turns. Each result is a line of `table_epochs.jsonl`; `table_report.py` makes a
part of docs/tables.md of them.

    export OMP_NUM_THREADS=1
    python benchmarks/table_epochs.py FOLDER [--rows N] [--tables A,B]
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sklearn import neural_network

import pellucid
from pellucid.models.recipe import RECIPES

if __package__:
    from benchmarks.table_models import kind, prepared, scaled
    from benchmarks.table_report import EPOCHS
    from benchmarks.tables import Table, tables
else:
    from table_models import kind, prepared, scaled
    from table_report import EPOCHS
    from tables import Table, tables


def seconds(work: Callable[[], Any]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def measured(table: Table) -> dict[str, Any]:
    """The seconds of ours and of theirs, for each 1,000 rows."""
    x, _, y, _ = table.split(0)
    recipe = RECIPES["standard"][table.task == "numbers"]
    estimator = getattr(pellucid, f"Tabular{kind(table.task)}")
    network = getattr(neural_network, f"MLP{kind(table.task)}")
    pipeline = prepared if table.task == "classes" else scaled
    alike = {
        "hidden_layer_sizes": recipe.hidden,
        "batch_size": recipe.large,
        "max_iter": recipe.epochs,
        "early_stopping": True,
        "validation_fraction": 1 / recipe.members,
        "n_iter_no_change": recipe.epochs,
    }

    def ours() -> None:
        estimator(random_state=0, threads=1, early_stopping=False).fit(x, y)

    def theirs() -> None:
        for seed in range(recipe.members):
            pipeline(network(random_state=seed, **alike)).fit(x, y)

    turns = [(seconds(ours), seconds(theirs)) for _ in range(2)]
    best = [round(1000 * min(each) / len(x), 4) for each in zip(*turns, strict=True)]
    line = {"table": table.name, "task": table.task, "rows": table.rows}
    return line | {"ours": best[0], "theirs": best[1]}


def main() -> None:
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("--rows", type=int)
    parser.add_argument("--tables", default="")
    parser.add_argument("--results", type=Path, default=EPOCHS)
    asked = parser.parse_args()
    for task in ("classes", "numbers"):
        for table in tables(asked, task):
            line = measured(table)
            with asked.results.open("a") as file:
                file.write(json.dumps(line) + "\n")
            print(f"{table.name:16} {line['theirs'] / line['ours']:5.1f} × as fast", flush=True)


if __name__ == "__main__":
    main()
