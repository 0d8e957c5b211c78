"""Training: weights of rows and classes, validation, batches, epochs, results, and Ctrl-C."""

from __future__ import annotations

import os
import signal

import numpy as np
import pytest

import pellucid as keras
from pellucid import Sequential, layers, ops
from pellucid.callbacks import Callback, LambdaCallback
from pellucid.executors.native.shuffling import permutation
from pellucid.training.callbacks.base import HOOKS
from tests.nets import CLASSES, WIDTH, assert_same, classifier, clusters, linear, numbers, rows_of

X, Y = numbers(10, 2), numbers(10, 1)
SGD = keras.optimizers.SGD


class Watch(Callback):
    """Writes down which moments came, with their numbers."""

    def __init__(self):
        super().__init__()
        self.seen = []
        for hook in HOOKS:
            if hook != "on_progress":
                setattr(self, hook, lambda *given, hook=hook: self.seen.append((hook, *given[:-1])))


def fitted(x=X, y=Y, rate=0.1, **options):
    """The weights of a linear network after plain gradient steps from 0."""
    net = linear(SGD(rate))
    net.fit(x, y, **({"batch_size": len(x), "shuffle": False, "verbose": 0} | options))
    return net.get_weights()


def test_a_row_of_weight_2_counts_as_two_rows():
    """Up to the mean: Keras divides by the number of rows, not by the sum of the weights."""
    weight = np.array([2.0] + [1.0] * 9)
    repeated = [np.concatenate([each[:1], each]) for each in (X, Y)]
    assert_same(fitted(sample_weight=weight, rate=0.11), fitted(*repeated, rate=0.11 * 1.1), 1e-12)
    assert_same(fitted(sample_weight=np.zeros(10)), [np.zeros((2, 1)), np.zeros(1)])


@pytest.mark.parametrize("hot", [False, True])
@pytest.mark.parametrize(("class_weight", "of_rows"), [
    ({0: 1.0, 1: 3.0, 2: 0.5}, [1.0, 3.0, 0.5]),
    ("balanced", [90 / (3 * 60), 90 / (3 * 20), 90 / (3 * 10)]),
])  # fmt: skip
def test_class_weights_are_weights_of_rows(class_weight, of_rows, hot):
    y = np.repeat([0, 1, 2], [60, 20, 10])
    x, rows = numbers(90, WIDTH), np.array(of_rows)[y]
    loss = "categorical_crossentropy" if hot else "sparse_categorical_crossentropy"
    nets = [classifier("sgd"), classifier("sgd")]
    for net, options in zip(nets, [{"class_weight": class_weight}, {"sample_weight": rows}],
                            strict=True):  # fmt: skip
        net.compile("sgd", loss)
        net.fit(x, np.eye(3)[y] if hot else y, shuffle=False, verbose=0, **options)
    assert_same(nets[0].get_weights(), nets[1].get_weights(), 1e-7)


def test_class_weight_and_sample_weight_multiply():
    x, y = clusters()
    weight, table = np.linspace(0.5, 2, 90), np.array([1.0, 2.0, 3.0])
    nets = [classifier("sgd", dtype="float64"), classifier("sgd", dtype="float64")]
    nets[0].fit(x, y, verbose=0, sample_weight=weight, class_weight=dict(enumerate(table)))
    nets[1].fit(x, y, verbose=0, sample_weight=weight * table[y])
    assert_same(nets[0].get_weights(), nets[1].get_weights(), 1e-9)


def test_the_loss_is_the_mean_over_rows_whatever_the_batches():
    net = classifier(dtype="float64")
    x, y = clusters()
    whole = net.evaluate(x, y, batch_size=90, verbose=0)
    for size in (1, 7, 32, 1000):
        assert net.evaluate(x, y, batch_size=size, verbose=0) == pytest.approx(whole, rel=1e-9)


def test_the_logged_loss_weighs_the_last_smaller_batch_right():
    net = linear(SGD(0.0))
    history = net.fit(X, Y, batch_size=4, verbose=0).history
    assert history["loss"] == pytest.approx([np.mean(Y**2)])


