"""Programs without pellucid: run by themselves, they train to the same bits."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import pellucid as keras
from pellucid import Sequential, layers, ops, optimizers, schedules
from pellucid.glass.source.lines import Lines
from tests.nets import classifier, numbers
from tests.test_executor import image_network, word_network

#: runs a program where pellucid cannot be imported
ALONE = "import runpy, sys; sys.modules['pellucid'] = None; del sys.argv[0]; "
ALONE += "runpy.run_path(sys.argv[0], run_name='__main__')"


class Gated(layers.Layer):
    """An own layer: X ⊙ σ(X·W), and the mean of its rows taken away."""

    def build(self, shape):
        self.w = self.add_weight((shape[-1], shape[-1]), name="gate")

    def call(self, x, training=None):
        gated = x * ops.sigmoid(ops.matmul(x, self.w.tensor))
        return gated - ops.mean(gated, axis=0, keepdims=True)


def dense(*sizes, optimizer="sgd", activation="sigmoid", loss="sparse_categorical_crossentropy"):
    keras.set_random_seed(4)
    hidden = [layers.Dense(size, activation) for size in sizes[1:-1]]
    last = layers.Dense(sizes[-1], "sigmoid" if sizes[-1] == 1 else "softmax")
    net = Sequential([*hidden, last])
    net.build((None, sizes[0]))
    loss = "binary_crossentropy" if sizes[-1] == 1 else loss
    net.compile(optimizer, loss, metrics=["accuracy"], executor="numpy")
    return net


def labelled(rows, width, classes):
    return np.abs(numbers(rows, width)), np.arange(rows) % classes


def own():
    keras.set_random_seed(4)
    net = Sequential([layers.Dense(5, "gelu", input_shape=(4,)), Gated(), layers.Dense(1)])
    net.compile(optimizers.Adam(0.01, clipnorm=0.1, weight_decay=0.01), "mse", executor="numpy")
    return net


def lstm():
    keras.set_random_seed(4)
    net = Sequential([layers.LSTM(3, input_shape=(4, 2)), layers.Dense(1)])
    net.compile("nadam", "mse", metrics=["mae"], executor="numpy")
    return net


def averaged():
    return classifier(optimizers.Lion(0.01, use_ema=True), executor="numpy")


#: a network, rows and targets, and the rows of a step
CASES = {
    "784-128-64-10, one row at a time": (lambda: dense(784, 128, 64, 10),
                                         *labelled(12, 784, 10), 1),
    "20-10-1": (lambda: dense(20, 10, 1), *labelled(50, 20, 2), 10),
    "784-512-10, RMSprop": (lambda: dense(784, 512, 10, optimizer="rmsprop", activation="relu",
                            loss="categorical_crossentropy"),
                            labelled(24, 784, 10)[0], np.eye(10)[np.arange(24) % 10], 8),
    "784-128-64-10, Adam": (lambda: dense(784, 128, 64, 10, optimizer="adam", activation="relu"),
                            *labelled(40, 784, 10), 16),
    "784-64-1, full batch": (lambda: dense(784, 64, 1), *labelled(30, 784, 2), 30),
    "convolution, dropout": (lambda: image_network("float32")[0], *image_network()[1:], 3),
    "words, recurrent, noise": (lambda: word_network("float32")[0], *word_network()[1:], 3),
    "LSTM": (lstm, numbers(9, 4, 2), numbers(9, 1), 4),
    "an own layer": (own, numbers(9, 4), numbers(9, 1), 4),
    "averaged weights": (averaged, numbers(9, 4), np.arange(9) % 3, 4),
}  # fmt: skip


def alone(folder, program, **data):
    """What a program writes, run without pellucid."""
    program.save(folder / "net.py")
    np.savez(folder / "data.npz", **data)
    words = [str(folder / name) for name in ("net.py", "data.npz", "out.npz")]
    done = subprocess.run(
        [sys.executable, "-I", "-W", "error", "-c", ALONE, *words],
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{done.stderr}\n{program}"
    with np.load(folder / "out.npz") as file:
        return dict(file)


@pytest.mark.parametrize("case", CASES)
def test_it_trains_to_the_same_bits(case, tmp_path):
    make, x, y, batch = CASES[case]
    net = make()
    net.fit(x, y, batch_size=batch, verbose=0)
    found = alone(tmp_path, net.source("numpy", epochs=2, batch_size=batch), X=x, Y=y)
    net.fit(x, y, batch_size=batch, epochs=2, verbose=0)
    plan, arrays = net.plan, net._ready().memory.arrays()
    lines = Lines(plan, "float32")
    kept = [*plan.layout, *(each for each in plan.assignments if each is not plan.theta)]
    assert len(found) == len(kept)
    for tensor in kept:
        np.testing.assert_array_equal(found[lines.name(tensor)], arrays[tensor], strict=False)
    given = {"X": x}
    forward = alone(tmp_path, net.source("numpy", only="forward"), **given)
    np.testing.assert_array_equal(forward["Ŷ"], net.predict(x, verbose=0))


def test_it_is_a_line_for_each_equation():
    program = str(dense(20, 10, 1).source())
    for line in ("Z1 = X @ W1 + b1", "dW2 = A1.T @ dZ2", "θ = θ - η * g", "# update: SGD"):
        assert f"    {line}" in program
    assert "pellucid" not in program.replace("Written by pellucid.", "")
    assert max(map(len, program.splitlines())) <= 110


def test_large_arrays_stand_beside_it(tmp_path):
    program = dense(20, 30, 1).source()
    assert list(program.arrays) == ["W1", "W2"]
    assert repr(program).endswith("and 2 arrays beside it; print() shows it>")
    program.save(tmp_path / "net.py")
    with np.load(tmp_path / "net.npz") as file:
        assert set(file) == {"W1", "W2"}
    assert not dense(20, 10, 1).source().arrays


def test_what_cannot_be_written_is_refused():
    net = dense(20, 10, 1)
    with pytest.raises(ValueError, match=r"no program can be written in 'nunpy': .*'numpy'"):
        net.source("nunpy")
    with pytest.raises(ValueError, match="only is 'backward'; expected \"forward\""):
        net.source(only="backward")
    with pytest.raises(ValueError, match="takes no epochs"):
        net.source(only="forward", epochs=3)
    falling = dense(4, 3, 1, optimizer=optimizers.SGD(schedules.ExponentialDecay(0.1, 10, 0.9)))
    with pytest.raises(ValueError, match="learning rate with a schedule"):
        falling.source()
