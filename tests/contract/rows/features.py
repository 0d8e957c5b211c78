"""Rows of products for the columns of a table."""

from pellucid.equations.features import FeatureAffine

from . import Row, draw

ROWS = [
    Row(FeatureAffine(), (draw(3, 2, 4), draw(5, 2, 4, seed=1), draw(5, 2, seed=2))),
    Row(FeatureAffine(), (draw(1, 3, 1), draw(1, 3, 1, seed=1), draw(1, 3, seed=2))),
]
