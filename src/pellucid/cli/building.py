"""The network of a training and its course, from what was chosen and what is usual for the data.

Tables have RealMLP's network and training, as `TabularClassifier` and `TabularRegressor` have.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from pellucid import callbacks, layers, losses, schedules
from pellucid.cli.choices import Choices
from pellucid.models import builder
from pellucid.models.builder import Ending
from pellucid.models.recipe import RECIPES, SMOOTHING, Body, Recipe, adam, chain
from pellucid.models.sequential import Sequential
from pellucid.optimizers import Optimizer
from pellucid.preprocessing import Classes, PicturePreparation, Preparation
from pellucid.training.epochs import whole_batches

#: what is usual for pictures
PICTURES = {
    "hidden": "128,64",
    "activation": "relu",
    "learning_rate": 0.002,
    "batch_size": 64,
    "epochs": 100,
    "dropout": 0.1,
    "patience": 20,
}
#: what a table is trained by
RECIPE = (
    "the network and its training are RealMLP's for tables, as in TabularClassifier(n_members=1)"
)


def settled(choices: Choices, pictures: bool, task: str, rows: int) -> Choices:
    """The choices with what is usual for the data, where nothing was said."""
    usual: dict[str, Any] = PICTURES if pictures else of_tables(task, rows)
    missing = {name: value for name, value in usual.items() if getattr(choices, name) is None}
    return replace(choices, **missing)


def of_tables(task: str, rows: int) -> dict[str, Any]:
    """The recipe for tables, as choices."""
    recipe = published(task == "regression")
    return {
        "hidden": ",".join(map(str, recipe.hidden)),
        "activation": recipe.activation,
        "learning_rate": recipe.learning_rate,
        "batch_size": recipe.batch(rows),
        "epochs": recipe.epochs,
        "dropout": recipe.dropout,
    }


def published(numbers: bool) -> Recipe:
    """The recipe of one network, for classes or for numbers."""
    return RECIPES["standard"][numbers].by_itself()


def network(preparation: Preparation, rows: np.ndarray, choices: Choices) -> Sequential:
    """Hidden layers as chosen, and an output that suits the target; compiled to be trained."""
    target = preparation.target
    kinds = len(target.names) if isinstance(target, Classes) else None
    if isinstance(preparation, PicturePreparation):
        ending = builder.numbers() if kinds is None else builder.classes(kinds)
        net = of_pictures(preparation, rows.shape[1:], ending, choices)
        optimizer = Optimizer.find(choices.optimizer)(learning_rate=choices.learning_rate)
        loss: Any = ending.loss
    else:
        net, optimizer = of_table(kinds, rows, choices)
        smoothed = losses.SparseCategoricalCrossentropy(label_smoothing=SMOOTHING)
        loss = "mse" if kinds is None else smoothed
    metrics = ("mae",) if kinds is None else ("accuracy",)
    net.compile(
        optimizer, loss, metrics=metrics, executor=choices.executor, threads=choices.threads
    )
    return net


def of_pictures(
    preparation: PicturePreparation, shape: tuple[int, ...], ending: Ending, choices: Choices
) -> Sequential:
    return builder.multilayer(
        shape,
        choices.widths,
        ending,
        activation=choices.activation or "linear",
        dropout=choices.dropout or 0.0,
        l2=choices.l2,
        before=standardizing(preparation),
        name="network",
    )


def of_table(kinds: int | None, rows: np.ndarray, choices: Choices) -> tuple[Sequential, Optimizer]:
    """RealMLP's network, and what trains it: Adam as the recipe has it, or another, in waves."""
    recipe = published(kinds is None)._replace(
        learning_rate=choices.learning_rate or 0.0,
        activation=choices.activation or "linear",
        dropout=choices.dropout or 0.0,
        l2=choices.l2,
    )
    width, steps = rows.shape[1], (choices.epochs or 1) * steps_of(rows, choices)
    activation = None if kinds is None else "softmax"
    body = Body(width, width, (), choices.widths, kinds or 1, activation, steps)
    net = Sequential([layers.Input((width,)), *chain(recipe, body, width)], name="network")
    if choices.optimizer == "adam":
        return net, adam(recipe, steps)
    waves = schedules.LogCosine(recipe.learning_rate, steps)
    return net, Optimizer.find(choices.optimizer)(learning_rate=waves)


def steps_of(rows: np.ndarray, choices: Choices) -> int:
    """The steps of an epoch over a table: rows that fill no batch are left out."""
    return whole_batches(len(rows), choices.batch_size or 1)


def standardizing(preparation: PicturePreparation) -> list[layers.Layer]:
    """The layers that make rows of numbers of pictures."""
    mean, deviation = preparation.mean, preparation.deviation
    return [layers.Rescaling(1 / deviation, -mean / deviation), layers.Flatten()]


def stopping(choices: Choices, net: Sequential) -> callbacks.EarlyStopping:
    """Of pictures the epoch of the best loss; of tables the last of those with the best score."""
    if len(net.inputs[0].shape) > 2:
        return callbacks.EarlyStopping(patience=choices.patience or 0)
    classes = net.outputs[0].shape[-1] != 1
    patience = choices.epochs if choices.patience is None else choices.patience
    score = "val_accuracy" if classes else "val_loss"
    return callbacks.EarlyStopping(score, patience=patience or 0, latest=True)


def course_of(rows: np.ndarray, choices: Choices) -> dict[str, Any]:
    """How the rows are gone over."""
    course: dict[str, Any] = {"batch_size": choices.batch_size, "epochs": choices.epochs}
    if rows.ndim == 2:
        batch = min(choices.batch_size or len(rows), len(rows))
        course |= {"batch_size": batch, "steps_per_epoch": "whole"}
    return course
