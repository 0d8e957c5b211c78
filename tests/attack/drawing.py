"""Draws a network: a graph of layers, what it is compiled for, and data to learn from."""

from __future__ import annotations

import contextlib
import functools
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import sparse

import pellucid as keras
from pellucid import Input, Model, Sequential, layers, metrics
from pellucid.equations.losses import Loss
from pellucid.layers import Layer
from pellucid.layers.merging import Merging
from pellucid.metrics import Metric
from pellucid.optimizers import Optimizer
from pellucid.schedules import Schedule
from pellucid.tensor import size
from tests.attack.mutating import pick
from tests.attack.settings import MEMBERS, Odd, drawn

#: one kind of clipping at most, and averages of the weights
EXTRAS: list[dict[str, Any]] = [
    *({} for _ in range(8)), {"clipnorm": 1e-6}, {"clipnorm": 0.1}, {"global_clipnorm": 0.1},
    {"clipvalue": 0.01}, {"use_ema": True, "ema_momentum": 0.9},
    {"use_ema": True, "ema_momentum": 0.5, "ema_overwrite_frequency": 3},
]  # fmt: skip
APART_FROM_RULE = ("clipnorm", "clipvalue", "global_clipnorm", "ema_overwrite_frequency")
#: inputs that show which layers read so many dimensions; what reads all of them reads any
SHOWING: dict[int, tuple[int, ...]] = {2: (8,), 3: (8, 6), 4: (8, 6, 4)}
#: sizes are bounded: the numbers of a row that a layer may come to, lest layers that make some of
#: each number follow one another, and the operations that going once over the rows may take
WIDEST, MOST_WORK = 4000, 6_000_000
MERGING = [kind for kind in Layer.members() if issubclass(kind, Merging)]
APART = {
    layers.Embedding, layers.InputLayer, layers.Normalization, layers.Operation, Model, Sequential,
    layers.Lambda, layers.Attention, layers.AdditiveAttention, layers.MultiHeadAttention,
    *MERGING,
}  # fmt: skip
SINGLE = [kind for kind in Layer.members() if kind not in APART]
#: metrics that suit the targets of a loss; others are drawn at times, and refused
REGRESSION = [
    metrics.MeanSquaredError, metrics.MeanAbsoluteError, metrics.RootMeanSquaredError,
    metrics.R2Score, metrics.MeanMetricWrapper,
]  # fmt: skip
BINARY = [metrics.BinaryAccuracy, metrics.Precision, metrics.Recall, metrics.AUC, metrics.F1Score]
METRICS: dict[str, list[Any]] = {
    "classes": [metrics.SparseCategoricalAccuracy, metrics.SparseTopKCategoricalAccuracy],
    "one-hot": [
        metrics.CategoricalAccuracy, metrics.TopKCategoricalAccuracy, *BINARY, *REGRESSION,
    ],
    "probability": [*BINARY, *REGRESSION], "sign": REGRESSION, "positive": REGRESSION,
    "any": REGRESSION,
}  # fmt: skip
ENDINGS = {"classes": "softmax", "one-hot": "softmax", "probability": "sigmoid", "sign": "tanh"}


@dataclass
class Drawn:
    """A compiled network, the arrays that it is to learn, and how."""

    net: Any
    x: list[Any]
    y: list[np.ndarray]
    weight: np.ndarray | None = None
    fit: dict[str, Any] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return self.x[0].shape[0]


def architecture(rng: np.random.Generator) -> Drawn:
    """A compiled network with its data. The same for the same state of `rng`."""
    keras.set_random_seed(int(rng.integers(1000)))
    Odd.share = 0.06 if rng.random() < 0.08 else 0.001
    inputs = [first(rng) for _ in range(1 + (rng.random() < 0.15))]
    tensors = [h for _, h in inputs]
    for _ in range(int(rng.integers(0, 5))):
        tensors.append(further(tensors, rng))
    goals = [pick(rng, MEMBERS[Loss]) for _ in range(1 + (rng.random() < 0.12))]
    aims = [drawn(goal, rng) for goal in goals]
    outputs = [ending(pick(rng, tensors[-2:]), aim, rng) for aim in aims]
    net = Model([x for x, _ in inputs], outputs, dtype=pick(rng, ["float32", "float32", "float64"]))
    compile_for(net, aims, rng)
    return with_data(net, aims, rng)


