"""Rows of convolutions by channel and of those that undo a stride."""

from pellucid.equations.depthwise import Deconvolve, DepthwiseConvolve

from . import Row, draw

ROWS = [
    *(
        Row(DepthwiseConvolve(strides, padding), (draw(2, 5, 4, 2), draw(2, 3, 2, m, seed=1)))
        for strides, padding, m in [((1, 1), "valid", 1), ((2, 1), "same", 2), ((1, 3), "valid", 2)]
    ),
    *(
        Row(
            Deconvolve(extents, strides=strides, padding=padding),
            (draw(2, 3, 2, 2), draw(2, 3, 3, 2, seed=1)),
        )
        for extents, strides, padding in [
            ((4, 4), (1, 1), "valid"),
            ((6, 6), (2, 3), "same"),
            ((9, 2), (3, 1), "same"),
        ]
    ),
]
