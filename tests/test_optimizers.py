"""Optimizers: equal to PyTorch's, converging on known problems, and exact by hand."""

from __future__ import annotations

import inspect
import json
import math
from pathlib import Path

import numpy as np
import pytest

from pellucid.layers import Dense
from pellucid.models import Sequential
from pellucid.optimizers import (
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    Ftrl,
    Lamb,
    Lion,
    Nadam,
    Optimizer,
    RMSprop,
    ScheduleFreeAdamW,
)
from pellucid.optimizers.base import Step
from pellucid.plan.interpret import interpret
from pellucid.plan.trace import trace
from pellucid.schedules import FlatCosine, Schedule
from tests.make_optimizer_reference import run_torch

REFERENCE = json.loads((Path(__file__).parent / "data" / "optimizers.json").read_text())
WITNESSES = {row["name"]: row for row in REFERENCE["rows"]}

#: the settings that have a place in Keras's signatures, with their defaults
KERAS = {
    SGD: "learning_rate=0.01, momentum=0.0, nesterov=False",
    Adagrad: "learning_rate=0.001, initial_accumulator_value=0.1, epsilon=1e-07",
    Adadelta: "learning_rate=0.001, rho=0.95, epsilon=1e-07",
    RMSprop: "learning_rate=0.001, rho=0.9, momentum=0.0, epsilon=1e-07, centered=False",
    Adam: "learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-07, amsgrad=False",
    AdamW: "learning_rate=0.001, weight_decay=0.004, beta_1=0.9, beta_2=0.999, epsilon=1e-07, "
    "amsgrad=False",
    Nadam: "learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-07",
    Adamax: "learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-07",
    Lion: "learning_rate=0.001, beta_1=0.9, beta_2=0.99",
    Lamb: "learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-07",
    ScheduleFreeAdamW: "learning_rate=0.0025, beta_1=0.9, beta_2=0.999, epsilon=1e-08, "
    "warmup_steps=0",
    Ftrl: "learning_rate=0.001, learning_rate_power=-0.5, initial_accumulator_value=0.1, "
    "l1_regularization_strength=0.0, l2_regularization_strength=0.0, "
    "l2_shrinkage_regularization_strength=0.0, beta=0.0",
}


class Fading(Schedule):
    """η = start·factor^step"""

    start: float
    factor: float = 0.5

    def __call__(self, step):
        return self.start * self.factor**step


#: ours for each row of the stored table; ε is 0 where PyTorch puts it elsewhere
AS_TORCH = {
    "SGD": SGD(0.1),
    "SGD momentum": SGD(0.1, momentum=0.9),
    "SGD nesterov": SGD(0.1, momentum=0.9, nesterov=True),
    "Adagrad": Adagrad(0.1, epsilon=0),
    "Adadelta": Adadelta(0.5, epsilon=1e-6),
    "RMSprop": RMSprop(0.01, epsilon=0),
    "RMSprop centered momentum": RMSprop(0.01, momentum=0.8, centered=True, epsilon=0),
    "Adam": Adam(0.01, epsilon=1e-3),
    "Adam amsgrad": Adam(0.01, beta_2=0.7, epsilon=1e-3, amsgrad=True),
    "AdamW": AdamW(0.01, weight_decay=0.1, epsilon=1e-3),
    "Nadam": Nadam(0.01, epsilon=1e-3),
    "Adamax": Adamax(0.01, epsilon=0),
}

MU_1, MU_2 = 0.9 * (1 - 0.96 / 2), 0.9 * (1 - 0.96**2 / 2)

