"""Rows of clipping, on both sides of each limit."""

from pellucid.equations.clipping import Clip, ClipEachNorm, ClipNorm, Matched

from . import Row, apart, draw

ROWS = [
    Row(Clip(-0.3, 0.4), (apart(3, 4),)),
    Row(ClipNorm(1.0), (draw(7),)),
    Row(ClipNorm(100.0), (draw(7),)),
    Row(ClipEachNorm(1.0, (3, 4)), (draw(7),)),
    Row(Matched((3, 4)), (draw(7), draw(7))),
]
