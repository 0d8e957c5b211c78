"""The errors a newcomer meets first: what was given, what was expected, and what to change."""

from __future__ import annotations

import numpy as np
import pytest

import pellucid as keras
from pellucid import Input, Model, Sequential, layers
from pellucid.layers import Dense
from tests.nets import CLASSES, WIDTH, classes, classifier, linear, numbers, one_hot

X, Y, HOT = numbers(20, WIDTH), classes(), one_hot()
SIZES = numbers(20)


def net(loss, output="softmax", units=CLASSES):
    made = Sequential([Dense(units, output, input_shape=(WIDTH,))])
    made.compile("adam", loss)
    return made


def fit(made, x, y=None, **options):
    return lambda: made.fit(x, y, verbose=0, **options)


def spoilt(value):
    array = X.copy()
    array[3, 1] = value
    return array


SPARSE, CATEGORICAL = "sparse_categorical_crossentropy", "categorical_crossentropy"
BINARY = "binary_crossentropy"
LETTERS = np.array(["cat", "dog"])[np.arange(20) % 2]

#: what was done, and words that the message must have
DATA = {
    "wrong width": (fit(net(SPARSE), X[:, :3], Y), "(n, 4)", "(20, 3)", "input_shape=(3,)"),
    "images unflattened": (
        fit(net(SPARSE), X.reshape(20, 2, 2), Y), "(n, 4)", "(20, 2, 2)", "x.reshape(len(x), 4)",
    ),
    "one row": (lambda: net(SPARSE).predict(X[0]), "(n, 4)", "(4,)", "x[None]"),
    "one-hot for class numbers": (
        fit(net(SPARSE), X, HOT), "one-hot", "loss='categorical_crossentropy'", "argmax(axis=-1)",
    ),
    "class numbers for one-hot": (
        fit(net(CATEGORICAL), X, Y), "class numbers", "loss='sparse_categorical_crossentropy'",
        "to_categorical(y, 3)",
    ),
    "label too large": (fit(net(SPARSE), X, Y + 1), "from 0 to 2", "found 3", "4 units"),
    "label below 0": (fit(net(SPARSE), X, Y - 1), "from 0 to 2", "found -1", "return_inverse"),
    "label with a fraction": (fit(net(SPARSE), X, Y + 0.5), "whole numbers", ".5"),
    "label of 2 for two classes": (
        fit(net(BINARY, "sigmoid", 1), X, Y), "from 0 to 1", "sparse_categorical_crossentropy",
    ),
    "rows that do not add up to 1": (
        fit(net(CATEGORICAL), X, np.ones((20, 3))), "add up to 1", "row 0", "sigmoid",
    ),
    "too few columns": (fit(net(CATEGORICAL), X, HOT[:, :2]), "(n, 3)", "(20, 2)", "3 outputs"),
    "labels in words": (fit(net(SPARSE), X, LETTERS), "text such as 'cat'", "np.unique(y"),
    "features in words": (fit(net(SPARSE), LETTERS[:, None], Y), "'cat'", "OneHotEncoder"),
    "(n,) for several outputs": (fit(linear(units=2, width=4), X, SIZES), "(n, 2)", "(20,)"),
    "(n, 2) for one output": (
        fit(linear(width=4), X, numbers(20, 2)), "(n, 1)", "(20, 2)", "1 output",
    ),
    "no rows": (fit(net(SPARSE), X[:0], Y[:0]), "x is empty", "(0, 4)"),
    "no targets": (fit(net(SPARSE), X), "needs y"),
    "unequal lengths": (fit(net(SPARSE), X, Y[:7]), "x has 20", "y has 7"),
    "ragged rows": (fit(net(SPARSE), [[1, 2], [3]], [0, 1]), "x is ragged", "same length"),
    "NaN in x": (
        fit(net(SPARSE), spoilt(np.nan), Y), "NaN", "column 1", "sample 3", "np.isfinite(x)",
    ),
    "infinity in x": (fit(net(SPARSE), spoilt(np.inf), Y), "infinity", "sample 3"),
    "NaN in y": (
        fit(linear(width=4), X, np.where(np.arange(20) == 5, np.nan, 1)), "NaN", "sample 5",
    ),
    "a path for data": (fit(net(SPARSE), "data.csv", Y), "'data.csv'", "the data itself"),
    "weights of other rows": (
        fit(net(SPARSE), X, Y, sample_weight=np.ones(3)), "sample_weight", "(3,)", "(20,)",
    ),
    "negative weights": (fit(net(SPARSE), X, Y, sample_weight=-np.ones(20)), "sample_weight[0]"),
    "a class without weight": (
        fit(net(SPARSE), X, Y, class_weight={0: 1.0}), "class_weight", "[1, 2]",
    ),
    "class weight misspelt": (fit(net(SPARSE), X, Y, class_weight="balance"), "'balanced'"),
    "split of 20 %": (fit(net(SPARSE), X, Y, validation_split=20), "between 0 and 1", "0.2"),
    "batches of 0": (fit(net(SPARSE), X, Y, batch_size=-1), "batch_size", "-1"),
    "a word number too large": (
        fit(Sequential([layers.Embedding(3, 2, input_shape=(2,))]), X), "compile",
    ),
}  # fmt: skip

