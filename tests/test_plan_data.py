"""A plan as plain data: written as JSON and read again, it prints and computes the same."""

from __future__ import annotations

import json

import numpy as np
import pytest

import pellucid
from pellucid import Sequential, layers
from pellucid.equations.base import Equation
from pellucid.equations.shape import Pick
from pellucid.plan import Plan
from pellucid.plan.data import known_equations, setting_data, setting_from
from pellucid.plan.interpret import interpret
from pellucid.plan.step import step
from pellucid.tensor import Tensor
from tests.contract import layers as layer_rows
from tests.nets import assert_same, numbers
from tests.test_contract import ROWS, name_of, written
from tests.test_executor import NETWORKS, OPTIMIZERS
from tests.test_step import next_step, two_layers


def again(plan):
    """The plan, from the JSON that it was written as."""
    return Plan.from_data(json.loads(json.dumps(plan.as_data(), allow_nan=False)))


def same_print(plan, other):
    assert str(other) == str(plan)
    assert other.latex() == plan.latex()
    assert other.as_data() == plan.as_data()


@pytest.mark.parametrize("row", ROWS, ids=name_of)
def test_every_equation(row):
    """With its gradient: what comes out has the same bits."""
    lines, given = written(row)
    plan = Plan(list(given), [line.output for line in lines])
    plan.lines = lines
    other = again(plan)
    same_print(plan, other)
    found = interpret(other.lines, dict(zip(other.inputs, given.values(), strict=True)), np)
    expected = interpret(lines, given, np)
    for ours, theirs in zip(plan.outputs, other.outputs, strict=True):
        assert_same([found[theirs]], [expected[ours]])


@pytest.mark.parametrize("row", layer_rows.ROWS, ids=lambda row: repr(row.layer))
def test_every_layer(row):
    net = layer_rows.network(row)
    net.compile("adam", "mse")
    same_print(net.plan, again(net.plan))


def same_step(plan, other, given):
    """The same bits, by what each tensor is: an input, a state, θ, or a number of a known name."""
    pairs = [*zip(plan.inputs, other.inputs, strict=True),
             *zip(plan.targets, other.targets, strict=True),
             *zip(plan.assignments, other.assignments, strict=True),
             *((tensor, other.numbers[name]) for name, tensor in plan.numbers.items())]  # fmt: skip
    found = step(other, {theirs: given[ours] for ours, theirs in pairs}, np)
    expected = step(plan, given, np)
    assert_same(list(found.moved.values()), list(expected.moved.values()))
    assert_same([found.values[other.total]], [expected.values[plan.total]])


@pytest.mark.parametrize("network", NETWORKS)
def test_networks_step_the_same(network):
    plan, given = next_step(*network())
    other = again(plan)
    same_print(plan, other)
    same_step(plan, other, given)


@pytest.mark.parametrize(
    ("kind", "extra"), OPTIMIZERS, ids=lambda x: getattr(x, "__name__", str(x))
)
def test_optimizers_step_the_same(kind, extra):
    plan, given = next_step(*two_layers(kind(**extra)))
    other = again(plan)
    same_print(plan, other)
    same_step(plan, other, given)


class Doubled(Equation):
    """y = 2·x for as many `times`"""

    times: int

    text, latex = "2^{times}·{x}", "2^{{{times}}} {x}"

    def run(self, xp, x):
        return x * 2.0**self.times


def plan_of_mine():
    x = Tensor((None, 3), "X", role="input")
    return Plan([x], [Doubled(3)(x)])


def test_an_equation_of_ones_own_is_registered_or_refused():
    with pytest.raises(TypeError, match=r"cannot write the equation Doubled .*@pellucid.register"):
        plan_of_mine().as_data()
    with pellucid.settings.known_objects({"Doubled": Doubled}):
        data = plan_of_mine().as_data()
        other = Plan.from_data(json.loads(json.dumps(data)))
    x = numbers(2, 3)
    assert_same([interpret(other.lines, {other.inputs[0]: x}, np)[other.outputs[0]]], [8 * x])
    with pytest.raises(ValueError, match=r"unknown equation 'Doubled': .*Known: "):
        Plan.from_data(data)


def test_names_of_equations_are_their_own():
    """One class for each name, so that a name says which."""
    ours = {each for each in Equation.every() if each.__module__.startswith("pellucid.")}
    assert set(known_equations().values()) == ours


def test_settings_that_json_has_no_word_for():
    given = (slice(1, None, 2), 3, float("inf"), -float("inf"), None, "x", (0.5, Pick((2,))))
    found = setting_from(json.loads(json.dumps(setting_data(given), allow_nan=False)))
    assert found[:-1] == given[:-1]
    assert found[-1][1].key() == given[-1][1].key()
    with pytest.raises(TypeError, match="cannot save '<lambda>'"):
        setting_data(lambda x: x)


def test_data_that_name_a_tensor_that_is_not_there():
    data = Sequential([layers.Dense(1, input_shape=(2,))]).plan.as_data()
    data["lines"][0]["inputs"][0] = 99
    with pytest.raises(ValueError, match="name tensor 99, but hold the tensors 0 to"):
        Plan.from_data(data)
