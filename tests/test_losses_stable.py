"""Losses on scores: the cancelling rewrites change nothing, and large scores stay finite."""

import numpy as np
import pytest

from pellucid import losses
from pellucid.equations.activations import Sigmoid, Softmax
from tests.test_losses import trained


def zeros_and_ones(shape):
    return np.random.default_rng(8).integers(0, 2, shape)


CANCELLING = [
    (Softmax(), losses.CategoricalCrossentropy,
     lambda shape: np.eye(shape[-1])[zeros_and_ones(shape[:-1])]),
    (Softmax(), losses.SparseCategoricalCrossentropy, lambda shape: zeros_and_ones(shape[:-1])),
    (Sigmoid(), losses.BinaryCrossentropy, lambda shape: zeros_and_ones(shape) * 1.0),
]  # fmt: skip


@pytest.mark.parametrize("shape", [(5, 3), (4, 2), (2, 3, 4)], ids=str)
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("from_logits", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(("activation", "kind", "targets"), CANCELLING)
def test_cancelling_changes_nothing(
    activation, kind, targets, weighted, from_logits, smoothing, shape
):
    loss = kind(from_logits=from_logits, label_smoothing=smoothing)
    z = np.random.default_rng(4).normal(size=shape)
    w = np.random.default_rng(5).uniform(0.5, 2.0, shape[0]) if weighted else None
    below = None if from_logits else activation
    total, slope, plan = trained(loss, z, targets(shape), w, below)
    plain_total, plain_slope, plain = trained(loss, z, targets(shape), w, below, simplify=False)
    assert total == pytest.approx(plain_total, rel=1e-12)
    np.testing.assert_allclose(slope, plain_slope, rtol=0, atol=1e-13)
    assert any("cancel" in words for words in plan.notes)
    assert not plain.notes


#: losses, and the activation below them that makes their predictions of scores
STABLE = [
    (losses.CategoricalCrossentropy(), Softmax()),
    (losses.SparseCategoricalCrossentropy(), Softmax()),
    (losses.BinaryCrossentropy(), Sigmoid()),
    (losses.CategoricalFocalCrossentropy(), Softmax()),
    (losses.BinaryFocalCrossentropy(), Sigmoid()),
    *((each(from_logits=True), None) for each in (
        losses.CategoricalCrossentropy, losses.SparseCategoricalCrossentropy,
        losses.BinaryCrossentropy, losses.CategoricalFocalCrossentropy,
        losses.BinaryFocalCrossentropy,
    )),
    (losses.BinaryFocalCrossentropy(gamma=0.5, from_logits=True), None),
    (losses.CategoricalFocalCrossentropy(gamma=0.5, from_logits=True), None),
    (losses.BinaryFocalCrossentropy(gamma=0.0, from_logits=True), None),
    *((each(), None) for each in (
        losses.LogCosh, losses.Huber, losses.Hinge, losses.SquaredHinge, losses.CategoricalHinge,
        losses.MeanSquaredError, losses.MeanAbsoluteError, losses.MeanSquaredLogarithmicError,
    )),
    (losses.KLDivergence(), Softmax()),
]  # fmt: skip


@pytest.mark.parametrize(("loss", "activation"), STABLE, ids=repr)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_large_scores_stay_finite(loss, activation, dtype):
    z = np.array([[1e4, -1e4, 0.0], [-1e4, 1e4, 1e4], [0.0, 0.0, 0.0]], dtype=dtype)
    y = np.array([1, 1, 2])
    targets = y if loss.sparse else np.eye(3, dtype=dtype)[y]
    total, slope, _ = trained(loss, z, targets, activation=activation)
    assert np.isfinite(total)
    assert np.isfinite(slope).all()
    assert slope.dtype == dtype
    if isinstance(loss, losses.CategoricalCrossentropy | losses.SparseCategoricalCrossentropy):
        assert total == pytest.approx((2e4 + np.log(2.0) + np.log(3.0)) / 3, rel=1e-6)
        np.testing.assert_allclose(slope[0], [1 / 3, -1 / 3, 0.0], rtol=1e-6)
