"""Programs for Keras, PyTorch and JAX: the same outputs, and the same weights after a step."""

from __future__ import annotations

import importlib.util
import inspect
import json
import os
import subprocess
import sys
import warnings

import numpy as np
import pytest

import pellucid
from pellucid import (
    Input,
    Model,
    Sequential,
    layers,
    losses,
    ops,
    optimizers,
    regularizers,
    schedules,
)
from pellucid.activations import Activation
from pellucid.equations.losses import Loss
from pellucid.equations.sparsity import Glu
from pellucid.glass.source import graph, keras_names, torch_names
from pellucid.glass.source.in_torch import TorchProgram
from pellucid.glass.source.lines import Lines
from pellucid.glass.source.rows import Course
from pellucid.glass.source.torch_layers import LAYERS as TORCH_LAYERS
from pellucid.layers.base import Layer
from pellucid.optimizers import Optimizer
from pellucid.regularizers import Regularizer
from pellucid.schedules import Schedule
from tests.nets import classes, numbers
from tests.test_source import METRICS, Gated

#: runs all programs of a folder, one after the other
TOGETHER = """
import json, runpy, sys, traceback
said = {}
for name in json.loads(sys.argv[1]):
    sys.argv[:] = [f"{name}.py", f"{name}_data.npz", f"{name}_out.npz"]
    try:
        runpy.run_path(sys.argv[0], run_name="__main__")
    except Exception:
        said[name] = traceback.format_exc()
if "keras" in sys.modules:
    import inspect, keras
    for place in (keras.layers, keras.losses, keras.optimizers, keras.optimizers.schedules,
                  keras.regularizers):
        for name, kind in vars(place).items():
            if isinstance(kind, type):
                known = inspect.signature(kind).parameters.values()
                said[f"default {name}"] = {
                    each.name: each.default if each.default is not each.empty else "required"
                    for each in known if not callable(each.default) or each.default is each.empty
                }
json.dump(said, open("said.json", "w"), default=str)
"""
OTHERS = ["keras", "torch", "jax"]


def net_of(*parts, shape, loss="mse", optimizer="sgd", **compiled):
    pellucid.set_random_seed(6)
    net = Sequential([layers.Input(shape), *parts], dtype="float64")
    net.compile(optimizer, loss, executor="numpy", **compiled)
    return net


def images(optimizer="sgd"):
    """Layers for images, with uneven borders."""
    return net_of(
        layers.Rescaling(0.5, 0.1),
        layers.Conv2D(3, 3, padding="same", activation="elu", kernel_regularizer="l2"),
        layers.MaxPooling2D(2, padding="same"),
        layers.BatchNormalization(scale=False),
        layers.Conv2D(4, (2, 3), strides=2, padding="same", use_bias=False),
        layers.AveragePooling2D((1, 2)),
        layers.Activation("tanh"),
        layers.Flatten(),
        layers.Dense(3, "softmax", bias_regularizer=regularizers.L1(0.01)),
        shape=(7, 9, 2), loss="sparse_categorical_crossentropy", optimizer=optimizer,
    ), numbers(6, 7, 9, 2), classes(6)  # fmt: skip


def sequences():
    """Recurrent layers, forwards and backwards, with the weights of words."""
    return net_of(
        layers.Embedding(9, 4),
        layers.LSTM(3, return_sequences=True, go_backwards=True),
        layers.SimpleRNN(3, "relu", return_sequences=True, recurrent_regularizer="l2"),
        layers.LayerNormalization(center=False),
        layers.GRU(4, use_bias=False, return_sequences=True),
        layers.GRU(4),
        layers.Dense(1, "sigmoid"),
        shape=(5,), loss="binary_crossentropy",
    ), np.arange(30).reshape(6, 5) % 9, (np.arange(6) % 2)[:, None].astype(float)  # fmt: skip


