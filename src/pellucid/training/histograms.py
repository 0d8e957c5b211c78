"""How numbers are spread: how many fall into each of some bins, and what they do at the ends."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

BINS = 40


class Histogram(NamedTuple):
    """`counts` of the numbers between each two of the `edges`, and the share that is exactly 0.

    `silent` is the share of the units that are 0 for every row: dead, if they are ReLU's.
    """

    counts: np.ndarray
    edges: np.ndarray
    zeros: float
    silent: float


def histogram(values: np.ndarray, bins: int = BINS) -> Histogram:
    """The spread of a layer's outputs, rows first; numbers that are not finite are left out."""
    finite = values[np.isfinite(values)].astype(np.float64)
    counts, edges = np.histogram(finite, bins) if finite.size else np.histogram([0.0], bins)
    units = values.reshape(len(values), -1)
    counts = counts if finite.size else np.zeros_like(counts)
    silent = float(np.mean(~units.any(axis=0))) if units.size else 0.0
    return Histogram(counts, edges, float(np.mean(values == 0)) if values.size else 0.0, silent)
