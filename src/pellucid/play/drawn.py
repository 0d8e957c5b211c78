"""Points of the plane, drawn around shapes or by hand; beside each, the lines of a script."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pellucid import datasets
from pellucid.play.asking import RefusedError
from pellucid.play.choices import DataChoice
from pellucid.play.inputs import inputs_of
from pellucid.play.inputs import script as script_of_inputs
from pellucid.play.rows import Data, Part
from pellucid.utils import train_test_split

#: points, their targets, and the lines that make them
Drawn = tuple[np.ndarray, np.ndarray, list[str]]


def made(choice: DataChoice) -> Data:
    """The data of a choice of points."""
    points, y, lines = MAKERS[choice.name](choice)
    names = None if y.dtype.kind == "f" else [str(each) for each in range(max(2, y.max() + 1))]
    x = inputs_of(points, choice.inputs)
    kept, held = parts(choice, len(y), None if names is None else y)
    return Data(
        choice,
        Part(x[kept], y[kept], points[kept]),
        Part(x[held], y[held], points[held]),
        names,
        list(choice.inputs),
        [*lines, *script_of_inputs(choice.inputs), *script_of_parts(choice, names is not None)],
    )


def parts(choice: DataChoice, count: int, y: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """The numbers of the rows to train on, and of those to test on."""
    rows = np.arange(count)
    if not choice.test:
        return rows, rows[:0]
    split = train_test_split(rows, test_size=choice.test, random_state=choice.seed, stratify=y)
    return split[0], split[1]


def script_of_parts(choice: DataChoice, of_classes: bool) -> list[str]:
    if not choice.test:
        return ["x_train, y_train = x, y"]
    stratified = ", stratify=y" if of_classes else ""
    return [
        "x_train, x_test, y_train, y_test = utils.train_test_split(",
        f"    x, y, test_size={choice.test!r}, random_state={choice.seed}{stratified}",
        ")",
    ]


def moons(choice: DataChoice) -> Drawn:
    drawn = datasets.moons(choice.n, choice.noise, choice.seed)
    return (*drawn, [f"x, y = datasets.moons({choice.n}, {choice.noise!r}, seed={choice.seed})"])


def circles(choice: DataChoice) -> Drawn:
    drawn = datasets.circles(choice.n, choice.noise, seed=choice.seed)
    return (*drawn, [f"x, y = datasets.circles({choice.n}, {choice.noise!r}, seed={choice.seed})"])


def spirals(choice: DataChoice) -> Drawn:
    drawn = datasets.spirals(enough(choice), choice.noise, choice.classes, seed=choice.seed)
    given = f"{choice.n}, {choice.noise!r}, classes={choice.classes}, seed={choice.seed}"
    return (*drawn, [f"x, y = datasets.spirals({given})"])


def blobs(choice: DataChoice) -> Drawn:
    drawn = datasets.blobs(enough(choice), choice.classes, spread=choice.noise, seed=choice.seed)
    given = f"{choice.n}, {choice.classes}, spread={choice.noise!r}, seed={choice.seed}"
    return (*drawn, [f"x, y = datasets.blobs({given})"])


def xor(choice: DataChoice) -> Drawn:
    drawn = datasets.xor(choice.n, choice.noise, choice.seed)
    return (*drawn, [f"x, y = datasets.xor({choice.n}, {choice.noise!r}, seed={choice.seed})"])


def plane(choice: DataChoice) -> Drawn:
    drawn = datasets.plane(choice.n, choice.noise, choice.seed)
    return (*drawn, [f"x, y = datasets.plane({choice.n}, {choice.noise!r}, seed={choice.seed})"])


def points(choice: DataChoice) -> Drawn:
    """Points that were set by hand."""
    if len({label for *_, label in choice.points}) < 2:
        raise RefusedError("the points are of fewer than two classes: draw some of another class")
    drawn = np.array(choice.points, np.float64)
    shown = ", ".join(f"({x!r}, {y!r}, {label})" for x, y, label in choice.points)
    lines = [
        f"points = np.array([{shown}])",
        'x, y = points[:, :2].astype("float32"), points[:, 2].astype("int64")',
    ]
    return drawn[:, :2].astype("float32"), drawn[:, 2].astype("int64"), lines


MAKERS: dict[str, Callable[[DataChoice], Drawn]] = {
    each.__name__: each for each in (moons, circles, spirals, blobs, xor, plane, points)
}


def enough(choice: DataChoice) -> int:
    """How many points, if each class gets one."""
    if choice.n < choice.classes:
        raise RefusedError(f"{choice.n} points are too few for {choice.classes} classes")
    return choice.n
