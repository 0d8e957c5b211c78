"""Metrics: equal to scikit-learn's, whatever the batches, with and without weights."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid import metrics
from pellucid.metrics import Metric
from tests.measures import METRICS as BESIDE_KERAS

ROWS, CLASSES = 60, 4


def data(seed: int = 0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    scores = rng.random((ROWS, CLASSES)).astype("float32")
    labels = rng.integers(0, CLASSES, ROWS)
    real = rng.normal(3.0, 2.0, (ROWS, 2))
    return {
        "labels": labels,
        "one_hot": np.eye(CLASSES)[labels],
        "softmax": scores / scores.sum(1, keepdims=True),
        "binary": rng.integers(0, 2, ROWS),
        "many": rng.integers(0, 2, (ROWS, CLASSES)),
        "scores": scores,
        "tied": np.round(rng.random(ROWS), 1),
        "real": real,
        "guess": real + rng.normal(0, 0.7, real.shape),
        "weight": rng.random(ROWS) * 3,
    }


def sk(name: str, **options):
    def reference(y, p, w):
        scores = pytest.importorskip("sklearn.metrics")
        return getattr(scores, name)(y, p, sample_weight=w, **options)

    return reference


def after(decide, reference):
    return lambda y, p, w: reference(y, decide(p), w)


def highest(p):
    return p.argmax(-1)


def above(t):
    return lambda p: (p > t).astype(int)


def without_ties(k):
    return sk("top_k_accuracy_score", k=k, labels=range(CLASSES))


def spelt_out(y, p, w):
    return np.average(y == (p > 0.7), weights=w)


def squares(y_true, y_pred):
    return ((y_pred - y_true) ** 2).mean(-1)


M = metrics
ACCURACY, MSE = sk("accuracy_score"), sk("mean_squared_error")

# metric, targets, predictions, the same by other means
TABLE = [
    (M.Accuracy(), "labels", "binary", ACCURACY),
    (M.BinaryAccuracy(), "binary", "tied", after(above(0.5), ACCURACY)),
    (M.BinaryAccuracy(0.7), "many", "scores", lambda y, p, w: spelt_out(y, p, w).mean()
     if w is None else np.average((y == (p > 0.7)).mean(1), weights=w)),
    (M.CategoricalAccuracy(), "one_hot", "softmax",
     lambda y, p, w: ACCURACY(highest(y), highest(p), w)),
    (M.SparseCategoricalAccuracy(), "labels", "softmax", after(highest, ACCURACY)),
    (M.SparseTopKCategoricalAccuracy(2), "labels", "softmax", without_ties(2)),
    (M.TopKCategoricalAccuracy(3), "one_hot", "softmax",
     lambda y, p, w: without_ties(3)(highest(y), p, w)),
    (M.Precision(), "binary", "tied", after(above(0.5), sk("precision_score"))),
    (M.Precision(0.3), "many", "scores",
     lambda y, p, w: sk("precision_score")(y.ravel(), above(0.3)(p.ravel()), repeat(w))),
    (M.Precision(average="macro"), "labels", "softmax",
     after(highest, sk("precision_score", average="macro"))),
    (M.Precision(class_id=1), "many", "scores",
     lambda y, p, w: sk("precision_score")(y[:, 1], above(0.5)(p[:, 1]), w)),
    (M.Precision(top_k=1), "labels", "softmax",
     after(highest, sk("precision_score", average="micro"))),
    (M.Recall(), "binary", "tied", after(above(0.5), sk("recall_score"))),
    (M.Recall(average="weighted"), "one_hot", "softmax",
     lambda y, p, w: sk("recall_score", average="weighted")(highest(y), highest(p), w)),
    (M.Recall(0.6, average="macro"), "many", "scores",
     after(above(0.6), sk("recall_score", average="macro"))),
    (M.F1Score(), "labels", "softmax", after(highest, sk("f1_score", average="macro"))),
    (M.F1Score(), "binary", "tied", after(above(0.5), sk("f1_score"))),
    (M.F1Score("micro", 0.4), "many", "scores", after(above(0.4), sk("f1_score", average="micro"))),
    (M.F1Score("weighted"), "one_hot", "softmax",
     lambda y, p, w: sk("f1_score", average="weighted")(highest(y), highest(p), w)),
    (M.AUC(), "binary", "tied", sk("roc_auc_score")),
    (M.AUC("PR"), "binary", "tied", sk("average_precision_score")),
    (M.AUC(), "many", "scores", sk("roc_auc_score", average="micro")),
    (M.AUC(average="macro"), "one_hot", "softmax", sk("roc_auc_score", average="macro")),
    (M.AUC("PR", "macro"), "many", "scores", sk("average_precision_score")),
    (M.MeanSquaredError(), "real", "guess", MSE),
    (M.MeanAbsoluteError(), "real", "guess", sk("mean_absolute_error")),
    (M.RootMeanSquaredError(), "real", "guess", lambda y, p, w: math.sqrt(MSE(y, p, w))),
    (M.R2Score(), "real", "guess", sk("r2_score")),
    (M.R2Score("variance_weighted_average"), "real", "guess",
     sk("r2_score", multioutput="variance_weighted")),
    (M.MeanMetricWrapper(squares), "real", "guess", MSE),
]  # fmt: skip


def repeat(w):
    return None if w is None else np.repeat(w, CLASSES)


def streamed(metric: Metric, y, p, w=None, cuts=()) -> float:
    metric.reset_state()
    edges = [0, *sorted(cuts), len(y)]
    for start, end in itertools.pairwise(edges):
        metric.update_state(y[start:end], p[start:end], None if w is None else w[start:end])
    return metric.result()


each = pytest.mark.parametrize("row", TABLE, ids=lambda row: repr(row[0]).split(" at 0x")[0])


@each
@pytest.mark.parametrize("weighted", [False, True])
def test_equals_the_reference(row, weighted):
    metric, y, p, reference = row
    rows = data()
    w = rows["weight"] if weighted else None
    assert streamed(metric, rows[y], rows[p], w) == pytest.approx(
        float(reference(rows[y], rows[p], w)), rel=1e-9
    )


@each
@settings(max_examples=15)
@given(
    seed=st.integers(0, 99),
    cuts=st.lists(st.integers(0, ROWS), max_size=6),
    weighted=st.booleans(),
)
def test_any_split_into_batches_gives_the_same(row, seed, cuts, weighted):
    metric, y, p, _ = row
    rows = data(seed)
    w = rows["weight"] if weighted else None
    whole = streamed(metric, rows[y], rows[p], w)
    np.testing.assert_equal(streamed(metric, rows[y], rows[p], w, cuts), whole)


@each
def test_weights_repeat_rows(row):
    metric, y, p, _ = row
    rows, times = data(), np.arange(ROWS) % 3
    repeated = streamed(metric, rows[y].repeat(times, 0), rows[p].repeat(times, 0))
    assert streamed(metric, rows[y], rows[p], times) == pytest.approx(repeated, rel=1e-12)


@each
def test_survives_its_configuration_and_writes_to_no_input(row):
    metric, y, p, _ = row
    rows = data()
    for name in (y, p):
        rows[name].setflags(write=False)
    value = streamed(metric, rows[y], rows[p])
    if not isinstance(metric, metrics.MeanMetricWrapper):
        again = Metric.get(metric.described())
        assert (again.name, repr(again)) == (metric.name, repr(metric))
        assert streamed(again, rows[y], rows[p]) == value


def test_every_metric_is_in_the_table():
    tried = {type(metric) for metric, *_ in TABLE} | {metrics.Mean}
    tried |= {getattr(metrics, name) for name, *_ in BESIDE_KERAS}
    assert set(Metric.members()) <= tried


@pytest.mark.parametrize("guess", [0.1, 0.2])
def test_r2_of_targets_that_do_not_vary(guess):
    value = streamed(M.R2Score(), np.full(9, 0.1), np.full(9, guess), cuts=(2, 5))
    assert value == float(guess == 0.1)


WEIGHTED = np.random.default_rng(5).random(9000)


@pytest.mark.parametrize("weight", [None, WEIGHTED], ids=["plain", "weighted"])
@pytest.mark.parametrize(
    "metric",
    [M.R2Score(), M.MeanSquaredError(), M.MeanAbsoluteError(), M.RootMeanSquaredError(),
     M.Precision(), M.F1Score("macro"), M.BinaryAccuracy(), M.AUC()],
    ids=lambda metric: metric.name,
)  # fmt: skip
def test_not_a_bit_depends_on_how_rows_are_cut(metric, weight):
    rng = np.random.default_rng(4)
    y = rng.integers(0, 2, (9000, 3)) + rng.normal(0, 0.1, (9000, 3))
    if metric.name in ("precision", "f1_score", "binary_accuracy", "auc"):
        y = np.round(y).clip(0, 1)
    p = (y + rng.normal(0, 0.3, y.shape)).astype("float32")
    found = {
        streamed(metric, y, p, weight, cuts)
        for cuts in ((), (1,), (4096,), (5, 7, 4000, 4001, 8999), tuple(range(32, 9000, 32)))
    }
    assert len(found) == 1
