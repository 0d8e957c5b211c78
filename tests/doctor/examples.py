"""The examples of the checks as networks: each is a program that makes net, x, y and fit."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

import pellucid
from pellucid import (
    Model,
    Sequential,
    callbacks,
    constraints,
    datasets,
    initializers,
    layers,
    losses,
    ops,
    optimizers,
    regularizers,
    schedules,
    utils,
)


def clusters(rows: int, width: int, count: int, apart: float = 2.0) -> tuple[Any, Any]:
    """Round clouds of points, one for each class: (x, class)."""
    rng = np.random.default_rng([rows, width, count])
    y = np.arange(rows) % count
    places = apart * rng.normal(size=(count, width))
    return places[y] + rng.normal(size=(rows, width)), y


def digits(rows: int) -> tuple[Any, Any]:
    """The bundled digits as 64 numbers from 0 to 1: (x, class)."""
    (x, y), _ = datasets.digits.load_data()
    return (x.reshape(len(x), 64) / 16).astype("float32")[:rows], y[:rows]


def case_of(program: str) -> tuple[Any, Any, Any, dict[str, Any]]:
    """net, x, y and fit of an example."""
    known: dict[str, Any] = {
        "np": np, "rng": np.random.default_rng(0), "clusters": clusters, "digits": digits,
        "Model": Model, "Sequential": Sequential, "callbacks": callbacks,
        "constraints": constraints, "datasets": datasets, "fit": {}, "initializers": initializers,
        "layers": layers, "losses": losses, "ops": ops, "optimizers": optimizers,
        "regularizers": regularizers, "schedules": schedules, "utils": utils,
    }  # fmt: skip
    pellucid.set_random_seed(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(program, known)
    return known["net"], known["x"], known.get("y"), known["fit"]


if __name__ == "__main__":
    from pathlib import Path

    from pellucid.glass.doctor import pages

    Path("docs/doctor.md").write_text(pages.text(), encoding="utf-8")
