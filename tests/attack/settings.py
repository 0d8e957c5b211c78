"""Draws a member of a family of the library, such as a layer or a schedule, with its settings.

Members are taken from the tables of the families, so that a new one is drawn by being defined. What
their settings may be is a table here, by the names of the settings.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid import layers, register
from pellucid.equations.activations import Activation, Pointwise
from pellucid.equations.losses import Loss
from pellucid.initializers import Initializer, Orthogonal
from pellucid.optimizers import Optimizer
from pellucid.regularizers import Regularizer
from pellucid.schedules import Schedule
from pellucid.settings import REQUIRED
from tests.attack.mutating import pick


@register
def worst(y: Any, p: Any) -> Any:
    """How far the largest number of each row is from its largest target, whatever their shapes."""
    target, found = (each.reshape(len(each), -1).max(axis=-1) for each in (y, p))
    return np.abs(target - found)


YES_OR_NO, EXTENTS, STEPS = [True, False], [1, 2, 3, (1, 2), (3, 1)], [1, 2, 3, 7]
AXES, CHANCES, SIZES = [-1, -1, 1, 2, (1, -1), (1, 2)], [0.0, 0.25, 0.5, 0.9], [0.5, 1.0, 2.0]
RATES, SMALL = [0.0, 1e-4, 0.01, 0.1, 1.0], [1e-7, 1e-3, 0.1]
#: what a setting may be, by its name, or by class and name where classes mean something else by it
VALUES: dict[str, list[Any]] = {
    "units": [*2 * [1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33], 70, 130],
    "filters": [*2 * [1, 2, 3, 4, 5, 8, 9, 17], 33],
    "kernel_size": EXTENTS, "pool_size": EXTENTS, "strides": [1, 1, 2, 3, (1, 2), (2, 1)],
    "padding": ["valid", "same"], "use_bias": YES_OR_NO, "keepdims": YES_OR_NO,
    "output_dim": [1, 2, 3, 8], "input_dim": [1, 2, 7, 20], "axis": AXES,
    "Softmax.axis": [-1, 1], "LogSoftmax.axis": [-1, 1], "Concatenate.axis": [-1, -1, -1, 1, 2],
    "rate": CHANCES, "stddev": [0.0, 0.05, 1.0], "seed": [None, 0, 7, 2**40],
    "momentum": [0.0, 0.5, 0.99], "epsilon": SMALL, "center": YES_OR_NO, "scale": YES_OR_NO,
    "Rescaling.scale": [0.5, -2.0, 0.0, 1 / 255], "VarianceScaling.scale": SIZES,
    "offset": [0.0, -1.0, 0.5], "Normalization.mean": [0.5], "Normalization.variance": [0.0, 2.0],
    "return_sequences": YES_OR_NO, "go_backwards": YES_OR_NO, "unit_forget_bias": YES_OR_NO,
    "target_shape": [(-1,), (-1, 1), (1, -1), (-1, 2), (2, -1), (1, -1, 1), (-1, 1, 2), (2, 2, -1)],
    "trainable": [True, True, True, False], "negative_slope": [0.0, 0.01, 0.3],
    "alpha": [0.0, 0.25, 1.0], "approximate": YES_OR_NO, "gamma": [0.0, 1.0, 2.0],
    "Elu.alpha": SIZES, "from_logits": YES_OR_NO, "label_smoothing": [0.0, 0.1],
    "apply_class_balancing": YES_OR_NO, "delta": SIZES, "beta_1": [0.0, 0.5, 0.9],
    "beta_2": [0.0, 0.9, 0.999], "rho": [0.0, 0.9], "amsgrad": YES_OR_NO, "centered": YES_OR_NO,
    "nesterov": YES_OR_NO, "initial_accumulator_value": [0.0, 0.1], "value": [0.0, 0.3, -1.0],
    "mean": [0.0, 0.5], "minval": [-1.0, -0.05], "maxval": [0.05, 1.0], "gain": SIZES,
    "mode": ["fan_in", "fan_out", "fan_avg"],
    "distribution": ["uniform", "truncated_normal", "untruncated_normal"],
    "l1": [0.0, 1e-3, 0.1], "l2": [0.0, 1e-3, 0.1], "initial_learning_rate": RATES,
    "decay_steps": STEPS, "first_decay_steps": STEPS, "decay_rate": SIZES, "staircase": YES_OR_NO,
    "end_learning_rate": RATES, "power": SIZES, "cycle": YES_OR_NO, "boundaries": [[1, 3]],
    "values": [[0.1, 0.01, 0.0]], "warmup_target": [None, 0.1], "warmup_steps": [0, 2],
    "t_mul": SIZES[1:], "m_mul": SIZES, "learning_rate": RATES, "steps": STEPS,
    "max_learning_rate": RATES, "total_steps": STEPS, "pct_start": CHANCES, "div_factor": [25.0],
    "final_div_factor": [1e4], "fn": [worst], "threshold": [0.5, 0.1], "k": [1, 1, 2, 5],
    "thresholds": [None, 0.3], "average": [None, "macro"], "F1Score.average": ["macro", None],
    "F1Score.threshold": [None, 0.5], "class_aggregation": ["variance_weighted_average"],
    "curve": ["ROC", "PR"], "weight_decay": [None, 0.0, 0.01], "shape": [None],
    "rates": [None, None, 0.1, 0], "decays": [None, None, 2.0, 0], "cropping": [0, 1, (0, 1)],
    "size": [1, 2, 3], "interpolation": ["nearest", "bilinear"], "dilation_rate": [1, 1, 2],
    "groups": [1, 1, 2, 3], "depth_multiplier": [1, 2], "axes": [1, 2, -1, (2, 1)],
    "normalize": YES_OR_NO, "frequencies": [1, 2, 5, 16], "sigma": SIZES,
    "max_value": [None, 0.5, 6.0], "shared_axes": [None, [1], [1, 2]], "n": [1, 2, 3],
    "dims": [(1,), (2, 1), (1, 2), (3, 1, 2), (2, 1, 3)], "cycles": [1, 4], "b": [0.0, 4.0],
    "merge_mode": ["concat", "sum", "mul", "ave"], "quantiles": [0.5, [0.1, 0.9]],
    "top_k": [None, 1, 2], "class_id": [None, 0, 1],
}  # fmt: skip
#: what a setting is now and then: numbers at the edge, and what no setting is
ODD: list[Any] = [
    None,
    0,
    -1,
    1,
    1e-6,
    1e30,
    float("nan"),
    float("inf"),
    True,
    "x",
    2**70,
    (1, 2),
    [],
    0.5,
    {},
]


class Odd:
    """How many settings are odd: in most networks hardly any."""

    share = 0.001


OF_MATRICES = {"kernel_initializer", "recurrent_initializer", "embeddings_initializer"}
OF_VECTORS = "initializers of a vector"
RECURRENT = [layers.SimpleRNN, layers.LSTM, layers.GRU]
#: the layers that are within a layer
WITHIN: dict[Any, list[Any]] = {
    layers.Bidirectional: RECURRENT,
    layers.TimeDistributed: [layers.Dense, layers.Dense, layers.Conv1D, layers.LayerNormalization],
}


def drawn(kind: Any, rng: np.random.Generator, **given: Any) -> Any:
    """A member of a family, some of its settings other than usual."""
    for name, usual in kind._fields.items():
        if name not in given and (usual is REQUIRED or rng.random() < 0.25):
            options = VALUES.get(f"{kind.__name__}.{name}", VALUES.get(name))
            if rng.random() < Odd.share:
                given[name] = pick(rng, ODD)
            elif name.endswith("_initializer"):
                given[name] = member(Initializer if name in OF_MATRICES else OF_VECTORS, rng)
            elif name.endswith("_regularizer"):
                given[name] = member(Regularizer, rng)
            elif name == "activation":
                given[name] = member(Pointwise if kind in RECURRENT else Activation, rng)
            elif name == "recurrent_activation":
                given[name] = member(Pointwise, rng)
            elif name == "layer":
                given[name] = drawn(pick(rng, WITHIN[kind]), rng)
            elif options is not None:
                given[name] = pick(rng, options)
    return kind(**given)


def member(family: Any, rng: np.random.Generator) -> Any:
    """Any member, by its name or as an object."""
    kind = pick(rng, MEMBERS[family])
    plain = rng.random() < 0.4 and REQUIRED not in kind._fields.values()
    return kind.registered_name() if plain else drawn(kind, rng)


MEMBERS: dict[Any, list[Any]] = {
    family: family.members()
    for family in (Activation, Pointwise, Initializer, Loss, Optimizer, Regularizer, Schedule)
}
MEMBERS[OF_VECTORS] = [kind for kind in MEMBERS[Initializer] if kind is not Orthogonal]