def windows():
    """Kernels and windows over images: grouped, apart, by channel, turned around; borders."""
    return net_of(
        layers.ZeroPadding2D(((1, 0), (2, 1))),
        layers.Conv2D(4, 3, padding="same", dilation_rate=2, groups=2),
        layers.ReLU(max_value=2.0, negative_slope=0.1, threshold=0.2),
        layers.DepthwiseConv2D((2, 3), strides=2, padding="same", depth_multiplier=2,
                               depthwise_regularizer="l2"),
        layers.GroupNormalization(4),
        layers.LeakyReLU(0.2),
        layers.SeparableConv2D(3, 2, depth_multiplier=2, pointwise_regularizer="l2"),
        layers.PReLU("ones", shared_axes=[1, 2]),
        layers.Conv2DTranspose(2, (4, 2), strides=(2, 3), padding="same"),
        layers.Conv2DTranspose(3, (2, 3), strides=(3, 2), use_bias=False, activation="tanh"),
        layers.AveragePooling2D((2, 3), strides=2, padding="same"),
        layers.UpSampling2D((2, 1)),
        layers.Cropping2D(((1, 0), (0, 2))),
        layers.RMSNormalization(),
        layers.SpatialDropout2D(0.0),
        layers.GlobalMaxPooling2D(),
        layers.Dense(2),
        shape=(7, 8, 2),
    ), numbers(6, 7, 8, 2), numbers(6, 2)  # fmt: skip


def along_steps():
    """The same over sequences, recurrent layers both ways, and a layer for each step."""
    return net_of(
        layers.Conv1D(4, 3, padding="causal", dilation_rate=2, activation="elu"),
        layers.ZeroPadding1D((2, 1)),
        layers.DepthwiseConv1D(2, depth_multiplier=2, use_bias=False),
        layers.SeparableConv1D(5, 3, padding="same"),
        layers.MaxPooling1D(3, strides=2, padding="same"),
        layers.UpSampling1D(3),
        layers.Conv1DTranspose(4, 3, strides=2, padding="same"),
        layers.Cropping1D((1, 2)),
        layers.AveragePooling1D(2, padding="same"),
        layers.ELU(0.5),
        layers.Bidirectional(layers.LSTM(3, return_sequences=True), merge_mode="sum"),
        layers.TimeDistributed(layers.Dense(4, "tanh")),
        layers.UnitNormalization(),
        layers.Bidirectional(layers.GRU(2), backward_layer=layers.SimpleRNN(2, go_backwards=True)),
        layers.RepeatVector(3),
        layers.Permute((2, 1)),
        layers.SpatialDropout1D(0.0),
        layers.AlphaDropout(0.0),
        layers.GaussianDropout(0.0),
        layers.Dropout(0.0, noise_shape=(None, 1, None)),
        layers.Softmax(axis=1),
        layers.TimeDistributed(layers.RepeatVector(2)),
        layers.Flatten(),
        layers.Dense(2),
        shape=(7, 3),
    ), numbers(6, 7, 3), numbers(6, 2)  # fmt: skip


def within():
    """Lengths and spreads over an axis that is not the last, which Keras does not take."""
    return net_of(
        layers.LayerNormalization(axis=1),
        layers.RMSNormalization(axis=(1, 2)),
        layers.RMSNormalization(axis=1),
        layers.UnitNormalization(axis=1),
        layers.Bidirectional(layers.GRU(2, return_sequences=True), merge_mode="mul"),
        layers.Bidirectional(layers.SimpleRNN(2), merge_mode="ave"),
        layers.Dense(2),
        shape=(5, 3),
    ), numbers(6, 5, 3), numbers(6, 2)  # fmt: skip


def dropping():
    """What draws while training, and is nothing in a prediction."""
    return net_of(
        layers.SpatialDropout1D(0.3),
        layers.AlphaDropout(0.2),
        layers.GaussianDropout(0.4),
        layers.Dropout(0.3, noise_shape=(None, 1, None)),
        layers.GlobalAveragePooling1D(keepdims=True),
        layers.TimeDistributed(layers.Dense(2, trainable=False)),
        layers.GlobalMaxPooling1D(),
        layers.Dense(2),
        shape=(5, 3),
    ), numbers(6, 5, 3), numbers(6, 2)  # fmt: skip


def columns():
    """Layers for the columns of a table."""
    return net_of(
        layers.Scaling("random_normal"),
        layers.PeriodicEmbedding(3, 4, 0.3),
        layers.Dense(4),
        layers.ParametricActivation("mish", "random_uniform"),
        layers.PLREmbedding(2, 3, 0.2),
        layers.Dense(2),
        shape=(3,), optimizer=optimizers.Adam(0.1, epsilon=1e-3),
    ), numbers(6, 3), numbers(6, 2)  # fmt: skip


