"""Metrics as they are used: names, shapes, edges, and mistakes told with their mend."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pellucid import Sequential, layers, metrics
from pellucid.metrics import Metric, resolve_accuracy
from tests.contract.families import a_metric

M = metrics


def squares(y_true, y_pred):
    return ((y_pred - y_true) ** 2).mean(-1)


@pytest.mark.parametrize("member", [m for m in Metric.members() if m is not M.MeanMetricWrapper])
def test_before_any_row_nothing_is_known(member):
    value = a_metric(member).result()
    assert value == 0.0 or (member is metrics.AUC and math.isnan(value))


def test_mean_of_any_values():
    mean = metrics.Mean(name="speed")
    mean.update_state([1.0, 3.0])
    mean.update_state(8.0, 2.0)
    assert (mean.result(), mean.name) == (5.0, "speed")
    mean.reset_state()
    assert mean.result() == 0.0


def test_names():
    assert Metric.get("mse").name == "mse"
    assert Metric.get("AUC").name == "auc"
    assert Metric.get("MeanAbsoluteError").name == "mean_absolute_error"
    assert Metric.get("f1_score").name == "f1_score"
    assert Metric.get(squares).name == "squares"
    assert Metric.get(lambda y, p: p).name == "lambda"
    assert repr(metrics.BinaryAccuracy(name="right")) == "BinaryAccuracy(name='right')"
    with pytest.raises(ValueError, match="did you mean 'accuracy'"):
        Metric.get("acuracy")


def test_a_function_may_give_one_number_for_a_batch():
    metric = Metric.get(lambda y_true, y_pred: float(np.mean(y_pred)))
    metric.update_state([0, 0], [1.0, 1.0])
    metric.update_state([0], [4.0])
    assert metric.result() == 2.0
    assert metric([0, 0], [[1.0], [1.0]], [3.0, 4.0]) == pytest.approx(13 / 10)


def test_n_and_n_by_1_never_broadcast():
    y, p = np.array([0.0, 1.0, 2.0]), np.array([[0.0], [1.0], [2.0]])
    for metric in (M.MeanSquaredError(), M.MeanAbsoluteError(), Metric.get(squares)):
        assert metric(y, p) == metric(p, y) == 0.0
    assert M.R2Score()(y, p) == M.BinaryAccuracy()([0, 1, 1], p) == M.AUC()([0, 0, 1], p) == 1.0


def test_sequences():
    labels = np.array([[0, 1, 1], [2, 0, 2]])
    scores = np.eye(3)[[[0, 1, 2], [2, 0, 1]]]
    weight = np.array([1.0, 3.0])
    steps = np.array([[1, 1, 0], [1, 1, 0]])
    sparse = M.SparseCategoricalAccuracy
    assert sparse()(labels, scores) == pytest.approx(4 / 6)
    assert sparse()(labels[..., None], scores, weight) == pytest.approx(8 / 12)
    assert sparse()(labels, scores, steps) == 1.0
    assert M.MeanSquaredError()(np.eye(3)[labels], scores, steps) == 0.0
    assert M.F1Score()(labels, scores, steps) == 1.0


@pytest.mark.parametrize(
    ("shape", "loss", "sparse", "logits", "expected"),
    [
        ((None, 1), "binary_crossentropy", False, False, M.BinaryAccuracy(name="accuracy")),
        ((None, 1), "binary_crossentropy", False, True, M.BinaryAccuracy(0.0, name="accuracy")),
        ((None, 1), "hinge", False, False, M.BinaryAccuracy(0.0, name="accuracy")),
        ((None, 5), "binary_crossentropy", False, False, M.BinaryAccuracy(name="accuracy")),
        ((None, 5), "mse", False, True, M.CategoricalAccuracy(name="accuracy")),
        ((None, 5), "sparse_categorical_crossentropy", True, False,
         M.SparseCategoricalAccuracy(name="accuracy")),
        ((None, 7, 5), "", True, False, M.SparseCategoricalAccuracy(name="accuracy")),
    ],
)  # fmt: skip
def test_accuracy_fits_the_network(shape, loss, sparse, logits, expected):
    found = resolve_accuracy(shape, loss, sparse, from_logits=logits)
    assert repr(found) == repr(expected)


def test_hinge_labels_of_minus_one_and_one():
    metric = resolve_accuracy((None, 1), "hinge")
    assert metric([-1, 1, -1, 1], [[-0.2], [0.1], [0.9], [3.0]]) == 0.75


SOFTMAX = np.full((6, 3), 1 / 3)
NUMBERS, ONE_HOT = np.zeros(6, int), np.eye(3)[[0, 1, 2, 0, 1, 2]]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: M.CategoricalAccuracy()(NUMBERS, SOFTMAX), "SparseCategoricalAccuracy"),
        (lambda: M.CategoricalAccuracy()(NUMBERS, SOFTMAX), "to_categorical"),
        (lambda: M.TopKCategoricalAccuracy(2)(NUMBERS, SOFTMAX), "SparseTopKCategoricalAccuracy"),
        (lambda: M.SparseCategoricalAccuracy()(ONE_HOT, SOFTMAX), "np.argmax"),
        (lambda: M.SparseCategoricalAccuracy()(NUMBERS, SOFTMAX[:, :1]), "BinaryAccuracy"),
        (lambda: M.CategoricalAccuracy()(NUMBERS, SOFTMAX[:, :1]), "BinaryAccuracy"),
        (lambda: M.Precision()(NUMBERS, SOFTMAX), "average='macro'"),
        (lambda: M.AUC()(NUMBERS, SOFTMAX), "average='macro'"),
        (lambda: M.MeanSquaredError()(np.zeros(5), SOFTMAX), "one row of y_pred for each row"),
        (lambda: M.MeanSquaredError()(np.zeros((6, 2)), SOFTMAX), r"\(6, 2\).*\(6, 3\)"),
        (lambda: M.Accuracy()([0, 1], [0.2, 0.9]), "BinaryAccuracy"),
        (lambda: M.BinaryAccuracy()([0, 1], [0.2, 0.9], [1, 2, 3]), "sample_weight"),
        (lambda: M.SparseTopKCategoricalAccuracy()(NUMBERS, SOFTMAX), "k=5 for 3 classes"),
        (lambda: M.Recall([0.2, [0.8, 0.9]]), "takes a number as threshold"),
        (lambda: M.AUC(num_thresholds=1), "2 or more"),
        (lambda: M.AUC(summation_method="mean"), "interpolation"),
        (lambda: M.AUC("PRGAIN"), "say num_thresholds=200"),
        (lambda: M.AUC(thresholds=[1.2]), "from 0 to 1"),
        (lambda: M.AUC(num_labels=2)(ONE_HOT, SOFTMAX), "num_labels=2 for 3 outputs"),
        (lambda: M.AUC(label_weights=[1, 2])(ONE_HOT, SOFTMAX), "2 label_weights for 3"),
        (lambda: M.Precision("a"), "takes a number as threshold, got 'a'"),
        (lambda: M.BinaryAccuracy(threshold=[0.5]), "takes a number as threshold"),
        (lambda: M.F1Score(threshold={}), "takes a number as threshold"),
        (lambda: M.Precision(class_id=1, average="macro"), "not both"),
        (lambda: M.F1Score("all"), "'macro'"),
        (lambda: M.AUC("roc"), "Known: PR, PRGAIN, ROC"),
        (lambda: M.AUC(average="micro"), "'macro'"),
        (lambda: M.R2Score("mean"), "uniform_average"),
        (lambda: Metric.get(lambda y, p: np.zeros(2))(NUMBERS, SOFTMAX), "one value for each row"),
    ],
)
def test_mistakes_are_told_with_the_mend(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_string_labels_are_told():
    with pytest.raises(TypeError, match=r"np\.unique"):
        M.SparseCategoricalAccuracy()(np.array(["cat", "dog"]), SOFTMAX[:2])


def test_edges():
    assert math.isnan(M.AUC()([1, 1], [0.2, 0.3]))
    assert math.isnan(M.AUC("PR")([0, 0], [0.2, 0.3]))
    assert M.AUC()([0, 1], [0.5, 0.5]) == 0.5
    assert M.AUC()([0, 1], np.array([3, 200], np.uint8)) == 1.0
    assert M.Precision()([1, 1], [0.1, 0.2]) == M.F1Score()([0, 0], [0.1, 0.2]) == 0.0
    assert M.R2Score()([0.1] * 3, [0.1] * 3) == 1.0
    assert M.TopKCategoricalAccuracy(1)(ONE_HOT, SOFTMAX) == 1.0
    assert M.SparseTopKCategoricalAccuracy(2)([0, 7], [[np.nan, 1, 2], [1, 2, 3]]) == 0.0
    assert M.MeanSquaredError()(np.array([0], np.uint8), np.array([1], np.uint8)) == 1.0


def test_f1_of_each_class():
    metric = M.F1Score()
    metric.update_state([0, 1, 1], np.eye(2)[[0, 1, 0]])
    np.testing.assert_allclose(metric.per_class(), [2 / 3, 2 / 3])


def test_auc_keeps_scores_and_not_the_callers_buffer():
    metric, buffer = M.AUC(), np.array([[0.1], [0.9]])
    metric.update_state([0, 1], buffer)
    buffer[:] = 0.5
    assert metric.result() == 1.0


@pytest.mark.parametrize("metric", ["AUC", "r2_score", M.Precision(class_id=7)])
def test_a_metric_that_does_not_suit_is_refused_before_a_step(metric):
    net = Sequential([layers.Input((3,)), layers.Dense(3, "softmax")])
    net.compile("adam", "sparse_categorical_crossentropy", metrics=[metric])
    before = net.get_weights()
    with pytest.raises(ValueError, match="class"):
        net.fit(np.ones((64, 3)), np.arange(64) % 3, verbose=0)
    assert all(map(np.array_equal, net.get_weights(), before))
