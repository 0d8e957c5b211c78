"""Networks from other libraries and back: equal outputs, and equal weights after one more step."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pellucid as pl
from pellucid import Model, Sequential, layers
from pellucid.interop.keras.layers import ALONE, FUNCTIONS
from tests.contract import layers as contract
from tests.make_samples import keras_models

D = layers.Dense
#: what Keras and what it runs on say of themselves
pytestmark = pytest.mark.filterwarnings("ignore")


def numbers(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def listed(found: Any) -> list[np.ndarray]:
    return list(found) if isinstance(found, (list, tuple)) else [found]


def equal(one: Any, other: Any, bound: float = 1e-6) -> None:
    """Equal but for rounding; Keras multiplies in single precision here and there."""
    for a, b in zip(listed(one), listed(other), strict=True):
        np.testing.assert_allclose(a, b, rtol=bound, atol=bound)


def called(model: Any, x: Any) -> list[np.ndarray]:
    """What a model of Keras gives."""
    given = listed(model(x, training=False))
    return [np.asarray(each.detach() if hasattr(each, "detach") else each) for each in given]


@pytest.fixture(scope="module")
def keras() -> Iterator[Any]:
    """Keras in double precision, on PyTorch, or else on JAX."""
    if importlib.util.find_spec("keras") is None:
        pytest.skip("needs keras")
    backend = next((each for each in ("torch", "jax") if importlib.util.find_spec(each)), None)
    if backend is None:
        pytest.skip("needs jax or torch below keras")
    os.environ.update(KERAS_BACKEND=backend, JAX_ENABLE_X64="1")
    found = pytest.importorskip("keras")
    found.config.set_floatx("float64")
    found.config.set_dtype_policy("float64")  # follows the precision only until it is first read
    yield found
    found.config.set_floatx("float32")
    found.config.set_dtype_policy("float32")


def images(kind: Any) -> list[Any]:
    """Layers of a library with Keras's names."""
    return [
        kind.Conv2D(3, (3, 2), strides=2, padding="same", activation="elu"),
        kind.BatchNormalization(momentum=0.8, epsilon=1e-4),
        kind.MaxPooling2D(2),
        kind.Conv2D(2, (2, 1), use_bias=False, kernel_regularizer="l2"),
        kind.GlobalAveragePooling2D(),
        kind.Rescaling(2.0, 0.5),
        kind.Dense(3, "softmax"),
    ]


def sequences(kind: Any) -> list[Any]:
    return [
        kind.LSTM(3, return_sequences=True, go_backwards=True),
        kind.Bidirectional(kind.GRU(4, return_sequences=True), merge_mode="ave"),
        kind.LayerNormalization(epsilon=1e-4),
        kind.SimpleRNN(3, "relu", use_bias=False),
        kind.Dropout(0.0),
        kind.Dense(2, "gelu", kernel_initializer="he_normal", bias_regularizer="l1"),
    ]


def padded(kind: Any) -> list[Any]:
    """Steps that a mask leaves out."""
    kept = {"return_sequences": True}
    return [
        kind.Masking(0.0),
        kind.LSTM(3, zero_output_for_mask=True, **kept),
        kind.Bidirectional(kind.GRU(2, **kept)),
        kind.SimpleRNN(3),
    ]


def alone(kind: Any) -> list[Any]:
    """Activations that are layers of their own."""
    return [kind.Dense(4), kind.ReLU(), kind.Dense(4), kind.LeakyReLU(negative_slope=0.1),
            kind.Dense(3), kind.ReLU(max_value=6), kind.Softmax()]  # fmt: skip


KERAS = {
    "images": (images, (7, 6, 2)),
    "sequences": (sequences, (4, 3)),
    "padded": (padded, (4, 3)),
    "alone": (alone, (5,)),
}


def model_of(keras: Any, name: str) -> Any:
    parts, shape = KERAS[name]
    keras.utils.set_random_seed(3)
    model = keras.Sequential([keras.layers.Input(shape), *parts(keras.layers)])
    model.set_weights([0.3 + 0.5 * np.abs(numbers(*w.shape)) for w in model.get_weights()])
    return model


def after_a_step(keras: Any, model: Any, net: Any, x: Any, y: Any) -> None:
    """Both take a step of SGD; their weights are equal after it."""
    model.compile(keras.optimizers.SGD(0.1, momentum=0.9), "mse")
    net.compile(pl.optimizers.SGD(0.1, momentum=0.9), "mse", executor="numpy")
    model.train_on_batch(x, y)
    net.train_on_batch(x, y)
    equal(net.get_weights(), model.get_weights())


