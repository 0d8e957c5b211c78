"""Evaluating and predicting with a model file."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import numpy as np

import pellucid
from pellucid.cli.choices import Choices
from pellucid.cli.folder import model_path
from pellucid.cli.training import divided
from pellucid.datasets.files import read_npy
from pellucid.foreign import brief, quoted, refusal
from pellucid.glass import Explanation, GradientCheck
from pellucid.glass.why import Why
from pellucid.models.files import understanding
from pellucid.preprocessing import (
    Classes,
    PicturePreparation,
    Preparation,
    open_data,
    preparation_for,
    read_csv,
    read_pictures,
)
from pellucid.preprocessing.pictures import SUFFIXES
from pellucid.preprocessing.tables import missing
from pellucid.reading import path_of
from pellucid.report.run import class_scores, number_scores

#: classes whose probabilities are printed, the likeliest first
LIKELIEST = 3


def opened(path: str) -> tuple[Any, Preparation]:
    """A model, and what its rows go through before it."""
    file = model_path(path)
    net = pellucid.load(file)
    if net.preprocessing is None:
        raise ValueError(
            refusal(
                file,
                "says nothing of how raw rows become numbers: it was not made by `pellucid train`",
                "Use it from Python: pellucid.load(path).predict(x)",
            )
        )
    with understanding(file):
        return net, preparation_for(net, net.preprocessing["preparation"])


def evaluated(model: str, data: str | None) -> dict[str, Any]:
    """The scores of a model on data with a target; without data, on what was held out from it."""
    net, preparation, x, y, name = with_truth(model, data)
    outputs = net.predict(preparation.transform(x))
    target = preparation.target
    if isinstance(target, Classes):
        scores = class_scores(target.encode(_as_classes(y)), target.probabilities(outputs))
    else:
        scores = number_scores(y, target.decode(outputs))
    return {"data": name, "rows": len(y), **scores}


def checked(model: str, data: str | None, rows: int) -> GradientCheck:
    """The gradients of a model on the first rows of data with a target, or of those held out."""
    net, x, y, _ = as_numbers(model, data)
    return net.check_gradients(x[:rows], y[:rows])


def explained(
    model: str, data: str | None, rows: list[int]
) -> tuple[Explanation, list[str] | None]:
    """The next step of a model on rows of data with a target, or of those held out.

    With it, the names of the classes, if it tells classes apart.
    """
    net, x, y, target = as_numbers(model, data)
    if not all(0 <= row < len(y) for row in rows):
        raise ValueError(
            f"--row is {', '.join(map(str, rows))}; there are the rows 0 to {len(y) - 1}"
        )
    names = target.names if isinstance(target, Classes) else None
    return net.explain(x[rows], y[rows]), names


def asked(found: Explanation, place: str) -> Why:
    """Why the number at a place, such as Z1,0,5, is what it is."""
    name, *index = place.split(",")
    if not all(re.fullmatch(r"-?[0-9]+", each) for each in index):
        raise ValueError(f"--why is {quoted(place)}; expected a name and a place, such as Z1,0,5")
    try:
        return found.why(name, *map(int, index))
    except LookupError as error:
        raise ValueError(f"--why {brief(place)}: {error.args[0]}") from None


def as_numbers(model: str, data: str | None) -> tuple[Any, np.ndarray, np.ndarray, Any]:
    """A model, rows with their targets as it is trained on them, and what the target is."""
    net, preparation, x, y, _ = with_truth(model, data)
    target = preparation.target
    y = target.encode(_as_classes(y) if isinstance(target, Classes) else y)
    return net, preparation.transform(x), y, target


def with_truth(model: str, data: str | None) -> tuple[Any, Preparation, Any, np.ndarray, str]:
    """A model, what its rows go through, rows with their targets, and what they are called."""
    net, preparation = opened(model)
    if data is None:
        x, y, name = held_out(net.preprocessing)
    else:
        source = open_data(data)
        rows, name = source.test or source.train, data
        x, y = rows.x, rows.y
    column = preparation.target.column
    if y is None:
        if column not in x:
            raise ValueError(
                f"the table has no column {quoted(column)}, the target, to compare with"
            )
        known = ~missing(x[column])
        x = {each: values[known] for each, values in x.items()}
        y = x[column]
    return net, preparation, x, y, name


def _as_classes(y: np.ndarray) -> np.ndarray:
    return y.astype(np.float64) if y.dtype.kind in "iu" else y


def held_out(noted: dict[str, Any]) -> tuple[Any, Any, str]:
    """The rows that were held out when the model was trained, by what was noted of it."""
    try:
        choices, sha256 = Choices(**noted["choices"]), noted["data"]["sha256"]
    except (LookupError, TypeError) as error:
        raise ValueError(
            "the model does not say which rows were held out. Name the data to evaluate on"
        ) from error
    parts = divided(choices)
    if parts.source.sha256 != sha256:
        raise ValueError(
            f"{brief(choices.data)} has changed since the model was trained on it, so that the "
            "rows held out are not known any more. Name the data to evaluate on"
        )
    return parts.test.x, parts.test.y, f"{choices.data}, rows held out"


def predicted(model: str, inputs: list[str]) -> tuple[list[str], list[list[Any]], list[str]]:
    """Header, rows and remarks: what the model says of a table, an array, or pictures."""
    net, preparation = opened(model)
    names, raw = _raw(inputs, preparation)
    outputs = net.predict(preparation.transform(raw))
    remarks = preparation.notes(raw)
    target = preparation.target
    first = "picture" if isinstance(preparation, PicturePreparation) else "row"
    guess = target.decode(outputs).tolist()
    if not isinstance(target, Classes):
        return (
            [first, target.column],
            [list(each) for each in zip(names, guess, strict=True)],
            remarks,
        )
    p = target.probabilities(outputs)
    header = [first, target.column, *(f"p({name})" for name in target.names)]
    rows = [[name, each, *map(float, row)] for name, each, row in zip(names, guess, p, strict=True)]
    return header, rows, remarks


def _raw(inputs: list[str], preparation: Preparation) -> tuple[list[Any], Any]:
    if isinstance(preparation, PicturePreparation) and inputs[0] != "-":
        return _pictures(inputs, preparation)
    if len(inputs) > 1:
        raise ValueError("this model reads tables: give one at a time, or - for standard input")
    table: Any
    if inputs[0] == "-":
        table = read_csv(sys.stdin.buffer.read(), "standard input")
    elif inputs[0].endswith(".npy"):
        table = read_npy(inputs[0])
    else:
        source = open_data(inputs[0])
        table = (source.test or source.train).x
    rows = len(next(iter(table.values()))) if isinstance(table, dict) else len(table)
    if isinstance(preparation, PicturePreparation):
        table = np.stack(list(table.values()), axis=1).reshape(rows, *preparation.shape)
    return list(range(rows)), table


def _pictures(inputs: list[str], preparation: PicturePreparation) -> tuple[list[Any], Any]:
    if len(inputs) == 1 and inputs[0].endswith(".npy"):
        array = read_npy(inputs[0])
        array = array[None] if array.shape == tuple(preparation.shape) else array
        return list(range(len(array))), array
    paths = [file for each in inputs for file in pictures_in(path_of(each))]
    if len(paths) == 1 and not paths[0].exists() and inputs[0] in ("digits", "mnist"):
        rows = open_data(inputs[0])
        pictures = (rows.test or rows.train).x
        return list(range(len(pictures))), pictures
    return [path.name for path in paths], read_pictures(paths, preparation)


def pictures_in(path: Path) -> list[Path]:
    """The pictures of a folder; of a file, the file itself, whatever it is."""
    if not path.is_dir():
        return [path]
    return [file for file in sorted(path.iterdir()) if file.suffix.lower() in SUFFIXES]


def likeliest(header: list[str], rows: list[list[Any]]) -> tuple[list[str], list[list[Any]]]:
    """The same with the probabilities of the likeliest classes alone, for reading."""
    if len(header) - 2 <= LIKELIEST:
        return header, rows
    names = [name[2:-1] for name in header[2:]]
    short = []
    for first, guess, *p in rows:
        best = np.argsort(-np.array(p), kind="stable")[:LIKELIEST]
        short.append([first, guess, ", ".join(f"{names[at]} {p[at]:.1%}" for at in best)])
    return [*header[:2], "likeliest"], short