NAMES = {
    "fit before compile": (
        lambda: Sequential([Dense(1)]).fit(X, Y), "before it is compiled", "net.compile(",
    ),
    "evaluate before compile": (lambda: Sequential([Dense(1)]).evaluate(X, Y), "net.compile("),
    "no loss": (
        lambda: net(None).fit(X, Y), "needs a loss", "'mse'",
    ),
    "optimizer": (
        lambda: net("mse").compile("adm", "mse"), "'adm'", "did you mean 'adam'", "rmsprop",
    ),
    "loss": (lambda: net("mea_squared_error"), "did you mean 'mean_squared_error'", "mse"),
    "metric": (
        lambda: net("mse").compile("adam", "mse", metrics=["acuracy"]), "'acuracy'", "'accuracy'",
    ),
    "activation": (lambda: Dense(3, "rellu"), "did you mean 'relu'", "softmax"),
    "activation, no name": (lambda: Dense(3, 3), "such as 'relu'", "3"),
    "activation of a gate": (
        lambda: layers.LSTM(3, recurrent_activation="sigmod"), "did you mean 'sigmoid'",
    ),
    "initializer": (lambda: Dense(3, kernel_initializer="glorot"), "did you mean 'glorot_"),
    "initializer None": (lambda: Dense(3, kernel_initializer=None), "initializer", "None"),
    "initializer, keyword-only": (
        lambda: layers.BatchNormalization(moving_mean_initializer="zeross"), "'zeros'",
    ),
    "regularizer": (lambda: Dense(3, kernel_regularizer="l3"), "l1", "l2"),
    "regularizer of a subclass": (
        lambda: layers.GRU(3, recurrent_regularizer="l3"), "unknown regularizer 'l3'",
    ),
    "schedule": (lambda: keras.schedules.WarmUp("cosine_decy", 3), "did you mean 'cosine_decay'"),
    "loss, not built": (lambda: Sequential([Dense(1)]).compile("adam", "msee"), "'mse'"),
    "loss of an output, not built": (
        lambda: Sequential([Dense(1)]).compile("adam", {"dense": "msee"}), "'mse'",
    ),
    "metric, not built": (
        lambda: Sequential([Dense(1)]).compile("adam", "mse", metrics=[["acuracy"]]), "'accuracy'",
    ),
    "weighted metric, not built": (
        lambda: Sequential([Dense(1)]).compile("adam", "mse", weighted_metrics="maee"), "'mae'",
    ),
    "argument of a layer": (
        lambda: Dense(3, activaton="relu"), "'activaton'", "did you mean 'activation'",
    ),
    "argument of an optimizer": (
        lambda: keras.optimizers.Adam(learningrate=1), "did you mean 'learning_rate'",
    ),
    "missing units": (lambda: Dense(), "Dense needs 'units'"),
    "loss of the module": (lambda: keras.losses.hubr, "did you mean 'huber'"),
    "activation of the module": (lambda: keras.activations.sofmax, "did you mean 'softmax'"),
    "public name": (lambda: keras.Sequental, "did you mean 'Sequential'"),
    "module": (lambda: keras.layer, "did you mean 'layers'"),
    "executor": (
        lambda: net("mse").compile("adam", "mse", executor="nump"),
        "'nump'", "did you mean 'numpy'",
    ),
    "metrics in third place": (lambda: net("mse").compile("adam", "mse", ["accuracy"]), "metrics="),
    "not a layer": (lambda: Sequential([3]), "made of layers", "3"),
    "a function for a layer": (lambda: Sequential([np.tanh]), "layers.Activation(f)"),
    "a layer twice": (lambda: Sequential([D, D]), "already", "Model(inputs, outputs)"),
    "no shape": (
        lambda: Sequential([Dense(3)]).summary() or Sequential([Dense(3)]).plan, "input_shape=",
    ),
    "shape without comma": (lambda: Input(4), "Input(shape=(4,))"),
    "words to a layer": (lambda: Dense(3)("X"), "symbolic", "net.predict(x)"),
    "an if on a tensor": (lambda: 1 if Input((2,)) else 0, "pellucid.ops.where"),
    "shapes to add": (
        lambda: layers.Add()([Input((2,)), Input((3,))]), "(n, 2)", "(n, 3)",
    ),
    "image layer on rows": (lambda: layers.Conv2D(2, 3)(Input((4,))), "(n, 4)"),
    "outputs of other inputs": (
        lambda: Model(Input((2,)), Dense(1)(Input((2,)))), "not among the inputs",
    ),
    "learning rate in words": (lambda: keras.optimizers.Adam("fast"), "'fast'", "learning_rate"),
    "learning rate below 0": (lambda: keras.optimizers.Adam(-1), "-1"),
    "no file": (lambda: keras.load("/nowhere/net.safetensors"), "/nowhere/net.safetensors"),
    "seed": (lambda: keras.set_random_seed("a"), "seed", "'a'"),
    "a setting of 71 bits": (lambda: Dense(2**70), "71 bits", "'units'"),
    "a setting of 1,329 bits": (lambda: layers.Dropout(10**400), "1,329 bits", "'rate'"),
    "units beyond any memory": (lambda: Dense(2**60)(Input((4,))), "this machine has", "kernel"),
    "seed of a layer": (lambda: layers.Dropout(0.5, seed=1.5)(Input((4,))), "seed", "1.5"),
    "seed of noise": (lambda: layers.GaussianNoise(1, seed=np.inf)(Input((4,))), "seed", "inf"),
    "deviation below 0": (
        lambda: keras.initializers.RandomNormal(stddev=-1.0)((2, 3)), "RandomNormal", "(2, 3)",
    ),
    "bounds without end": (
        lambda: keras.initializers.RandomUniform(0, np.inf)((2,)), "RandomUniform", "settings",
    ),
    "class of a metric": (lambda: keras.metrics.Recall(class_id=0.5), "class_id", "0.5"),
    "class that there is not": (
        lambda: keras.metrics.Precision(class_id=3)(HOT, HOT), "class 3", "there are 3", "class_id",
    ),
    "OneCycle by 0": (lambda: keras.schedules.OneCycle(0.1, 9, div_factor=0)(1), "div_factor"),
    "cycles beyond a step": (lambda: keras.schedules.LogCosine(0.1, 9, 2**40)(1), "up to 60"),
    "a loss that returns a number": (lambda: net(lambda y, p: 3.0).plan, "symbolic tensor"),
}  # fmt: skip
D = Dense(3)


