"""Initializers draw from the distributions they name; regularizers add the penalties they name."""

import math

import numpy as np
import pytest

from pellucid import regularizers
from pellucid.initializers import Initializer, Orthogonal, TruncatedNormal, VarianceScaling, fans
from pellucid.plan import Plan
from pellucid.plan.interpret import interpret
from pellucid.randomness import set_random_seed
from pellucid.tensor import Tensor
from tests.contract.gradients import check_gradients

FAN_IN, FAN_OUT = 400, 100
every = pytest.mark.parametrize("kind", Initializer.members(), ids=lambda each: each.__name__)


def drawn(identifier, shape=(FAN_IN, FAN_OUT), **settings):
    initializer = Initializer.get(identifier) if isinstance(identifier, str) else identifier
    return type(initializer)(**initializer.settings() | {"seed": 5} | settings)(shape, "float64")


def test_every_initializer_is_there():
    wanted = """zeros ones constant random_normal random_uniform truncated_normal orthogonal
        variance_scaling glorot_uniform glorot_normal he_uniform he_normal lecun_uniform
        lecun_normal"""
    assert set(wanted.split()) <= set(Initializer.table)


#: name, standard deviation, the largest number that can come up
SPREADS = [
    ("random_normal", 0.05, math.inf),
    ("random_uniform", 0.05 / math.sqrt(3), 0.05),
    ("truncated_normal", 0.05 * 0.8796256610342398, 0.1),
    ("glorot_uniform", math.sqrt(2 / 500), math.sqrt(6 / 500)),
    ("glorot_normal", math.sqrt(2 / 500), 2 * math.sqrt(2 / 500) / 0.8796256610342398),
    ("he_uniform", math.sqrt(2 / 400), math.sqrt(6 / 400)),
    ("he_normal", math.sqrt(2 / 400), 2 * math.sqrt(2 / 400) / 0.8796256610342398),
    ("lecun_uniform", math.sqrt(1 / 400), math.sqrt(3 / 400)),
    ("lecun_normal", math.sqrt(1 / 400), 2 * math.sqrt(1 / 400) / 0.8796256610342398),
    (VarianceScaling(3.0, "fan_out", "untruncated_normal"), math.sqrt(3 / 100), math.inf),
]


@pytest.mark.parametrize(("initializer", "deviation", "limit"), SPREADS, ids=str)
def test_mean_deviation_and_limits(initializer, deviation, limit):
    numbers = drawn(initializer)
    assert abs(numbers.mean()) < 4 * deviation / math.sqrt(numbers.size)
    assert numbers.std() == pytest.approx(deviation, rel=0.02)
    assert np.abs(numbers).max() <= limit
    if math.isfinite(limit):
        assert np.abs(numbers).max() > 0.98 * limit


def test_constants():
    assert np.array_equal(drawn("zeros", (2, 3)), np.zeros((2, 3)))
    assert np.array_equal(drawn("ones", (2, 3)), np.ones((2, 3)))
    assert np.array_equal(drawn("constant", (2,), value=0.3), [0.3, 0.3])
    assert drawn(TruncatedNormal(7.0, 0.0), (2,)).tolist() == [7.0, 7.0]


@pytest.mark.parametrize("shape", [(6, 4), (4, 6), (3, 3, 2, 5)], ids=str)
def test_orthogonal(shape):
    q = drawn(Orthogonal(2.0), shape).reshape(-1, shape[-1])
    product = q.T @ q if q.shape[0] >= q.shape[1] else q @ q.T
    np.testing.assert_allclose(product, 4.0 * np.eye(min(q.shape)), atol=1e-12)


def test_orthogonal_needs_a_matrix():
    with pytest.raises(ValueError, match="two dimensions or more"):
        drawn("orthogonal", (3,))


@every
def test_seeds_dtypes_and_configuration(kind):
    one = kind(seed=3)
    assert np.array_equal(one((4, 3)), one((4, 3)))
    assert one((4, 3)).dtype == np.float32
    assert np.array_equal(Initializer.get(one.described())((4, 3)), one((4, 3)))
    with pytest.raises(TypeError, match="name the others"):
        kind(*(0.1 for _ in one.settings()))


@every
def test_one_seed_fixes_all(kind):
    def twice():
        set_random_seed(1)
        return kind()((4, 3)), kind()((4, 3))

    for one, other in zip(twice(), twice(), strict=True):
        assert np.array_equal(one, other)


def test_fans_of_kernels():
    assert fans((3, 3, 8, 16)) == (72, 144)
    assert fans((5, 7)) == (5, 7)
    assert fans((5,)) == (5, 5)


def test_unknown_modes_are_helped():
    with pytest.raises(ValueError, match="unknown mode 'fan_inn': did you mean 'fan_in'"):
        drawn(VarianceScaling(1.0, "fan_inn"))


W = np.array([[1.0, -2.0], [0.5, 0.0]])


@pytest.mark.parametrize(
    ("regularizer", "penalty", "slope"),
    [
        ("l1", 0.035, 0.01 * np.sign(W)),
        ("l2", 0.0525, 0.02 * W),
        ("l1_l2", 0.0, 0.0 * W),
        (regularizers.L1L2(0.1, 0.2), 1.4, 0.1 * np.sign(W) + 0.4 * W),
        (regularizers.l1_l2(l1=0.1), 0.35, 0.1 * np.sign(W)),
    ],
    ids=str,
)
def test_penalties(regularizer, penalty, slope):
    regularizer = regularizers.get(regularizer)
    w = Tensor(W.shape, "W", role="parameter")
    plan = Plan([], [], loss=regularizer.write(w), parameters=[w]).with_gradients().simplified()
    values = interpret(plan.lines, {w: W}, np)
    assert values[plan.loss] == pytest.approx(penalty)
    np.testing.assert_allclose(values[plan.gradients[w]], slope, atol=1e-15)
    assert repr(regularizers.get(regularizer.described())) == repr(regularizer)


def test_a_penalty_prints_as_it_is_written():
    w = Tensor((2, 2), "W", role="parameter")
    plan = Plan([], [], loss=regularizers.L2().write(w), parameters=[w])
    assert "0.01·Σ W1²" in str(plan)


def test_penalties_have_the_gradients_they_say():
    check_gradients(regularizers.L1L2(0.3, 0.2).write, (W + 0.03,))
