"""A NaN never goes unnoticed: training stops, says where it began, and keeps the weights."""

from __future__ import annotations

import numpy as np
import pytest

import pellucid as keras
from pellucid import Input, Model, Sequential, layers, ops
from pellucid.callbacks import LambdaCallback
from pellucid.equations.base import Equation
from pellucid.optimizers import Optimizer
from pellucid.training.nonfinite import NonFiniteError
from tests.nets import WIDTH, assert_same, classifier, clusters, linear, numbers

SGD = keras.optimizers.SGD


def spoilt(array, at, value=np.nan):
    array = array.astype(float)
    array[at] = value
    return array


def deep(rate, optimizer=SGD, **options):
    keras.set_random_seed(2)
    net = Sequential(
        [layers.Dense(8, "relu", input_shape=(WIDTH,), name="first"), layers.Dense(1, name="last")]
    )
    net.compile(optimizer(rate, **options), "mse")
    return net


def logarithm(y, p):
    return ops.log(p - y)


X, Y = numbers(12, WIDTH), numbers(12, 1)
#: a network, its data, and what the error says: equation, layer, epoch, batch, sample
CASES = {
    "NaN in x": (lambda: deep(0.01), spoilt(X, (7, 2)), Y, "X", None, 0, 1, 7),
    "infinity in x": (lambda: deep(0.01), spoilt(X, (7, 2), np.inf), Y, "X", None, 0, 1, 7),
    "NaN in y": (lambda: deep(0.01), X, spoilt(Y, (9, 0)), "Y", None, 0, 2, 9),
    "loss of one's own": (
        lambda: linear(SGD(0.1), logarithm, width=WIDTH), X, np.ones((12, 1)),
        "log", "loss", 0, 0, 0,
    ),
    "exploding": (lambda: deep(1e20), X, Y, "Ŷ = A1·W2 + b2", "last", 0, 1, 4),
    "numbers too large": (lambda: deep(0.01), X, spoilt(Y, 5, 1e30), "L =", "loss", 0, 1, None),
    "a step too far": (
        lambda: deep(1e30, SGD, weight_decay=1e20), X, Y, "SGD", None, 0, 0, None,
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("make", "x", "y", "equation", "layer", "epoch", "batch", "sample"), CASES.values(), ids=CASES
)
def test_training_stops_and_says_where(make, x, y, equation, layer, epoch, batch, sample):
    net = make()
    kept = []
    keep = LambdaCallback(on_train_batch_begin=lambda *_: kept.append(net.get_weights()))
    with pytest.raises(NonFiniteError) as caught:
        net.fit(x, y, batch_size=4, shuffle=False, epochs=3, verbose=0, callbacks=keep)
    error = caught.value
    assert (error.epoch, error.batch, error.layer) == (epoch, batch, layer), str(error)
    assert equation in error.equation
    assert sample is None or error.sample == sample
    assert_same(net.get_weights(), kept[-1])
    message = str(error)
    assert f"epoch {epoch + 1}, batch {batch + 1}" in message
    assert "weights are those from before this step" in message


def test_the_sample_is_counted_in_the_data_also_when_shuffled():
    net = deep(0.01)
    with pytest.raises(NonFiniteError, match=r"column 2 .*sample 7") as caught:
        net.fit(spoilt(X, (7, 2)), Y, batch_size=4, verbose=0)
    assert caught.value.sample == 7
    assert "np.isfinite(x)" in str(caught.value)


def test_the_history_so_far_is_kept():
    net = deep(0.01)

    def spoil(epoch, logs):
        if epoch == 1:
            net.layers[0].set_weights([np.full((WIDTH, 8), np.inf), np.zeros(8)])

    calls = keras.callbacks.LambdaCallback(on_epoch_end=spoil)
    with pytest.raises(NonFiniteError) as caught:
        net.fit(X, Y, epochs=5, verbose=0, callbacks=[calls])
    assert caught.value.epoch == 2
    assert caught.value.history.epoch == [0, 1] == net.history.epoch


def test_moving_statistics_are_kept_too():
    norm = layers.BatchNormalization(input_shape=(WIDTH,))
    net = Sequential([norm, layers.Dense(1)])
    net.compile("adam", "mse")
    net.fit(X, Y, verbose=0)
    before = net.get_weights()
    with pytest.raises(NonFiniteError, match="NaN in the data"):
        net.fit(spoilt(X, (3, 1)), Y, verbose=0)
    assert_same(net.get_weights(), before)
    net.fit(X, Y, verbose=0)
    assert np.isfinite(net.evaluate(X, Y, verbose=0))


class Growing(Optimizer):
    """θ ← θ − η·g, and a plain number that grows: n ← n·1e120"""

    learning_rate: float = 0.01

    def update(self, step):
        n = step.number("n", 1.0)
        step.assign(n, 1e120 * n)
        return step.theta - step.eta * step.g


def small(hidden, optimizer, executor):
    keras.set_random_seed(2)
    copies = [type(each)(**each.settings()) for each in hidden]
    net = Sequential([keras.Input((WIDTH,)), *copies])
    net.compile(optimizer(0.01), "mae", executor=executor)
    return net


#: layers, optimizer, what the third batch is times, and what the error says
SILENT = {
    "g², not g, is infinite": ([layers.Dense(1)], keras.optimizers.Adam, 1e25, "v"),
    "the mean of g², by another rule": (
        [layers.Dense(1)],
        keras.optimizers.RMSprop,
        1e25,
        "RMSprop",
    ),
    "a moving variance": ([layers.BatchNormalization(), layers.Dense(1)], SGD, 1e25, "norm"),
    "a plain number": ([layers.Dense(1)], Growing, 1.0, "n"),
}


@pytest.mark.parametrize("executor", ["auto", "numpy"])
@pytest.mark.parametrize(("hidden", "optimizer", "factor", "name"), SILENT.values(), ids=SILENT)
def test_a_state_that_would_not_be_finite_is_noticed(hidden, optimizer, factor, name, executor):
    """Though θ and the loss are: all is as after the two steps before."""
    x = X.astype("float32")
    x[8:] *= factor
    trained, kept = (small(hidden, optimizer, executor) for _ in range(2))
    with pytest.raises(NonFiniteError) as caught:
        trained.fit(x, 0 * Y, batch_size=4, shuffle=False, verbose=0)
    kept.fit(x[:8], 0 * Y[:8], batch_size=4, shuffle=False, verbose=0)
    assert caught.value.batch == 2, str(caught.value)
    assert name in str(caught.value)
    assert_same(trained.get_weights(), kept.get_weights())
    memory, expected = trained._ready().memory, kept._ready().memory
    assert memory.steps == expected.steps == 2
    assert_same(memory.optimizer.values(), expected.optimizer.values())


def test_class_numbers_and_words_that_are_nan():
    x, y = clusters()
    with pytest.raises(ValueError, match=r"nan|NaN"):
        classifier().fit(x, spoilt(y, 4), verbose=0)
    net = Sequential([layers.Embedding(5, 2, input_shape=(3,)), layers.Flatten(), layers.Dense(1)])
    net.compile("adam", "mse")
    with pytest.raises(ValueError, match=r"nan|NaN"):
        net.fit(spoilt(np.ones((6, 3)), (2, 1)), np.ones(6), verbose=0)


def test_a_stream_counts_its_samples_within_the_batch():
    batches = [(X[:4], Y[:4]), (spoilt(X[4:8], (1, 0)), Y[4:8])]
    with pytest.raises(NonFiniteError) as caught:
        deep(0.01).fit(batches, verbose=0)
    assert (caught.value.batch, caught.value.sample) == (1, 1)


def test_train_on_batch_stops_too():
    net = deep(0.01)
    before = net.get_weights()
    with pytest.raises(NonFiniteError):
        net.train_on_batch(spoilt(X, (0, 0)), Y)
    assert_same(net.get_weights(), before)


def test_large_scores_are_not_an_error():
    """Logits of 10⁴ have finite losses and gradients, whichever way the loss is written."""
    on_scores = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    for output, loss in (("softmax", "sparse_categorical_crossentropy"), (None, on_scores)):
        net = Sequential([layers.Dense(3, output, input_shape=(WIDTH,))])
        net.compile(SGD(1e-3), loss)
        net.fit(1e4 * X, np.arange(12) % 3, epochs=3, verbose=0)
        assert np.isfinite(net.evaluate(1e4 * X, np.arange(12) % 3, verbose=0))


#: a network, its data, and the terms that the error names
CAUSES = {
    "a product": (lambda: deep(1e20), X, Y, r"Ŷ\[0, 0\] is −?∞: A1\[0, \d\]·W2\[\d, 0\] = "),
    "a square": (
        lambda: deep(0.01), X, spoilt(Y, 5, 1e30),
        r"L is ∞: \(Ŷ\[1, 0\] − Y\[1, 0\]\)² = \(.* − 1e\+30\)² is beyond 3.4e\+38, the largest",
    ),
    "a logarithm": (
        lambda: linear(SGD(0.1), logarithm, width=WIDTH), X, np.ones((12, 1)),
        r"T2\[0, 0\] is NaN: log\(T1\[0, 0\]\) = log\(−1\) is not a number",
    ),
    "a state of the update": (
        lambda: deep(0.01, keras.optimizers.Adam), 1e6 * X, 1e15 * Y,
        r"g\[\d+\]² is ∞: g\[\d+\]² = .* is beyond",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("make", "x", "y", "terms"), CAUSES.values(), ids=CAUSES)
def test_the_error_names_the_terms(make, x, y, terms):
    with pytest.raises(NonFiniteError, match=terms):
        make().fit(x, y, batch_size=4, shuffle=False, epochs=9, verbose=0)


class Unreadable(Equation):
    """y = √x, in a way that cannot be followed number by number"""

    text = "unreadable({x})"

    def run(self, xp, x):
        return xp.sqrt(np.asarray(x) - 0.0)

    def gradient(self, dy, y, x):
        return (dy / (2 * y),)


def test_an_equation_that_cannot_be_read_number_by_number():
    net = linear(SGD(0.1), lambda y, p: Unreadable()(p - y), width=WIDTH)
    with pytest.raises(NonFiniteError, match=r"before this step\. Lower the learning rate"):
        net.fit(X, np.ones((12, 1)), verbose=0)


def test_the_failed_step_can_be_replayed():
    net = deep(0.01)
    x = spoilt(X, (7, 2), 1e38)
    with pytest.raises(NonFiniteError) as caught:
        net.fit(x, Y, batch_size=4, shuffle=False, verbose=0)
    replayed, before = caught.value.replay(), net.get_weights()
    assert_same([replayed["X"]], [x[4:8].astype("float32")])
    assert_same([replayed["W1"], replayed["b1"], replayed["W2"], replayed["b2"]], before)
    name = caught.value.equation.split()[0]
    assert not np.isfinite(replayed[name]).all()
    assert name in str(caught.value.explain())
    assert net.fit(X, Y, verbose=0).history
    assert_same([caught.value.replay()["W1"]], before[:1])
    with pytest.raises(ValueError, match="no step to replay"):
        NonFiniteError("", equation="", layer=None, epoch=0, batch=0, sample=None).replay()


@pytest.mark.parametrize("executor", ["numpy", "auto"])
def test_a_parameter_that_the_loss_does_not_read_stays_a_plain_zero(executor):
    x = Input((3,))
    net = Model(x, [layers.Dense(2)(x), layers.Dense(4)(x)])
    net.compile("adam", ["poisson", None], executor=executor)
    with pytest.raises(NonFiniteError, match=r"log\(−"):
        net.fit(np.full((8, 3), 50.0) * [1, -1, 1], np.ones((8, 2)), verbose=0)