@pytest.mark.parametrize(
    ("does", "words"), [(does, words) for does, *words in DATA.values()], ids=DATA
)
def test_data_that_does_not_fit(does, words):
    check(does, words)


@pytest.mark.parametrize(
    ("does", "words"), [(does, words) for does, *words in NAMES.values()], ids=NAMES
)
def test_names_and_calls(does, words):
    check(does, words)


def check(does, words):
    with pytest.raises((ValueError, TypeError, AttributeError, RuntimeError, ArithmeticError,
                        FileNotFoundError)) as caught:  # fmt: skip
        does()
    message = str(caught.value)
    for word in words:
        assert word in message, message
    assert len(message) < 1200


@pytest.mark.parametrize("y", [SIZES, SIZES[:, None], SIZES.tolist()])
def test_n_and_n_by_1_are_the_same_targets(y):
    """Keras broadcasts (n,) against (n, 1) in silence in some losses; here they are the same."""
    made = linear(width=4)
    made.fit(X, y, verbose=0, shuffle=False)
    expected = linear(width=4)
    expected.fit(X, SIZES[:, None], verbose=0, shuffle=False)
    assert np.array_equal(made.get_weights()[0], expected.get_weights()[0])


def test_a_refused_fit_leaves_the_network_as_it_was():
    made = classifier()
    before = made.get_weights()
    for y in (HOT, Y + 7, LETTERS, Y[:3]):
        with pytest.raises((ValueError, TypeError)):
            made.fit(X, y, verbose=0)
    assert all(np.array_equal(a, b) for a, b in zip(before, made.get_weights(), strict=True))
    made.fit(X, Y, verbose=0)