def first(rng: np.random.Generator) -> tuple[Any, Any]:
    """An input, and what is read of it: numbers, or the vectors of words."""
    kind = rng.random()
    if kind < 0.12:
        x = Input(pick(rng, [(1,), (3,), (5,), (2, 2)]), dtype="int32")
        return x, drawn(layers.Embedding, rng)(x)
    if kind < 0.3:
        x = Input((pick(rng, [1, 2, 5, 9, 20]), pick(rng, [1, 3, 5])))
    elif kind < 0.48:
        x = Input((pick(rng, [1, 4, 5, 8]), pick(rng, [1, 3, 6]), pick(rng, [1, 2, 3])))
    else:
        x = Input((int(pick(rng, [*3 * [1, 2, 3, 5, 8, 17, 40], 130])),))
    if rng.random() < 0.05:
        return x, drawn(layers.Normalization, rng, mean=0.5, variance=2.0, axis=-1)(x)
    return x, x


def further(tensors: list[Any], rng: np.random.Generator) -> Any:
    """Another tensor: a layer on one of the last, two of them together, or a layer once more."""
    x, draw = pick(rng, tensors[-2:]), rng.random()
    if draw < 0.15:
        alike = [each for each in tensors if each.shape == x.shape]
        return drawn(pick(rng, MERGING), rng)([x, pick(rng, alike)])
    if draw < 0.2 and x.source is not None:
        before, *others = x.source.inputs
        if not others and (before.shape, before.dtype) == (x.shape, x.dtype):
            return x.source.layer(x)
    if draw < 0.23:
        h = Input(x.shape[1:])
        return Model(h, drawn(layers.Dense, rng)(h))(x)
    y = suited(pick(rng, kinds_for(len(x.shape))), x, rng)(x)
    y = pick(rng, y) if isinstance(y, list) else y  # with its states
    return y if size(y.shape) <= WIDEST else x


@functools.cache
def kinds_for(rank: int) -> list[Any]:
    """The layers that read so many dimensions, those that read no others once more."""
    ranks = {kind: {each for each in SHOWING if can_read(kind, each)} for kind in SINGLE}
    reading = [kind for kind, read in ranks.items() if rank in read or len(read) == len(SHOWING)]
    return reading + 4 * [layers.Dense] + [kind for kind in reading if ranks[kind] == {rank}]


def can_read(kind: Any, rank: int) -> bool:
    """Whether some of its settings read such an input."""
    rng = np.random.default_rng(0)
    for _ in range(8):
        x = Input(SHOWING[rank])
        with contextlib.suppress(ValueError, TypeError):
            suited(kind, x, rng)(x)
            return True
    return False


def suited(kind: Any, x: Any, rng: np.random.Generator) -> Any:
    """A layer that can mostly read x."""
    given: dict[str, Any] = {}
    if "padding" in kind._fields and min(x.shape[1:3]) < 3:
        given["padding"] = "same"
    if "axis" in kind._fields and len(x.shape) < 4:
        given["axis"] = pick(rng, [-1, 1, len(x.shape) - 1])
    return drawn(kind, rng, **given if rng.random() < 0.97 else {})


def ending(x: Any, aim: Loss, rng: np.random.Generator) -> Any:
    """An output that the loss can be of."""
    if len(x.shape) > 2 and rng.random() < 0.6:
        x = layers.Flatten()(x)
    if rng.random() < 0.1:
        return x
    settings: dict[str, Any] = {"units": int(pick(rng, [1, 2, 3, 3, 5, 10]))}
    if rng.random() < 0.7:
        settings["activation"] = ENDINGS.get(aim.expects)
        if getattr(aim, "from_logits", False):
            settings["activation"] = None
    return drawn(layers.Dense, rng, **settings)(x)


def compile_for(net: Any, aims: list[Loss], rng: np.random.Generator) -> None:
    kind, given = pick(rng, MEMBERS[Optimizer]), dict(pick(rng, EXTRAS))
    if rng.random() < 0.25:
        given["learning_rate"] = drawn(pick(rng, MEMBERS[Schedule]), rng)
    optimizer = drawn(kind, rng, **dict.fromkeys(APART_FROM_RULE) | given)
    weights = [float(pick(rng, [1, 0.5, 2, 0])) for _ in aims] if rng.random() < 0.1 else None
    chosen = [measures(aim, rng) for aim in aims]
    chosen = chosen if len(aims) > 1 else chosen[0]
    weighted = rng.random() < 0.2
    net.compile(
        optimizer, aims if len(aims) > 1 else aims[0], weights,
        metrics=None if weighted else chosen, weighted_metrics=chosen if weighted else None,
        executor="numpy",
    )  # fmt: skip


