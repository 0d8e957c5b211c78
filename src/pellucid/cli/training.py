"""Training from the command line: data by name, divided, prepared; a network; its run."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

import pellucid
from pellucid import callbacks
from pellucid.cli.building import RECIPE, course_of, network, settled, stopping
from pellucid.cli.choices import Choices
from pellucid.cli.searching import searched
from pellucid.data import holdout
from pellucid.glass.doctor.diagnosis import Diagnosis
from pellucid.models.sequential import Sequential
from pellucid.preprocessing import (
    Classes,
    PicturePreparation,
    Preparation,
    Rows,
    Source,
    fit,
    open_data,
)
from pellucid.preprocessing.tables import missing
from pellucid.preprocessing.targets import classes_of, guess_target, task_of
from pellucid.report.run import Run
from pellucid.report.sizes import Sizes
from pellucid.settings import nearest
from pellucid.training.history import History

#: x and y
Arrays = tuple[np.ndarray, np.ndarray]
#: rows of which the sizes of activations and gradients are noted
PROBE = 128
#: the most lines in which the doctor speaks of a training
LINES = 3


@dataclass(eq=False)
class Parts:
    """The rows to fit, to choose the best epoch by, and to test on; and what was decided."""

    source: Source
    train: Rows
    validation: Rows
    test: Rows
    target: str
    task: str
    notes: list[str]


def divided(choices: Choices) -> Parts:
    """The data in three parts; every class has its share of each."""
    source = open_data(choices.data)
    target, notes = _target(source, choices)
    train, lost = _with_target(source.train, target)
    if lost:
        notes.append(f"{lost} rows without a value of {target!r} are left out")
    values = _values(train, target)
    task = choices.task or ("classification" if source.pictures else task_of(target, values))
    if task not in ("classification", "regression"):
        raise ValueError(f"--task is {task!r}; {nearest(task, ('classification', 'regression'))}")
    test = source.test
    if test is None:
        train, test = _cut(train, choices.test, choices.seed, target, task, "--test")
    share, seed = choices.validation, choices.seed + 1
    train, validation = _cut(train, share, seed, target, task, "--validation")
    return Parts(source, train, validation, test, target, task, notes)


def _target(source: Source, choices: Choices) -> tuple[str, list[str]]:
    if source.pictures:
        return "class", []
    names = list(source.train.x)
    if choices.target is None and source.target is None:
        target, why = guess_target(names)
        return target, [f"the target is {why} (--target NAME for another)"]
    target = choices.target or str(source.target)
    if target not in names:
        raise ValueError(f"--target: no column is called {target!r}; {nearest(target, names)}")
    return target, []


def _values(rows: Rows, target: str) -> np.ndarray:
    return rows.y if rows.y is not None else rows.x[target]


def _with_target(rows: Rows, target: str) -> tuple[Rows, int]:
    if rows.y is not None:
        return rows, 0
    lost = missing(rows.x[target])
    return (rows.take(np.flatnonzero(~lost)), int(lost.sum())) if lost.any() else (rows, 0)


def _cut(
    rows: Rows, share: float, seed: int, target: str, task: str, option: str
) -> tuple[Rows, Rows]:
    values = _values(rows, target)
    labels = values.astype(str) if task == "classification" else None
    kept, held = holdout(len(rows), share, seed, labels, name=option)
    return rows.take(kept), rows.take(held)


def prepared(parts: Parts, seed: int) -> tuple[Preparation, list[Arrays]]:
    """A preparation fitted on the rows to train on, and [(x, y), …] of the three parts."""
    three = (parts.train, parts.validation, parts.test)
    if parts.source.pictures:
        return _pictures(parts, three)
    classes = None
    if parts.task == "classification":
        every = np.concatenate([_values(rows, parts.target) for rows in three])
        classes = classes_of(parts.target, every)
    preparation, x, y = fit(parts.train.x, parts.target, parts.task, seed, classes)
    others = [
        (preparation.transform(rows.x), preparation.target.encode(rows.x[parts.target]))
        for rows in three[1:]
    ]
    return preparation, [(x, y), *others]


def _pictures(parts: Parts, three: tuple[Rows, ...]) -> tuple[Preparation, list[Arrays]]:
    x = parts.train.x
    labels = np.concatenate([rows.y for rows in three if rows.y is not None])
    labels = labels.astype(np.float64) if labels.dtype.kind in "iu" else labels
    classes = classes_of(parts.target, labels)
    largest = int(x.max()) if x.max() <= 16 else 255
    drawn = parts.source.name in ("mnist", "digits")
    target = Classes(parts.target, parts.source.class_names or classes.names)
    preparation = PicturePreparation(
        target, list(x.shape[1:]), largest, float(x.mean()), float(x.std()) or 1.0, drawn
    )
    encode = target.encode if parts.source.class_names is None else _numbers
    return preparation, [(rows.x, encode(rows.y)) for rows in three if rows.y is not None]


def _numbers(labels: np.ndarray) -> np.ndarray:
    return labels.astype(np.int64)


def train(
    choices: Choices,
    watching: list[callbacks.Callback] | None = None,
    say: Callable[[str], None] = lambda line: None,
    keep: Callable[[Sequential], None] = lambda net: None,
    conclude: Callable[[list[str]], None] | None = None,
) -> Run:
    """The whole of a training; `say` is told what is decided on the way.

    `keep` is given the network as soon as it is trained, `conclude` told in a few lines what the
    doctor says of it.
    """
    began = time.perf_counter()
    pellucid.set_random_seed(choices.seed)
    parts = divided(choices)
    tried: list[dict[str, Any]] = []
    if choices.search is not None:
        choices, tried = found(choices, parts)
    choices = settled(choices, parts.source.pictures, parts.task, len(parts.train))
    preparation, arrays = prepared(parts, choices.seed)
    if not parts.source.pictures:
        parts.notes.append(RECIPE)
    for line in (*parts.notes, *preparation.sentences()):
        say(line)
    fitted, validation, (x_test, y_test) = arrays
    net = network(preparation, fitted[0], choices)
    sizes = Sizes(*(each[:PROBE] for each in fitted))
    history = fit_to(net, fitted, validation, choices, [sizes, *(watching or [])])
    note(net, choices, parts, preparation)
    keep(net)
    if len(history.epoch) < (choices.epochs or 0) and not net.stop_training:
        say("training is stopped, and the model kept; Ctrl-C again leaves out the report")
    if conclude is not None:
        conclude(concluded(net, fitted, validation, choices))
    of_classes = isinstance(preparation.target, Classes)
    return Run(
        name=parts.source.name,
        net=net,
        history=history,
        preparation=preparation,
        raw=parts.test.x,
        truth=y_test if of_classes else parts.test.x[parts.target],
        outputs=net.predict(x_test),
        sizes=sizes,
        settings=asdict(choices),
        command=choices.command,
        sha256=parts.source.sha256,
        rows={
            "to train on": len(fitted[0]),
            "to choose the best epoch": len(validation[0]),
            "held out to test": len(x_test),
        },
        seconds=time.perf_counter() - began,
        notes=parts.notes,
        tried=tried,
    )


def found(choices: Choices, parts: Parts) -> tuple[Choices, list[dict[str, Any]]]:
    """The choices after a search on the rows to train on and to choose the best epoch by."""
    if parts.source.pictures:
        raise ValueError("--search is for tables; the data are pictures. Leave it out")
    rows = [parts.train, parts.validation]
    best, tried = searched(choices, rows, parts.target, parts.task)
    settings = {str(row["settings"]) for row in tried}
    parts.notes.append(
        f"{len(settings)} settings were tried; the best: --hidden {best.hidden or 'as it is'}, "
        f"--learning-rate {best.learning_rate or 'as it is'}, --batch-size "
        f"{best.batch_size or 'as it is'}"
    )
    return best, tried


def fit_to(
    net: Sequential,
    rows: Arrays,
    validation: Arrays,
    choices: Choices,
    watching: list[callbacks.Callback],
) -> History:
    """Train to the best epoch on the rows that choose it."""
    history = net.fit(
        *rows,
        verbose=0,
        validation_data=validation,
        callbacks=[stopping(choices, net), *watching],
        **course_of(rows[0], choices),
    )
    if not history.epoch:
        raise RuntimeError("training ended before its first epoch did; nothing is written")
    return history


def diagnosed(
    net: Sequential,
    rows: Arrays,
    validation: Arrays,
    choices: Choices,
    seconds: float,
    trials: bool,
) -> Diagnosis:
    """What the doctor says of a training by these choices."""
    return net.diagnose(
        *rows,
        seconds=seconds,
        trials=trials,
        validation_data=validation,
        callbacks=[stopping(choices, net)],
        **course_of(rows[0], choices),
    )


def concluded(net: Sequential, rows: Arrays, validation: Arrays, choices: Choices) -> list[str]:
    """What the doctor says without trying mends, in a few lines."""
    found = diagnosed(net, rows, validation, choices, seconds=1.0, trials=False)
    grave = [str(each) for each in found.of("warning")]
    if len(grave) > LINES:
        grave = [*grave[: LINES - 1], f"and {len(grave) - LINES + 1} more: pellucid doctor"]
    return grave or ["the doctor has no findings"]


def note(net: Sequential, choices: Choices, parts: Parts, preparation: Preparation) -> None:
    """Keep with the network what `evaluate` and `predict` need to know."""
    target = preparation.target
    net.class_names = target.names if isinstance(target, Classes) else None
    net.preprocessing = {
        "preparation": preparation.described(),
        "data": {"name": choices.data, "target": parts.target, "sha256": parts.source.sha256},
        "choices": asdict(choices),
    }
