"""Plots: pictures of a training and of its predictions. Each takes `ax` and returns its Axes."""

from pellucid.plots.pictures import first_kernel, images, weight_matrix, weights
from pellucid.plots.scores import calibration, confusion, predicted, residuals, roc
from pellucid.plots.training import curve, sizes

__all__ = [
    "calibration",
    "confusion",
    "curve",
    "first_kernel",
    "images",
    "predicted",
    "residuals",
    "roc",
    "sizes",
    "weight_matrix",
    "weights",
]
