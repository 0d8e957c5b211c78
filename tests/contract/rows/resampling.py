"""Rows of numbers that are resampled along an axis."""

from pellucid.equations.resampling import INTERPOLATIONS, Resample, ResampleGradient

from . import Row, draw

ROWS = [
    *(Row(Resample(1, 5, each), (draw(2, 3),)) for each in INTERPOLATIONS),
    Row(Resample(1, 2, "lanczos3", antialias=True), (draw(2, 5, 2),)),
    Row(ResampleGradient(1, 5), (draw(2, 5), draw(2, 3)), constant=(1,)),
    Row(Resample(2, 4), (draw(2, 2, 3, 2),)),
]
