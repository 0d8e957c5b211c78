"""Rows of gathering: parts of any shape, and a plain number for a part without a gradient."""

from pellucid.equations.gathering import Gather

from . import Row, draw

ROWS = [
    Row(Gather((6, 2)), (draw(8), draw(2, 3), draw(2))),
    Row(Gather((2, 3, 4)), (draw(9), draw(2), 0.0, draw(2, 2))),
    Row(Gather(()), (draw(0),)),
]
