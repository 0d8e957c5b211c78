"""Same seed, same bits: again, after going on, through files, after a crash, in another process."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys

import numpy as np
import pytest

import pellucid as keras
from pellucid import Sequential, layers
from pellucid.callbacks import BackupAndRestore, Callback, LearningRateScheduler
from pellucid.optimizers import Adam, Optimizer
from pellucid.schedules import CosineDecay
from tests.nets import WIDTH, assert_same, clusters

X, Y = clusters()
SIZE = {"batch_size": 16, "verbose": 0}


def network(optimizer=None, seed=7):
    """One with everything that draws or keeps numbers: dropout, noise, moving statistics, Adam."""
    keras.set_random_seed(seed)
    net = Sequential([
        layers.GaussianNoise(0.1, input_shape=(WIDTH,)), layers.Dense(8, "relu"),
        layers.BatchNormalization(), layers.Dropout(0.3), layers.Dense(3, "softmax"),
    ])  # fmt: skip
    schedule = CosineDecay(0.01, 60, warmup_target=0.02, warmup_steps=5)
    net.compile(
        optimizer or Adam(schedule), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    return net


def bits(net):
    return hashlib.sha256(b"".join(weights.tobytes() for weights in net.get_weights())).hexdigest()


def ten_epochs(**options):
    net = network()
    history = net.fit(X, Y, epochs=10, validation_split=0.2, **SIZE, **options)
    return net, history.history


def test_same_seed_same_bits():
    (one, history_1), (two, history_2) = ten_epochs(), ten_epochs()
    assert bits(one) == bits(two)
    assert history_1 == history_2
    assert bits(network(seed=8)) != bits(network())


def in_process(net, path):
    return net


def through_a_file(net, path):
    net.save(path)
    return keras.load(path)


def through_a_file_twice(net, path):
    return through_a_file(through_a_file(net, path), path)


def into_another_network(net, path):
    net.save(path)
    other = network(seed=99)
    other.restore(path)
    return other


@pytest.mark.parametrize(
    "carried", [in_process, through_a_file, through_a_file_twice, into_another_network]
)
def test_five_and_five_epochs_are_ten(carried, tmp_path):
    whole, history = ten_epochs()
    net = network()
    first = net.fit(X, Y, epochs=5, validation_split=0.2, **SIZE).history
    net = carried(net, tmp_path / "net.safetensors")
    keras.set_random_seed(123)
    second = net.fit(X, Y, epochs=10, initial_epoch=5, validation_split=0.2, **SIZE).history
    assert bits(net) == bits(whole)
    assert {name: first[name] + second[name] for name in first} == history
    assert net.epochs_trained == 10


@pytest.mark.parametrize("kind", Optimizer.members(), ids=lambda kind: kind.__name__)
def test_every_optimizer_goes_on_from_a_file(kind, tmp_path):
    whole, parts = network(kind()), network(kind())
    whole.fit(X, Y, epochs=4, **SIZE)
    parts.fit(X, Y, epochs=2, **SIZE)
    parts = through_a_file(parts, tmp_path / "net.safetensors")
    parts.fit(X, Y, epochs=4, initial_epoch=2, **SIZE)
    assert bits(parts) == bits(whole)


class Crash(Callback):
    """Raises in the middle of an epoch, once."""

    def __init__(self, epoch):
        super().__init__()
        self.epoch, self.armed = epoch, True

    def on_epoch_begin(self, epoch, logs=None):
        self.now = epoch

    def on_train_batch_end(self, batch, logs=None):
        if self.armed and self.now == self.epoch and batch == 2:
            self.armed = False
            raise KeyboardInterrupt


@pytest.mark.parametrize("every", ["epoch", 1, 3, 4])
def test_going_on_after_a_crash(every, tmp_path):
    """A new process would make the network anew, and call fit in the same words."""
    whole, history = ten_epochs()
    crash = Crash(6)
    with pytest.raises(KeyboardInterrupt):
        ten_epochs(callbacks=[BackupAndRestore(tmp_path, every), crash])
    keras.set_random_seed(55)
    net, found = ten_epochs(callbacks=[BackupAndRestore(tmp_path, every), crash])
    assert bits(net) == bits(whole)
    assert found == history
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("every", ["epoch", 2])
def test_going_on_with_a_learning_rate_that_callbacks_change(every, tmp_path):
    def halved(epoch, rate):
        return rate / 2 if epoch else rate

    def train(*more):
        net = network(Adam(0.02))
        net.fit(X, Y, epochs=6, **SIZE, callbacks=[LearningRateScheduler(halved), *more])
        return net

    whole, crash = train(), Crash(4)
    with pytest.raises(KeyboardInterrupt):
        train(BackupAndRestore(tmp_path, every), crash)
    assert bits(train(BackupAndRestore(tmp_path, every), crash)) == bits(whole)


@pytest.mark.parametrize("metric", ["r2", "mse", "auc", "precision"])
def test_metrics_go_on_from_what_they_have_seen(metric):
    """In JSON, in the middle of an epoch, to the last bit."""
    rng = np.random.default_rng(0)
    p, y = rng.random((100, 1)), rng.integers(0, 2, (100, 1))
    whole, one, two = (keras.metrics.get(metric) for _ in range(3))
    for each in (whole, one):
        each.update_state(y[:70], p[:70])
    two.load(json.loads(json.dumps(one.record())))
    for each in (whole, two):
        each.update_state(y[70:], p[70:])
    assert two.result() == whole.result()


def test_a_metric_that_cannot_be_kept_is_told():
    metric = keras.metrics.get("mse")
    metric.seen = {1, 2}
    with pytest.raises(TypeError, match="save_freq='epoch'"):
        metric.record()


def test_predictions_do_not_disturb_training():
    plain, watched = network(), network()
    for net in (plain, watched):
        for epoch in range(3):
            net.fit(X, Y, epochs=epoch + 1, initial_epoch=epoch, **SIZE)
            if net is watched:
                net.predict(X, verbose=0)
                net.evaluate(X, Y, verbose=0)
                assert str(net.plan)
                net.summary(print_fn=str)
    assert bits(plain) == bits(watched)


def test_predictions_after_loading_are_the_same_bits(tmp_path):
    net, _ = ten_epochs()
    other = through_a_file(net, tmp_path / "net.safetensors")
    assert_same([net.predict(X, verbose=0)], [other.predict(X, verbose=0)])
    assert net.evaluate(X, Y, verbose=0) == other.evaluate(X, Y, verbose=0)


IN_ANOTHER_PROCESS = """
import sys
from tests.test_resume import SIZE, X, Y, bits, network, keras
path, start = sys.argv[1], int(sys.argv[2])
net = keras.load(path) if start else network()
net.fit(X, Y, epochs=start + 5, initial_epoch=start, validation_split=0.2, **SIZE)
net.save(path)
print(bits(net))
"""


def test_across_processes(tmp_path, request):
    whole, _ = ten_epochs()
    for start in (0, 5):
        command = [sys.executable, "-c", IN_ANOTHER_PROCESS, str(tmp_path / "net"), str(start)]
        done = subprocess.run(
            command, capture_output=True, text=True, check=True, cwd=request.config.rootpath
        )
    assert done.stdout.strip() == bits(whole)


def averaging(executor="auto"):
    net = network(Adam(0.01, use_ema=True, ema_momentum=0.9))
    net.compile(net.optimizer, net.loss, executor=executor)
    return net


@pytest.mark.parametrize("executor", ["auto", "numpy"])
@pytest.mark.parametrize("way", [in_process, through_a_file])
def test_averaged_weights_go_on_from_those_before(way, executor, path):
    """As in Keras, training leaves the averages as the weights; but 5 + 5 epochs are 10."""
    whole, halves = averaging(executor), averaging(executor)
    whole.fit(X, Y, epochs=10, **SIZE)
    halves.fit(X, Y, epochs=5, **SIZE)
    memory = halves._ready().memory
    assert_same([memory.parameters.vector], [memory.optimizer["θ̄"]])
    halves = way(halves, path)
    halves.fit(X, Y, epochs=0, **SIZE)
    assert_same([halves._ready().memory.parameters.vector], [memory.optimizer["θ̄"]])
    for epochs in (2, 1, 2):
        halves.fit(X, Y, epochs=epochs, **SIZE)
    assert bits(halves) == bits(whole)


def test_averaged_weights_that_were_set_meanwhile_are_gone_on_from():
    one, two = averaging(), averaging()
    for net in (one, two):
        net.fit(X, Y, epochs=2, **SIZE)
    weights = [np.full_like(each, 0.25) for each in one.get_weights()]
    for net in (one, two):
        net.set_weights(weights)
        net.fit(X, Y, epochs=0, **SIZE)
        assert_same(net.get_weights(), weights)
    one.fit(X, Y, epochs=1, **SIZE)
    start = averaging()
    start.set_weights(weights)
    assert bits(one) != bits(start)
    two.train_on_batch(X[:16], Y[:16])
    assert np.abs(two.layers[1].get_weights()[0] - 0.25).max() < 0.02
