"""What gives faults away beside the examples of checks, and what looks like it and is none."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from pellucid.glass import doctor
from pellucid.glass.doctor import Check
from pellucid.glass.doctor.checks.aligned import explained, functions
from pellucid.glass.doctor.checks.doubted import lying_among
from pellucid.glass.doctor.checks.pace import called_for
from pellucid.glass.doctor.statistics import outliers, row_keys
from tests.doctor.examples import case_of

NUMBERS = """
net = Sequential([layers.Dense(24, "tanh", input_shape=(3,)), layers.Dense(1{last})])
net.compile(optimizers.Adam({rate}), {loss})
x = rng.normal(size=(500, 3))
y = x[:, 0] - np.sin(2 * x[:, 1]) + 0.1 * rng.normal(size=500)
fit = {{"epochs": 20}}
"""
CLASSES = """
net = Sequential([layers.Dense(24, "relu", input_shape=(5,)), layers.Dense({units}, "softmax")])
net.compile(optimizers.Adam(0.01), "sparse_categorical_crossentropy")
x, y = clusters(600, 5, {units}, apart=1.5)
fit = {{"epochs": 20}}
"""
PARTS = """
held = slice(400, None)
fit["validation_data"] = (x[held]{of_x}, {of_y}y[held])
x, y = x[:400], y[:400]
"""
FEW = """
net = Sequential([layers.Dense(24, "relu", input_shape=(3,)), layers.Dense(1)])
net.compile(optimizers.SGD(0.02), "mse")
x[:, 2] = rng.integers(0, 4, 500)
x[rng.random(500) < 0.02, 2] = -9999
"""
COPIES = """
x, y = np.round(x[:200]).repeat(2, 0), y[:200].repeat(2)
y[::2] = (y[::2] + 1) % 3
"""


def numbers(then="", rate=0.01, loss='"mse"', last=""):
    return NUMBERS.format(rate=rate, loss=loss, last=last) + then


def classes(then="", units=3):
    return CLASSES.format(units=units) + then


#: a program, and the code of what stands first among the findings of that check
SEEN = {
    "a rate that a callback raises": (
        numbers('fit["callbacks"] = [callbacks.LearningRateScheduler(lambda e, r: 2.5 * r)]'),
        "PL401",
    ),
    "a rate that a schedule raises": (
        numbers(rate="schedules.ExponentialDecay(0.001, 20, 2.0)"),
        "PL401",
    ),
    "a warm-up longer than the training": (
        numbers(rate="schedules.WarmUp(0.01, 50000)"),
        "PL415",
    ),
    "a hinge of outputs above 0": (
        numbers("y = np.where(y > 0, 1, -1)", loss='"hinge"', last=', "sigmoid"'),
        "PL106",
    ),
    "the logarithm of outputs below 0": (
        numbers("y = rng.poisson(np.exp(0.5 * y)) * 1.0", loss='"poisson"'),
        "PL101",
    ),
    "the same in a loss of one's own": (
        numbers("y = np.exp(y)", loss="lambda t, p: p - t * ops.log(p)"),
        "PL101",
    ),
    "a target that stands for none": (
        numbers("y[rng.random(500) < 0.08] = -999"),
        "PL212",
    ),
    "a few numbers for none, among few others": (
        numbers(FEW),
        "PL212",
    ),
    "outputs that start far from the targets": (
        numbers(last=", bias_initializer=initializers.Constant(60.0)"),
        "PL308",
    ),
    "a scaled number of the row": (
        classes("x[:, 4] = np.linspace(-1.7, 1.7, 600)"),
        "PL213",
    ),
    "copies with other labels": (classes(COPIES), "PL216"),
    "fewer rows than columns": (
        classes("x, y = x[:42], y[:42]; x = rng.normal(size=(42, 90)); "
                "net = Sequential([layers.Dense(64, 'relu'), layers.Dense(3, 'softmax')]); "
                "net.compile('adam', 'sparse_categorical_crossentropy')"),
        "PL224",
    ),
    "classes numbered otherwise in the validation data": (
        classes(PARTS.format(of_x="", of_y="2 - ")),
        "PL220",
    ),
    "columns in another order there": (
        numbers(PARTS.format(of_x="[:, [2, 1, 0]]", of_y="")),
        "PL220",
    ),
    "targets in another unit there": (
        numbers(PARTS.format(of_x="", of_y="5 + 3 * ")),
        "PL220",
    ),
    "steps that are cut off": (
        "net = Sequential([layers.Cropping1D((6, 0), input_shape=(9, 1)), layers.Flatten(), "
        "layers.Dense(16, 'relu'), layers.Dense(1)]);"
        "net.compile(optimizers.Adam(0.01), 'mse'); x = rng.normal(size=(400, 9, 1));"
        "y = x[:, 1, 0] + x[:, 8, 0]; fit = {'epochs': 20}",
        "PL315",
    ),
    "values that fade through many layers": (
        "net = Sequential([layers.Dense(12, 'relu', input_shape=(5,))] + "
        "[layers.Dense(12, 'relu') for _ in range(15)] + [layers.Dense(3, 'softmax')]);"
        "net.compile(optimizers.SGD(0.03), 'sparse_categorical_crossentropy');"
        "x, y = clusters(300, 5, 3); fit = {'epochs': 15}",
        "PL306",
    ),
    "a softmax in every hidden layer": (
        "net = Sequential([layers.Dense(3, 'softmax', input_shape=(5,)), "
        "layers.Dense(3, 'softmax'), layers.Dense(3, 'softmax')]);"
        "net.compile(optimizers.SGD(0.05), 'sparse_categorical_crossentropy');"
        "x, y = clusters(300, 5, 3); fit = {'epochs': 15}",
        "PL318",
    ),
}  # fmt: skip
#: a program that has nothing of it
WELL = {
    "a categorical hinge of scores": (
        classes("y = np.eye(3)[y]; net = Sequential([layers.Dense(16, 'relu'), layers.Dense(3)]); "
                "net.compile(optimizers.Adam(0.01), 'categorical_hinge')"),
        "PL101",
    ),
    "a column of even steps that the others follow": (
        numbers("x[:, 0] = np.linspace(-2, 2, 500); x[:, 1] = x[:, 0] ** 2"),
        "PL213",
    ),
    "a callback that turns the rate down at the end": (
        numbers('fit["callbacks"] = [callbacks.LearningRateScheduler(lambda e, r: 0.9 * r)]'),
        "PL401",
    ),
    "validation data that are alike": (classes(PARTS.format(of_x="", of_y="")), "PL220"),
    "few distinct rows that differ by chance": (
        classes("x = rng.integers(0, 3, (600, 3)) * 1.0; x = np.column_stack([x, x[:, :2] * 1.0])"),
        "PL216",
    ),
    "classes that overlap": (
        classes("x, y = clusters(600, 5, 3, apart=0.5)"),
        "PL223",
    ),
}  # fmt: skip


def found(monkeypatch, program, code):
    monkeypatch.setattr(doctor, "STRICT", True)
    monkeypatch.setattr(Check, "in_order", classmethod(lambda cls: [Check.table[code]]))
    net, x, y, fit = case_of(program)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return net.diagnose(x, y, seconds=60, **fit)


@pytest.mark.parametrize("what", SEEN)
def test_it_is_seen(what, monkeypatch):
    program, code = SEEN[what]
    findings = found(monkeypatch, program, code)
    assert findings.codes[:1] == [code]
    assert findings[0].severity != "note"


@pytest.mark.parametrize("what", WELL)
def test_it_is_not_seen_where_it_is_not(what, monkeypatch):
    program, code = WELL[what]
    assert not found(monkeypatch, program, code).of("warning")


def test_what_stands_off_is_explained_at_its_distance():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(900, 4))
    y = (x[:, 0] * 2 + np.sin(x[:, 1]))[:, None]
    told = explained(functions(x), np.roll(y - y.mean(), -2, axis=0))
    assert max(told, key=told.get) == -2
    assert told[-2] > 0.8
    assert max(each for by, each in told.items() if by != -2) < 0.05


def test_equal_rows_have_one_key():
    rng = np.random.default_rng(0)
    x = rng.integers(0, 3, (400, 5)).astype("f4")
    _, right = np.unique(x, axis=0, return_inverse=True)
    keys = row_keys(x)
    assert np.array_equal(keys[:, None] == keys, right[:, None] == right)


def test_outliers_are_few():
    x = np.random.default_rng(0).normal(size=(400, 2))
    x[:5, 0], x[:200, 1] = 900, 900
    assert outliers(x).sum(axis=0).tolist() == [5, 0]


def test_rows_of_another_class_lie_evenly_among_those_of_one():
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], 200)
    where = np.where((labels == 0) | (np.arange(400) < 300), 0.6, 0.02)
    p = np.clip(where + 0.01 * rng.normal(size=400), 0, 1)
    among = lying_among(np.stack([p, 1 - p], 1), labels, 0, 1)
    assert set(among.tolist()) <= set(range(200, 300))
    assert len(among) > 80
    overlapping = np.clip(np.linspace(1, 0, 400) + 0.2 * rng.normal(size=400), 0.01, 0.99)
    assert lying_among(np.stack([overlapping, 1 - overlapping], 1), labels, 0, 1) is None


def test_the_rate_of_each_epoch_is_that_of_the_callback():
    net, x, y, fit = case_of(SEEN["a rate that a callback raises"][0])
    evidence = doctor.Evidence(net, x, y, fit, 10)
    assert called_for(evidence, 0.01)[:3].tolist() == pytest.approx([0.025, 0.0625, 0.15625])
