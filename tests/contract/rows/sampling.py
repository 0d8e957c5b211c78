"""Rows of pictures that are looked up between their numbers, also beyond their border."""

from pellucid.equations.sampling import FILLS, Counting, Sample

from . import Row, draw

R, S = draw(2, 3, 1, 1, low=-2.4, high=5.3), draw(2, 1, 2, 1, seed=1, low=-2.4, high=5.3)

ROWS = [
    Row(Counting(1, 3), (draw(2, 4),)),
    Row(Counting(2, 3), (draw(2, 4),)),
    *(Row(Sample("bilinear", each, 0.5), (draw(2, 4, 3, 2), R, S), (1, 2)) for each in FILLS),
    *(Row(Sample("nearest", each), (draw(2, 4, 3, 1), R, S), (1, 2)) for each in FILLS),
    Row(Sample(), (draw(1, 2, 2, 1), draw(1, 2, 3, 1), draw(1, 2, 3, 1, seed=1)), (1, 2)),
]