def rated():
    """Weights that move by rates and fade by decays of their own."""
    own = {"rates": {"kernel": 0.5, "bias": 3.0}, "decays": {"bias": 0.0}}
    return net_of(
        layers.Scaling(rates=6.0), layers.Dense(3, "tanh", **own), layers.Dense(2, rates=0.1),
        shape=(3,), optimizer=optimizers.Adam(0.1, epsilon=1e-3, weight_decay=0.1),
    ), numbers(6, 3), numbers(6, 2)  # fmt: skip


def frozen():
    """A network of which nothing is trained."""
    return net_of(
        layers.Dense(3, "tanh", trainable=False), layers.Dense(2, trainable=False), shape=(3,)
    ), numbers(6, 3), numbers(6, 2)  # fmt: skip


def operators():
    """Operators and functions between layers, and products of two tensors."""
    pellucid.set_random_seed(6)
    a, b = Input((4,)), Input((3, 4))
    h = layers.Dense(4)(a)
    x = 2.0 * h - a / (1.0 + ops.exp(-h)) + (-1.5)
    x = ops.maximum(x, ops.sin(a)) * ops.minimum(abs(h), 0.7) + ops.tanh(x) ** 2
    x = x + ops.where(ops.greater(h, 0.1), ops.square(h), ops.sqrt(abs(a) + 1.0))
    x = x - ops.log(ops.sigmoid(h)) + ops.log1p(ops.relu(x)) * ops.sign(a) + ops.cos(h)
    y = b[:, 1:, :3] * ops.sum(b, axis=2, keepdims=True)[:, 1:]
    y = ops.reshape(ops.flip(y, 1), (-1, 6)) - ops.mean(b, axis=(1, 2), keepdims=True)[:, 0]
    near = layers.Dot(1, normalize=True)([x, a])
    pairs = layers.Flatten()(layers.Dot((2, 1))([b, layers.Permute((2, 1))(b)]))
    end = layers.Dense(2)(ops.concatenate([x, y, near, pairs], -1))
    net = Model([a, b], end, dtype="float64")
    net.compile("sgd", "mse", executor="numpy")
    return net, [numbers(6, 4), numbers(6, 3, 4)], numbers(6, 2)


def branches():
    """A layer that is called twice, every way to merge, a network within, two ends."""
    pellucid.set_random_seed(6)
    a, b = Input((4,)), Input((4,))
    twice = layers.Dense(4, "gelu")
    one, two = twice(a), twice(b)
    merged = [
        kind()([one, two])
        for kind in (layers.Add, layers.Subtract, layers.Multiply, layers.Average, layers.Maximum,
                     layers.Minimum)
    ]  # fmt: skip
    h = layers.Concatenate()(merged)
    inner = Sequential([layers.Dense(6, "silu", input_shape=(24,)), layers.Dense(6, "selu")])
    inner.layers[1].trainable = False
    h = layers.Reshape((2, 3))(inner(h))
    shift = layers.Normalization(mean=[0.1, 0.2, 0.3], variance=[1.0, 2.0, 0.5])
    h = layers.Flatten()(shift(h))
    ends = [layers.Dense(2, name="size")(h), layers.Dense(3, "softmax", name="kind")(h)]
    net = Model([a, b], ends, dtype="float64")
    net.compile("sgd", ["huber", "categorical_crossentropy"], [1.0, 0.5], executor="numpy")
    return net, [numbers(6, 4), numbers(6, 4)[::-1]], [numbers(6, 2), np.eye(3)[classes(6)]]


def by(optimizer):
    """Two dense layers by an optimizer."""
    return lambda: (
        net_of(layers.Dense(4, "sigmoid"), layers.Dense(2), shape=(3,), optimizer=optimizer),
        numbers(6, 3),
        numbers(6, 2),
    )


def target_of(loss):
    """Targets that a loss has a meaning for, rows of 3."""
    return {
        "one-hot": np.eye(3)[classes(6)], "classes": classes(6), "positive": abs(numbers(6, 3)),
        "probability": np.eye(3)[classes(6)], "sign": np.sign(numbers(6, 3)),
    }.get(loss.expects, numbers(6, 3))  # fmt: skip