def test_every_row_is_trained_on_once_an_epoch_in_a_new_order():
    net = classifier(executor="numpy")
    seen = rows_of(net, "train")
    x, y = clusters(10)
    net.fit(x, y, batch_size=4, epochs=3, verbose=0)
    assert [len(rows) for rows in seen] == 3 * [4, 4, 2]
    orders = [np.concatenate(seen[at : at + 3]).tolist() for at in (0, 3, 6)]
    assert all(sorted(order) == list(range(10)) for order in orders)
    assert orders[0] != orders[1] != orders[2] != list(range(10))
    seen.clear()
    net.fit(x, y, batch_size=4, verbose=0, shuffle=False)
    assert [(rows.start, rows.stop) for rows in seen] == [(0, 4), (4, 8), (8, 10)]


def held_out(net, x, y, **options):
    """The numbers of the rows that validation_split holds out."""
    seen = rows_of(net, "evaluate")
    net.fit(x, y, verbose=0, validation_split=0.2, **options)
    return sorted(np.concatenate(seen))


def test_validation_split_is_seeded_shuffled_and_stratified():
    y = np.repeat([0, 1, 2], [50, 30, 20])
    x = numbers(100, WIDTH)
    rows = held_out(classifier(seed=4, executor="numpy"), x, y)
    assert np.bincount(y[rows]).tolist() == [10, 6, 4]
    assert rows == held_out(classifier(seed=4, executor="numpy"), x, y)
    assert rows != held_out(classifier(seed=5, executor="numpy"), x, y)
    net = classifier(seed=4)
    net.compile("sgd", "categorical_crossentropy", executor="numpy")
    assert np.bincount(y[held_out(net, x, np.eye(3)[y])]).tolist() == [10, 6, 4]
    assert len(held_out(linear(executor="numpy"), X, Y)) == 2


def test_validation_data_is_what_evaluate_says():
    x, y = clusters()
    net = classifier()
    history = net.fit(x, y, epochs=2, verbose=0, validation_data=(x[:11], y[:11])).history
    assert list(history) == ["loss", "accuracy", "val_loss", "val_accuracy"]
    assert net.evaluate(x[:11], y[:11], verbose=0) == pytest.approx(
        [history["val_loss"][-1], history["val_accuracy"][-1]]
    )
    weight = np.linspace(0, 1, 11)
    given = {"validation_data": (x[:11], y[:11], weight), "validation_freq": 2, "epochs": 4}
    history = net.fit(x, y, verbose=0, **given).history
    assert len(history["val_loss"]) == 2
    expected = net.evaluate(x[:11], y[:11], sample_weight=weight, verbose=0)[0]
    assert history["val_loss"][-1] == pytest.approx(expected)


def test_initial_epoch():
    watch, net = Watch(), classifier()
    x, y = clusters()
    history = net.fit(x, y, epochs=5, initial_epoch=3, verbose=0, callbacks=[watch])
    assert history.epoch == [3, 4]
    assert [given[1] for given in watch.seen if given[0] == "on_epoch_begin"] == [3, 4]
    assert net.epochs_trained == 2


def test_steps_per_epoch():
    watch = Watch()
    linear().fit(X, Y, batch_size=2, steps_per_epoch=3, epochs=2, verbose=0, callbacks=[watch])
    assert [given[1] for given in watch.seen if given[0] == "on_train_batch_end"] == [0, 1, 2] * 2


