"""Rows of random draws, which do not depend on the numbers of x."""

from pellucid.equations.random import ChangingMask, Even, Mask, Noise

from . import Row, draw

ROWS = [
    Row(Mask(0.5, 1), (draw(3, 4), 7, 2)),
    Row(ChangingMask(3), (draw(3, 4), 7, 2, 0.25)),
    Row(Even(4), (draw(3, 4), 7, 2)),
    Row(Noise(2), (draw(3, 4), 7, 2)),
]
