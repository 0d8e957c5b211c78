"""A table of one's own: its text read, its columns prepared as pellucid prepares them."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.foreign import brief
from pellucid.play.asking import RefusedError
from pellucid.play.choices import ROWS, TASKS, DataChoice
from pellucid.play.drawn import parts
from pellucid.play.rows import Data, Part
from pellucid.preprocessing import fit, read_csv
from pellucid.preprocessing.kinds import kind_of
from pellucid.preprocessing.tables import Table, missing, rows_of, take
from pellucid.preprocessing.targets import Classes, classes_of, guess_target, task_of
from pellucid.settings import nearest

#: columns that a client is told of, values of each that it is shown, and columns of a network
COLUMNS, SAMPLE, WIDEST = 200, 3, 1000
#: what a script reads where nobody said the name of the file
FILE = "table.csv"


def made(choice: DataChoice) -> Data:
    """The rows of a table, with its preparation fitted on those to train on."""
    if not choice.text:
        raise RefusedError("there is no table yet: paste or drop the text of one")
    table = read_csv(choice.text.encode("utf-8", "replace"))
    target = chosen_target(choice, table)
    known = known_rows(choice, table, target)
    task = choice.task or task_of(target, known[target])
    classes = classes_of(target, known[target]) if task == TASKS[0] else None
    labels = None if classes is None else classes.encode(known[target])
    kept, held = parts(choice, rows_of(known), labels)
    train, test = take(known, kept), take(known, held)
    preparation, x, y = fit(train, target, task, choice.seed, classes)
    if x.shape[1] > WIDEST:
        raise RefusedError(f"the table gives {x.shape[1]:,} inputs; up to {WIDEST:,} are shown")
    goal = preparation.target
    x_test, y_test = x[:0], y[:0]
    if len(held):
        x_test, y_test = preparation.transform(test), goal.encode(test[target])
    dropped = rows_of(table) - rows_of(known)
    notes = [f"{dropped:,} rows without a target, or beyond {ROWS:,}, are left out"] * bool(dropped)
    return Data(
        choice,
        Part(x, y, x[:, :2]),
        Part(x_test, y_test, x_test[:, :2]),
        [brief(each, 60) for each in goal.names] if isinstance(goal, Classes) else None,
        [brief(each, 60) for each in preparation.encoded.features],
        script(choice, target, task),
        notes=[*notes, *preparation.sentences()],
    )


def chosen_target(choice: DataChoice, table: Table) -> str:
    target = choice.target or guess_target(list(table))[0]
    for name in (target, *choice.columns):
        if name not in table:
            raise RefusedError(f"no column is called {brief(name, 60)}; {nearest(name, table)}")
    return target


def known_rows(choice: DataChoice, table: Table, target: str) -> Table:
    """The columns that were chosen, and the rows of which the target is known."""
    columns = dict.fromkeys([*(choice.columns or table), target])
    rows = np.flatnonzero(~missing(table[target]))[: min(ROWS, choice.n)]
    return take({name: table[name] for name in columns}, rows)


def script(choice: DataChoice, target: str, task: str) -> list[str]:
    """The same by a script, from the file that the text came from."""
    of_classes = task == TASKS[0]
    columns = list(dict.fromkeys([*choice.columns, target])) if choice.columns else None
    chosen = "table" if columns is None else f"{columns!r}"
    most = min(ROWS, choice.n)
    return [
        f"table = preprocessing.read_table({choice.file or FILE!r})",
        f"target = {target!r}",
        f"rows = np.flatnonzero(~missing(table[target]))[:{most}]",
        f"table = {{name: table[name][rows] for name in {chosen}}}",
        *(["classes = classes_of(target, table[target])"] if of_classes else ["classes = None"]),
        *script_of_rows(choice, of_classes),
        "train = {name: column[kept] for name, column in table.items()}",
        f"prepared, x_train, y_train = preprocessing.fit(train, target, {task!r}, "
        f"{choice.seed}, classes)",
        *(SCRIPT_OF_TEST if choice.test else []),
    ]


SCRIPT_OF_TEST = [
    "test = {name: column[held] for name, column in table.items()}",
    "x_test, y_test = prepared.transform(test), prepared.target.encode(test[target])",
]


def script_of_rows(choice: DataChoice, of_classes: bool) -> list[str]:
    if not choice.test:
        return ["kept = np.arange(len(rows))"]
    stratified = ", stratify=classes.encode(table[target])" if of_classes else ""
    share = f"test_size={choice.test!r}, random_state={choice.seed}{stratified}"
    return [
        "kept, held = utils.train_test_split(",
        f"    np.arange(len(rows)), {share}",
        ")",
    ]


def looked_at(text: str) -> dict[str, Any]:
    """What is in a table: each column with its kind, and a guess at the target."""
    table = read_csv(text.encode("utf-8", "replace"))
    return {
        "rows": rows_of(table),
        "target": guess_target(list(table))[0],
        "columns": [column(name, values) for name, values in list(table.items())[:COLUMNS]],
    }


def column(name: str, values: np.ndarray) -> dict[str, Any]:
    """A column in a few words."""
    lost = missing(values)
    known = values[~lost]
    seen = kind_of(name, values)
    return {
        "name": name,
        "kind": seen.kind,
        "why": seen.why,
        "distinct": len(set(known.tolist())),
        "missing": int(lost.sum()),
        "sample": [brief(each, 40) for each in known[:SAMPLE].tolist()],
    }
