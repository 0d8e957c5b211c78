"""What each ingredient of the recipe for tables is worth: from an ordinary network to RealMLP-TD,
and from there to several small networks.

Each rung has one ingredient more than that before it. Built of public layers, schedules and
optimizers, on the tables, rows and splits of `tables.py`; the last two are the estimators, of one
small network, and as they are. Each result is a line of
`ladder_results.jsonl`, and `table_report.py` makes a table of them in docs/tables.md. Until the
neural-tangent parametrisation the highest rate is the recipe's by √256, for layers of 256 inputs.

    export OMP_NUM_THREADS=1
    python benchmarks/ladder.py FOLDER [--splits 5] [--rows N] [--tables A,B]
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sklearn.model_selection import train_test_split

import pellucid
from pellucid import layers, losses, optimizers, schedules
from pellucid.data import ArrayData
from pellucid.estimators.members import Course, Member
from pellucid.estimators.turns import Turn
from pellucid.models.recipe import RECIPES, dense, draw_by
from pellucid.preprocessing.columns import Columns, Ways, fit_columns
from pellucid.preprocessing.tables import Table as Read
from pellucid.preprocessing.tables import as_table
from pellucid.training.loop import Interrupt

if __package__:
    from benchmarks.table_report import LADDER
    from benchmarks.tables import Table, error, key_of, known, measured, note, tables
else:
    from table_report import LADDER
    from tables import Table, error, key_of, known, measured, note, tables

EPOCHS, BATCH, HIDDEN, PATIENCE = 256, 256, (256, 256, 256), 40


class Rung(NamedTuple):
    """The ingredients that there are."""

    name: str
    robust: bool = False
    stops: bool = True
    waves: bool = False
    beta: float = 0.999
    softened: bool = False
    tangent: bool = False
    bends: bool = False
    scales: bool = False
    parametric: bool = False
    embeds: bool = False
    drops: bool = False
    decays: bool = False
    drawn: bool = False
    ramps: bool = False


STEPS: list[tuple[str, dict[str, Any]]] = [
    ("3 × 256, relu, Adam 0.001, early stopping", {}),
    ("robust scale, smooth clip", {"robust": True}),
    ("no early stopping, the last best epoch", {"stops": False}),
    ("the rate in four waves", {"waves": True}),
    ("β₂ = 0.95", {"beta": 0.95}),
    ("smoothed labels, or bounded predictions", {"softened": True}),
    ("neural-tangent parametrisation", {"tangent": True}),
    ("selu, or mish", {"bends": True}),
    ("scaling layer (TD-S)", {"scales": True}),
    ("parametric activation", {"parametric": True}),
    ("periodic embedding of numbers", {"embeds": True}),
    ("dropout 0.15, flat, then falling", {"drops": True}),
    ("decay 0.02, flat, then falling", {"decays": True}),
    ("drawn by the data (TD)", {"drawn": True}),
    ("ramps, but for several classes", {"ramps": True}),
]


SMALL, SEVERAL = "15: without 9 to 13, one small network", "16 + several, rows held out in turn"


def rungs() -> list[Rung]:
    found = [Rung(STEPS[0][0])]
    for at, (name, change) in enumerate(STEPS[1:], 1):
        found.append(found[-1]._replace(name=f"{at:2} + {name}", **change))
    return found


class Rows(NamedTuple):
    """A table's rows as a network reads them, with targets; `numbers` stand before the marks."""

    x: list[np.ndarray]
    y: list[np.ndarray]
    numbers: int
    classes: int

    def steps(self) -> int:
        return max(1, len(self.x[0]) // BATCH)


def read(table: Table, split: int, rung: Rung) -> Rows:
    """Rows to train on, to choose the epoch by, and to test on."""
    x, test, y, truth = table.split(split)
    first, held, y, aside = train_test_split(x, y, test_size=0.2, random_state=split)
    classes = int(table.y.max()) + 1 if table.task == "classes" else 0
    kind = "continuous" if classes < 3 else "multiclass"
    ways = Ways(y, kind, split)
    ways.bends &= rung.ramps
    columns, _ = fit_columns(as_table(first), ways)
    read = [scaled(columns, [as_table(first), as_table(each)], rung)
            for each in (first, held, test)]  # fmt: skip
    return Rows(read, [y, aside, truth], columns.numbers, classes)


def scaled(columns: Columns, tables: list[Read], rung: Rung) -> np.ndarray:
    """The last of the tables; the first is what its scale is learned from."""
    if rung.robust:
        return columns.inputs(tables[1])[0]
    base, plain = (columns.plain(each) for each in tables)
    mean, deviation = np.nanmean(base, axis=0), np.nanstd(base, axis=0)
    found = (plain - mean) / np.where(deviation > 0, deviation, 1.0)
    return np.nan_to_num(found).astype(np.float32)


def network(rung: Rung, rows: Rows) -> pellucid.Model:
    recipe = RECIPES["realmlp" if rung.parametric else "standard"][not rows.classes]
    bend, total = (recipe.activation if rung.bends else "relu"), EPOCHS * rows.steps()
    inputs = layers.Input(rows.x[0].shape[1:])
    x = inputs
    if rung.embeds and rows.numbers:
        waves = layers.PeriodicEmbedding(rates=0.1, decays=0.1)(x[:, : rows.numbers])
        marks = x.shape[1] - rows.numbers
        x = layers.Concatenate()([waves, x[:, rows.numbers :]]) if marks else waves
    x = layers.Scaling(rates=6.0, decays=6.0)(x) if rung.scales else x
    for units in HIDDEN:
        x = dense(recipe, x.shape[1], units)(x) if rung.tangent else layers.Dense(units)(x)
        curved = layers.ParametricActivation(bend, rates=0.1, decays=0.1)
        x = (curved if rung.parametric else layers.Activation(bend))(x)
        x = layers.Dropout(schedules.FlatCosine(0.15, total))(x) if rung.drops else x
    ending = (rows.classes, "softmax") if rows.classes else (1, None)
    zero = {} if rung.drawn or not rung.tangent else {"kernel": "zeros", "bias": "zeros"}
    last = dense(recipe, x.shape[1], *ending, **zero) if rung.tangent else layers.Dense(*ending)
    return pellucid.Model(inputs, last(x))


def optimizer(rung: Rung, rows: Rows) -> optimizers.Optimizer:
    total = EPOCHS * rows.steps()
    highest = RECIPES["realmlp" if rung.drawn else "standard"][not rows.classes].learning_rate
    highest = highest if rung.tangent else highest / 16
    rate: Any = schedules.LogCosine(highest, total) if rung.waves else 0.001
    decay = schedules.FlatCosine(0.02, total) if rung.decays else None
    return optimizers.Adam(rate, beta_2=rung.beta, epsilon=1e-8, weight_decay=decay)


def trained(rung: Rung, rows: Rows, seed: int) -> Any:
    """A function of rows, which gives classes or numbers."""
    pellucid.set_random_seed(seed)
    net, (y, aside, _) = network(rung, rows), rows.y
    if rung.drawn:
        draw_by(net, [rows.x[0]], np.random.RandomState(seed))
    mean, deviation = (0, 1) if rows.classes else (y.mean(), y.std())
    smoothing = 0.1 if rung.softened else 0.0
    loss = losses.SparseCategoricalCrossentropy(label_smoothing=smoothing)
    net.compile(optimizer(rung, rows), loss if rows.classes else "mse", threads=1)
    targets = [each if rows.classes else (each - mean) / deviation for each in (y, aside)]
    parts = [ArrayData((x,), (each,)) for x, each in zip(rows.x[:2], targets, strict=True)]
    to_best_epoch(net, rung, *parts)
    found = net.predict(rows.x[2], verbose=0)
    if rows.classes:
        return found.argmax(axis=1)
    numbers = found[:, 0] * deviation + mean
    return np.clip(numbers, y.min(), y.max()) if rung.softened else numbers


def to_best_epoch(net: pellucid.Model, rung: Rung, rows: ArrayData, held: ArrayData) -> None:
    """Train to the first best epoch, after which some are tried, or to the last best of all."""
    course, errors, kept = Course(EPOCHS, min(BATCH, len(rows)), wrong_on(held)), [], []
    member, interrupt = Member(net, Turn(rows, held, np.arange(len(held))), course), Interrupt()
    for epoch in range(EPOCHS):
        member.one_epoch(epoch, interrupt)
        errors.append(course.measure(member.predicted()))
        before = min(errors[:-1], default=np.inf)
        if errors[-1] < before or (errors[-1] == before and not rung.stops):
            best, kept = epoch, net.get_weights()
        elif rung.stops and epoch > best + PATIENCE:
            break
    net.set_weights(kept)


def wrong_on(held: ArrayData) -> Callable[[np.ndarray], float]:
    """The class error, or the mean square error, of what is predicted for the rows."""
    (y,) = held.y
    if y.dtype.kind in "iu":
        return lambda found: float(np.mean(found.argmax(axis=1) != y))
    return lambda found: float(np.mean((found[:, 0] - y) ** 2))


def on_rung(rung: Rung, table: Table, split: int) -> tuple[float, float]:
    """The error, and the seconds for each 1,000 rows."""
    rows, start = read(table, split, rung), time.process_time()
    wrong = error(table.task, rows.y[2], trained(rung, rows, split))
    return wrong, 1000 * (time.process_time() - start) / len(rows.x[0])


def estimated(name: str, table: Table, split: int) -> tuple[float, float]:
    """The same of the estimator, as one small network or as it is."""
    classes = table.task == "classes"
    recipe = RECIPES["standard"][not classes]
    small: dict[str, Any] = {"n_members": 1, "hidden_layer_sizes": recipe.hidden}
    small |= {"max_epochs": recipe.epochs, "batch_size": recipe.large}
    kind = pellucid.TabularClassifier if classes else pellucid.TabularRegressor
    model = kind(random_state=split, threads=1, **small if name == SMALL else {})
    return measured(model, table.task, table.split(split))


def climb(asked: argparse.Namespace, task: str) -> None:
    done = {key_of(each) for each in known(asked.results)}
    steps: dict[str, Callable[[Table, int], tuple[float, float]]]
    steps = {rung.name: partial(on_rung, rung) for rung in rungs()}
    steps |= {name: partial(estimated, name) for name in (SMALL, SEVERAL)}
    for split in range(asked.splits):
        for table in tables(asked, task):
            for name, step in steps.items():
                line = {"table": table.name, "rows": table.rows, "split": split, "model": name}
                if key_of(line) not in done:
                    wrong, spent = step(table, split)
                    found = {"error": round(wrong, 5), "seconds": round(spent, 3)}
                    note(asked.results, line | {"task": task, "version": "pellucid"} | found)


def main() -> None:
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("--splits", type=int, default=5)
    parser.add_argument("--rows", type=int)
    parser.add_argument("--tables", default="")
    parser.add_argument("--results", type=Path, default=LADDER)
    asked = parser.parse_args()
    climb(asked, "classes")
    climb(asked, "numbers")


if __name__ == "__main__":
    main()