def every_loss():
    """An output for each loss, and for some ways in which scores become probabilities."""
    pellucid.set_random_seed(6)
    tables = (keras_names.LOSSES, torch_names.LOSSES)
    kinds = [each for each in Loss.members()
             if all(isinstance(table[each.__name__], str) for table in tables)]  # fmt: skip
    pairs = [(each(), ENDS.get(each.registered_name())) for each in kinds]
    pairs += [
        (losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1), None),
        (losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.1), None),
        (losses.CategoricalCrossentropy(), "softplus"),
        (losses.SparseCategoricalCrossentropy(), "softplus"),
        (losses.BinaryFocalCrossentropy(apply_class_balancing=True), "sigmoid"),
    ]
    x = Input((4,))
    net = Model(x, [layers.Dense(3, end)(x) for _, end in pairs], dtype="float64")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        net.compile(optimizers.SGD(0.1), [each for each, _ in pairs], executor="numpy")
    return net, numbers(6, 4), [target_of(each) for each, _ in pairs]


def every_activation():
    x = Input((4,))
    pellucid.set_random_seed(6)
    known = [each for each in Activation.members()
             if isinstance(torch_names.ACTIVATIONS[each.__name__], str)
             and each is not Glu]  # fmt: skip
    found = [layers.Dense(4, each())(x) for each in known]
    found += [layers.Activation(each)(x) for each in SET]
    net = Model(x, layers.Dense(1)(layers.Concatenate()(found)), dtype="float64")
    net.compile("sgd", "mse", executor="numpy")
    return net, numbers(6, 4), numbers(6, 1)


#: activations with settings of their own
SET = [
    Activation.get({"class": "LeakyRelu", "config": {"negative_slope": 0.3}}),
    Activation.get({"class": "Elu", "config": {"alpha": 0.5}}),
    Activation.get({"class": "Gelu", "config": {"approximate": True}}),
]


RATE = schedules.ExponentialDecay(0.1, 2, 0.9)
OPTIMIZERS = {
    "sgd": optimizers.SGD(RATE),
    "momentum": optimizers.SGD(0.1, 0.9, nesterov=True, weight_decay=0.01),
    "falling momentum": optimizers.SGD(RATE, 0.9),
    "adam": optimizers.Adam(0.1, epsilon=1e-3),
    "amsgrad": optimizers.Adam(0.1, epsilon=1e-3, amsgrad=True, clipnorm=0.1),
    "adamw": optimizers.AdamW(0.1, epsilon=1e-3),
    "nadam": optimizers.Nadam(0.1, epsilon=1e-3),
    "adamax": optimizers.Adamax(0.1, global_clipnorm=0.1),
    "rmsprop": optimizers.RMSprop(0.1, momentum=0.5, centered=True),
    "adagrad": optimizers.Adagrad(0.1, clipvalue=0.05),
    "adadelta": optimizers.Adadelta(1.0),
    "lion": optimizers.Lion(0.1, weight_decay=0.01),
    "averaged": optimizers.Adam(0.1, use_ema=True, ema_momentum=0.5),
}
ENDS = {"categorical_generalized_cross_entropy": "softmax",
        "categorical_crossentropy": "softmax", "poisson": "softplus",
        "mean_squared_logarithmic_error": "exponential",
        "binary_focal_crossentropy": "sigmoid", "categorical_focal_crossentropy": "softmax",
        "kl_divergence": "softmax", "sparse_categorical_crossentropy": "softmax",
        "binary_crossentropy": "sigmoid"}  # fmt: skip
CASES = {
    "images": images,
    "sequences": sequences,
    "windows": windows,
    "along steps": along_steps,
    "within": within,
    "dropping": dropping,
    "columns": columns,
    "rated": rated,
    "frozen": frozen,
    "operators": operators,
    "branches": branches,
    **{f"by {name}": by(each) for name, each in OPTIMIZERS.items()},
    "to every loss": every_loss,
    "to quantiles": lambda: (
        net_of(layers.Dense(3), shape=(4,), loss=losses.Pinball([0.1, 0.5, 0.9])),
        numbers(6, 4),
        numbers(6, 3),
    ),
    "through every activation": every_activation,
}
#: JAX's programs hold the plan's own update, which few optimizers show
FEW = {"by momentum", "by falling momentum", "by adam", "by adamw", "by adamax", "by rmsprop",
       "by adagrad", "by adadelta", "by lion"}  # fmt: skip
