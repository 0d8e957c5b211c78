"""Losses: torch's numbers, Keras's numbers, corners, names, arrays and functions of one's own."""

import inspect

import numpy as np
import pytest

from pellucid import losses
from pellucid.equations.activations import Softmax
from pellucid.equations.arithmetic import Log
from pellucid.equations.losses import Loss
from pellucid.plan import Plan
from pellucid.plan.interpret import interpret
from pellucid.tensor import Tensor

RANDOM = np.random.default_rng(3)
SCORES, WEIGHTS = RANDOM.normal(size=(5, 4)), RANDOM.uniform(0.2, 2.0, 5)
CHANCES = RANDOM.uniform(0.05, 0.95, (5, 4))
SHARES = CHANCES / CHANCES.sum(axis=-1, keepdims=True)
CLASSES = RANDOM.integers(0, 4, 5)
HOT = np.eye(4)[CLASSES]


def trained(loss, p, y, w=None, activation=None, simplify=True):
    """The loss and its gradient, as a plan computes them from p through an activation."""
    given = [np.asarray(each) for each in (p, y, *(() if w is None else (w,)))]
    z = Tensor(given[0].shape, "Z", role="parameter")
    target = Tensor(given[1].shape, "Y", role="target")
    weight = None if w is None else Tensor(given[2].shape, "w", role="weight")
    output = activation(z) if activation else z
    total = loss.write(target, output, weight)
    plan = Plan([z], [output], targets=[target], loss=total, parameters=[z]).with_gradients()
    plan = plan.simplified() if simplify else plan
    tensors = [z, target] if w is None else [z, target, weight]
    values = interpret(plan.lines, dict(zip(tensors, given, strict=True)), np)
    assert str(plan)
    assert plan.latex()
    return float(values[plan.loss]), values[plan.gradients[z]], plan


def in_torch(function, p, y, w=None):
    torch = pytest.importorskip("torch")
    z = torch.tensor(p, requires_grad=True)
    rows = function(torch.nn.functional, z, torch.tensor(y))
    total = (rows if w is None else rows * torch.tensor(w)).mean()
    total.backward()
    return total.item(), z.grad.numpy()


def over(name, **settings):
    """torch's loss of that name, as means over the last axis."""
    return lambda F, p, y: getattr(F, name)(p, y, reduction="none", **settings).mean(-1)


TORCH = [
    (losses.MeanSquaredError(), over("mse_loss"), SCORES, CHANCES),
    (losses.MeanAbsoluteError(), over("l1_loss"), SCORES, CHANCES),
    (losses.Huber(), over("huber_loss"), 3 * SCORES, CHANCES),
    (losses.Huber(0.4), over("huber_loss", delta=0.4), SCORES, CHANCES),
    (losses.BinaryCrossentropy(), over("binary_cross_entropy"), CHANCES, HOT),
    (losses.BinaryCrossentropy(from_logits=True), over("binary_cross_entropy_with_logits"),
     SCORES, HOT),
    (losses.CategoricalCrossentropy(from_logits=True),
     lambda F, p, y: F.cross_entropy(p, y, reduction="none"), SCORES, SHARES),
    (losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1),
     lambda F, p, y: F.cross_entropy(p, y, reduction="none", label_smoothing=0.1), SCORES, HOT),
    (losses.SparseCategoricalCrossentropy(from_logits=True),
     lambda F, p, y: F.cross_entropy(p, y, reduction="none"), SCORES, CLASSES),
    (losses.SparseCategoricalCrossentropy(from_logits=True, label_smoothing=0.2),
     lambda F, p, y: F.cross_entropy(p, y, reduction="none", label_smoothing=0.2),
     SCORES, CLASSES),
    (losses.SparseCategoricalCrossentropy(),
     lambda F, p, y: F.nll_loss((p / p.sum(-1, keepdim=True)).log(), y, reduction="none"),
     CHANCES, CLASSES),
    (losses.KLDivergence(),
     lambda F, p, y: F.kl_div(p.log(), y, reduction="none").sum(-1), SHARES, SHARES[::-1].copy()),
    (losses.Poisson(), over("poisson_nll_loss", log_input=False, eps=1e-7), CHANCES, CHANCES + 1),
]  # fmt: skip


@pytest.mark.parametrize(("loss", "theirs", "p", "y"), TORCH, ids=[repr(row[0]) for row in TORCH])
@pytest.mark.parametrize("w", [None, WEIGHTS], ids=["", "weighted"])
def test_torch_agrees(loss, theirs, p, y, w):
    total, slope, _ = trained(loss, p, y, w)
    expected, expected_slope = in_torch(theirs, p, y, w)
    assert total == pytest.approx(expected, rel=1e-9)
    np.testing.assert_allclose(slope, expected_slope, rtol=0, atol=1e-9)
    assert loss(y, p, w) == pytest.approx(expected, rel=1e-9)