@pytest.mark.parametrize("name", KERAS)
def test_a_model_of_keras_and_back(name: str, keras: Any) -> None:
    model = model_of(keras, name)
    x = numbers(6, *KERAS[name][1])
    if name == "padded":
        x[:3, 2:] = 0
    net = pl.from_keras(model)
    assert net.dtype == "float64"
    equal(net.predict(x, verbose=0), called(model, x))
    again = net.to_keras()
    equal(called(again, x), called(model, x))
    after_a_step(keras, again, net, x, numbers(6, *net.output_shape[1:]))


def graph(keras: Any) -> tuple[Any, list[np.ndarray]]:
    """Two inputs, a layer called twice, a network within, two outputs."""
    a, b = keras.Input((3,)), keras.Input((3,))
    twice = keras.layers.Dense(4, "tanh")
    h = keras.layers.Concatenate()([twice(a), twice(b)])
    inner = keras.Sequential([keras.Input((8,)), keras.layers.Dense(5), keras.layers.Dense(4)])
    h = keras.layers.Normalization(mean=[1.0, 2.0, 3.0, 4.0], variance=[1.0, 2.0, 3.0, 4.0])(
        inner(h)
    )
    outputs = [keras.layers.Dense(2)(h), keras.layers.Multiply()([h, twice(a)])]
    return keras.Model([a, b], outputs), [numbers(5, 3), numbers(5, 3, seed=1)]


def test_a_graph_of_keras_from_a_model_and_a_file(keras: Any, tmp_path: Path) -> None:
    model, x = graph(keras)
    model.save(tmp_path / "net.keras")
    model.save_weights(tmp_path / "net.weights.h5")
    expected = called(model, x)
    found = pl.from_keras(model)
    equal(found.predict(x, verbose=0), expected)
    equal(pl.load(tmp_path / "net.keras").predict(x, verbose=0), expected)
    equal(called(found.to_keras(), x), expected)
    for layer in (each for each in found.layers if isinstance(each, layers.Dense)):
        layer.set_weights([np.zeros_like(each) for each in layer.get_weights()])
    pl.from_keras(tmp_path / "net.weights.h5", found)
    equal(found.predict(x, verbose=0), expected)


@pytest.mark.parametrize("row", contract.ROWS, ids=lambda row: type(row.layer).__name__)
def test_every_layer_as_a_layer_of_keras(row: Any, keras: Any) -> None:
    net = contract.network(row)
    given = list(row.arrays) if len(row.arrays) > 1 else row.arrays[0]
    kind = type(row.layer).__name__
    if not hasattr(keras.layers, kind) or kind in (*FUNCTIONS, *ALONE):
        with pytest.raises(ValueError, match=f"the layer '{kind}' is not carried over"):
            net.to_keras()
        return
    if "AveragePooling" in kind and keras.backend.backend() == "torch":
        pytest.skip("Keras on PyTorch counts the padding of an average")
    model = net.to_keras()
    equal(called(model, given), net.predict(given, verbose=0))
    equal(pl.from_keras(model).predict(given, verbose=0), net.predict(given, verbose=0))


OPTIMIZERS = [
    ("SGD", {"momentum": 0.9, "nesterov": True}),
    ("SGD", {"clipnorm": 0.5}),
    ("Adam", {"epsilon": 1e-14, "amsgrad": True}),
    ("AdamW", {"epsilon": 1e-14}),
    ("Adamax", {}),
    ("Adagrad", {}),
    ("Adadelta", {}),
    ("RMSprop", {"momentum": 0.5, "centered": True}),
    ("Lion", {}),
    ("Ftrl", {"l1_regularization_strength": 0.01}),
]


@pytest.mark.parametrize("at", range(len(OPTIMIZERS)))
def test_training_goes_on_where_it_was(at: int, keras: Any, tmp_path: Path) -> None:
    """In a network from the model, one from its file, and a model from that network."""
    kind, given = OPTIMIZERS[at]
    model, x = model_of(keras, "images"), numbers(6, 7, 6, 2)
    y = np.eye(3)[np.arange(6) % 3]
    optimizer = getattr(keras.optimizers, kind)(0.01, **given)
    loss = keras.losses.CategoricalCrossentropy(label_smoothing=0.1)
    model.compile(optimizer, loss, metrics=["accuracy"])
    for _ in range(3):
        model.train_on_batch(x, y)
    model.save(tmp_path / "net.keras")
    nets = [pl.from_keras(model), pl.load(tmp_path / "net.keras")]
    back = nets[0].to_keras()
    for each in (model, back, *nets):
        each.train_on_batch(x, y)
    for each in nets:
        assert each.engine.memory.steps == 4
        equal(each.get_weights(), model.get_weights())
    equal(back.get_weights(), model.get_weights())


