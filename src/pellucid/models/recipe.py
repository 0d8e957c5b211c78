"""Recipes of networks for tables: the layers and the training of RealMLP (TD-S, and TD).

Several small networks, whose mean predicts, do better in less time than one of the published size,
which `by_itself` gives.
Kernels are drawn with deviation 1/√d for d inputs and learn at 1/√d of the rate, which is the
neural-tangent parametrisation for an optimizer that ignores the size of gradients.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from pellucid import layers, optimizers, schedules
from pellucid.initializers import RandomNormal
from pellucid.models.model import Model
from pellucid.preprocessing.kinds import FEW_CATEGORIES
from pellucid.regularizers import L2
from pellucid.tensor import Tensor

#: numbers that each of many categories becomes
EMBEDDED = 8
#: rows that a network is drawn by, if its weights depend on data
DRAWN_BY = 2048
#: how much of each target is spread over all classes
SMOOTHING = 0.1
#: the size of a network that predicts alone, and how it goes over the rows, as published
ALONE: dict[str, Any] = {"hidden": (256, 256, 256), "epochs": 256, "members": 1, "large": 256}
#: up to so many rows batches are of 64, whatever the recipe says
FEW_ROWS = 512


class Recipe(NamedTuple):
    """What a network for tables is made of; η, λ and the dropout are the highest of their course.

    `few` is the most categories of a column that get a column each, `large` the rows of a step. A
    `full` one embeds numbers, learns its activations and draws its weights by the rows.
    """

    learning_rate: float
    activation: str
    hidden: tuple[int, ...]
    epochs: int
    members: int
    full: bool = False
    dropout: float = 0.0
    decay: float = 0.0
    l2: float = 0.0
    few: int = FEW_CATEGORIES
    large: int = 64

    def by_itself(self) -> Recipe:
        """The recipe of one network that predicts alone, as it is published."""
        alone = self._replace(**ALONE)
        return alone if self.full else alone._replace(decay=0.0)

    def batch(self, rows: int) -> int:
        """The rows of a step; of few rows there are to be more steps than one or two an epoch."""
        return min(64 if rows <= FEW_ROWS else self.large, rows)


STANDARD = (
    Recipe(0.04, "selu", (64, 64), 128, 4),
    Recipe(0.07, "mish", (32, 64), 64, 5, decay=0.02),
)
#: by preset, for classes and for numbers
RECIPES = {
    "standard": STANDARD,
    "strong": (STANDARD[0]._replace(members=10), STANDARD[1]._replace(members=10)),
    "realmlp": (
        Recipe(0.04, "selu", full=True, dropout=0.15, decay=0.02, few=8, **ALONE),
        Recipe(0.2, "mish", full=True, dropout=0.15, decay=0.02, few=8, **ALONE),
    ),
}


class Body(NamedTuple):
    """What goes in, what comes out, and the steps of the whole course.

    Of `width` numbers and marks the first `numbers` are numbers.
    """

    width: int
    numbers: int
    categories: Sequence[int]
    hidden: Sequence[int]
    units: int
    activation: str | None
    steps: int


def network(recipe: Recipe, body: Body) -> Model:
    """The network of a recipe, its weights drawn."""
    inputs, x = entrance(recipe, body)
    for layer in chain(recipe, body, x.shape[-1] or 1):
        x = layer(x)
    return Model(inputs, x)


def chain(recipe: Recipe, body: Body, width: int) -> list[layers.Layer]:
    """The layers of a network whose rows are `width` numbers."""
    found: list[layers.Layer] = [layers.Scaling(rates=6.0, decays=6.0)]
    for units in body.hidden:
        found += [dense(recipe, width, units), *bent(recipe, body.steps)]
        width = units
    initial: dict[str, Any] = {} if recipe.full else dict.fromkeys(("kernel", "bias"), "zeros")
    return [*found, dense(recipe, width, body.units, body.activation, **initial)]


def entrance(recipe: Recipe, body: Body) -> tuple[list[Tensor], Tensor]:
    """The inputs, and what they become: numbers are embedded, marks are not."""
    inputs = [layers.Input((body.width,))] if body.width else []
    parts: list[Tensor] = [*inputs]
    if recipe.full and body.numbers:
        embedding = layers.PeriodicEmbedding(rates=0.1, decays=0.1)
        marks = [inputs[0][:, body.numbers :]] if body.numbers < body.width else []
        parts = [embedding(inputs[0][:, : body.numbers] if marks else inputs[0]), *marks]
    for size in body.categories:
        inputs.append(layers.Input((1,), dtype="int64"))
        table = layers.Embedding(size, EMBEDDED, RandomNormal(stddev=1.0))
        parts.append(layers.Flatten()(table(inputs[-1])))
    return inputs, layers.Concatenate()(parts) if len(parts) > 1 else parts[0]


def dense(
    recipe: Recipe, width: int, units: int, activation: str | None = None, **initial: Any
) -> layers.Layer:
    root = math.sqrt(width)
    return layers.Dense(
        units,
        activation,
        kernel_initializer=initial.get("kernel", RandomNormal(stddev=1.0 / root)),
        bias_initializer=initial.get("bias", RandomNormal(stddev=1.0)),
        kernel_regularizer=L2(recipe.l2) if recipe.l2 else None,
        rates={"kernel": 1.0 / root, "bias": 0.1},
        decays={"kernel": root, "bias": 0.0},
    )


def bent(recipe: Recipe, steps: int) -> list[layers.Layer]:
    """What follows a hidden layer."""
    curved = layers.ParametricActivation(recipe.activation, rates=0.1, decays=0.1)
    bend = curved if recipe.full else layers.Activation(recipe.activation)
    drop = [layers.Dropout(schedules.FlatCosine(recipe.dropout, steps))] if recipe.dropout else []
    return [bend, *drop]


def adam(recipe: Recipe, steps: int) -> optimizers.Optimizer:
    """Adam through so many steps."""
    decay = schedules.FlatCosine(recipe.decay, steps) if recipe.decay else None
    rate = schedules.LogCosine(recipe.learning_rate, steps)
    return optimizers.Adam(rate, beta_2=0.95, epsilon=1e-8, weight_decay=decay)


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
