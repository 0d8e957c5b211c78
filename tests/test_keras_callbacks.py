"""Callbacks of Keras: a NaN that ends training, averaged weights to validate, logs for a server."""

from __future__ import annotations

import copy
import http.server
import json
import threading
import warnings

import numpy as np
import pytest

from pellucid import Sequential, callbacks, layers, load, metrics, optimizers
from pellucid.training.nonfinite import NonFiniteError

RNG = np.random.default_rng(5)
X, Y = RNG.normal(size=(40, 3)), RNG.normal(size=(40, 2))


def network(optimizer="sgd", **options):
    net = Sequential([layers.Dense(2, input_shape=(3,))])
    net.compile(optimizer, "mse", metrics=["mae"], **options)
    return net


@pytest.mark.parametrize("executor", ["numpy", "native"])
@pytest.mark.parametrize("singly", [False, True])
def test_a_nan_ends_training_without_an_error(executor, singly, tmp_path, capsys):
    y = Y.copy()
    y[30] = np.nan
    net, log = network(executor=executor), tmp_path / "log.csv"
    listening = [callbacks.TerminateOnNaN(), callbacks.CSVLogger(log)]
    if singly:
        listening.append(callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: None))
    history = net.fit(X, y, batch_size=4, epochs=5, shuffle=False, verbose=0, callbacks=listening)
    assert np.isnan(history.history["loss"]).tolist() == [True]
    assert "nan" in log.read_text().splitlines()[-1]
    assert "sample 30" in capsys.readouterr().out
    assert all(np.isfinite(each).all() for each in net.get_weights())
    with pytest.raises(NonFiniteError, match="sample 30"):
        net.fit(X, y, verbose=0, callbacks=[callbacks.TerminateOnNaN(raise_error=True)])


def test_a_nan_is_a_runtime_error_as_in_keras():
    with pytest.raises(RuntimeError, match="batch 1"):
        network().fit(X, Y * np.inf, verbose=0)


@pytest.mark.parametrize("on_epoch", [False, True])
@pytest.mark.parametrize("executor", ["numpy", "native"])
def test_validation_by_averaged_weights(on_epoch, executor, tmp_path):
    net = network(optimizers.SGD(0.1, use_ema=True, ema_momentum=0.9), executor=executor)
    swap = callbacks.SwapEMAWeights(swap_on_epoch=on_epoch)
    keep = callbacks.ModelCheckpoint(str(tmp_path / "{epoch}.safetensors"))
    found = net.fit(X, Y, epochs=3, verbose=0, validation_data=(X, Y), callbacks=[swap, keep])
    measured = net.evaluate(X, Y, verbose=0)[0]
    assert found.history["val_loss"][-1] == pytest.approx(measured, rel=1e-6)
    saved = load(tmp_path / "3.safetensors").get_weights()[0]
    np.testing.assert_equal(np.array_equal(saved, net.get_weights()[0]), on_epoch)
    plain = network(optimizers.SGD(0.1, use_ema=True, ema_momentum=0.9), executor=executor)
    plain.set_weights(start := [np.ones((3, 2)), np.zeros(2)])
    net.compile(optimizers.SGD(0.1, use_ema=True, ema_momentum=0.9), "mse", executor=executor)
    net.set_weights(start)
    for each, listening in ((plain, []), (net, [callbacks.SwapEMAWeights(on_epoch)])):
        each.engine.memory.seed = 1
        for _ in range(2):
            each.fit(X, Y, epochs=2, verbose=0, validation_data=(X, Y), callbacks=listening)
    for one, other in zip(plain.get_weights(), net.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_averaged_weights_are_asked_for():
    with pytest.raises(ValueError, match="add use_ema=True to SGD"):
        network().fit(X, Y, verbose=0, callbacks=[callbacks.SwapEMAWeights()])


class Listener(http.server.BaseHTTPRequestHandler):
    """Keeps what was sent."""

    seen: list = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append((self.path, self.headers["Content-Type"], body.decode()))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *values):
        pass


def test_logs_for_a_server():
    pytest.importorskip("requests")
    server = http.server.HTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    root = f"http://127.0.0.1:{server.server_port}"
    by_json = callbacks.RemoteMonitor(root, "/logs", send_as_json=True)
    by_form = callbacks.RemoteMonitor(root, field="told")
    found = network().fit(X, Y, verbose=0, callbacks=[by_json, by_form])
    server.shutdown()
    server.server_close()
    (path, kind, body), (form_path, _, form) = Listener.seen
    assert (path, kind, form_path) == ("/logs", "application/json", "/publish/epoch/end/")
    assert json.loads(body) == {"epoch": 0} | {key: each[0] for key, each in found.history.items()}
    assert form.startswith("told=%7B%22epoch%22")


def test_a_server_that_is_not_there_is_told_once():
    pytest.importorskip("requests")
    watching = callbacks.RemoteMonitor("http://127.0.0.1:9")
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        network().fit(X, Y, epochs=3, verbose=0, callbacks=[watching])
    assert [str(each.message)[:30] for each in told] == ["Could not reach RemoteMonitor "]


