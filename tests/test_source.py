"""Programs without pellucid: run by themselves, they train to the same bits."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import pellucid as keras
from pellucid import Input, Model, Sequential, layers, metrics, ops, optimizers, schedules
from pellucid.glass.source.inlining import Inlined
from pellucid.glass.source.lines import Lines
from pellucid.glass.source.measures import WRITERS
from pellucid.glass.source.spelling import Names
from pellucid.metrics.measures import OfLoss
from tests.nets import classifier, numbers
from tests.test_executor import image_network, word_network

#: runs a program where Python's own library and a folder of packages are all that there is
ALONE = "import runpy, sys; sys.path.append(sys.argv[1]); del sys.argv[:2]; "
ALONE += "import importlib.util as u; assert not u.find_spec('pellucid'); "
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


def rated():
    """Rates and decays of parts, both of which change, a dropout that does, columns and waves."""
    net = Sequential(
        [
            layers.Scaling(rates=6.0, input_shape=(4,)),
            layers.PeriodicEmbedding(3, 5),
            layers.Dense(3, decays={"bias": 0.0}),
            layers.ParametricActivation("mish"),
            layers.Dropout(schedules.FlatCosine(0.3, 6)),
            layers.Dense(1),
        ]
    )
    rate, decay = schedules.LogCosine(0.04, 9), schedules.FlatCosine(0.1, 6)
    net.compile(optimizers.Adam(rate, weight_decay=decay), "mse", executor="numpy")
    return net


def averaged():
    return classifier(optimizers.Lion(0.01, use_ema=True), executor="numpy")


def seeded():
    """Draws by a seed of their own."""
    keras.set_random_seed(4)
    noise = [layers.GaussianNoise(0.1, seed=7), layers.Dropout(0.4, seed=8), layers.Dropout(0.4)]
    net = Sequential([layers.Dense(9, "tanh", input_shape=(4,)), *noise, layers.Dense(1)])
    net.compile(optimizers.Adamax(), "mse", executor="numpy")
    return net


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
    "convolution, dropout, batch normalization": (lambda: image_network("float32")[0],
                                                  *image_network()[1:], 3),
    "words, recurrent, noise": (lambda: word_network("float32")[0], *word_network()[1:], 3),
    "LSTM": (lstm, numbers(9, 4, 2), numbers(9, 1), 4),
    "an own layer": (own, numbers(9, 4), numbers(9, 1), 4),
    "seeds of their own": (seeded, numbers(9, 4), numbers(9, 1), 4),
    "averaged weights": (averaged, numbers(9, 4), np.arange(9) % 3, 4),
    "rates and schedules": (rated, numbers(9, 4), numbers(9, 1), 4),
}  # fmt: skip


def numpy_alone(folder):
    """A folder in which NumPy can be imported, and nothing else."""
    place, found = folder / "packages", Path(np.__file__).parent
    place.mkdir(exist_ok=True)
    for each in (found, found.parent / "numpy.libs"):
        if each.exists() and not (place / each.name).exists():
            (place / each.name).symlink_to(each)
    return place


def alone(folder, program, **data):
    """What a program prints and writes, run without pellucid."""
    program.save(folder / "net.py")
    np.savez(folder / "data.npz", **data)
    words = [str(folder / name) for name in ("net.py", "data.npz", "out.npz")]
    done = subprocess.run(
        [sys.executable, "-ISX", "utf8", "-W", "error", "-c", ALONE, numpy_alone(folder), *words],
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{done.stderr}\n{program}"
    with np.load(folder / "out.npz") as file:
        return done.stdout, dict(file)


def printed(line):
    """What an epoch reports, by name."""
    words = line.split(": ", 1)[1].split(", ")
    return {name: float(value) for name, value in (each.rsplit(" ", 1) for each in words)}


def same_training(folder, net, x, y, given, course, data=None):
    """Three epochs of `fit` and of the program: the same bits, and the same report."""
    text, found = alone(
        folder, net.source("numpy", epochs=3, **course), **(data or {"X": x, "Y": y})
    )
    history = net.fit(x, y, epochs=3, verbose=0, **given)
    plan, arrays = net.plan, net._ready().memory.arrays()
    lines = Lines(plan, net.dtype)
    kept = [*plan.layout, *(each for each in plan.assignments if each is not plan.theta)]
    assert len(found) == len(kept)
    for tensor in kept:
        np.testing.assert_array_equal(found[lines.name(tensor)], arrays[tensor], strict=False)
    reports = [printed(line) for line in text.splitlines()]
    assert [{*each} for each in reports] == [{*history.history}] * 3
    for name, values in history.history.items():
        assert [each[name] for each in reports] == pytest.approx(values, rel=2e-5, abs=1e-7)


@pytest.mark.parametrize("case", CASES)
def test_it_trains_to_the_same_bits(case, tmp_path):
    make, x, y, batch = CASES[case]
    net = make()
    net.fit(x, y, batch_size=batch, verbose=0)
    same_training(tmp_path, net, x, y, {"batch_size": batch}, {"batch_size": batch})
    _, forward = alone(tmp_path, net.source("numpy", only="forward"), X=x)
    np.testing.assert_array_equal(forward["Ŷ"], net.predict(x, verbose=0))


SCHEDULES = [
    schedules.ExponentialDecay(0.1, 3, 0.9),
    schedules.ExponentialDecay(0.1, 3, 0.9, staircase=True),
    schedules.InverseTimeDecay(0.1, 3, 0.9),
    schedules.PolynomialDecay(0.1, 5, power=0.7),
    schedules.PolynomialDecay(0.1, 5, cycle=True),
    schedules.PiecewiseConstantDecay([3, 5], [0.1, 0.02, 0.3]),
    schedules.CosineDecay(0.1, 9),
    schedules.CosineDecay(0.1, 9, 0.1, warmup_target=0.3, warmup_steps=4),
    schedules.CosineDecayRestarts(0.1, 4),
    schedules.CosineDecayRestarts(0.1, 4, t_mul=1.0, m_mul=0.7),
    schedules.WarmUp(0.1, 4),
    schedules.WarmUp(schedules.CosineDecay(0.1, 9), 4),
    schedules.OneCycle(0.1, 20),
    schedules.FlatCosine(0.1, 20),
    schedules.LogCosine(0.1, 20),
]


class Saw(schedules.Schedule):
    """η = height · (s mod period)/period"""

    height: float = 0.1
    period: int | None = None

    def rate(self, s):
        return self.height * self.teeth(s)

    def teeth(self, s):
        return np.mod(s, self.period or 5) / (self.period or 5)


def test_every_schedule_is_tried():
    assert {type(each) for each in SCHEDULES} == {*schedules.Schedule.members()}


@pytest.mark.parametrize("schedule", [*SCHEDULES, Saw(), Saw(period=3)], ids=repr)
def test_a_schedule_is_a_function_with_its_numbers(schedule):
    inlined = Inlined(Names())
    inlined.schedule(schedule, "learning_rate")
    text, program = "\n".join(inlined.texts), {"np": np, "math": math}
    exec(text, program)
    steps = np.arange(25.0)
    rates = [program["learning_rate"](steps[at : at + 1])[0] for at in range(25)]
    np.testing.assert_array_equal(rates, schedule(steps))
    assert "self" not in text
    assert "if" not in text.replace("if `", "")


METRICS = {
    "sparse_categorical_crossentropy": [
        "accuracy", metrics.SparseTopKCategoricalAccuracy(2), metrics.Precision(average="macro"),
        metrics.Recall(average="weighted"), metrics.F1Score("micro"),
        metrics.Recall(class_id=1, name="of_1"), metrics.AUC(average="macro"),
        metrics.Precision(0.3, top_k=2, name="above"), "sparse_categorical_crossentropy",
    ],
    "categorical_crossentropy": [
        "accuracy", metrics.TopKCategoricalAccuracy(2), "mse", "mae", "rmse", "r2",
        metrics.R2Score("variance_weighted_average", name="r2_all"), "precision", "recall",
        metrics.F1Score("weighted", 0.4), metrics.AUC("PR"), "huber", "kl_divergence",
        "binary_accuracy",
    ],
}  # fmt: skip
#: metrics that are not of these networks, or that a program leaves out and says so
APART = {
    "Accuracy": "labels, not scores", "Mean": "of values, not of predictions",
    **dict.fromkeys(
        ["FBetaScore", "TruePositives", "FalsePositives", "TrueNegatives", "FalseNegatives",
         "SensitivityAtSpecificity", "SpecificityAtSensitivity", "PrecisionAtRecall",
         "RecallAtPrecision", "Sum", "MeanRelativeError", "PearsonCorrelation",
         "ConcordanceCorrelation", "IoU", "BinaryIoU", "MeanIoU", "OneHotIoU", "OneHotMeanIoU"],
        "left out",
    ),
}  # fmt: skip


@pytest.mark.parametrize("loss", METRICS)
@pytest.mark.parametrize("weighted", [False, True])
def test_metrics_weights_and_validation(loss, weighted, tmp_path):
    keras.set_random_seed(7)
    net = Sequential([layers.Dense(4, "tanh", input_shape=(5,)), layers.Dense(3, "softmax")])
    rate = schedules.CosineDecay(0.1, 9)
    kind = {"weighted_metrics" if weighted else "metrics": METRICS[loss]}
    net.compile(optimizers.SGD(rate, 0.9), loss, **kind, executor="numpy")
    x, y = numbers(30, 5), np.arange(30) * 7 % 11 % 3
    y = np.eye(3)[y] if loss.startswith("cat") else y
    data, course = {"X": x, "Y": y}, {"batch_size": 8, "class_weight": "balanced"}
    given = dict(course)
    if weighted:
        data |= {"w": np.linspace(0.1, 2, 30)}
        course |= {
            "sample_weight": True,
            "validation_split": 0.3,
            "class_weight": {0: 1, 1: 2, 2: 0.5},
        }
        given = course | {"sample_weight": data["w"]}
    else:
        data |= {"X_val": x[:9] + 1, "Y_val": y[:9]}
        given["validation_data"], course["validation_data"] = (data["X_val"], y[:9]), True
    same_training(tmp_path, net, x, y, given, course, data)


def test_every_metric_is_written_or_apart():
    tried = {type(metrics.get(each)) for given in METRICS.values() for each in given if each not in
             ("accuracy", "sparse_categorical_crossentropy", "huber", "kl_divergence")}  # fmt: skip
    tried |= {metrics.SparseCategoricalAccuracy, metrics.CategoricalAccuracy}
    known = {each for each in metrics.Metric.members()
             if each.__name__ not in APART and not issubclass(each, OfLoss)}  # fmt: skip
    assert tried == known - {metrics.MeanMetricWrapper}
    assert {each.__name__ for each in tried} | {"MeanMetricWrapper", "Accuracy"} == {*WRITERS}


def test_several_inputs_and_outputs(tmp_path):
    keras.set_random_seed(7)
    a, b = Input((3,)), Input((2,), name="second")
    h = layers.Dense(4, "relu")(layers.Concatenate()([a, b]))
    ends = [layers.Dense(1, name="size")(h), layers.Dense(3, "softmax", name="kind")(h)]
    net = Model([a, b], ends)
    net.compile(
        "adam", ["mse", "sparse_categorical_crossentropy"], [1.0, 0.5], [["mae"], ["accuracy"]],
        executor="numpy",
    )  # fmt: skip
    x, y = [numbers(12, 3), numbers(12, 2)], [numbers(12, 1), np.arange(12) % 3]
    data = dict(zip(("X1", "X2", "Y1", "Y2"), (*x, *y), strict=True), w=np.linspace(0, 2, 12))
    data |= {f"{name}_val": array[:4] for name, array in data.items()}
    held = ([each[:4] for each in x], [each[:4] for each in y], data["w_val"])
    given = {"batch_size": 5, "shuffle": False, "sample_weight": data["w"], "validation_data": held}
    course = {"batch_size": 5, "shuffle": False, "sample_weight": True, "validation_data": True}
    same_training(tmp_path, net, x, y, given, course, data)


def far(y_true, y_pred):
    return np.abs(y_true - y_pred).max(axis=-1)


def test_a_metric_of_ones_own_is_left_out_and_said_to_be():
    net = dense(4, 3, 1)
    net.compile("sgd", "mse", metrics=["mae", far])
    with pytest.warns(UserWarning, match="does not report far .*a function of your own"):
        program = str(net.source())
    assert "What it does not report: far (a function of your own" in program
    assert '"mae": np.mean(abs(Ŷ - Y))' in program


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


def test_a_program_is_not_saved_under_the_name_of_what_it_imports(tmp_path):
    with pytest.raises(ValueError, match=r"imports numpy, and in a file numpy.py .* net.py"):
        dense(20, 10, 1).source().save(tmp_path / "numpy.py")


def test_what_cannot_be_written_is_refused():
    net = dense(20, 10, 1)
    with pytest.raises(ValueError, match=r"no program can be written in 'nunpy': .*'numpy'"):
        net.source("nunpy")
    with pytest.raises(ValueError, match="only is 'backward'; expected \"forward\""):
        net.source(only="backward")
    with pytest.raises(ValueError, match="takes no epochs"):
        net.source(only="forward", epochs=3)
    for given, words in REFUSED.items():
        with pytest.raises((ValueError, TypeError), match=words):
            net.source(**dict(given))
    space = {"Schedule": schedules.Schedule}
    exec("class Typed(Schedule):\n    def rate(self, s): return s", space)
    falling = dense(4, 3, 1, optimizer=optimizers.SGD(space["Typed"]()))
    with pytest.raises(ValueError, match="schedule Typed: its `rate` is not plain arithmetic"):
        falling.source()


REFUSED = {
    (("epochs", 0),): "epochs must be a whole number of 1 or more",
    (("validation_split", 2.0),): "expected a fraction between 0 and 1",
    (("validation_split", 0.2), ("validation_data", True)): "leave one out",
    (("class_weight", "equal"),): "class_weight is 'balanced' or a dictionary, got 'equal'",
    (("sample_weight", 1.0),): "sample_weight is True or False here",
}
