"""Rows of standardizing, over a batch, within a row, and over several axes."""

from pellucid.equations.normalisation import Standardize

from . import Row, draw

ROWS = [
    Row(Standardize((0,)), (draw(5, 3),)),
    Row(Standardize((1,), 1e-5), (draw(3, 4),)),
    Row(Standardize((0, 1, 2)), (draw(2, 3, 2, 2),)),
    Row(Standardize((0, 2)), (draw(3, 2, 4),)),
    Row(Standardize((0,), 0.1), (draw(1, 3),)),
]
