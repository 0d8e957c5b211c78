"""Rows of random draws, which do not depend on the numbers of x."""

from pellucid.equations.random import Mask, Noise

from . import Row, draw

ROWS = [
    Row(Mask(0.5, 1), (draw(3, 4), 7, 2)),
    Row(Noise(2), (draw(3, 4), 7, 2)),
]