@pytest.mark.parametrize("executor", ["numpy", "auto"])
def test_whole_batches_leave_out_other_rows_in_each_epoch(executor):
    """Of ten rows by fours two are left out: those at the end of the epoch's order."""
    nets = [linear() for _ in range(2)]
    for net in nets:
        net.compile("sgd", "mse", executor=executor)
    nets[0].fit(X, Y, batch_size=4, epochs=3, steps_per_epoch="whole", verbose=0)
    for epoch in range(3):
        rows = permutation(nets[0].engine.memory.seed, 0, epoch, len(X))[: len(X) // 4 * 4]
        nets[1].fit(X[rows], Y[rows], batch_size=4, shuffle=False, verbose=0)
    assert len(X) % 4
    assert_same(nets[0].get_weights(), nets[1].get_weights())


def test_fewer_rows_than_a_batch_are_one():
    net = linear()
    net.fit(X, Y, batch_size=64, steps_per_epoch="whole", verbose=0)
    assert net.engine.memory.steps == 1


@pytest.mark.parametrize("steps", [0, -1, 2.5, True, "half"])
def test_steps_that_are_no_number(steps):
    with pytest.raises(ValueError, match="steps_per_epoch must be a whole number of 1 or more"):
        linear().fit(X, Y, steps_per_epoch=steps, verbose=0)


def test_a_stream_has_no_whole_batches():
    with pytest.raises(ValueError, match="the batches of a stream are as they come"):
        linear().fit([(X, Y)], steps_per_epoch="whole", verbose=0)


def test_the_order_of_the_moments():
    watch = Watch()
    given = {"validation_data": (X, Y), "validation_batch_size": 10, "batch_size": 5}
    linear().fit(X, Y, verbose=0, callbacks=watch, **given)
    batch = [(f"on_train_batch_{end}", at) for at in (0, 1) for end in ("begin", "end")]
    test = [("on_test_begin",), ("on_test_batch_begin", 0), ("on_test_batch_end", 0),
            ("on_test_end",)]  # fmt: skip
    assert watch.seen == [
        ("on_train_begin",), ("on_epoch_begin", 0), *batch, *test, ("on_epoch_end", 0),
        ("on_train_end",),
    ]  # fmt: skip
    watch.seen.clear()
    linear().predict(X, callbacks=[watch], verbose=0)
    assert [moment[0] for moment in watch.seen] == [
        f"on_predict_{moment}" for moment in ("begin", "batch_begin", "batch_end", "end")
    ]


def test_a_callback_can_stop_training():
    def stop(epoch, logs):
        net.stop_training = epoch == 1

    net = linear()
    history = net.fit(X, Y, epochs=9, verbose=0, callbacks=[LambdaCallback(on_epoch_end=stop)])
    assert history.epoch == [0, 1]
    assert len(history.seconds) == 2
    assert net.fit(X, Y, epochs=2, verbose=0).epoch == [0, 1]


def test_ctrl_c_ends_training_with_the_history_so_far():
    """A real SIGINT, in the middle of the third epoch."""

    def press(batch, logs):
        pressed.append(batch)
        if len(pressed) == 6:
            os.kill(os.getpid(), signal.SIGINT)

    pressed, ended, net = [], [], linear()
    before = signal.getsignal(signal.SIGINT)
    calls = LambdaCallback(on_train_batch_end=press, on_train_end=lambda logs: ended.append(1))
    history = net.fit(X, Y, epochs=99, batch_size=5, verbose=0, callbacks=[calls])
    assert history.epoch == [0, 1]
    assert len(history.history["loss"]) == 2
    assert len(pressed) == 6
    assert ended == [1]
    assert np.isfinite(net.evaluate(X, Y, verbose=0))
    assert signal.getsignal(signal.SIGINT) is before


def test_results_have_kerass_forms():
    x, y = clusters()
    net = classifier()
    loss, accuracy = net.evaluate(x, y, verbose=0)
    assert net.evaluate(x, y, verbose=0, return_dict=True) == {"loss": loss, "accuracy": accuracy}
    assert net.metrics_names == ["loss", "accuracy"]
    assert isinstance(linear().evaluate(X, Y, verbose=0), float)
    assert net.predict(x[:5], verbose=0).shape == (5, CLASSES)
    assert net.predict_on_batch(x[:5]).shape == (5, CLASSES)
    assert net.test_on_batch(x, y) == pytest.approx([loss, accuracy])
    history = net.fit(x, y, epochs=2, verbose=0)
    assert net.history is history
    assert set(history.history) == {"loss", "accuracy"}
    assert history.epoch == [0, 1]
    assert all(type(value) is float for value in history.history["loss"])


def test_train_on_batch():
    x, y = clusters()
    one, two = classifier(), classifier()
    loss, accuracy = one.train_on_batch(x, y)
    history = two.fit(x, y, batch_size=90, shuffle=False, verbose=0).history
    assert [loss, accuracy] == [history["loss"][0], history["accuracy"][0]]
    assert_same(one.get_weights(), two.get_weights())
    logs = one.train_on_batch(x, y, return_dict=True)
    assert logs["loss"] < loss


def swish(x):
    return x * ops.sigmoid(x)


def cubic(y, p):
    return ops.absolute(p - y) ** 3


def test_functions_of_ones_own():
    """An activation and a loss as plain functions train as the library's do."""
    nets = []
    for activation, loss in ((swish, lambda y, p: ops.mean((y - p) ** 2, -1)), ("silu", "mse")):
        keras.set_random_seed(1)
        net = Sequential(
            [layers.Dense(6, activation, input_shape=(2,)), layers.Dense(1)], dtype="float64"
        )
        net.compile("adam", loss)
        net.fit(X, Y, epochs=3, verbose=0)
        nets.append(net)
    assert_same(nets[0].get_weights(), nets[1].get_weights(), 1e-9)
    net = linear(SGD(0.1), cubic)
    net.fit(X, Y, batch_size=10, verbose=0)
    slope = 3 * np.abs(Y) * -Y
    assert_same(net.get_weights(), [-0.1 * X.T @ slope / 10, -0.1 * slope.mean(0)], 1e-9)


def test_a_loss_that_adds_penalties():
    keras.set_random_seed(1)
    net = Sequential([layers.Dense(2, kernel_regularizer="l2", input_shape=(2,))], dtype="float64")
    net.compile("sgd", "mse")
    y = np.zeros((10, 2))
    kernel = net.get_weights()[0]
    expected = np.mean(net.predict(X, verbose=0) ** 2) + 0.01 * np.sum(kernel**2)
    assert net.evaluate(X, y, verbose=0) == pytest.approx(expected, rel=1e-9)


def test_moving_statistics_follow_the_batches():
    """μ ← m·μ + (1 − m)·mean of the batch, σ² likewise; predictions go by them."""
    norm = layers.BatchNormalization(momentum=0.8, epsilon=0.01, input_shape=(2,))
    net = Sequential([norm], dtype="float64")
    net.compile(SGD(0.0), "mse")
    net.fit(X, X, batch_size=6, shuffle=False, verbose=0)
    mean, variance = np.zeros(2), np.ones(2)
    for part in (X[:6], X[6:]):
        mean = 0.8 * mean + 0.2 * part.mean(0)
        variance = 0.8 * variance + 0.2 * part.var(0)
    assert_same(norm.get_weights()[2:], [mean, variance], 1e-12)
    assert_same([net.predict(X, verbose=0)], [(X - mean) / np.sqrt(variance + 0.01)], 1e-12)


@pytest.mark.parametrize("executor", ["auto", "numpy"])
def test_evaluating_what_is_not_finite_says_so(executor):
    net = linear(executor=executor)
    x, y = np.ones((100, 2)), np.ones((100, 1))
    x[95, 0] = np.nan
    assert np.isnan(net.evaluate(x, y, batch_size=10, verbose=0))
    assert np.isnan(net.evaluate(x, y, verbose=0))
    assert np.isnan(net.predict(x)).sum() == 1


@pytest.mark.parametrize("executor", ["auto", "numpy"])
def test_a_word_that_the_embedding_does_not_have(executor):
    net = Sequential([layers.Embedding(10, 4, input_shape=(5,)), layers.Flatten()])
    net.add(layers.Dense(1))
    net.compile("sgd", "mse", executor=executor)
    words = np.zeros((3000, 5), int)
    words[2500, 2] = 10
    for ask in (net.predict, net.predictor(), lambda x: net.fit(x, np.ones(len(x)), verbose=0)):
        with pytest.raises(ValueError, match="embedding"):
            ask(words)


def test_a_network_without_parameters_can_clip():
    net = keras.Sequential([keras.layers.Activation("tanh", input_shape=(2,))])
    net.compile(keras.optimizers.Adam(clipnorm=1.0), "mse", executor="numpy")
    assert net.train_on_batch(np.ones((3, 2)), np.full((3, 2), np.tanh(1))) < 1e-12
