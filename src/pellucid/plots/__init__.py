"""Plots: pictures of a training and of what a network does. Each takes `ax`, returns its Axes."""

from pellucid.plots.columns import attribution, dependence, importance
from pellucid.plots.network import network
from pellucid.plots.pictures import first_kernel, images, mistakes, weight_matrix, weights
from pellucid.plots.scores import calibration, confusion, predicted, residuals, roc
from pellucid.plots.spreads import histograms, spread
from pellucid.plots.surfaces import boundary, loss_line, loss_plane
from pellucid.plots.training import curve, sizes
from pellucid.wording import tell

__all__ = [
    "attribution",
    "boundary",
    "calibration",
    "confusion",
    "curve",
    "dependence",
    "first_kernel",
    "histograms",
    "images",
    "importance",
    "loss_line",
    "loss_plane",
    "mistakes",
    "network",
    "predicted",
    "residuals",
    "roc",
    "sizes",
    "spread",
    "weight_matrix",
    "weights",
]

tell(globals(), "plots")
