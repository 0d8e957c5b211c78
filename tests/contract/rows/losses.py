"""Rows of losses, each of one row's outputs and of a sequence's, with and without weights."""

import numpy as np

from pellucid.equations import crossentropy as c
from pellucid.equations import focal as f
from pellucid.equations import losses as base
from pellucid.equations import margins as m
from pellucid.equations import penalties
from pellucid.equations import regression as r
from pellucid.equations import scores as s
from pellucid.equations import similarity as sim
from pellucid.losses import Dice, OwnLoss, Tversky

from . import Row, apart, draw


def squared_and_linear(y, p):
    return (p - y) ** 2 + 0.1 * p


def chances(*shape, seed=0):
    return draw(*shape, seed=seed, low=0.05, high=0.95)


def shares(*shape, seed=0):
    """Rows that sum to 1."""
    numbers = chances(*shape, seed=seed)
    return numbers / numbers.sum(axis=-1, keepdims=True)


def sides(*shape):
    return np.where(draw(*shape, seed=3) > 0, 1.0, -1.0)


def hot(*shape):
    return np.eye(shape[-1])[classes(*shape)]


def classes(*shape):
    return np.random.default_rng(5).integers(0, shape[-1], shape[:-1])


def positive(*shape, seed=0):
    return draw(*shape, seed=seed, low=0.2, high=3.0)


def free(*shape, seed=0):
    return draw(*shape, seed=seed)


#: equations, how predictions are made, how targets are made
FAMILIES = [
    ([r.MeanSquaredError(), OwnLoss(squared_and_linear)], free,
     lambda *shape: free(*shape, seed=1)),
    ([r.MeanAbsoluteError(), r.Huber(), r.Huber(0.3), r.LogCosh(), r.Pinball(),
      r.Pinball(0.9)], apart,
     lambda *shape: 0.01 * free(*shape)),
    ([r.MeanAbsolutePercentageError()], positive, lambda *shape: positive(*shape, seed=1) + 3.0),
    ([r.MeanSquaredLogarithmicError(), r.Poisson()], positive,
     lambda *shape: positive(*shape, seed=1)),
    ([m.Hinge(), m.SquaredHinge()], lambda *shape: apart(*shape) + 0.03, sides),
    ([sim.CosineSimilarity()], free, lambda *shape: free(*shape, seed=1)),
    ([sim.CategoricalGeneralizedCrossEntropy(), sim.CategoricalGeneralizedCrossEntropy(0.8)],
     chances, classes),
    ([Dice(), Dice(-1), Tversky(0.3, 0.8), Tversky(axis=[-1])], chances,
     lambda *shape: chances(*shape, seed=1)),
    ([m.CategoricalHinge()], lambda *shape: 3 * apart(*shape) + 0.01, hot),
    ([c.BinaryCrossentropy(), f.BinaryFocalCrossentropy(),
      f.BinaryFocalCrossentropy(True, 0.3, 1.5)], chances, lambda *shape: chances(*shape, seed=1)),
    ([s.SigmoidCrossentropy(),
      f.SigmoidFocalCrossentropy(f.BinaryFocalCrossentropy(True, gamma=1.5))], free,
     lambda *shape: chances(*shape, seed=1)),
    ([c.CategoricalCrossentropy(), c.KLDivergence(), f.CategoricalFocalCrossentropy(),
      f.CategoricalFocalCrossentropy(0.3, 1.5)], chances, lambda *shape: shares(*shape, seed=1)),
    ([s.SoftmaxCrossentropy(),
      f.SoftmaxFocalCrossentropy(f.CategoricalFocalCrossentropy(gamma=1.5))], free,
     lambda *shape: chances(*shape, seed=1)),
    ([c.SparseCategoricalCrossentropy()], chances, classes),
    ([s.SoftmaxSparseCrossentropy()], free, classes),
]  # fmt: skip

LOSSES = [
    Row(loss, (predictions(*shape), targets(*shape), *weights), constant)
    for losses, predictions, targets in FAMILIES
    for loss in losses
    for shape in ((4, 3), (2, 3, 4))
    for weights, constant in (((), (1,)), ((positive(shape[0], seed=9),), (1, 2)))
]

ROWS = [
    *LOSSES,
    *(
        Row(base.RowLoss(loss), (chances(*shape), shares(*shape, seed=1)), (1,))
        for loss in (r.MeanSquaredError(), c.CategoricalCrossentropy())
        for shape in ((4, 3), (2, 3, 4))
    ),
    Row(base.LossGradient(r.LogCosh()), (1.0, free(4, 3), free(4, 3, seed=1))),
    Row(base.RowLossGradient(r.LogCosh()), (free(4), free(4, 3), free(4, 3, seed=1))),
    Row(r.Pinball((0.1, 0.5, 0.9)), (apart(4, 3), 0.01 * free(4, 3)), (1,)),
    Row(c.Residual(), (1.0, shares(4, 3), hot(4, 3))),
    Row(c.Residual(sparse=True), (1.0, shares(4, 3), classes(4, 3))),
    Row(c.Residual(shared=True), (1.0, chances(4, 3), hot(4, 3))),
    Row(c.OneHot(), (classes(4, 3), free(4, 3)), (1,)),
    Row(penalties.SumOfSquares(0.3), (free(4, 3),)),
    Row(penalties.SumOfAbsolutes(0.3), (apart(4, 3),)),
    Row(penalties.OverRows(), (free(), free(4, 3))),
]
