"""Equations without a native form: NumPy runs them, the program the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import pellucid as pl
from pellucid import callbacks, layers, ops
from pellucid.equations.base import Equation
from pellucid.equations.reductions import Sum
from pellucid.executors.native import compiling
from pellucid.training.nonfinite import NonFiniteError
from tests.native import assert_predicted, at_every_level, check, network, rows, started

pytestmark = at_every_level
D = layers.Dense


class Centred(Equation, hidden=True):
    """y = x − the median of its column, if any row is above it: a choice made by the numbers."""

    text, latex = "centred({x})", "centred({x})"

    def shape(self, x: Any) -> Any:
        return x

    def run(self, xp: Any, x: Any) -> Any:
        return x - np.median(x, axis=0) if float(xp.max(x)) > -1e9 else x

    def gradient(self, dy: Any, y: Any, x: Any) -> Any:
        return (dy,)


class Halves(Equation, hidden=True):
    """y = x sorted in each row, and the sum over all rows beside it."""

    text, latex = "halves({x})", "halves({x})"
    by_products = ("T",)

    def shape(self, x: Any) -> Any:
        return [x, x[1:]]

    def run(self, xp: Any, x: Any) -> Any:
        return np.sort(x, axis=1), np.asarray(x).sum(axis=0)


class Centre(layers.Layer):
    def call(self, x: Any, _: Any = None) -> Any:
        return Centred()(x)


def nets() -> dict[str, Callable[[str, str], Any]]:
    across = [D(4, lambda z: ops.softmax(z, axis=0), use_bias=False), layers.Reshape((2, 2)),
              layers.BatchNormalization(axis=1), layers.Flatten(), D(3)]  # fmt: skip
    return {
        "between": network([D(6, "tanh"), Centre(), D(4)], "mse"),
        "first": network([Centre(), D(4)], "mse"),
        "last": network([D(6, "tanh"), D(4, use_bias=False), Centre()], "mse", metrics=["mae"]),
        "alone": network([Centre()], "mse"),
        "twice": network([Centre(), D(6, "relu"), Centre(), D(4)], "mse", "rmsprop"),
        "across": network(across, "mse", "sgd"),
    }


@pytest.mark.parametrize("name", nets())
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("batch", [8, 1000])
def test_training_is_the_same(name: str, dtype: str, batch: int) -> None:
    width = {"alone": 5, "across": 3}.get(name, 4)
    check(nets()[name], rows(600, 5), rows(600, width), dtype, batch_size=batch, epochs=2)


@pytest.mark.parametrize("threads", [2, 3])
def test_threads_change_no_bit(threads: int) -> None:
    found = []
    for each in (1, threads):
        net = started(nets()["twice"], "native", "float32")
        net.compile("adam", "mse", executor="native", threads=each)
        net.fit(rows(700, 5), rows(700, 4), batch_size=600, epochs=2, verbose=0)
        found.append(net.get_weights())
    assert all(np.array_equal(*pair) for pair in zip(*found, strict=True))


def test_it_is_named_with_the_reason() -> None:
    report = nets()["across"]("native", "float64").executor_report()
    named = [line for line in report.splitlines() if line.startswith("  by NumPy, once a batch: ")]
    assert {line.split(": ")[1] for line in named} >= {"Softmax", "Standardize"}
    assert "product A·W" in report
    assert "    NumPy " in report


def test_rows_one_by_one_and_prepared() -> None:
    net = pl.Sequential([D(3, "tanh", input_shape=(5,)), layers.Reshape((3, 1)),
                         layers.BatchNormalization(axis=1), layers.Flatten()])  # fmt: skip
    net.compile("adam", "mse", executor="native")
    net.fit(rows(64, 5), rows(64, 3), verbose=0)
    x = rows(700, 5, seed=1).astype("float32")
    predict = net.predictor()
    for count in (1, 2, 3, 4, 5, 6, 1, 700):  # more sizes than arrays are kept for
        assert_predicted(predict(x[:count]), net, x[:count])


def test_rows_beside_rows_are_numpys() -> None:
    """What has the batch along two axes is no array of rows, and so not one of a program."""

    class Gram(Equation, hidden=True):
        text, latex = "{x}·{x}ᵀ", "{x} {x}^T"

        def run(self, xp: Any, x: Any) -> Any:
            return xp.matmul(x, x.T)

        def shape(self, *shapes: Any) -> Any:
            return (None, None)

    class Alike(layers.Layer):
        def call(self, x: Any, _: Any = None) -> Any:
            return x + Sum(1, keepdims=True)(Gram()(x))

    made = network([D(3), Alike()], "mse")
    x = rows(50, 5)
    found, expected = (made(each, "float64") for each in ("auto", "numpy"))
    found.set_weights(expected.get_weights())
    np.testing.assert_array_equal(found.predict(x, verbose=0), expected.predict(x, verbose=0))
    with pytest.raises(RuntimeError, match="another axis than the first"):
        made("native", "float64").predict(x, verbose=0)


def test_its_error_comes_out_and_nothing_of_the_step_stays() -> None:
    class Bad(layers.Layer):
        def call(self, x: Any, _: Any = None) -> Any:
            return Failing()(x)

    class Failing(Centred, hidden=True):
        def run(self, xp: Any, x: Any) -> Any:
            if len(np.sort(x)) < 8:
                raise ArithmeticError("seven rows are too few")
            return x

    net = started(network([D(4), Bad()], "mse"), "native", "float64")
    before = net.get_weights()
    with pytest.raises(ArithmeticError, match="seven rows are too few"):
        net.fit(rows(15, 5), rows(15, 4), batch_size=8, verbose=0, shuffle=False)
    after = net.get_weights()
    assert all(np.array_equal(*pair) for pair in zip(before, after, strict=True))
    net.fit(rows(16, 5), rows(16, 4), batch_size=8, verbose=0)


def test_what_is_not_finite_is_found_in_it() -> None:
    class Rooted(Centred, hidden=True):
        def run(self, xp: Any, x: Any) -> Any:
            return np.sqrt(np.sort(x, axis=0))

    class Root(layers.Layer):
        def call(self, x: Any, _: Any = None) -> Any:
            return Rooted()(x)

    net = started(network([D(4), Root()], "mse"), "native", "float64")
    with pytest.raises(NonFiniteError, match="centred"):
        net.fit(rows(16, 5), rows(16, 4), batch_size=8, verbose=0)


def test_results_beside_the_first() -> None:
    class Both(layers.Layer):
        def call(self, x: Any, _: Any = None) -> Any:
            first, total = Halves()(x).line.outputs
            return first * total

    net = started(network([Both()], "mse"), "native", "float64")
    x = rows(9, 5)
    expected = np.sort(x, axis=1) * x.sum(axis=0)
    np.testing.assert_allclose(net.predict(x, batch_size=9, verbose=0), expected, rtol=1e-12)


def test_a_callback_sees_each_batch() -> None:
    seen: list[float] = []
    each = callbacks.LambdaCallback(on_train_batch_end=lambda _, logs: seen.append(logs["loss"]))
    net = started(nets()["between"], "native", "float64")
    net.fit(rows(40, 5), rows(40, 4), batch_size=8, verbose=0, callbacks=[each])
    assert len(seen) == 5


@pytest.mark.parametrize("regularized", ["kernel", "bias"])
def test_a_penalty_is_of_the_weights_before_the_step(regularized: str) -> None:
    """NumPy's step splits the program, so that the loss is put together after θ has moved."""
    x = np.eye(5)[np.random.default_rng(0).integers(0, 5, (8, 5))]
    y = np.sign(np.random.default_rng(1).normal(size=(8, 5, 1)))
    losses = []
    for executor in ("numpy", "native"):
        pl.set_random_seed(1)
        rows = layers.Input((5, 5))
        penalty: dict[str, Any] = {f"{regularized}_regularizer": pl.regularizers.L1(0.01)}
        outputs = [
            D(1, "tanh", bias_initializer="ones", **penalty)(rows),
            layers.Permute((2, 1))(rows),
        ]
        net = pl.Model(rows, outputs, dtype="float64")
        net.compile("sgd", ["hinge", "categorical_hinge"], executor=executor)
        losses.append(net.fit(x, [y, x], epochs=2, verbose=0).history["loss"])
    np.testing.assert_allclose(*losses, rtol=1e-12)


def test_all_equations_without_a_native_form_are_found_at_once(monkeypatch):
    whole, tries = compiling.whole, []
    monkeypatch.setattr(compiling, "whole", lambda *given: tries.append(1) or whole(*given))
    start = layers.Input((6, 4))
    attended = layers.MultiHeadAttention(2, 3)(start, start)
    net = pl.Model(start, D(1)(layers.Flatten()(attended)))
    net.compile("adam", "mse")
    assert net.engine.native("train").compiled.elsewhere
    assert len(tries) == 2
