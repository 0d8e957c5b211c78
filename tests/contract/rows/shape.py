"""Rows of equations that only move numbers."""

import numpy as np

from pellucid.equations import shape as s

from . import Row, draw

every = slice(None)
KEYS = [
    (0, every, every),
    (every, 2, every),
    (every, every, slice(1, 3)),
    (slice(0, 2), 2, slice(0, 4, 2)),
    (every, slice(1, None, 2), slice(0, 5, 3)),
    (every, slice(-2, None), 0),
]

ROWS = [
    *(Row(s.Reshape(target), (draw(2, 3, 4),)) for target in [(2, 12), (-1,), (4, -1, 2)]),
    *(Row(s.Pick(key), (draw(2, 3, 5),)) for key in KEYS),
    *(
        Row(s.Place(key), (draw(*np.empty((2, 3, 5))[key].shape), draw(2, 3, 5)), constant=(1,))
        for key in KEYS
    ),
    *(Row(s.Flip(axis), (draw(2, 3, 4),)) for axis in (1, -1)),
    *(
        Row(s.Concatenate(axis, 3), (draw(2, 3), draw(2, 3, seed=1), draw(2, 3, seed=2)))
        for axis in (1, -1, 0)
    ),
    Row(s.Concatenate(-1, 2), (draw(2, 1), draw(2, 4, seed=1))),
]