#: what a library is not asked for
LEFT_OUT = {"jax": FEW, "keras": {"to quantiles", "within", "rated"}}
STEPS = {"by amsgrad": 3, "by rmsprop": 3, "by falling momentum": 3, "by averaged": 3}


def taken_apart(net, language):
    """The weights of a network by the names that a program writes them under."""
    if language == "keras":
        return {
            f"{step.name}_{at}": weight.value
            for step in graph.Graph(net).once
            if not isinstance(step.layer, layers.Normalization)
            for at, weight in enumerate(step.layer.weights)
        }
    if language == "torch":
        program = TorchProgram(net._ready(), False, Course())
        rows = [(step, program.made[id(step.layer)]) for step in program.graph.once]
        return {
            f"{step.name}.{name}": how(step.layer.weights[at].value)
            for step, row in rows
            for name, at, how in row.parts
        }
    lines = Lines(net.plan, "float64")
    arrays = net._ready().memory.arrays()
    return {lines.name(each): arrays[each] for each in net.plan.layout}


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """The folder in which the programs of a language have been run, and what went wrong."""
    done = {}

    def run(language):
        if importlib.util.find_spec(language) is None:
            pytest.skip(f"{language} is not installed")
        if language not in done:
            folder = tmp_path_factory.mktemp(language)
            done[language] = folder, run_all(folder, language)
        return done[language]

    return run


def run_all(folder, language):
    kept = {}
    tried = [name for name in CASES if name not in LEFT_OUT.get(language, ())]
    for name in tried:
        net, x, y = CASES[name]()
        xs, ys = ([*each] if isinstance(each, list) else [each] for each in (x, y))
        rows = len(xs[0])
        file = name.replace(" ", "_")
        course = {"epochs": STEPS.get(name, 1), "batch_size": rows, "shuffle": False}
        net.source(language, **course).save(folder / f"{file}.py")
        names = [net.plan.names[each] for each in (*net.plan.inputs, *net.plan.targets)]
        data = dict(zip(names, (*xs, *ys), strict=True))
        np.savez(folder / f"{file}_data.npz", **data)
        net.fit(x, y, **course, verbose=0)
        kept[name] = taken_apart(net, language)
    backend = next(each for each in ("torch", "jax") if importlib.util.find_spec(each))
    known = {"KERAS_BACKEND": backend, "JAX_PLATFORMS": "cpu", "PYTHONUTF8": "1"}
    names = json.dumps([each.replace(" ", "_") for each in tried])
    subprocess.run(
        [sys.executable, "-c", TOGETHER, names], cwd=folder, env=os.environ | known, check=True,
        capture_output=True,
    )  # fmt: skip
    return json.loads((folder / "said.json").read_text()), kept


@pytest.mark.parametrize(
    ("language", "name"),
    [(each, name) for each in OTHERS for name in CASES if name not in LEFT_OUT.get(each, ())],
)
def test_a_step_ends_in_the_same_weights(language, name, ran):
    folder, (said, kept) = ran(language)
    file = name.replace(" ", "_")
    assert file not in said, f"{said[file]}\n{(folder / f'{file}.py').read_text()}"
    with np.load(folder / f"{file}_out.npz") as written:
        for key, expected in kept[name].items():
            if name == "dropping" and not key.startswith("time_distributed"):
                continue  # libraries draw other numbers
            if language == "torch" and key.endswith("running_var"):
                assert np.all(written[key] != 1)
                continue
            np.testing.assert_allclose(
                written[key].reshape(expected.shape), expected, rtol=1e-6, atol=1e-6, err_msg=key
            )