def measures(aim: Loss, rng: np.random.Generator) -> list[Any]:
    """Metrics for one output, each by its name or as an object."""
    if rng.random() < 0.4:
        return []
    known = METRICS[aim.expects] if rng.random() < 0.98 else Metric.members()
    found = {"accuracy": "accuracy"} if rng.random() < 0.2 else {}
    for kind in (pick(rng, known) for _ in range(int(rng.integers(1, 3)))):
        found[kind.__name__] = drawn(kind, rng, name=None)
    if rng.random() < 0.1 and aim.expects == "any":
        found["loss"] = type(aim).registered_name()
    return list({str(getattr(each, "name", each)): each for each in found.values()}.values())


def with_data(net: Any, aims: list[Loss], rng: np.random.Generator) -> Drawn:
    rows = int(pick(rng, [1, 2, 3, 5, 8, 9, 13, 13, 17, 33]))
    if rng.random() < 0.03:
        rows = int(pick(rng, [0, 70, 300, 700]))
    rows = min(rows, MOST_WORK // max(1, net.plan.flops))
    words = {
        node.inputs[0]: node.layer.input_dim
        for node in net.nodes
        if isinstance(node.layer, layers.Embedding)
    }
    x = [features(each, rows, words.get(each, 0), rng) for each in net.inputs]
    y = [
        targets(aim, aim.target_shape(output.shape), output.shape[-1], rows, rng)
        for aim, output in zip(aims, net.outputs, strict=True)
    ]
    made = Drawn(net, x, y)
    if rng.random() < 0.15:
        made.weight = pick(rng, [np.linspace(0.5, 2, rows), rng.integers(0, 2, rows) * 1.0])
    made.fit = {
        "batch_size": int(pick(rng, [1, 3, 4, 5, 8, 32])) if rows < 50 else rows // 2,
        "epochs": int(pick(rng, [1, 1, 2])), "shuffle": bool(rng.random() < 0.7),
        "steps_per_epoch": 3 if made.rows < 50 else None,
    }  # fmt: skip
    if rng.random() < 0.1:
        made.fit["validation_split"] = pick(rng, [0.25, 0.5])
    if rng.random() < 0.1 and len(aims) == 1 and aims[0].expects in ("classes", "one-hot"):
        made.fit["class_weight"] = pick(rng, ["balanced", {at: 0.5 + at for at in range(60)}])
    return made


def features(tensor: Any, rows: int, words: int, rng: np.random.Generator) -> Any:
    """Rows for an input; at times mostly zeros, sparse, of another kind, huge or not numbers."""
    shape = (rows, *tensor.shape[1:])
    if tensor.dtype == "int":
        return rng.integers(0, max(1, words) + (rng.random() < 0.02), shape)
    x = rng.normal(size=shape).astype("float32")
    draw = rng.random()
    if draw < 0.7:
        return x if draw < 0.4 else x.astype("float64")
    if draw < 0.75:
        return np.round(x * 2).astype(pick(rng, ["int8", "int64", "bool", "float16", ">f4"]))
    if draw < 0.8:
        return np.asfortranarray(x) if draw < 0.77 else np.repeat(x, 2, 0)[::2]
    if draw < 0.93:
        x[rng.random(shape) < 0.85] = 0
        return sparse.csr_matrix(x) if draw < 0.88 and x.ndim == 2 else x
    if x.size and draw < 0.97:
        x.reshape(-1)[int(rng.integers(x.size))] = pick(rng, [np.nan, np.inf, 1e30, -1e38, 1e-40])
        return x
    return x * 1e4 if draw < 0.985 else np.zeros_like(x)


def targets(aim: Loss, shape: Any, width: int, rows: int, rng: np.random.Generator) -> np.ndarray:
    """Targets such as the loss expects; at times not numbers, or others."""
    whole = (rows, *shape[1:])
    expects = aim.expects if rng.random() < 0.985 else pick(rng, list(METRICS))
    if expects == "classes":
        return rng.integers(0, width, whole)
    y = rng.normal(size=whole).astype("float32")
    if expects == "one-hot" and whole:
        y = np.eye(whole[-1], dtype="float32")[rng.integers(0, whole[-1], whole[:-1])]
    elif expects == "probability":
        y = rng.random(whole, "float32") if rng.random() < 0.3 else (y > 0).astype("float32")
    elif expects == "sign":
        y = np.sign(y)
    elif expects == "positive":
        y = abs(y)
    if y.size and rng.random() < 0.01:
        y.reshape(-1)[0] = np.nan
    return y