#: θ from θ = 1 by η = 0.1 and the gradients given, computed by hand
BY_HAND = [
    (SGD(0.1), [0.5], 1 - 0.05),
    (SGD(0.1, momentum=0.5), [1.0, 1.0], 1 - 0.1 - 0.15),
    (Adagrad(0.1, initial_accumulator_value=0, epsilon=0.75), [0.5], 1 - 0.1 * 0.5),
    (Adadelta(0.1, rho=0.0, epsilon=0.75), [0.5], 1 - 0.1 * 0.5 * math.sqrt(0.75)),
    (RMSprop(0.1, rho=0.0, epsilon=0.75), [0.5], 1 - 0.1 * 0.5),
    (RMSprop(0.1, rho=0.5, epsilon=0.75, centered=True), [1.0], 1 - 0.1),
    (Adam(0.1, epsilon=0.5), [0.5], 1 - 0.1 * 0.5),
    (AdamW(0.1, weight_decay=0.2, epsilon=0.5), [0.5], 0.98 - 0.1 * 0.5),
    (Nadam(0.1, epsilon=0.5), [0.5], 1 - 0.05 * (0.1 * MU_2 / (1 - MU_1 * MU_2) + 1)),
    (Adamax(0.1, epsilon=0.5), [0.5], 1 - 0.1 * 0.5),
    (Lamb(0.1, epsilon=0.5), [0.5], 1 - 0.1),
    (ScheduleFreeAdamW(0.1, epsilon=0.5), [0.5], 1 - 0.1 * 0.5),
    (ScheduleFreeAdamW(0.1, epsilon=0.5, warmup_steps=2), [0.5], 1 - 0.05 * 0.5),
    (ScheduleFreeAdamW(0.1, beta_1=0.5, epsilon=0), [0.5, 0.5], 1 - 0.1 - 0.5 * (0.1 + 0.05)),
    (Lion(0.1), [1.0], 0.9),
    (Lion(0.1), [1.0, -0.05], 0.8),
    (Lion(0.1), [1.0, -0.5], 1.0),
    (Ftrl(0.1, initial_accumulator_value=0.0), [0.5], 1 - 0.1),
    (Ftrl(0.1, initial_accumulator_value=0.0, l1_regularization_strength=0.5), [0.5], 0.8),
]

#: optimizers with the learning rates at which they solve the bowl, the valley and the regression
SOLVING = [
    (SGD, {}, 0.1, 0.0015, 0.05),
    (SGD, {"momentum": 0.9}, 0.05, 0.0005, 0.01),
    (SGD, {"momentum": 0.9, "nesterov": True}, 0.05, 0.0005, 0.01),
    (Adagrad, {}, 1.0, 0.5, 0.5),
    (Adadelta, {"epsilon": 1e-5}, Fading(5.0, 0.99), Fading(1.0, 0.999), 3.0),
    (RMSprop, {}, 0.01, 0.005, 0.01),
    (RMSprop, {"momentum": 0.9, "centered": True}, 0.003, 0.0005, 0.001),
    (Adam, {}, 0.1, 0.05, 0.05),
    (Adam, {"amsgrad": True}, 0.1, 0.05, 0.05),
    (AdamW, {"weight_decay": 1e-4}, 0.1, 0.05, 0.05),
    (Nadam, {}, 0.1, 0.05, 0.05),
    (Adamax, {}, 0.1, 0.05, 0.05),
    (Lamb, {}, Fading(0.05, 0.99), Fading(0.1, 0.995), Fading(0.1, 0.985)),
    (ScheduleFreeAdamW, {}, 0.5, 0.1, 0.1),
    (Lion, {}, Fading(0.05, 0.99), Fading(0.01, 0.998), Fading(0.03, 0.985)),
    (Ftrl, {}, 1.0, 0.5, 0.5),
]


def moves(optimizer, theta, gradients, sizes=None):
    """θ after each step, and what is kept, for an iterable of gradients or a function of θ."""
    theta = np.array(theta, dtype=np.asarray(theta).dtype)
    step = optimizer.write(Step(sizes or [len(theta)]))
    kept = {
        tensor: theta.copy() if start == "θ" else start if tensor.is_setting else
        np.full_like(theta, start)
        for (name, tensor), start in zip(step.states.items(), step.initial.values(), strict=True)
    }  # fmt: skip
    lines = trace(step.assignments.values())
    kept[step.theta] = theta
    for at, g in enumerate(gradients):
        g = g(kept[step.theta]) if callable(g) else g
        given = {**kept, step.g: g, step.eta: optimizer.rate(at), step.t: at + 1.0}
        found = interpret(lines, given, np)
        kept = {target: found[value] for target, value in step.assignments.items()}
        yield kept[step.theta], {name: kept[tensor] for name, tensor in step.states.items()}


def final(optimizer, theta, gradients, sizes=None):
    return list(moves(optimizer, theta, gradients, sizes))[-1][0]


def path(name):
    gradients = np.array(REFERENCE["gradients"])
    return [theta for theta, _ in moves(AS_TORCH[name], REFERENCE["theta"], gradients)]


