"""Handwritten digits as rows of pixels from 0 to 1, and the lines of a script that do the same."""

from __future__ import annotations

import numpy as np

from pellucid import datasets
from pellucid.play.asking import RefusedError
from pellucid.play.choices import DataChoice
from pellucid.play.rows import Data, Part

#: the side of a picture, and the number that white has
PICTURES = {"digits": (8, 16), "mnist": (28, 255)}
BOTH = "(x_train, y_train), (x_test, y_test)"
FIXED = "MNIST says itself which pictures are to test: test share and seed do not count here"

Loaded = tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


def made(choice: DataChoice) -> Data:
    """Digits; at most `n` of them to train on."""
    side, white = PICTURES[choice.name]
    loaded, line = digits(choice) if choice.name == "digits" else mnist(choice)
    (x, y), (x_test, y_test) = loaded
    width, most = side * side, choice.n
    lines = [f"{BOTH} = {line}", f"x_train, y_train = x_train[:{most}], y_train[:{most}]"]
    lines += [f'{x} = {x}.reshape(-1, {width}).astype("float32") / {white}' for x in X_PARTS]
    return Data(
        choice,
        as_rows(x[:most], y[:most], white),
        as_rows(x_test, y_test, white),
        list("0123456789"),
        [f"{at // side},{at % side}" for at in range(width)],
        lines,
        (side, side),
        notes=[] if choice.name == "digits" else [FIXED],
    )


X_PARTS = ("x_train", "x_test")


def as_rows(x: np.ndarray, y: np.ndarray, white: int) -> Part:
    rows = x.reshape(len(x), -1).astype("float32") / white
    return Part(rows, y, rows[:, :2])


def digits(choice: DataChoice) -> tuple[Loaded, str]:
    if not choice.test:
        raise RefusedError("the digits are always cut in two: choose a test share above 0")
    line = f"datasets.digits.load_data({choice.test!r}, seed={choice.seed})"
    return datasets.digits.load_data(choice.test, choice.seed), line


def mnist(choice: DataChoice) -> tuple[Loaded, str]:
    """MNIST from a folder of this machine; a page does not make it download anything."""
    found = datasets.mnist.SOURCE.here()
    if found is None:
        raise RefusedError(
            "MNIST is not on this machine: `pellucid data fetch mnist` downloads it, or set "
            "PELLUCID_DATA to the folder that holds it"
        )
    return found, "datasets.mnist.load_data()"