FAMILIES = {
    "layer": (Layer, [keras_names.LAYERS, TORCH_LAYERS], {"Sequential", "Model", "Network"}),
    "activation": (Activation, [keras_names.ACTIVATIONS, torch_names.ACTIVATIONS], set()),
    "loss": (Loss, [keras_names.LOSSES, torch_names.LOSSES], set()),
    "optimizer": (Optimizer, [keras_names.OPTIMIZERS], set()),
    "schedule": (Schedule, [keras_names.SCHEDULES], set()),
    "regularizer": (Regularizer, [keras_names.REGULARIZERS, torch_names.REGULARIZERS], set()),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_every_member_has_a_row_or_is_refused(family):
    base, tables, apart = FAMILIES[family]
    names = {each.__name__ for each in base.members()} - apart
    for table in tables:
        assert names == {*table}


def test_what_is_not_said_is_the_same_in_keras(ran):
    """Settings that are as they are by default stand in no program: Keras's must be those."""
    _, (said, _) = ran("keras")
    compared = 0
    for base, (table, *_), apart in FAMILIES.values():
        for member in base.members():
            names = table.get(member.__name__)
            theirs = said.get(f"default {member.__name__}", {})
            if isinstance(names, str) and member.__name__ not in apart:
                for name in {*names.split()} & {*theirs}:
                    ours = member._fields[name]
                    known = "required" if ours is inspect.Parameter.empty else ours
                    known = list(known) if isinstance(known, tuple) else known
                    alike = [known, [known] * 2, [known] * 3]  # one number stands for each way
                    assert theirs[name] in alike or not (theirs[name] or known), (member, name)
                    compared += 1
    assert compared > 120


def test_what_a_library_has_not_is_refused():
    gated = net_of(layers.Dense(4), Gated(), shape=(4,))
    for language, name in (("keras", "Keras"), ("torch", "PyTorch")):
        with pytest.raises(ValueError, match=rf"{name} has no equivalent of the layer 'Gated'; "
                           r'net.source\("numpy"\) and net.source\("jax"\) write it'):  # fmt: skip
            gated.source(language)
    for language, net, words in REFUSED:
        with pytest.raises(ValueError, match=words):
            net.source(language)


REFUSED = [
    ("keras", net_of(layers.Dense(1), shape=(2,),
                     optimizer=optimizers.SGD(schedules.WarmUp(0.1, 3))),
     r"the schedule 'WarmUp'; CosineDecay\(warmup_target=…\) warms up in Keras too, or"),
    ("keras", net_of(layers.Dense(2), shape=(2,),
                     loss=losses.SparseCategoricalCrossentropy(True, label_smoothing=0.1)),
     "the loss SparseCategoricalCrossentropy with label_smoothing=0.1"),
    ("keras", net_of(layers.Dense(2, lambda z: z * z), shape=(2,)), "an activation of your own"),
    ("keras", net_of(layers.Dense(2), shape=(2,), loss=losses.Pinball()), "the loss 'Pinball'; n"),
    ("keras", net_of(layers.Dense(2, rates=0.1), shape=(2,)), "the layer Dense with rates=0.1"),
    ("torch", net_of(layers.LSTM(2, rates={"bias": 2.0, "kernel": 0.5}), shape=(3, 2)),
     "LSTM with rates or decays of its own"),
    ("torch", net_of(layers.Dropout(schedules.FlatCosine(0.3, 6)), layers.Dense(2), shape=(2,)),
     r"Dropout with FlatCosine\(.*; give a number"),
    ("torch", net_of(layers.LSTM(2, "relu"), shape=(3, 2)), "LSTM with relu and sigmoid; use tanh"),
    ("keras", net_of(layers.Elementwise("add", (3,)), layers.Dense(1), shape=(3,)),
     "the layer 'Elementwise'"),
    ("torch", net_of(layers.BatchNormalization(axis=1), layers.Flatten(), shape=(3, 2)),
     r"BatchNormalization\(axis=1\) of 3 dimensions"),
]  # fmt: skip


@pytest.mark.parametrize("language", OTHERS)
def test_weights_metrics_and_validation_are_written(language, tmp_path):
    """A program of each kind, looked at without running it."""
    net = net_of(layers.Dense(3, "softmax"), shape=(4,), loss="categorical_crossentropy",
                 metrics=METRICS["categorical_crossentropy"])  # fmt: skip
    if language == "keras":
        with pytest.warns(UserWarning, match="does not report f1_score .*auc .*huber"):
            program = net.source(language, sample_weight=True, validation_split=0.2)
    else:
        program = net.source(language, sample_weight=True, validation_data=True)
    compile(str(program), "program", "exec")
    assert "import pellucid" not in str(program)
    assert "mae" in str(program)
    forward = net.source(language, only="forward")
    compile(str(forward), "program", "exec")
    assert "Y" not in str(forward).replace("Ŷ", "").split("import", 1)[1]
