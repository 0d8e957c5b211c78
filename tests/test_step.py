"""A step as the plan says it: by hand, on every array library, and what both executors do."""

from __future__ import annotations

import importlib
import re
import textwrap
from pathlib import Path

import numpy as np
import pytest

from pellucid import Input, Model, Sequential, layers, optimizers
from pellucid.executors.native.library import problem
from pellucid.plan.interpret import interpret
from pellucid.plan.step import parameters, step
from tests.native import assert_close
from tests.nets import WIDTH, assert_same, numbers
from tests.test_executor import NETWORKS, OPTIMIZERS, next_step

LIBRARIES = ["array_api_strict", "array_api_compat.torch"]
ROOT = Path(__file__).parent.parent
EXECUTORS = ["numpy"] if problem() else ["numpy", "native"]


def moved_by(library, plan, given):
    """What a step on arrays of another library leads to, as NumPy's arrays."""
    pytest.importorskip(library.split(".")[-1])
    xp = importlib.import_module(library)
    theirs = {t: xp.asarray(a) if isinstance(a, np.ndarray) else a for t, a in given.items()}
    return [np.asarray(value) for value in step(plan, theirs, xp).moved.values()]


def two_layers(optimizer):
    net = Sequential([layers.Dense(3, "tanh", input_shape=(WIDTH,)), layers.Dense(2)],
                     dtype="float64")  # fmt: skip
    net.compile(optimizer, "mse")
    return net, numbers(5, WIDTH), numbers(5, 2)


def test_two_steps_by_hand():
    """Forward, backward and momentum of a network of two layers, in NumPy of our own."""
    net, x, y = two_layers(optimizers.SGD(0.1, momentum=0.5))
    plan, given = next_step(net, x, y)
    w1, b1, w2, b2 = net.get_weights()
    v = np.zeros(given[plan.theta].shape)
    for _ in range(2):
        values, moved = step(plan, given, np)
        a = np.tanh(x @ w1 + b1)
        dz = 2 * (a @ w2 + b2 - y) / y.size
        dz1 = dz @ w2.T * (1 - a * a)
        g = [x.T @ dz1, dz1.sum(0), a.T @ dz, dz.sum(0)]
        v = 0.5 * v - 0.1 * np.concatenate([each.reshape(-1) for each in g])
        theta = np.concatenate([each.reshape(-1) for each in (w1, b1, w2, b2)]) + v
        parts = [theta[part].reshape(each.shape) for each, part in plan.layout.items()]
        w1, b1, w2, b2 = parts
        assert_same([values[plan.gradients[each]] for each in plan.parameters], g, 1e-14)
        assert_same([moved[plan.theta]], [theta], 1e-14)
        given = given | moved


@pytest.mark.parametrize("network", NETWORKS)
def test_nothing_given_is_written(network):
    plan, given = next_step(*network())
    arrays = [value for value in given.values() if isinstance(value, np.ndarray)]
    for array in arrays:
        array.flags.writeable = False
    values, moved = step(plan, given, np)
    assert set(moved) == set(plan.assignments)
    again = step(plan, given, np)
    assert_same(list(again.moved.values()), list(moved.values()))
    assert_same([values[tensor] for tensor in given], list(given.values()))


@pytest.mark.parametrize("network", NETWORKS)
def test_a_whole_plan_is_interpreted(network):
    """From θ and its parts, without a word about sections."""
    plan, given = next_step(*network())
    moved = step(plan, given, np).moved
    found = interpret(plan.lines, {**given, **parameters(plan, given, np)}, np)
    assert_same([found[new] for new in plan.assignments.values()], list(moved.values()))


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("network", NETWORKS)
def test_networks_on_another_array_library(network, library):
    plan, given = next_step(*network())
    expected = list(step(plan, given, np).moved.values())
    assert_same(moved_by(library, plan, given), expected, 1e-9)


every_optimizer = pytest.mark.parametrize(
    ("kind", "extra"), OPTIMIZERS, ids=lambda x: getattr(x, "__name__", str(x))
)


