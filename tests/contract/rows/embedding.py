"""Rows of looking up, with rows of the table that are read once, often and never."""

import numpy as np

from pellucid.equations.embedding import Lookup

from . import Row, draw

ROWS = [
    Row(Lookup(), (np.array([[1, 1, 0], [3, 1, 0]]), draw(5, 2))),
    Row(Lookup(), (np.array([4, 0, 4]), draw(5, 3))),
]
