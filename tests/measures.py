"""Losses and metrics, with what they are given, that are compared with Keras's of the same name."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.contract.rows import draw

RANDOM = np.random.default_rng(2)
LABELS = RANDOM.integers(0, 3, 12)
REAL, GUESS = draw(12, 3), draw(12, 3, seed=1)
SHARES = np.exp(GUESS) / np.exp(GUESS).sum(-1, keepdims=True)
HOT, COUNTS = np.eye(3)[LABELS], np.exp(REAL)
SIGNS, CHANCES = RANDOM.integers(0, 2, (12, 1)).astype(float), 1 / (1 + np.exp(-GUESS[:, :1]))
MAPS = RANDOM.integers(0, 3, (12, 4))
FOUND = RANDOM.integers(0, 3, (12, 4))
GAPS = np.where(np.arange(12) % 4, LABELS, -1)
#: three classes along axis 1
UPRIGHT = np.stack([SHARES, SHARES[::-1]], -1)
UPRIGHT_LABELS = np.stack([LABELS, LABELS[::-1]], -1)
UPRIGHT_HOT = np.moveaxis(np.eye(3)[UPRIGHT_LABELS], -1, 1)

#: the name, the settings, targets and predictions
Row = tuple[str, dict[str, Any], np.ndarray, np.ndarray]
LOSSES: list[Row] = [
    ("MeanSquaredError", {}, REAL, GUESS),
    ("MeanAbsoluteError", {}, REAL, GUESS),
    ("MeanAbsolutePercentageError", {}, COUNTS, GUESS),
    ("MeanSquaredLogarithmicError", {}, COUNTS, np.exp(GUESS)),
    ("Huber", {"delta": 0.5}, REAL, GUESS),
    ("LogCosh", {}, REAL, GUESS),
    ("Poisson", {}, COUNTS, np.exp(GUESS)),
    ("CosineSimilarity", {}, REAL, GUESS),
    ("Hinge", {}, np.sign(REAL), GUESS),
    ("SquaredHinge", {}, np.sign(REAL), GUESS),
    ("CategoricalHinge", {}, HOT, GUESS),
    ("KLDivergence", {}, SHARES[::-1].copy(), SHARES),
    ("BinaryCrossentropy", {}, SIGNS, CHANCES),
    ("BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.1}, SIGNS, GUESS[:, :1]),
    ("BinaryFocalCrossentropy", {"gamma": 1.5}, SIGNS, CHANCES),
    ("CategoricalCrossentropy", {"label_smoothing": 0.1}, HOT, SHARES),
    ("CategoricalFocalCrossentropy", {"alpha": 0.3}, HOT, SHARES),
    ("SparseCategoricalCrossentropy", {}, LABELS, SHARES),
    ("SparseCategoricalCrossentropy", {"from_logits": True}, LABELS[:, None], GUESS),
    ("CategoricalGeneralizedCrossEntropy", {"q": 0.7}, LABELS, SHARES),
    ("Dice", {}, HOT, SHARES),
    ("Dice", {"axis": -1}, HOT, SHARES),
    ("Tversky", {"alpha": 0.6, "beta": 0.6}, HOT, SHARES),
    ("Tversky", {"alpha": 0.6, "beta": 0.6}, SIGNS, CHANCES),
    ("CategoricalCrossentropy", {"axis": 1}, UPRIGHT_HOT, UPRIGHT),
    ("CategoricalFocalCrossentropy", {"axis": 1}, UPRIGHT_HOT, UPRIGHT),
    ("BinaryCrossentropy", {"axis": 1}, UPRIGHT_HOT, UPRIGHT),
    ("CosineSimilarity", {"axis": 1}, UPRIGHT_HOT, UPRIGHT),
    ("SparseCategoricalCrossentropy", {"ignore_class": 1}, LABELS, SHARES),
    ("SparseCategoricalCrossentropy", {"ignore_class": -1, "from_logits": True}, GAPS, GUESS),
]
METRICS: list[Row] = [
    *((name, {}, SIGNS, CHANCES) for name in (
        "TruePositives", "FalsePositives", "TrueNegatives", "FalseNegatives", "BinaryIoU",
        "BinaryCrossentropy", "Hinge", "SquaredHinge",
    )),
    ("TruePositives", {"thresholds": [0.2, 0.7]}, SIGNS, CHANCES),
    ("SensitivityAtSpecificity", {"specificity": 0.5}, SIGNS, CHANCES),
    ("SpecificityAtSensitivity", {"sensitivity": 0.6, "num_thresholds": 9}, SIGNS, CHANCES),
    ("PrecisionAtRecall", {"recall": 0.4}, SIGNS, CHANCES),
    ("RecallAtPrecision", {"precision": 0.4}, SIGNS, CHANCES),
    *((name, {}, HOT, SHARES) for name in (
        "CategoricalCrossentropy", "CategoricalHinge", "CosineSimilarity", "LogCoshError",
    )),
    ("KLDivergence", {}, SHARES[::-1].copy(), SHARES),
    ("PearsonCorrelation", {}, REAL, GUESS),
    ("ConcordanceCorrelation", {}, REAL, GUESS),
    ("Poisson", {}, COUNTS, np.exp(GUESS)),
    ("MeanAbsolutePercentageError", {}, COUNTS, GUESS),
    ("MeanSquaredLogarithmicError", {}, COUNTS, np.exp(GUESS)),
    ("SparseCategoricalCrossentropy", {}, LABELS, SHARES),
    ("FBetaScore", {"average": "macro", "beta": 2.0}, HOT, SHARES),
    ("FBetaScore", {"average": "weighted", "beta": 0.5, "threshold": 0.3}, HOT, SHARES),
    ("FBetaScore", {"average": None, "beta": 2.0, "threshold": 0.3}, HOT, SHARES),
    ("F1Score", {"average": None}, HOT, SHARES),
    ("Precision", {"thresholds": [0.2, 0.5, 0.7]}, SIGNS, CHANCES),
    ("Recall", {"thresholds": [0.2, 0.7], "class_id": 1}, HOT, SHARES),
    *(("AUC", {"num_thresholds": 9, "curve": curve, "summation_method": method}, SIGNS, CHANCES)
      for curve in ("ROC", "PR", "PRGAIN") for method in ("interpolation", "minoring", "majoring")),
    ("AUC", {"thresholds": [0.7, 0.2], "from_logits": True}, SIGNS, GUESS[:, :1]),
    ("AUC", {"num_thresholds": 200, "multi_label": True, "num_labels": 3}, HOT, SHARES),
    ("AUC", {"num_thresholds": 200, "label_weights": [1.0, 0.5, 2.0]}, HOT, SHARES),
    ("AUC", {"num_thresholds": 5, "multi_label": True, "label_weights": [1.0, 0.5, 2.0]},
     HOT, SHARES),
    ("IoU", {"num_classes": 3, "target_class_ids": (0, 2)}, MAPS, FOUND),
    ("MeanIoU", {"num_classes": 3}, MAPS, FOUND),
    ("MeanIoU", {"num_classes": 3, "ignore_class": 1}, MAPS, FOUND),
    ("OneHotIoU", {"num_classes": 3, "target_class_ids": (1,)}, HOT, SHARES),
    ("OneHotMeanIoU", {"num_classes": 3}, HOT, SHARES),
    ("Sum", {}, REAL[:, 0], GUESS[:, 0]),
    ("MeanRelativeError", {"normalizer": 2.0}, REAL[:, 0], GUESS[:, 0]),
]  # fmt: skip
