"""An example or more of every optimizer, initializer, regularizer, metric and schedule."""

from __future__ import annotations

import numpy as np

from pellucid import constraints as c
from pellucid import initializers as i
from pellucid import metrics as m
from pellucid import optimizers as o
from pellucid import regularizers as r
from pellucid import schedules as s
from pellucid.settings import register

from .rows import draw

OPTIMIZERS = [
    o.SGD(0.1), o.SGD(0.1, momentum=0.9, nesterov=True), o.Adagrad(0.5), o.Adadelta(5.0),
    o.RMSprop(0.02), o.Adam(0.05), o.Adam(0.05, amsgrad=True), o.AdamW(0.05), o.Nadam(0.05),
    o.SGD(0.1, gradient_accumulation_steps=2), o.Adamax(0.05), o.Lion(0.01), o.Ftrl(1.0),
    o.Ftrl(1.0, l1_regularization_strength=0.001), o.Lamb(0.05), o.ScheduleFreeAdamW(0.05),
    o.ScheduleFreeAdamW(0.05, warmup_steps=3),
]  # fmt: skip

INITIALIZERS = [
    i.Zeros(), i.Ones(), i.Constant(0.3), i.Identity(0.5), i.RandomNormal(0.5),
    i.RandomUniform(-1, 2), i.TruncatedNormal(), i.GlorotNormal(), i.GlorotUniform(),
    i.HeNormal(), i.HeUniform(), i.LecunNormal(), i.LecunUniform(), i.Orthogonal(2.0),
    i.VarianceScaling(2.0, "fan_avg"),
]  # fmt: skip

CONSTRAINTS = [c.MaxNorm(0.5), c.MinMaxNorm(0.4, 0.8, 0.5, [0, 1]), c.NonNeg(), c.UnitNorm(1)]

REGULARIZERS = [
    r.L1(0.3), r.L2(0.2), r.L1L2(0.1, 0.2), r.OrthogonalRegularizer(0.5),
    r.OrthogonalRegularizer(0.5, "columns"),
]  # fmt: skip

SCHEDULES = [
    s.ExponentialDecay(0.1, 7, 0.5), s.ExponentialDecay(0.1, 7, 0.5, staircase=True),
    s.InverseTimeDecay(0.1, 5, 0.5), s.PolynomialDecay(0.1, 20),
    s.PolynomialDecay(0.1, 8, cycle=True),
    s.PiecewiseConstantDecay([3, 9], [0.3, 0.2, 0.1]), s.CosineDecay(0.1, 20),
    s.CosineDecay(0.01, 20, warmup_target=0.1, warmup_steps=4), s.CosineDecayRestarts(0.1, 6),
    s.WarmUp(0.1, 5), s.WarmUp(s.CosineDecay(0.1, 9), 5), s.OneCycle(0.1, 25),
    s.FlatCosine(0.1, 20), s.LogCosine(0.1, 45),
]  # fmt: skip

RANDOM = np.random.default_rng(4)
SIZES, LABELS = draw(24, 3), RANDOM.integers(0, 3, 24)
SHARES = np.exp(SIZES) / np.exp(SIZES).sum(axis=-1, keepdims=True)
HOT, SIGNS = np.eye(3)[LABELS], RANDOM.integers(0, 2, (24, 1)).astype(float)
CHANCES = 1 / (1 + np.exp(-SIZES[:, :1]))


@register
def worst(y, p):
    """The largest error of each row."""
    return np.abs(y - p).max(axis=-1)


#: a metric and what it is given: targets and predictions, or numbers to take the mean of
METRICS = [
    (m.Mean(), SIZES[:, 0]),
    (m.MeanMetricWrapper(worst), HOT, SIZES),
    (m.Accuracy(), LABELS, SHARES.argmax(-1)),
    (m.BinaryAccuracy(), SIGNS, CHANCES),
    (m.CategoricalAccuracy(), HOT, SHARES),
    (m.SparseCategoricalAccuracy(), LABELS, SHARES),
    (m.TopKCategoricalAccuracy(2), HOT, SHARES),
    (m.SparseTopKCategoricalAccuracy(2), LABELS, SHARES),
    (m.Precision(), SIGNS, CHANCES),
    (m.Recall(), SIGNS, CHANCES),
    (m.F1Score(), HOT, SHARES),
    (m.AUC(), SIGNS, CHANCES),
    (m.MeanSquaredError(), HOT, SIZES),
    (m.RootMeanSquaredError(), HOT, SIZES),
    (m.MeanAbsoluteError(), HOT, SIZES),
    (m.R2Score(), SIZES + 0.1 * HOT, SIZES),
    (m.FBetaScore(beta=2.0), HOT, SHARES),
    *(
        (kind(), SIGNS, CHANCES)
        for kind in (
            m.TruePositives,
            m.FalsePositives,
            m.TrueNegatives,
            m.FalseNegatives,
            m.BinaryIoU,
            m.BinaryCrossentropy,
            m.Hinge,
            m.SquaredHinge,
        )
    ),
    *(
        (kind(0.6), SIGNS, CHANCES)
        for kind in (
            m.SensitivityAtSpecificity,
            m.SpecificityAtSensitivity,
            m.PrecisionAtRecall,
            m.RecallAtPrecision,
        )
    ),
    *(
        (kind(), HOT, SHARES)
        for kind in (
            m.CategoricalCrossentropy,
            m.KLDivergence,
            m.CategoricalHinge,
            m.CosineSimilarity,
            m.PearsonCorrelation,
            m.ConcordanceCorrelation,
            m.LogCoshError,
        )
    ),
    *(
        (kind(), np.exp(HOT), np.exp(SIZES))
        for kind in (
            m.Poisson,
            m.MeanAbsolutePercentageError,
            m.MeanSquaredLogarithmicError,
        )
    ),
    (m.SparseCategoricalCrossentropy(), LABELS, SHARES),
    (m.Sum(), SIZES[:, 0]),
    (m.MeanRelativeError(2.0), HOT, SIZES),
    (m.IoU(3, (0, 2)), LABELS, SHARES.argmax(-1)),
    (m.MeanIoU(3), LABELS, SHARES.argmax(-1)),
    (m.OneHotIoU(3, (1,)), HOT, SHARES),
    (m.OneHotMeanIoU(3), HOT, SHARES),
]


def a_metric(kind):
    """A new one of a kind, with the settings that its row has."""
    settings = next(row.get_config() for row, *_ in METRICS if type(row) is kind)
    return kind.from_config(settings)
