"""Real tables that come with scikit-learn, cut into rows to train on and rows held out."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.doctor.faults.data import Rows, changed, cut


def table(name: str, share: float = 0.3) -> Rows:
    """A table of scikit-learn as it comes, in an order of chance."""
    from sklearn import datasets

    x, y = getattr(datasets, f"load_{name}")(return_X_y=True)
    order = np.random.default_rng(5).permutation(len(x))
    return cut(x[order].astype("float32"), y[order], round(share * len(x)))


def scaled_table(name: str) -> Rows:
    """The same with columns of mean 0 and deviation 1; numbers to predict likewise."""
    x, y, held = table(name)
    mean, deviation = x.mean(0), x.std(0)
    rows = changed((x, y, held), x=lambda each: (each - mean) / deviation)
    if name != "diabetes":
        return rows
    centre, size = y.mean(), y.std()
    return changed(rows, y=lambda each: ((each - centre) / size).astype("float32"))


def half_moons(n: int = 500) -> Rows:
    """Two columns and two classes that no line separates, from scikit-learn."""
    from sklearn import datasets

    x, y = datasets.make_moons(n + 400, noise=0.18, random_state=3)
    return cut(x.astype("float32"), y)


def generated(n: int = 700, classes: int = 4, columns: int = 12, **more: Any) -> Rows:
    from sklearn import datasets

    x, y = datasets.make_classification(
        n + 400,
        columns,
        n_informative=8,
        n_classes=classes,
        class_sep=1.5,
        random_state=11,
        **more,
    )
    return cut(x.astype("float32"), y)


def friedman(n: int = 700) -> Rows:
    """Friedman's first function, targets to unit size."""
    from sklearn import datasets

    x, y = datasets.make_friedman1(n + 400, noise=0.5, random_state=2)
    return cut((3.4 * x - 1.7).astype("float32"), ((y - y.mean()) / y.std()).astype("float32"))


def tones(n: int = 500, steps: int = 24) -> Rows:
    """Two tones in a row, and whether the second is higher: (n, steps, 1)."""
    rng = np.random.default_rng(17)
    paces = rng.uniform(0.4, 1.4, (n + 400, 2))
    turn = np.cumsum(np.repeat(paces, steps // 2, axis=1), axis=1)
    y = (paces[:, 1] > paces[:, 0]).astype(int)
    return cut(np.sin(turn)[..., None].astype("float32"), y)
