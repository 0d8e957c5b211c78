"""Recipes of networks for tables: RealMLP's, as published, standard (TD-S) and strong (TD).

Kernels are drawn with deviation 1/√d for d inputs and learn at 1/√d of the rate, which is the
neural-tangent parametrisation for an optimizer that ignores the size of gradients.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from pellucid import layers, optimizers, schedules
from pellucid.equations.losses import Loss
from pellucid.initializers import RandomNormal
from pellucid.models import Model
from pellucid.tensor import Tensor

#: numbers that each of many categories becomes
EMBEDDED = 8
#: rows that a network is drawn by, if its weights depend on data
DRAWN_BY = 2048


class Recipe(NamedTuple):
    """What a network for tables is made of; η, λ and the dropout are the highest of their course.

    `one_hot` is the most categories of a column that get a column each.
    """

    learning_rate: float
    activation: str
    strong: bool = False
    dropout: float = 0.0
    decay: float = 0.0
    one_hot: int = 64


#: by preset, for classes and for numbers
RECIPES = {
    "standard": (Recipe(0.04, "selu"), Recipe(0.07, "mish")),
    "strong": (
        Recipe(0.04, "selu", True, 0.15, 0.02, 8),
        Recipe(0.2, "mish", True, 0.15, 0.02, 8),
    ),
}


class Body(NamedTuple):
    """What goes in, what comes out, and the steps of the whole course.

    `widths` are how many numbers and marks there are.
    """

    widths: tuple[int, int]
    categories: Sequence[int]
    hidden: Sequence[int]
    units: int
    activation: str | None
    steps: int


def network(recipe: Recipe, body: Body) -> Model:
    """The network of a recipe, its weights drawn."""
    inputs, x = entrance(recipe, body)
    x = layers.Scaling(rates=6.0, decays=6.0)(x)
    for units in body.hidden:
        x = bent(recipe, dense(x, units), body.steps)
    initial: dict[str, Any] = {} if recipe.strong else dict.fromkeys(("kernel", "bias"), "zeros")
    return Model(inputs, dense(x, body.units, body.activation, **initial))


def entrance(recipe: Recipe, body: Body) -> tuple[list[Tensor], Tensor]:
    """The inputs, and what they become: numbers are embedded, marks are not."""
    inputs = [layers.Input((width,)) for width in body.widths if width]
    parts = [*inputs]
    if recipe.strong and body.widths[0]:
        parts[0] = layers.PeriodicEmbedding(rates=0.1, decays=0.1)(inputs[0])
    for size in body.categories:
        inputs.append(layers.Input((1,), dtype="int64"))
        table = layers.Embedding(size, EMBEDDED, RandomNormal(stddev=1.0))
        parts.append(layers.Flatten()(table(inputs[-1])))
    return inputs, layers.Concatenate()(parts) if len(parts) > 1 else parts[0]


def dense(x: Tensor, units: int, activation: str | None = None, **initial: Any) -> Tensor:
    root = math.sqrt(x.shape[-1] or 1)
    return layers.Dense(
        units,
        activation,
        kernel_initializer=initial.get("kernel", RandomNormal(stddev=1.0 / root)),
        bias_initializer=initial.get("bias", RandomNormal(stddev=1.0)),
        rates={"kernel": 1.0 / root, "bias": 0.1},
        decays={"kernel": root, "bias": 0.0},
    )(x)


def bent(recipe: Recipe, x: Tensor, steps: int) -> Tensor:
    if not recipe.strong:
        return layers.Activation(recipe.activation)(x)
    x = layers.ParametricActivation(recipe.activation, rates=0.1, decays=0.1)(x)
    return layers.Dropout(schedules.FlatCosine(recipe.dropout, steps))(x)


def compile_for(net: Model, recipe: Recipe, loss: Loss, steps: int, threads: int | None) -> None:
    """Make ready to train, in so many steps."""
    decay = schedules.FlatCosine(recipe.decay, steps) if recipe.decay else None
    rate = schedules.LogCosine(recipe.learning_rate, steps)
    adam = optimizers.Adam(rate, beta_2=0.95, epsilon=1e-8, weight_decay=decay)
    net.compile(adam, loss, threads=threads)


def draw_by(net: Model, rows: Sequence[np.ndarray], rng: np.random.RandomState) -> None:
    """Kernels by which every unit has deviation 1 on the rows, and kinks that lie among the rows.

    The bias of a unit is −Σ s·z over five rows, the shares s being even on the simplex.
    """
    picked = rng.permutation(len(rows[0]))[:DRAWN_BY]
    some = [each[picked] for each in rows]
    for node in net.nodes:
        if isinstance(node.layer, layers.Dense):
            x = Model(net.inputs, node.inputs[0]).predict(some, verbose=0)
            kernel, _ = node.layer.get_weights()
            deviation = (x @ kernel).std(axis=0)
            kernel /= np.where(deviation > 0, deviation, 1.0)
            z, count = x @ kernel, kernel.shape[1]
            shares = rng.dirichlet(np.ones(5), count).T
            chosen = z[rng.randint(len(z), size=(5, count)), np.arange(count)]
            node.layer.set_weights([kernel, -(shares * chosen).sum(axis=0)])
