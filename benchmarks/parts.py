"""The parts of the networks: their first weights, what they cost, and what they compute.

A batch of rows A goes from part to part; weights are Keras's, in Keras's order. Everything here is
float64 NumPy and as plain as it can be: it says what is right, and is never timed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

Shape = tuple[int, ...]


class Weight(NamedTuple):
    """The extents of a weight, and whether it begins at 0."""

    extents: Shape
    is_bias: bool = False


class Part:
    """Something like a layer; what it says of itself by default is that it changes nothing."""

    def shape(self, given: Shape) -> Shape:
        """The shape of a row after it."""
        return given

    def weights(self, given: Shape) -> list[Weight]:
        return []

    def products(self, given: Shape) -> int:
        """Multiplications of a row."""
        return 0

    def run(self, A: np.ndarray, *weights: np.ndarray) -> np.ndarray:
        """The rows after it."""
        return A


@dataclass(frozen=True)
class Dense(Part):
    """f(A·W + b)"""

    units: int
    activation: str = ""

    def shape(self, given: Shape) -> Shape:
        return (self.units,)

    def weights(self, given: Shape) -> list[Weight]:
        return [Weight((given[0], self.units)), Weight((self.units,), True)]

    def products(self, given: Shape) -> int:
        return given[0] * self.units

    def run(self, A: np.ndarray, *weights: np.ndarray) -> np.ndarray:
        W, b = weights
        return FUNCTIONS[self.activation](A @ W + b)


@dataclass(frozen=True)
class Conv(Part):
    """f(windows of A · W + b), windows of side × side"""

    filters: int
    side: int
    activation: str = "relu"

    def shape(self, given: Shape) -> Shape:
        return (given[0] - self.side + 1, given[1] - self.side + 1, self.filters)

    def weights(self, given: Shape) -> list[Weight]:
        kernel = (self.side, self.side, given[2], self.filters)
        return [Weight(kernel), Weight((self.filters,), True)]

    def products(self, given: Shape) -> int:
        return math.prod(self.shape(given)) * self.side**2 * given[2]

    def run(self, A: np.ndarray, *weights: np.ndarray) -> np.ndarray:
        W, b = weights
        windows = sliding_window_view(A, (self.side, self.side), axis=(1, 2))
        return FUNCTIONS[self.activation](np.einsum("nhwcij,ijcf->nhwf", windows, W) + b)


@dataclass(frozen=True)
class Pool(Part):
    """The largest of each side × side"""

    side: int = 2

    def shape(self, given: Shape) -> Shape:
        return (given[0] // self.side, given[1] // self.side, given[2])

    def run(self, A: np.ndarray, *weights: np.ndarray) -> np.ndarray:
        h, w, c = self.shape(A.shape[1:])
        kept = A[:, : h * self.side, : w * self.side]
        return kept.reshape(len(A), h, self.side, w, self.side, c).max(axis=(2, 4))


@dataclass(frozen=True)
class Flatten(Part):
    """A row as one line"""

    def shape(self, given: Shape) -> Shape:
        return (math.prod(given),)

    def run(self, A: np.ndarray, *weights: np.ndarray) -> np.ndarray:
        return A.reshape(len(A), -1)


@dataclass(frozen=True)
class Dropout(Part):
    """Nothing, but while it trains"""

    rate: float


@dataclass(frozen=True)
class Embedding(Part):
    """A row of W for each word"""

    words: int
    width: int

    def shape(self, given: Shape) -> Shape:
        return (*given, self.width)

    def weights(self, given: Shape) -> list[Weight]:
        return [Weight((self.words, self.width))]

    def run(self, A: np.ndarray, *weights: np.ndarray) -> np.ndarray:
        return weights[0][A]


@dataclass(frozen=True)
class Mean(Part):
    """The mean over the words"""

    def shape(self, given: Shape) -> Shape:
        return given[1:]

    def run(self, A: np.ndarray, *weights: np.ndarray) -> np.ndarray:
        return A.mean(axis=1)


@dataclass(frozen=True)
class LSTM(Part):
    """c ← f⊙c + i⊙c̃ ;  h ← o⊙tanh c : the last h"""

    units: int

    def shape(self, given: Shape) -> Shape:
        return (self.units,)

    def weights(self, given: Shape) -> list[Weight]:
        return gates(given[1], self.units, 4 * self.units, (4 * self.units,))

    def products(self, given: Shape) -> int:
        return given[0] * (given[1] + self.units) * 4 * self.units

    def run(self, A: np.ndarray, *weights: np.ndarray) -> np.ndarray:
        W, U, b = weights
        h = c = np.zeros((len(A), self.units))
        for t in range(A.shape[1]):
            i, f, g, o = np.split(A[:, t] @ W + h @ U + b, 4, axis=1)
            c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
            h = sigmoid(o) * np.tanh(c)
        return h


@dataclass(frozen=True)
class GRU(Part):
    """h ← z⊙h + (1 − z)⊙h̃, with the reset gate after the product : the last h"""

    units: int

    def shape(self, given: Shape) -> Shape:
        return (self.units,)

    def weights(self, given: Shape) -> list[Weight]:
        return gates(given[1], self.units, 3 * self.units, (2, 3 * self.units))

    def products(self, given: Shape) -> int:
        return given[0] * (given[1] + self.units) * 3 * self.units

    def run(self, A: np.ndarray, *weights: np.ndarray) -> np.ndarray:
        W, U, b = weights
        h = np.zeros((len(A), self.units))
        for t in range(A.shape[1]):
            xz, xr, xh = np.split(A[:, t] @ W + b[0], 3, axis=1)
            hz, hr, hh = np.split(h @ U + b[1], 3, axis=1)
            z = sigmoid(xz + hz)
            h = z * h + (1 - z) * np.tanh(xh + sigmoid(xr + hr) * hh)
        return h


def gates(columns: int, units: int, wide: int, bias: Shape) -> list[Weight]:
    """The weights of a recurrent layer: W, U, b."""
    return [Weight((columns, wide)), Weight((units, wide)), Weight(bias, True)]


def sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))


def softmax(z: np.ndarray) -> np.ndarray:
    e = np.exp(z - z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


FUNCTIONS = {
    "": lambda z: z,
    "relu": lambda z: np.maximum(z, 0),
    "sigmoid": sigmoid,
    "tanh": np.tanh,
}


def along(parts: Sequence[Part], given: Shape) -> Iterator[tuple[Part, Shape]]:
    """Each part, and the shape of a row before it."""
    for part in parts:
        yield part, given
        given = part.shape(given)


def first_weights(
    parts: Sequence[Part], given: Shape, draw: np.random.Generator
) -> list[np.ndarray]:
    """Glorot's uniform weights, and biases of 0."""
    weights = []
    for part, shape in along(parts, given):
        for extents, is_bias in part.weights(shape):
            if is_bias:
                weights.append(np.zeros(extents, np.float32))
                continue
            limit = (6 / (math.prod(extents[:-1]) + extents[-1])) ** 0.5
            weights.append(draw.uniform(-limit, limit, extents).astype(np.float32))
    return weights


def with_weights(
    parts: Sequence[Part], given: Shape, weights: Sequence[np.ndarray]
) -> Iterator[tuple[Part, list[np.ndarray]]]:
    """Each part with its weights."""
    rest = iter(weights)
    for part, shape in along(parts, given):
        yield part, [next(rest) for _ in part.weights(shape)]


def scores(parts: Sequence[Part], weights: Sequence[np.ndarray], x: np.ndarray) -> np.ndarray:
    """What the last part gives, in float64."""
    A = x if x.dtype.kind in "iu" else x.astype(np.float64)
    wide = [each.astype(np.float64) for each in weights]
    for part, own in with_weights(parts, x.shape[1:], wide):
        A = part.run(A, *own)
    return A
