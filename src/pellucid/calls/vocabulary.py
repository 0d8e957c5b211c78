"""The vocabulary: every array function that a recorded call can name, and what it means.

A writer of another language is a table over these names. Arrays go together by NumPy's rule; where
an elementwise function reads an array, it may read a plain number instead. n is the rows of the
batch. Options are named in brackets.
"""

from __future__ import annotations

UNARY = {
    "negative": "−x",
    "square": "x²",
    "sqrt": "√x",
    "abs": "|x|",
    "sign": "−1, 0 or 1",
    "exp": "eˣ",
    "expm1": "eˣ − 1, exact for small x",
    "log": "ln x",
    "log1p": "ln(1 + x), exact for small x",
    "sin": "sin x",
    "cos": "cos x",
    "tanh": "tanh x",
    "floor": "the largest whole number that is not above x",
}
BINARY = {
    "add": "a + b",
    "subtract": "a − b",
    "multiply": "a·b",
    "divide": "a/b",
    "pow": "aᵇ",
    "remainder": "a − b·⌊a/b⌋, with the sign of b",
    "maximum": "the larger of a and b; NaN if either is",
    "minimum": "the smaller of a and b; NaN if either is",
}
CONDITIONS = {
    "greater": "a > b",
    "greater_equal": "a ≥ b",
    "less": "a < b",
    "less_equal": "a ≤ b",
    "equal": "a = b",
    "not_equal": "a ≠ b",
}
ELEMENTWISE = {
    **UNARY,
    **BINARY,
    **CONDITIONS,
    "where": "a where the condition c holds, else b",
    "astype": "the same numbers in the dtype of the result",
}
MAKING = {
    "full": "an array of the result's shape, every element the number x",
    "constant": "an array of known numbers [value]",
    "arange": "0, 1, 2, … up to the extent of the result",
    "uniform": "random numbers from 0 up to 1, a function of (seed, [stream], step)",
    "normal": "random numbers of mean 0 and variance 1, a function of (seed, [stream], step)",
}
MOVING = {
    "reshape": "the same numbers, in the same order, in the result's shape",
    "transpose": "x with its axes in another order [axes]",
    "broadcast_to": "x repeated over the result's shape",
    "concat": "arrays joined along an axis [axis]",
    "slice": "along each axis the places of a range, or all for None [places]",
    "put": "x, but at the places of a `slice` the numbers of d [places]",
    "take": "the rows of x that whole numbers name, along an axis [axis]",
    "scatter": "row k is the sum of the rows of d whose whole number in x is k",
}
REDUCTIONS = {
    "sum": "Σ x over axes [axis, keepdims]",
    "mean": "Σ x over axes, by how many numbers that are [axis, keepdims]",
    "max": "the largest number over axes [axis, keepdims]",
    "min": "the smallest number over axes [axis, keepdims]",
}
PRODUCTS = {
    "matmul": "a·b: the sum over the last axis of a and the last but one of b",
}
WINDOWS = {
    "convolve": "X ∗ W, X (n, h, w, c), W (kh, kw, c, m)",
    "convolve_image": "dX = fold(dZ·Wᵀ) from dZ and W",
    "convolve_kernel": "dW = patches(X)ᵀ·dZ from X and dZ",
    "max_pool": "the largest number of each window of X",
    "max_pool_image": "dX from dP, P and X: dP at the first largest number of each window",
    "mean_pool": "the mean of each window of X, without its padding",
    "mean_pool_image": "dX from dP: each number of it spread evenly over its window of X",
}
RECURRENCES = {
    "rnn": "H, then P, from Z and U: H = tanh P, P = Z + H₋₁·U",
    "rnn_gradient": "dZ from dH, U and H",
    "lstm": "H, then C, G and P, from Z and U: an LSTM of tanh and sigmoid",
    "lstm_gradient": "dZ from dH, U, C and G",
    "gru": "H, then G, P and R, from Z, U and perhaps b: a GRU of tanh and sigmoid",
    "gru_gradient": "dZ, then dR, from dH, U, H, G and R",
    "beside": "what a recurrence gives after its first result [number], counted from 1",
}
#: all of WINDOWS have [down, along], an `Axis` each: how the window stands
VOCABULARY = {**ELEMENTWISE, **MAKING, **MOVING, **REDUCTIONS, **PRODUCTS, **WINDOWS, **RECURRENCES}