#: y_true, y_pred and the loss, worked out by hand from Keras's definitions
PINNED = [
    ("mse", [[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [1.0, 0.0]], 0.5),
    ("mae", [[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [1.0, 0.0]], 0.5),
    ("mape", [[2.0, 4.0]], [[1.0, 5.0]], 37.5),
    ("msle", [[0.0, 1.0]], [[1.0, 1.0]], np.log1p(1.0) ** 2 / 2),
    ("huber", [[0.0, 0.0]], [[0.5, 3.0]], (0.125 + 2.5) / 2),
    ("log_cosh", [[0.0]], [[1.0]], np.log(np.cosh(1.0))),
    ("hinge", [[0.0, 1.0], [0.0, 0.0]], [[0.6, 0.4], [0.4, 0.6]], 1.3),
    ("hinge", [[-1.0, 1.0]], [[0.6, 0.4]], 1.1),
    ("squared_hinge", [[0.0, 1.0], [0.0, 0.0]], [[0.6, 0.4], [0.4, 0.6]], 1.86),
    ("categorical_hinge", [[0.0, 1.0], [0.0, 0.0]], [[0.6, 0.4], [0.4, 0.6]], 1.4),
    ("kld", [[0.0, 1.0], [0.0, 0.0]], [[0.6, 0.4], [0.4, 0.6]], 0.45814),
    ("poisson", [[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [0.0, 0.0]], 0.5),
    ("categorical_crossentropy", [[0, 1, 0], [0, 0, 1]],
     [[0.05, 0.95, 0.0], [0.1, 0.8, 0.1]], 1.17694),
    ("categorical_crossentropy", [[1, 0]], [[1.0, 3.0]], np.log(4.0)),
    ("sparse_categorical_crossentropy", [1, 2], [[0.05, 0.95, 0.0], [0.1, 0.8, 0.1]], 1.17694),
    ("bce", [[0.0, 1.0], [0.0, 0.0]], [[0.6, 0.4], [0.4, 0.6]], 0.81492),
    ("binary_focal_crossentropy", [[0.0, 1.0], [0.0, 0.0]], [[0.6, 0.4], [0.4, 0.6]],
     (0.36 * -np.log(0.4) * 3 + 0.16 * -np.log(0.6)) / 4),
    ("categorical_focal_crossentropy", [[0.0, 1.0, 0.0]], [[0.05, 0.9, 0.05]],
     0.25 * 0.01 * -np.log(0.9)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "y", "p", "wanted"), PINNED)
def test_keras_numbers(name, y, p, wanted):
    assert losses.get(name)(y, p) == pytest.approx(wanted, abs=2e-5 if wanted > 0.4 else 1e-6)
    assert np.mean(getattr(losses, name)(y, p)) == pytest.approx(losses.get(name)(y, p), rel=1e-12)


def test_keras_smoothing_and_balancing():
    bce = losses.BinaryCrossentropy(label_smoothing=0.2)
    assert bce([[1.0]], [[0.7]]) == pytest.approx(-0.9 * np.log(0.7) - 0.1 * np.log(0.3))
    focal = losses.BinaryFocalCrossentropy(apply_class_balancing=True, alpha=0.3, gamma=3.0)
    assert focal([[1.0]], [[0.7]]) == pytest.approx(0.3 * 0.3**3 * -np.log(0.7))
    assert focal([[0.0]], [[0.7]]) == pytest.approx(0.7 * 0.7**3 * -np.log(0.3))


@pytest.mark.parametrize(
    "name", ["mean_absolute_error", "hinge", "squared_hinge", "mean_absolute_percentage_error"]
)
def test_slope_at_corners_is_nothing(name):
    corner = np.array([[1.0, -1.0]])
    assert np.array_equal(losses.get(name).slope(np, corner, corner), [[0.0, 0.0]])


def test_categorical_hinge_shares_among_equals():
    slope = losses.CategoricalHinge().slope(np, np.array([[0.5, 0.5, 0.0]]), np.eye(3)[[2]])
    assert np.array_equal(slope, [[0.5, 0.5, -1.0]])


@pytest.mark.parametrize("library", ["array_api_strict", "array_api_compat.torch"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_other_array_libraries_agree(library, dtype):
    from tests.contract.rows.losses import LOSSES

    pytest.importorskip("torch" if "torch" in library else library)
    xp = pytest.importorskip(library)
    for loss, arrays, *_ in LOSSES:
        if isinstance(loss, losses.Written):
            continue
        here = [a.astype(dtype) if a.dtype.kind == "f" else a for a in arrays]
        there = [xp.asarray(a) for a in here]
        value, slope = loss.run(xp, *there), loss.slope(xp, *there[:2])
        assert value.dtype == slope.dtype == getattr(xp, dtype), loss
        tolerance = 1e-11 if dtype == "float64" else 1e-4
        np.testing.assert_allclose(float(value), loss.run(np, *here), rtol=tolerance)
        np.testing.assert_allclose(
            np.asarray(slope), loss.slope(np, *here[:2]), rtol=tolerance, atol=tolerance
        )
        for given, array in zip(here, there, strict=True):
            assert np.array_equal(given, np.asarray(array)), f"{loss} wrote to its inputs"


def test_rows_of_arrays():
    y, p = np.zeros((2, 3, 4)), np.ones((2, 3, 4), dtype=np.float32)
    assert losses.mse(y, p).shape == (2, 3)
    assert losses.mse(y, p).dtype == np.float32
    crossentropy = losses.categorical_crossentropy(HOT, SCORES, from_logits=True)
    np.testing.assert_allclose(
        crossentropy, losses.categorical_crossentropy(HOT, Softmax()(SCORES)), rtol=1e-9
    )
    with pytest.raises(ValueError, match=r"needs targets \(5, 4\), got \(5, 1\)"):
        losses.mse(np.zeros((5, 1)), SCORES)


@pytest.mark.parametrize("kind", Loss.members(), ids=lambda each: each.__name__)
def test_names_and_configuration_go_round(kind):
    loss = losses.get(kind.registered_name())
    assert repr(losses.get(loss.described())) == repr(loss)
    assert losses.get(getattr(losses, kind.registered_name())).key() == loss.key()
    assert loss.expects in {"classes", "one-hot", "probability", "sign", "positive", "any"}
    assert loss.sparse == (loss.expects == "classes")
    assert kind.__name__ in losses.__all__


def test_settings_are_keras_settings():
    def names(kind):
        return list(inspect.signature(kind).parameters)

    assert names(losses.BinaryFocalCrossentropy) == [
        "apply_class_balancing", "alpha", "gamma", "from_logits", "label_smoothing",
        "axis", "name", "reduction",
    ]  # fmt: skip
    smoothed = ["from_logits", "label_smoothing", "axis", "name", "reduction"]
    assert names(losses.CategoricalCrossentropy) == smoothed


def test_unknown_names_are_helped():
    with pytest.raises(ValueError, match="did you mean 'mean_squared_error'"):
        losses.get("mean_square_error")
    with pytest.raises(AttributeError, match="did you mean 'huber'"):
        _ = losses.hubert


def squared(y, p):
    return (p - y) ** 2


def mixed(y, p):
    return losses.mse(y, p) + 0.1 * losses.categorical_crossentropy(y, p)


@pytest.mark.parametrize("w", [None, WEIGHTS], ids=["", "weighted"])
def test_a_loss_of_ones_own(w):
    own, known = losses.get(squared), losses.MeanSquaredError()
    total, slope, _ = trained(own, SCORES, CHANCES, w)
    expected, expected_slope, _ = trained(known, SCORES, CHANCES, w)
    assert total == pytest.approx(expected, rel=1e-12)
    np.testing.assert_allclose(slope, expected_slope, rtol=0, atol=1e-14)
    assert own(CHANCES, SCORES, w) == pytest.approx(expected, rel=1e-12)


def test_a_loss_of_ones_own_made_of_others():
    total, slope, _ = trained(losses.get(mixed), SHARES, HOT)
    parts = [trained(losses.get(name), SHARES, HOT) for name in ("mse", "categorical_crossentropy")]
    assert total == pytest.approx(parts[0][0] + 0.1 * parts[1][0], rel=1e-12)
    np.testing.assert_allclose(slope, parts[0][1] + 0.1 * parts[1][1], rtol=0, atol=1e-14)


def test_targets_come_first_in_a_call_on_tensors_too():
    def divergence(y, p):
        return losses.KLDivergence()(0.5 * y + 0.5 * y, p)

    expected = trained(losses.KLDivergence(), SHARES, HOT)[0]
    assert trained(losses.get(divergence), SHARES, HOT)[0] == pytest.approx(expected)


def test_a_loss_of_ones_own_must_give_a_tensor():
    with pytest.raises(TypeError, match="loss function <lambda> must return a symbolic tensor"):
        trained(losses.get(lambda y, p: 3.0), SCORES, CHANCES)


def test_a_loss_of_one_number_cannot_be_weighted():
    def total(y, p):
        from pellucid.equations.reductions import Mean

        return Mean()(Log()(p) * y)

    assert np.isfinite(trained(losses.get(total), CHANCES, HOT)[0])
    with pytest.raises(TypeError, match="a number for each row"):
        trained(losses.get(total), CHANCES, HOT, WEIGHTS)


#: α and β of Tversky, and the loss of (Y, P) as Keras 3.16 has it; earlier ones exchange α and β
TVERSKY = [
    (0.2, 0.8, [[1, 2], [1, 2]], [[4, 1], [6, 1]], -0.94444442),
    (0.8, 0.2, [[1, 0]], [[0.5, 1]], 1 - 0.5 / (0.5 + 0.8 * 1 + 0.2 * 0.5)),
]


@pytest.mark.parametrize(("alpha", "beta", "y", "p", "expected"), TVERSKY)
def test_tversky_weighs_what_is_too_much_by_alpha(alpha, beta, y, p, expected):
    found = losses.Tversky(alpha, beta)(np.array(y, float), np.array(p, float))
    assert found == pytest.approx(expected, abs=1e-6)
