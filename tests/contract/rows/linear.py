"""Rows of matrix products."""

from pellucid.equations.linear import Affine, Product, RowProduct

from . import Row, draw

ROWS = [
    Row(Product(), (draw(3, 4), draw(4, 2, seed=1))),
    Row(Product("b"), (draw(3, 4), draw(2, 4, seed=1))),
    Row(Product("a"), (draw(4, 3), draw(4, 2, seed=1))),
    Row(Product(), (draw(2, 3, 4), draw(4, 2, seed=1))),
    Row(Affine(), (draw(3, 4), draw(4, 2, seed=1), draw(2, seed=2))),
    Row(Affine(), (draw(2, 3, 4), draw(4, 2, seed=1), draw(2, seed=2))),
    Row(RowProduct(), (draw(2, 3, 4), draw(2, 4, 2, seed=1))),
    Row(RowProduct(), (draw(2, 2, 1, 3), draw(2, 2, 3, 2, seed=1))),
]