@pytest.mark.parametrize("library", LIBRARIES)
@every_optimizer
def test_optimizers_on_another_array_library(kind, extra, library):
    plan, given = next_step(*two_layers(kind(**extra)))
    expected = list(step(plan, given, np).moved.values())
    assert_same(moved_by(library, plan, given), expected, 1e-9)


@pytest.mark.parametrize("network", NETWORKS)
def test_a_library_that_traces_runs_a_step(network):
    """All that is given, the numbers and the seed too, is unknown while JAX writes its program."""
    jax = pytest.importorskip("jax")
    plan, given = next_step(*network())
    expected = step(plan, given, np).moved
    tensors = list(given)
    with jax.enable_x64():
        traced = jax.jit(lambda values: list(
            step(plan, dict(zip(tensors, values, strict=True)), jax.numpy).moved.values()
        ))  # fmt: skip
        assert_same(traced(list(given.values())), list(expected.values()), 1e-9)


def check_executor(net, x, y):
    """Three times, the network moves to where the plan's step says."""
    for _ in range(3):
        plan, given = next_step(net, x, y)
        net.train_on_batch(x, y)
        arrays = net._ready().memory.arrays()
        for state, moved in step(plan, given, np).moved.items():
            assert_close(arrays[state], moved)
    assert net._ready().memory.steps == 3


@pytest.mark.parametrize("executor", EXECUTORS)
@every_optimizer
def test_executors_move_as_every_optimizer_says(kind, extra, executor):
    net, x, y = two_layers(kind(**extra))
    net.compile(net.optimizer, "mse", executor=executor)
    check_executor(net, x, y)


@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize("network", NETWORKS)
def test_executors_run_what_the_step_says(network, executor):
    """With draws, batch statistics, penalties, and whole numbers as inputs."""
    net, x, y = network()
    net.compile(net.optimizer, net.loss, executor=executor)
    check_executor(net, x, y)


@pytest.mark.parametrize("executor", EXECUTORS)
def test_a_parameter_without_a_gradient(executor):
    """Its part of g is 0, and the others are where the layout says."""
    x = Input((WIDTH,))
    one, two = layers.Dense(2)(x), layers.Dense(3)(x)
    net = Model(x, [one, two], dtype="float64")
    net.compile("adam", [None, "mse"], executor=executor)
    rows, y = numbers(5, WIDTH), numbers(5, 3)
    plan, given = next_step(net, rows, y)
    values, _ = step(plan, given, np)
    for parameter, part in plan.layout.items():
        known = plan.gradients.get(parameter)
        expected = 0 if known is None else values[known].reshape(-1)
        np.testing.assert_array_equal(values[plan.g][part], expected)
    assert str(plan).count("g = (0, 0, dW2, db2)") == 1
    check_executor(net, rows, y)


def test_many_parts_of_g_are_printed_with_dots():
    net = Sequential([layers.Input((2,)), *(layers.Dense(2) for _ in range(60))])
    net.compile("sgd", "mse")
    assert "g = (dW1, db1, dW2, db2, dW3, db3, …)" in str(net.plan)
    assert r"dW_{3}, db_{3}, \ldots)" in net.plan.latex()


def test_a_network_without_parameters():
    x = Input((3,))
    net = Model(x, layers.Activation("tanh")(x))
    net.compile("adam", "mse")
    net.fit(numbers(4, 3), numbers(4, 3), verbose=0)
    assert "g = ()" in str(net.plan)


def test_the_page_quotes_the_step():
    """ARCHITECTURE.md shows the code of a step as it stands in the files."""
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    section = re.search("## A step, line by line\n(.*?)\n## ", page, re.S)[1]
    blocks = re.findall("```python\n(.*?)```", section, re.S)
    for path, code in zip(["step", "interpret", "../equations/gathering"], blocks, strict=True):
        text = (ROOT / f"src/pellucid/plan/{path}.py").read_text(encoding="utf-8")
        assert code in {textwrap.dedent(part) for part in parts_of(text, code.count("\n"))}


def parts_of(text, count):
    """Every stretch of so many lines."""
    lines = text.splitlines(keepends=True)
    return ["".join(lines[at : at + count]) for at in range(len(lines) - count + 1)]
