"""Rows of equations that move numbers apart."""

from pellucid.equations import spacing as s

from . import Row, draw

ROWS = [
    Row(s.Pad(((0, 0), (1, 2), (0, 1))), (draw(2, 3, 2),)),
    Row(s.Pad(((0, 0), (0, 0))), (draw(2, 3),)),
    Row(s.SpaceOut(1, 3), (draw(2, 3, 2),)),
    Row(s.SpaceOut(0, 2), (draw(3, 2),)),
    Row(s.Repeat(1, 3), (draw(2, 3, 2),)),
    Row(s.Repeat(2, 2), (draw(2, 1, 3),)),
    Row(s.Permute((0, 2, 1)), (draw(2, 3, 4),)),
    Row(s.Permute((0, 2, 3, 1)), (draw(2, 3, 1, 2),)),
]
