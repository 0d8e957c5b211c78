"""Messy input to all four estimators: an answer for each row, or a sentence that says why not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("sklearn", minversion="1.6")
pandas = pytest.importorskip("pandas")

from pellucid import (  # noqa: E402
    MLPClassifier,
    MLPRegressor,
    TabularClassifier,
    TabularRegressor,
)

ROWS = 30
X = np.random.default_rng(0).normal(size=(ROWS, 3))
CLASSES, NUMBERS = (X[:, 0] > 0).astype(int), 2 * X[:, 0]
VOID, FAR = X.copy(), X.copy()
VOID[:, 1], FAR[3, 1] = np.nan, np.inf
WIDE = np.random.default_rng(1).normal(size=(ROWS, 10_000))
MIXED = np.array([[1, "a", None], [2.5, "b", True], ["x", "a", 3]] * 10, dtype=object)
WORDS = pandas.DataFrame({"a": X[:, 0], "k": [*"abc"] * 10})
NEW = pandas.DataFrame({"a": [0.0], "k": ["zz"]})
DAYS = pandas.DataFrame({"d": pandas.date_range("2020", periods=ROWS), "v": X[:, 0]})
NAMED = pandas.DataFrame(X, columns=[*"abc"])
SPANS = pandas.DataFrame({"t": pandas.to_timedelta(np.arange(ROWS), unit="h"), "v": X[:, 0]})
CUTS = pandas.DataFrame({"c": pandas.cut(X[:, 0], 3), "v": X[:, 1]})

QUICK: dict[str, Any] = {"random_state": 0, "hidden_layer_sizes": (8,)}
MULTI = [
    MLPClassifier(max_iter=2, solver="sgd", **QUICK),
    MLPRegressor(max_iter=2, solver="sgd", **QUICK),
]
TABULAR = [TabularClassifier(max_epochs=2, **QUICK), TabularRegressor(max_epochs=2, **QUICK)]
WHO = [*MULTI, *TABULAR]

#: rows to fit, rows to predict, and what those say who do not take them
CASES: dict[str, tuple[Any, Any, dict[Any, str]]] = {
    "a column without values": (VOID, VOID, dict.fromkeys(MULTI, "contains NaN")),
    "an infinite number": (FAR, X, dict.fromkeys(WHO, "infinity or a value too large")),
    "a category that is new": (WORDS, NEW, dict.fromkeys(MULTI, "string to float: 'a'")),
    "a column that vanished": (NAMED, NAMED[["a", "b"]], dict.fromkeys(WHO, "now missing:\n- c")),
    "objects of several types": (MIXED, MIXED, dict.fromkeys(MULTI, "string to float: 'a'")),
    "days": (DAYS, DAYS.assign(d=pandas.NaT), dict.fromkeys(MULTI, "DateTime64")),
    "spans of time": (SPANS, SPANS.assign(t=pandas.NaT), dict.fromkeys(MULTI, "TimeDelta64")),
    "intervals": (CUTS, CUTS[:3], dict.fromkeys(MULTI, "Interval")),
    "10,000 columns": (WIDE, WIDE[:2], {}),
    "one row": (X[:1], X[:1], {}),
    "two rows": (X[:2], X, {}),
    "no rows": (X[:0], X, dict.fromkeys(WHO, r"0 sample\(s\)")),
    "no columns": (X[:, :0], X, dict.fromkeys(WHO, r"0 feature\(s\)")),
}


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("model", WHO, ids=lambda model: type(model).__name__)
def test_messy_rows(model: Any, case: str) -> None:
    rows, new, refused = CASES[case]
    y = (CLASSES if hasattr(model, "predict_proba") else NUMBERS)[: len(rows)]
    if model in refused:
        with pytest.raises((ValueError, TypeError), match=refused[model]):
            model.fit(rows, y).predict(new)
        return
    found = model.fit(rows, y).predict(new)
    assert found.shape == (len(new),)
    assert np.isfinite(found).all()


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("model", WHO, ids=lambda model: type(model).__name__)
def test_messy_targets(model: Any) -> None:
    same = model.fit(X, np.full(ROWS, 7.0)).predict(X)
    assert np.isfinite(same).all()
    if model in TABULAR or hasattr(model, "predict_proba"):
        assert (same == 7.0).all()
    with pytest.raises(ValueError, match="y contains NaN"):
        model.fit(X, np.where(X[:, 0] > 0, np.nan, 1.0))
    words = np.array(["u", "v", "w"] * 10)
    if hasattr(model, "predict_proba"):
        assert {*model.fit(X, words).predict(X)} <= {*words}
    else:
        with pytest.raises(ValueError, match="could not convert string to float"):
            model.fit(X, words)


@pytest.mark.parametrize("model", TABULAR, ids=lambda model: type(model).__name__)
def test_targets_and_weights_of_no_use(model: Any) -> None:
    classes = hasattr(model, "predict_proba")
    y: Any = np.array(["u", None] * 15, dtype=object) if classes else np.full(ROWS, 1e300)
    expected = "y has None in row 1; expected a class" if classes else "a number of up to 1e.100"
    with pytest.raises(ValueError, match=expected):
        model.fit(X, y)
    with pytest.raises(ValueError, match="Negative values"):
        model.fit(X, CLASSES, -np.ones(ROWS))


def test_spans_of_time_are_numbers() -> None:
    model = TABULAR[1].fit(SPANS, NUMBERS)
    assert model.columns_.features == ["t", "v"]