def test_every_optimizer_is_in_every_table():
    members = set(Optimizer.members())
    others = {Lion, Ftrl, Lamb, ScheduleFreeAdamW}
    assert {type(each) for each in AS_TORCH.values()} == members - others
    assert {type(each) for each, _, _ in BY_HAND} == members
    assert {each for each, *_ in SOLVING} == set(KERAS) == members
    assert set(AS_TORCH) == set(WITNESSES)


@pytest.mark.parametrize("member", Optimizer.members())
def test_gradients_that_are_added_up_move_as_their_mean(member):
    rng = np.random.default_rng(0)
    parts, settings = rng.normal(size=(5, 3, 4)), {"weight_decay": 0.05, "use_ema": True}
    start = rng.normal(size=4)
    whole = [theta for theta, _ in moves(member(**settings), start, parts.mean(axis=1))]
    slowly = member(**settings, gradient_accumulation_steps=3)
    steps = [theta for theta, _ in moves(slowly, start, parts.reshape(15, 4))]
    np.testing.assert_allclose(steps[2::3], whole, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(steps[4], steps[2])


def test_accumulated_steps_are_counted_once_for_the_learning_rate():
    optimizer = SGD(Fading(1.0), gradient_accumulation_steps=2)
    assert optimizer.rates(1, 4).tolist() == [1.0, 0.5, 0.5, 0.25]


def test_weights_are_left_out_of_decay_by_name():
    optimizer = SGD(0.1, weight_decay=0.5)
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    net = Sequential([Dense(1, input_shape=(1,), bias_initializer="ones")])
    net.compile(optimizer, "mse")
    kernel = net.layers[0].kernel.numpy()
    net.train_on_batch(np.zeros((1, 1)), net.predict(np.zeros((1, 1)), verbose=0))
    np.testing.assert_allclose(net.layers[0].kernel.numpy(), 0.95 * kernel, rtol=1e-6)
    assert net.layers[0].bias.numpy() == [1.0]
    with pytest.raises(TypeError, match="var_names"):
        optimizer.exclude_from_weight_decay([net.layers[0].kernel])


@pytest.mark.parametrize("member", Optimizer.members())
def test_a_state_is_not_read_once_its_new_value_is_written(member):
    step = member(use_ema=True).write(Step([2]))
    written = set()
    for line in trace(step.assignments.values()):
        assert written.isdisjoint(line.inputs)
        written |= {target for target, value in step.assignments.items() if value is line.output}


@pytest.mark.parametrize("name", AS_TORCH)
def test_equals_stored_torch(name):
    np.testing.assert_allclose(path(name), WITNESSES[name]["path"], rtol=0, atol=1e-10)


@pytest.mark.parametrize("name", AS_TORCH)
def test_equals_torch(name):
    torch = pytest.importorskip("torch")
    row = WITNESSES[name]
    theirs = run_torch(torch, row["torch"], row["settings"], REFERENCE)
    np.testing.assert_allclose(path(name), theirs, rtol=0, atol=1e-10)


@pytest.mark.parametrize(("optimizer", "steps", "expected"), BY_HAND, ids=repr)
def test_by_hand(optimizer, steps, expected):
    theta, given = np.array([1.0]), [np.array([g]) for g in steps]
    assert final(optimizer, theta, given) == pytest.approx([expected], abs=1e-12)
    assert theta == [1.0]
    assert given == [[g] for g in steps]


@pytest.mark.parametrize("member", Optimizer.members())
def test_float32_stays_float32(member):
    settings = {"global_clipnorm": 1.0, "weight_decay": 0.1, "use_ema": True}
    start, slopes = np.ones(3, np.float32), [np.full(3, 0.5, np.float32)] * 2
    for theta, kept in moves(member(**settings), start, slopes):
        assert theta.dtype == np.float32
        assert {np.asarray(each).dtype for each in kept.values() if np.ndim(each)} == {theta.dtype}


@pytest.mark.parametrize(("member", "settings", "bowl", "valley", "line"), SOLVING)
def test_converges(member, settings, bowl, valley, line):
    def slope_of_bowl(theta):
        return np.array([1.0, 4.0]) * theta

    def slope_of_valley(theta):
        x, y = theta
        return np.array([2 * (x - 1) - 40 * x * (y - x * x), 20 * (y - x * x)])

    assert abs(final(member(bowl, **settings), [2.0, -1.0], [slope_of_bowl] * 600)).max() < 0.02
    x, y = final(member(valley, **settings), [-1.0, 1.0], [slope_of_valley] * 2500)
    assert (x - 1) ** 2 + 10 * (y - x * x) ** 2 < 0.02
    fitted = final(member(line, **settings), [0.0, 0.0, 0.0], regression(400))
    assert abs(fitted - [1.0, -2.0, 0.5]).max() < 0.1


def regression(steps):
    """The slope of the squared error on a fresh, noisy batch at each step."""
    random = np.random.default_rng(3)
    for _ in range(steps):
        x = random.normal(size=(32, 3))
        y = x @ [1.0, -2.0, 0.5] + 0.1 * random.normal(size=32)
        yield lambda theta, x=x, y=y: x.T @ (x @ theta - y) / 32


G = np.array([3.0, 4.0, 0.3, 0.0])


@pytest.mark.parametrize(
    ("settings", "clipped"),
    [
        ({"clipvalue": 0.5}, [0.5, 0.5, 0.3, 0.0]),
        ({"clipnorm": 1.0}, [0.6, 0.8, 0.3, 0.0]),
        ({"global_clipnorm": 1.0}, G / np.linalg.norm(G)),
        ({"global_clipnorm": 100.0}, G),
    ],
    ids=repr,
)
def test_clipping(settings, clipped):
    moved = final(SGD(1.0, **settings), np.zeros(4), [G], sizes=[2, 2])
    np.testing.assert_allclose(-moved, clipped, rtol=1e-15)
    assert not final(SGD(1.0, **settings), np.zeros(4), [0 * G], sizes=[2, 2]).any()


def test_weight_decay_comes_before_the_rule_and_follows_the_rate():
    moved = list(moves(SGD(Fading(0.4), weight_decay=0.5), [1.0], [np.array([1.0])] * 2))
    assert [float(theta[0]) for theta, _ in moved] == pytest.approx(
        [0.8 - 0.4, 0.9 * 0.4 - 0.2], abs=1e-15
    )


RATES, DECAYS = [6.0, 0.5, 0.0], [1.0, 0.0, 2.0]


@pytest.mark.parametrize("member", [each for each in Optimizer.members() if each is not Ftrl])
def test_multipliers_are_other_rates_and_decays_for_parts_of_theta(member):
    """A part with its multipliers moves as it would alone, by an optimizer of that rate."""
    one, parts = member(learning_rate=0.1, weight_decay=0.2), np.array([0.4, -1.0, 2.0])
    g = np.array([0.3, 2.0, -1.0])
    together = after(one, Step([1, 1, 1], RATES, DECAYS), parts, g)
    for at, (rate, decay) in enumerate(zip(RATES, DECAYS, strict=True)):
        alone = member(learning_rate=0.1 * rate, weight_decay=0.2 * decay)
        found = after(alone, Step([1]), parts[at : at + 1], g[at : at + 1])
        np.testing.assert_allclose(together[at], found[0], rtol=1e-12)


def after(optimizer, step, theta, g, steps=3):
    """θ after some steps with the same gradient."""
    optimizer.write(step)
    given = {step.theta: theta, step.g: g}
    for name, tensor in step.states.items():
        first = step.initial[name]
        given[tensor] = theta if isinstance(first, str) else first + 0 * theta
        if tensor.is_setting:
            given[tensor] = first
    for t in range(1, steps + 1):
        told = given | {step.eta: optimizer.rate(t - 1), step.t: float(t)}
        values = interpret(trace(step.assignments.values()), told, np)
        given |= {old: values.get(new) for old, new in step.assignments.items()}
    return given[step.theta]


def test_multipliers_of_1_change_no_equation():
    plain, other = Step([2, 3]), Step([2, 3], [1.0, 1.0], [1.0, 1.0])
    for step in (plain, other):
        AdamW(0.1).write(step)
    lines = [[repr(line) for line in trace(step.assignments.values())] for step in (plain, other)]
    assert lines[0] == lines[1]
    assert [*plain.states] == [*other.states] == ["m", "v"]


def test_a_decay_may_follow_a_schedule():
    step = AdamW(0.1, weight_decay=FlatCosine(0.2, 4)).write(Step([1]))
    lines = trace(step.assignments.values())
    for t, decay in ((1, 0.2), (3, 0.2), (4, 0.1), (9, 0.0)):
        told = {step.theta: np.ones(1), step.g: np.zeros(1), step.eta: 0.1, step.t: float(t)}
        told |= {tensor: np.zeros(1) for tensor in step.states.values()}
        moved = interpret(lines, told, np)[step.assignments[step.theta]]
        np.testing.assert_allclose(moved, 1 - 0.1 * decay, rtol=1e-12)


def test_averaged_weights():
    optimizer = SGD(1.0, use_ema=True, ema_momentum=0.75)
    moved = list(moves(optimizer, [8.0], [np.array([4.0])] * 3))
    assert [float(theta[0]) for theta, _ in moved] == [4.0, 0.0, -4.0]
    assert [float(kept[optimizer.average][0]) for _, kept in moved] == [4.0, 3.0, 1.25]
    assert SGD().average is None


def test_averaged_weights_overwrite():
    optimizer = SGD(1.0, use_ema=True, ema_momentum=0.75, ema_overwrite_frequency=2)
    moved = list(moves(optimizer, [8.0], [np.array([4.0])] * 4))
    assert [float(theta[0]) for theta, _ in moved] == [4.0, 3.0, -1.0, 0.25]


def test_rates():
    assert Adam(0.25).rate(3) == 0.25
    assert list(Adam(0.25).rates(7, 2)) == [0.25, 0.25]
    assert list(Adam(Fading(0.4)).rates(0, 3)) == [0.4, 0.2, 0.1]
    assert list(Adam(Fading(0.4)).rates(1, 2)) == [0.2, 0.1]


def test_a_schedule_may_give_one_number_for_all_steps():
    class Still(Schedule):
        def rate(self, s):
            return 0.5

    assert list(Adam(Still()).rates(0, 3)) == [0.5, 0.5, 0.5]


@pytest.mark.parametrize("member", Optimizer.members())
def test_is_found_by_name_and_rebuilt(member, monkeypatch):
    monkeypatch.setitem(Schedule.table, "fading", Fading)
    optimizer = member(learning_rate=Fading(0.2), clipnorm=1.0)
    again = Optimizer.get(json.loads(json.dumps(optimizer.described())))
    assert type(again) is type(Optimizer.get(member.__name__.lower())) is member
    assert repr(again.learning_rate) == "Fading(start=0.2)"
    assert again.config() == optimizer.config()


@pytest.mark.parametrize("member", Optimizer.members())
def test_settings_are_those_of_keras(member):
    parameters = inspect.signature(member).parameters.values()
    own = [each for each in parameters if each.kind is not each.KEYWORD_ONLY]
    assert ", ".join(f"{each.name}={each.default}" for each in own) == KERAS[member]


@pytest.mark.parametrize(
    ("settings", "error", "words"),
    [
        ({"learning_rate": "fast"}, TypeError, "number or a schedule, got 'fast'"),
        ({"learning_rate": True}, TypeError, "number or a schedule"),
        ({"learning_rate": -1e-3}, ValueError, "0 or more, got -0.001"),
        ({"learning_rate": math.nan}, ValueError, "finite"),
        ({"clipnorm": 1.0, "clipvalue": 0.5}, ValueError, "clipnorm=1.0 and clipvalue=0.5"),
        ({"clipnorm": 0.0}, ValueError, "clipnorm must be above 0"),
        ({"weight_decay": -0.1}, ValueError, "weight_decay must be"),
        ({"momentum": 1.5}, ValueError, r"momentum must be in \[0, 1\), got 1.5"),
        ({"use_ema": True, "ema_overwrite_frequency": 0}, ValueError, "1 or more, got 0"),
        ({"ema_overwrite_frequency": 5}, ValueError, "add use_ema=True"),
        ({"lr": 0.1}, TypeError, "no argument 'lr'"),
    ],
)
def test_refuses(settings, error, words):
    with pytest.raises(error, match=words):
        SGD(**settings)


def test_refuses_a_rate_that_was_set_later():
    optimizer = SGD()
    optimizer.learning_rate = math.nan
    with pytest.raises(ValueError, match="finite"):
        optimizer.rate(0)
