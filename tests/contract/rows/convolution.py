"""Rows of convolution and pooling: odd sizes, windows of 1, strides beyond the window."""

from pellucid.equations import pooling as p
from pellucid.equations.convolution import Convolution, Convolve

from . import Row, apart, draw

WINDOWS = [((1, 1), (1, 1)), ((3, 2), (1, 1)), ((2, 2), (2, 2)), ((2, 3), (3, 4)), ((1, 2), (2, 1))]

ROWS = [
    Row(Convolution((1, 2), "same"), (draw(2, 3, 4, 2), draw(2, 3, 2, 3, seed=1), draw(3, seed=2))),
    *(
        Row(Convolve(strides, padding), (draw(2, 5, 4, 2), draw(*size, 2, 3, seed=1)))
        for size, strides in WINDOWS
        for padding in ("valid", "same")
    ),
    *(
        Row(equation(size, strides, padding), (apart(2, 5, 4, 2),))
        for size, strides in WINDOWS
        for padding in ("valid", "same")
        for equation in (p.MaxPool, p.AveragePool)
    ),
]