def test_a_learning_rate_has_a_value_and_can_be_assigned_to():
    net = network(optimizers.Adam(0.03))
    rate = net.optimizer.learning_rate
    assert (rate, rate.value, float(rate.numpy())) == (0.03, 0.03, 0.03)
    rate.assign(0.5)
    assert net.optimizer.learning_rate.value == 0.5
    assert net.optimizer.get_config()["learning_rate"] == 0.5
    halving = callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2)
    history = net.fit(X, Y, epochs=2, verbose=0, callbacks=[halving])
    assert net.optimizer.learning_rate.value == 0.125
    assert type(history.history["learning_rate"][0]) is float
    assert repr(optimizers.Adam()) == "Adam()"


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda one: type(one)(**one.settings())]
)
def test_the_rate_of_a_copy_is_its_own(again):
    one = optimizers.SGD(0.5)
    assert type(one.settings()["learning_rate"]) is float
    other = again(one)
    other.learning_rate.assign(0.25)
    assert (one.learning_rate, other.learning_rate) == (0.5, 0.25)


#: a metric, its batches (targets, predictions, weights), and the numbers that Keras keeps of them
COUNTED = [
    (
        metrics.Precision(top_k=3),
        [
            ([[0, 1, 1, 0, 1]], [[0.2, 0.1, 0.4, 0, 0.2]], [[1, 4, 2, 3, 5]]),
            ([1, 0, 1, 1, 1], [0.2, 0.6, 0.4, 0.2, 0.2], np.array(3)),
        ],
        {"true_positives": [13], "false_positives": [4]},
    ),
    (
        metrics.Recall(thresholds=[0.3, 0.7], class_id=1),
        [([[0, 1], [1, 1]], [[0.9, 0.5], [0.1, 0.8]], None)],
        {"true_positives": [2, 1], "false_negatives": [0, 1]},
    ),
    (
        metrics.FalsePositives([0.5]),
        [([0, 0, 1], [0.6, 0.2, 0.9], [2.0, 1.0, 1.0])],
        {"accumulator": [2]},
    ),
    (
        metrics.SensitivityAtSpecificity(0.5, num_thresholds=1),
        [([0, 1], [0.6, 0.9], None)],
        {
            "true_positives": [1],
            "true_negatives": [0],
            "false_positives": [1],
            "false_negatives": [0],
        },
    ),
    (
        metrics.TrueNegatives([0.15, 0.5]),
        [([[0, 1], [0, 0]], [[0.1, 0.9], [0.4, 0.1]], ((2.0, 3.0),))],
        {"accumulator": [5, 7]},
    ),
]


@pytest.mark.parametrize(("metric", "batches", "expected"), COUNTED)
def test_what_a_metric_counts(metric, batches, expected):
    metric.reset_state()
    for batch in batches:
        metric.update_state(*batch)
    found = {each.name: each.numpy().tolist() for each in metric.variables}
    assert found == expected
    for name in expected.keys() & {"true_positives", "false_positives"}:
        if hasattr(metric, name):
            assert getattr(metric, name).tolist() == expected[name]


#: a metric, a batch, and Keras's result
MEASURED = [
    (
        metrics.R2Score(None, 1),
        [[0, 0, 1], [0, 1, 0], [1, 0, 0]],
        [[0.4, 0.9, 1.6], [0.1, 1.2, 0.6], [1.5, 0.8, 0.6]],
        [0.8, 0.1, 0.4],
        [-0.65388882, -18.673332, -2.042],
    ),
    (metrics.MeanIoU(2), [0, 3, -1], [0, 1, 1], None, 1.0),
    (metrics.Accuracy(), [[1, 2], [3, 4]], [[0, 2], [3, 4]], [[1, 0], [0, 1]], 0.5),
    (metrics.Accuracy(), [[1, 2], [3, 4]], [[0, 2], [3, 4]], [[1, 0]], 0.5),
    (
        metrics.BinaryAccuracy(),
        [[1, 1], [0, 0]],
        [[0.98, 1], [0, 0.6]],
        [[1, 0], [0, 1]],
        0.5,
    ),
    (metrics.BinaryAccuracy(), [[1, 1], [0, 0]], [[0.98, 1], [0, 0.6]], [1.0, 3.0], 0.625),
    (
        metrics.SparseTopKCategoricalAccuracy(2, from_sorted_ids=True),
        [1, 0, 2],
        [[1, 0, 3], [1, 2, 0], [3, 2, 1]],
        None,
        2 / 3,
    ),
    (metrics.IoU(2, [0, 1]), [0, 1, 1], [0, 2, -5], None, 1.0),
    (
        metrics.SparseCategoricalCrossentropy(ignore_class=0),
        [0, 1, 2],
        [[0.8, 0.1, 0.1], [0.05, 0.95, 0], [0.1, 0.8, 0.1]],
        [0.5, 1.5, 2.0],
        1.33774646,
    ),
    (metrics.CosineSimilarity(axis=0), [[1.0], [1.0]], [[1.0], [0.0]], None, 0.70710678),
]


@pytest.mark.parametrize(("metric", "y", "p", "weight", "expected"), MEASURED)
def test_what_keras_measures(metric, y, p, weight, expected):
    metric.reset_state()
    metric.update_state(np.array(y), np.array(p), weight)
    np.testing.assert_allclose(metric.result(), expected, rtol=2e-6)
