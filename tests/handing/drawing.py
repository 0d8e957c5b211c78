"""Random networks: of rows, of pictures, of sequences, of words, graphs, and with own layers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import pellucid as pl
from pellucid import Model, Sequential, layers, ops
from pellucid.activations import Activation

EVERY = sorted(kind.registered_name() for kind in Activation.members())
#: those that give as many numbers as they read
NAMES = [name for name in EVERY if name != "glu"]
MERGING = [layers.Add, layers.Average, layers.Maximum, layers.Minimum, layers.Multiply,
           layers.Subtract, layers.Concatenate]  # fmt: skip


class Gated(layers.Layer):
    """Y = |X·W| ⊙ sigmoid(X·G)^p, a layer that only its user knows"""

    units: int

    def build(self, shape: Any) -> None:
        self.w = self.add_weight((shape[-1], self.units), "glorot_uniform", "w")
        self.g = self.add_weight((shape[-1], self.units), "glorot_uniform", "g")
        self.p = self.add_weight((self.units,), "ones", "p")

    def call(self, x: Any) -> Any:
        open_ = ops.exp(self.p * ops.log(ops.sigmoid(ops.matmul(x, self.g))))
        return ops.absolute(ops.matmul(x, self.w)) * open_


class Weighed(layers.Layer):
    """Y = Σ softmax(X·w) ⊙ X over the steps"""

    def build(self, shape: Any) -> None:
        self.w = self.add_weight((shape[-1], 1), "glorot_uniform", "w")

    def call(self, x: Any) -> Any:
        return ops.sum(ops.softmax(ops.matmul(x, self.w), axis=1) * x, axis=1)


def wavy(x: Any) -> Any:
    return ops.where(ops.greater(x, 0.0), ops.sin(x), x / (1.0 + ops.square(x)))


class Draw:
    """Draws of one network."""

    def __init__(self, seed: int):
        self.rng = np.random.default_rng([17, seed])

    def whole(self, first: int, last: int) -> int:
        return int(self.rng.integers(first, last + 1))

    def one(self, options: Sequence[Any]) -> Any:
        return options[int(self.rng.integers(len(options)))]

    def name(self) -> str:
        """An activation."""
        return str(self.one(NAMES))

    def dense(self) -> Any:
        return layers.Dense(self.whole(1, 12), self.one([None, self.name(), self.name()]))

    def some(self, options: Sequence[Callable[[], Any]], most: int) -> list[Any]:
        return [self.one(options)() for _ in range(self.whole(1, most))]


def of_rows(d: Draw) -> Any:
    norms = [layers.BatchNormalization, layers.LayerNormalization, layers.RMSNormalization,
             lambda: layers.Dropout(0.3), lambda: layers.PReLU()]  # fmt: skip
    parts = d.some([d.dense, d.dense, *norms], 5)
    return Sequential([layers.Input((d.whole(1, 12),)), *parts, layers.Dense(3, "softmax")])


def of_pictures(d: Draw) -> Any:
    def padding() -> str:
        return str(d.one(["same", "valid"]))

    def size() -> tuple[int, int]:
        return d.whole(1, 3), d.whole(1, 3)

    options: list[Callable[[], Any]] = [
        lambda: layers.Conv2D(d.whole(1, 4), size(), d.whole(1, 2), padding(), activation=d.name()),
        lambda: layers.Conv2D(2, 2, padding="same", dilation_rate=2, use_bias=False),
        lambda: layers.DepthwiseConv2D(size(), d.whole(1, 2), padding="same"),
        lambda: layers.SeparableConv2D(d.whole(1, 3), size(), padding="same"),
        lambda: layers.Conv2DTranspose(d.whole(1, 3), size(), d.whole(1, 2), padding()),
        lambda: layers.MaxPooling2D(d.whole(1, 3), padding="same"),
        lambda: layers.AveragePooling2D(d.whole(1, 3), d.whole(1, 2), "same"),
        lambda: layers.BatchNormalization(), lambda: layers.UpSampling2D(2),
        lambda: layers.ZeroPadding2D(1), lambda: layers.PReLU(shared_axes=[1, 2]),
        lambda: layers.Activation(d.name()),
    ]  # fmt: skip
    shape = (d.whole(5, 9), d.whole(5, 9), d.whole(1, 3))
    last = d.one([layers.Flatten, layers.GlobalAveragePooling2D, layers.GlobalMaxPooling2D])
    return Sequential([layers.Input(shape), *d.some(options, 4), last(), d.dense()])


def of_sequences(d: Draw) -> Any:
    kinds = [layers.LSTM, layers.GRU, layers.SimpleRNN]

    def walk(**given: Any) -> Any:
        return d.one(kinds)(d.whole(1, 5), go_backwards=d.whole(0, 1) == 1, **given)

    options: list[Callable[[], Any]] = [
        lambda: walk(return_sequences=True),
        lambda: layers.Bidirectional(d.one(kinds)(d.whole(1, 4), return_sequences=True)),
        lambda: layers.Conv1D(d.whole(1, 4), d.whole(1, 3), padding=d.one(["same", "causal"])),
        lambda: layers.TimeDistributed(d.dense()), lambda: layers.MaxPooling1D(2, padding="same"),
        lambda: layers.LayerNormalization(),
    ]  # fmt: skip
    last = d.one([walk, layers.GlobalMaxPooling1D, layers.Flatten, Weighed])
    shape = (d.whole(2, 7), d.whole(1, 5))
    return Sequential([layers.Input(shape), *d.some(options, 3), last(), d.dense()])


def of_words(d: Draw) -> Any:
    """Whole numbers, embedded."""
    x = pl.Input((d.whole(1, 6),), dtype="int64")
    h = layers.Embedding(d.whole(2, 9), d.whole(1, 4))(x)
    last = d.one([layers.GRU(3), layers.GlobalAveragePooling1D(), layers.Flatten()])
    return Model(x, d.dense()(last(h)))


def graph(d: Draw) -> Any:
    """Two inputs, branches that meet, a layer called twice, a network within, two outputs."""
    a, b = pl.Input((d.whole(1, 6),)), pl.Input((d.whole(1, 6),))
    width = d.whole(1, 6)
    twice = layers.Dense(width, d.name())
    one, other = (twice(layers.Dense(4, d.name())(each)) for each in (a, b))
    h = d.one(MERGING)()([one, other])
    inner = Sequential([layers.Input((int(h.shape[-1] or 1),)), d.dense(), layers.Dense(width)])
    h = layers.Add()([inner(h), one])
    outputs = [layers.Dense(2, d.name())(h), layers.Multiply()([h, other])]
    return Model([a, b], outputs[: d.whole(1, 2)])


def of_own(d: Draw) -> Any:
    """Layers and activations of a user's own."""
    if d.whole(0, 1):
        x = layers.Input((d.whole(2, 6), d.whole(1, 4)))
        return Sequential([x, layers.Dense(3, wavy), Weighed(), Gated(4), d.dense()])
    x = layers.Input((d.whole(1, 8),))
    return Sequential([x, Gated(d.whole(1, 6)), layers.Dense(3, wavy), Gated(2)])


def every_activation() -> Any:
    """Every activation by name on the same numbers, side by side."""
    x = pl.Input((8,))
    branches = [layers.Activation(name)(layers.Dense(8, name=f"d_{name}")(x)) for name in EVERY]
    return Model(x, layers.Concatenate()(branches))


KINDS = [of_rows, of_pictures, of_sequences, of_words, graph, of_own]


def network(seed: int) -> Any:
    """The network of a seed; its weights are off what they begin with."""
    pl.set_random_seed(seed)
    d = Draw(seed)
    net = KINDS[seed % len(KINDS)](d)
    for weight in net.weights:
        by = d.rng.normal(size=weight.shape) if weight.trainable else d.rng.random(weight.shape)
        weight.assign(weight.value + (0.2 * by).astype(net.dtype))
    return net


def rows(net: Any, seed: int, count: int = 5) -> list[np.ndarray]:
    """Rows for each input."""
    rng = np.random.default_rng([18, seed])
    return [
        rng.integers(0, 2, (count, *each.shape[1:])) if each.dtype == "int"
        else rng.normal(size=(count, *each.shape[1:])).astype("f4")
        for each in net.inputs
    ]  # fmt: skip