def test_what_is_compiled_otherwise_is_said(keras: Any) -> None:
    model = model_of(keras, "alone")
    model.compile(keras.optimizers.Adafactor(), "mse")
    with pytest.warns(UserWarning, match="not compiled as the model of Keras was.*'Adafactor'"):
        net = pl.from_keras(model)
    with pytest.raises(RuntimeError, match="compile"):
        net.train_on_batch(numbers(2, 5), numbers(2, 3))
    net.compile("sgd", lambda y, p: pl.ops.mean(pl.ops.square(y - p), axis=-1))
    with pytest.warns(UserWarning, match="of your own"):
        assert not net.to_keras().compiled


@pytest.mark.parametrize("name", ["table", "pictures", "words", "graph"])
def test_an_onnx_file_that_keras_exports(name: str, keras: Any, tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    if keras.backend.backend() != "torch":
        pytest.skip("Keras exports ONNX by PyTorch alone, of what may be here")
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")
    try:
        keras.utils.set_random_seed(1)
        model, rows = keras_models(keras.layers, keras)[name]
        x = rows if len(rows) > 1 else rows[0]
        expected = model.predict(x, verbose=0)
        model.export(tmp_path / "net.onnx", format="onnx", verbose=False)
        equal(pl.load(tmp_path / "net.onnx").predict(x, verbose=0), expected, 2e-6)
    finally:
        keras.config.set_floatx("float64")
        keras.config.set_dtype_policy("float64")


REFUSED = {
    "a layer": (lambda kind: kind.CutMix(), "CutMix"),
    "low rank": (lambda kind: kind.Dense(2, lora_rank=2), "lora_rank"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_keras_has_alone(name: str, keras: Any) -> None:
    make, said = REFUSED[name]
    layer = make(keras.layers)
    shape = (5,) if name == "low rank" else (6, 6, 4)
    model = keras.Sequential([keras.Input(shape), layer])
    with pytest.raises(ValueError, match=f"{said}.*(no equations here|not carried over)"):
        pl.from_keras(model)


CARRIED = {
    "recurrent_dropout": (lambda kind: kind.LSTM(2, recurrent_dropout=0.5), (4, 5)),
    "reset_after": (lambda kind: kind.GRU(2, reset_after=False), (4, 5)),
    "cells": (lambda kind: kind.RNN([kind.LSTMCell(2), kind.GRUCell(3)]), (4, 5)),
    "channels first": (lambda kind: kind.MaxPooling2D(data_format="channels_first"), (4, 6, 6)),
}


@pytest.mark.parametrize("name", CARRIED)
def test_what_keras_has_too(name: str, keras: Any) -> None:
    make, shape = CARRIED[name]
    model = keras.Sequential([keras.Input(shape), make(keras.layers)])
    x = numbers(3, *shape)
    found = pl.from_keras(model)
    equal(found.predict(x, verbose=0), called(model, x))
    equal(called(found.to_keras(), x), called(model, x))


def multilayer(name: str) -> tuple[Any, np.ndarray]:
    """An estimator of scikit-learn, fitted."""
    network = pytest.importorskip("sklearn.neural_network")
    scale = pytest.importorskip("sklearn.preprocessing")
    pipeline = pytest.importorskip("sklearn.pipeline")
    given: dict[str, Any] = {"solver": "sgd", "max_iter": 5, "random_state": 0, "batch_size": 30}
    x, words = numbers(30, 4), np.array(["a", "b", "c"])[np.arange(30) % 3]
    kinds: dict[str, Any] = {
        "classes": (network.MLPClassifier((5, 4), activation="tanh", **given), words),
        "two classes": (network.MLPClassifier((3,), **given), np.arange(30) % 2),
        "numbers": (network.MLPRegressor(hidden_layer_sizes=(), **given), numbers(30, 2)),
        "scaled": (
            pipeline.make_pipeline(
                scale.StandardScaler(),
                scale.MinMaxScaler(),
                network.MLPRegressor(hidden_layer_sizes=(3,), activation="logistic", **given),
            ),
            numbers(30),
        ),
    }
    made, y = kinds[name]
    return made.fit(x, y), x


def given_by(estimator: Any, x: np.ndarray) -> np.ndarray:
    """What a network gives for what an estimator gives."""
    if not hasattr(estimator, "predict_proba"):
        return np.asarray(estimator.predict(x)).reshape(len(x), -1)
    found = np.asarray(estimator.predict_proba(x))
    return found[:, 1:] if found.shape[1] == 2 else found


@pytest.mark.parametrize("name", ["classes", "two classes", "numbers", "scaled"])
def test_an_estimator_of_scikit_learn_and_back(name: str) -> None:
    estimator, x = multilayer(name)
    net = pl.from_sklearn(estimator)
    again = net.to_sklearn()
    equal(net.predict(x, verbose=0), given_by(estimator, x))
    equal(given_by(again, x), given_by(estimator, x))
    if hasattr(estimator, "classes_"):
        assert (again.predict(x) == estimator.predict(x)).all()


def test_an_estimator_goes_on_training_as_the_network() -> None:
    estimator, x = multilayer("classes")
    net = pl.from_sklearn(estimator)
    rate = 0.001
    net.compile(pl.optimizers.SGD(rate), "categorical_crossentropy", executor="numpy")
    again = net.to_sklearn().set_params(momentum=0.0, alpha=estimator.alpha, batch_size=30)
    y = np.arange(30) % 3
    net.train_on_batch(x, np.eye(3)[y])
    again.partial_fit(x, np.array(["a", "b", "c"])[y])
    pairs = zip(again.coefs_, again.intercepts_, strict=True)
    equal(net.get_weights(), [each for pair in pairs for each in pair])


@pytest.mark.parametrize("solver", ["sgd", "adam"])
@pytest.mark.parametrize("kind", ["classes", "two classes", "several numbers", "labels", "counts"])
def test_an_estimator_and_its_network_train_on_alike(kind: str, solver: str) -> None:
    """From where the optimizer of the estimator was, and back from where that of the network is."""
    network = pytest.importorskip("sklearn.neural_network")
    x, at = numbers(30, 4), np.arange(30)
    goals = {
        "classes": (np.array(["a", "b", "c"])[at % 3], at % 3),
        "two classes": (at % 2, at[:, None] % 2),
        "several numbers": (numbers(30, 3), numbers(30, 3)),
        "labels": ((numbers(30, 3) > 0) * 1, (numbers(30, 3) > 0) * 1),
        "counts": (at % 4.0, at[:, None] % 4),
    }
    theirs, ours = goals[kind]
    numeric = kind in ("several numbers", "counts")
    make = network.MLPRegressor if numeric else network.MLPClassifier
    given = {"solver": solver, "batch_size": 30, "epsilon": 1e-14, "learning_rate_init": 0.01}
    if kind == "counts":
        given["loss"] = "poisson"
    estimator = make(hidden_layer_sizes=(5,), activation="tanh", random_state=0, **given)
    labels = np.arange(3) if kind == "labels" else np.unique(theirs)
    known = {} if numeric else {"classes": labels}
    for _ in range(3):
        estimator.partial_fit(x, theirs, **known)
    net = pl.from_sklearn(estimator)
    again = net.to_sklearn().set_params(batch_size=30, alpha=estimator.alpha)
    net.train_on_batch(x, ours)
    for each in (estimator, again):
        each.partial_fit(x, theirs)
        pairs = zip(each.coefs_, each.intercepts_, strict=True)
        equal(net.get_weights(), [array for pair in pairs for array in pair])


def test_what_scikit_learn_has_not() -> None:
    pytest.importorskip("sklearn")
    net = Sequential([layers.Input((4,)), D(3, "gelu"), D(2, "softmax")])
    with pytest.raises(ValueError, match="no activation 'gelu'"):
        net.to_sklearn()
    other = Model(x := pl.Input((4,)), layers.BatchNormalization()(x))
    with pytest.raises(ValueError, match=r"rows of dense layers.*BatchNormalization"):
        other.to_sklearn()
    with pytest.raises(TypeError, match="expected an MLPClassifier"):
        pl.from_sklearn(object())


def test_the_command_converts_and_shows(keras: Any, tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from pellucid.cli.app import app

    model = model_of(keras, "images")
    first, own, again = (tmp_path / f"net{end}" for end in (".keras", ".safetensors", "2.keras"))
    model.save(first)
    for pair in ((first, own), (own, again)):
        assert CliRunner().invoke(app, ["convert", *map(str, pair)]).exit_code == 0
    x = numbers(3, *KERAS["images"][1])
    equal(pl.load(again).predict(x, verbose=0), called(model, x))
    shown = CliRunner().invoke(app, ["show", str(first)])
    assert shown.exit_code == 0
    assert "batch_normalization" in shown.output


FOREIGN = {
    "net.h5": (b"\x89HDF\r\n\x1a\n" + bytes(90), "old format of Keras. Load it with Keras"),
    "net.pt": (b"PK\x03\x04" + bytes(90), "is a pickle.*from_torch"),
    "net.pkl": (b"\x80\x04" + bytes(90), "is a pickle.*from_sklearn"),
    "net.tflite": (b"TFL3" + bytes(90), "TensorFlow Lite"),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_files_that_are_not_read_say_what_to_do(name: str, tmp_path: Path) -> None:
    content, words = FOREIGN[name]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=words):
        pl.load(tmp_path / name)
    with pytest.raises(FileNotFoundError):
        pl.load(tmp_path / "nothing" / name)
    net = Sequential([layers.Input((2,)), D(1)])
    net.save(tmp_path / name)
    pl.load(tmp_path / name)
