"""Schedules: pinned values, torch's one-cycle, arrays of steps, configuration."""

import math

import numpy as np
import pytest

from pellucid import schedules as s
from pellucid.plan.interpret import interpret
from pellucid.plan.trace import trace
from pellucid.tensor import setting

STEPS = np.arange(0, 40)
#: schedule, then pairs of step and rate
PINNED = [
    (s.ExponentialDecay(0.1, 10, 0.5), {0: 0.1, 5: 0.1 * 0.5**0.5, 10: 0.05, 20: 0.025}),
    (s.ExponentialDecay(0.1, 10, 0.5, staircase=True), {9: 0.1, 10: 0.05, 19: 0.05, 20: 0.025}),
    (s.InverseTimeDecay(0.1, 10, 2.0), {0: 0.1, 5: 0.05, 10: 0.1 / 3}),
    (s.InverseTimeDecay(0.1, 10, 2.0, staircase=True), {9: 0.1, 10: 0.1 / 3}),
    (s.PolynomialDecay(0.1, 10, 0.02), {0: 0.1, 5: 0.06, 10: 0.02, 30: 0.02}),
    (s.PolynomialDecay(0.1, 10, 0.02, power=2.0), {5: 0.04}),
    (s.PolynomialDecay(0.1, 10, 0.02, cycle=True),
     {0: 0.1, 10: 0.02, 11: 0.056, 15: 0.04, 20: 0.02}),
    (s.PiecewiseConstantDecay([3, 6], [1.0, 0.5, 0.1]), {0: 1.0, 3: 1.0, 4: 0.5, 6: 0.5, 7: 0.1}),
    (s.CosineDecay(0.1, 10), {0: 0.1, 5: 0.05, 10: 0.0, 15: 0.0}),
    (s.CosineDecay(0.1, 10, alpha=0.2), {5: 0.06, 10: 0.02, 99: 0.02}),
    (s.CosineDecay(0.0, 10, warmup_target=0.1, warmup_steps=4),
     {0: 0.0, 2: 0.05, 4: 0.1, 9: 0.05, 14: 0.0}),
    (s.CosineDecay(0.3, 10, warmup_target=0.1), {0: 0.1, 10: 0.0}),
    (s.CosineDecayRestarts(0.1, 10), {0: 0.1, 5: 0.05, 10: 0.1, 20: 0.05, 30: 0.1, 70: 0.1}),
    (s.CosineDecayRestarts(0.1, 10, 1.0, 0.5), {5: 0.05, 10: 0.05, 15: 0.025, 20: 0.025}),
    (s.CosineDecayRestarts(0.1, 10, alpha=0.2), {0: 0.1, 5: 0.06, 10: 0.1}),
    (s.WarmUp(0.1, 4), {0: 0.025, 1: 0.05, 3: 0.1, 4: 0.1, 50: 0.1}),
    (s.WarmUp(s.CosineDecay(0.1, 10), 4), {0: 0.025, 3: 0.1, 4: 0.1, 9: 0.05}),
    (s.FlatCosine(0.1, 20), {0: 0.1, 10: 0.1, 15: 0.05, 20: 0.0, 30: 0.0}),
    (s.LogCosine(0.1, 45),
     {0: 0.0, 45 * (2**0.5 - 1) / 15: 0.1, 3: 0.0, 9: 0.0, 21: 0.0, 45: 0.0, 60: 0.0}),
    (s.OneCycle(0.1, 20, pct_start=0.25), {0: 0.004, 2: 0.052, 4: 0.1, 19: 4e-7, 30: 4e-7}),
]  # fmt: skip
each = pytest.mark.parametrize(("schedule", "rates"), PINNED, ids=lambda value: repr(value)[:60])


@each
def test_pinned_rates(schedule, rates):
    assert {step: schedule(step) for step in rates} == pytest.approx(rates, abs=1e-15)
    np.testing.assert_allclose(schedule(np.array([*rates])), [*rates.values()], atol=1e-15)


@each
def test_one_step_is_the_same_as_many(schedule, rates):
    assert isinstance(schedule(3), float)
    assert np.array_equal(schedule(STEPS), [schedule(int(step)) for step in STEPS])


@each
def test_configuration_goes_round(schedule, rates):
    again = s.get(schedule.described())
    assert np.array_equal(again(STEPS), schedule(STEPS))


@pytest.mark.parametrize("t_mul", [1.0, 1.3, 1.5, 2.0, 3.0])
@pytest.mark.parametrize("first", [3, 7, 10])
def test_restarts_are_where_they_belong(first, t_mul):
    schedule = s.CosineDecayRestarts(1.0, first, t_mul)
    begins = [first * sum(t_mul**i for i in range(period)) for period in range(9)]
    np.testing.assert_allclose(schedule(np.array(begins) + 1e-9), 1.0, atol=1e-9)
    np.testing.assert_allclose(schedule(np.array(begins[1:]) - 1e-6), 0.0, atol=1e-9)


@pytest.mark.parametrize("total", [10, 33, 100])
def test_torch_has_the_same_one_cycle(total):
    torch = pytest.importorskip("torch")
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
    theirs = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.3, total_steps=total)
    expected = []
    for step in range(total):
        expected.append(theirs.get_last_lr()[0])
        optimizer.step()
        if step < total - 1:
            theirs.step()
    np.testing.assert_allclose(s.OneCycle(0.3, total)(np.arange(total)), expected, rtol=1e-12)


def test_values_must_fit_boundaries():
    with pytest.raises(ValueError, match="one value more than boundaries, got 2 boundaries and 2"):
        s.PiecewiseConstantDecay([1, 2], [0.1, 0.2])(0)


@pytest.mark.parametrize(
    ("boundaries", "values", "words"),
    [
        ([1, [2, 3]], [0.1, 0.2, 0.3], "boundaries are numbers in a row, got"),
        ([1, 2], [0.1, [0.2, 1], 0.3], "values are numbers in a row, got"),
        (["a", 2], [0.1, 0.2, 0.3], "boundaries are numbers in a row, got"),
        (5, [0.1, 0.2], "boundaries are numbers in a row, got 5"),
        ([3, 1], [0.1, 0.2, 0.3], "boundaries rise, got"),
    ],
)
def test_boundaries_and_values_are_numbers(boundaries, values, words):
    with pytest.raises(ValueError, match=words):
        s.PiecewiseConstantDecay(boundaries, values)(0)


def test_a_schedule_of_ones_own():
    class Root(s.Schedule):
        """η = scale / √(s + 1)"""

        scale: float = 1.0

        def rate(self, s):
            return self.scale / np.sqrt(s + 1.0)

    assert Root(2.0)(3) == 1.0
    assert s.WarmUp(Root(2.0), 2)(5) == pytest.approx(2.0 / math.sqrt(4.0))


def test_what_is_written_is_what_is_computed():
    schedule, step = s.FlatCosine(0.3, 20), setting(0.0, "step")
    step.value = None
    written = schedule.write(step)
    for number in range(30):
        values = interpret(trace([written]), {step: float(number)}, np)
        assert values[written] == pytest.approx(schedule(number), abs=1e-15)


def test_what_cannot_be_written_says_so():
    with pytest.raises(TypeError, match=r"CosineDecay cannot be written .* FlatCosine can"):
        s.CosineDecay(0.1, 20).write(setting(0.0, "step"))
