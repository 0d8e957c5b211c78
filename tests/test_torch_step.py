"""Whole training steps equal PyTorch's in float64: stored numbers, and live where it is there."""

from __future__ import annotations

import json

import numpy as np
import pytest

from pellucid import Sequential, layers
from pellucid.equations.losses import Loss
from pellucid.equations.regression import Pinball
from pellucid.equations.similarity import CategoricalGeneralizedCrossEntropy, CosineSimilarity
from pellucid.losses import Dice, Tversky
from pellucid.optimizers import Ftrl, Lamb, Lion, Optimizer, ScheduleFreeAdamW
from tests.make_step_reference import (
    CASES,
    CLASSES,
    INPUTS,
    LOSSES,
    OPTIMIZERS,
    STEPS,
    STORED,
    given,
    run_torch,
    targets,
)
from tests.test_optimizers import AS_TORCH

ROWS = json.loads(STORED.read_text())["rows"]


def network(net, output):
    first = (
        [layers.Dense(4, "tanh", input_shape=INPUTS[net])]
        if net == "dense"
        else [layers.Conv2D(3, 3, activation="relu", input_shape=INPUTS[net]),
              layers.MaxPooling2D(), layers.Flatten()]
    )  # fmt: skip
    return Sequential([*first, layers.Dense(CLASSES, output)], dtype="float64")


def ours(name, loss, at):
    """The same steps as PyTorch takes."""
    output, kind, _ = LOSSES[loss]
    net = network(name, output)
    optimizer = Optimizer.get(AS_TORCH[OPTIMIZERS[at][0]].described())
    net.compile(optimizer, loss)
    x, starts = given(name)
    net.set_weights(starts)
    losses = [net.train_on_batch(x, targets(kind)) for _ in range(STEPS)]
    return losses, net.get_weights()


def agree(case, row):
    losses, weights = ours(*case)
    np.testing.assert_allclose(losses, row["losses"], rtol=1e-6)
    for found, expected in zip(weights, row["weights"], strict=True):
        np.testing.assert_allclose(found.reshape(-1), expected, rtol=1e-6, atol=1e-7)


def name_of(row):
    net, loss, at = row["case"]
    return f"{net}-{loss}-{OPTIMIZERS[at][0]}"


@pytest.mark.parametrize("row", ROWS, ids=name_of)
def test_equal_to_stored_steps(row):
    agree(row["case"], row)


def test_equal_to_live_steps():
    torch = pytest.importorskip("torch")
    for net, loss, at in CASES[::5]:
        before = torch.get_default_dtype()
        torch.set_default_dtype(torch.float64)
        try:
            row = run_torch(torch, net, loss, at)
        finally:
            torch.set_default_dtype(before)
        agree((net, loss, at), row)


def test_every_case_is_stored():
    assert [tuple(row["case"]) for row in ROWS] == CASES


OF_KERAS = (Dice, Tversky, CosineSimilarity, CategoricalGeneralizedCrossEntropy)


def test_every_loss_and_optimizer_has_a_case():
    """What PyTorch has not is compared elsewhere: Lion by hand, losses of shares with Keras."""
    assert {type(Loss.get(name)) for name in LOSSES} | {Pinball, *OF_KERAS} == {
        kind for kind in Loss.members() if kind.registered_name() in Loss.table
    }
    others = {Lion, Ftrl, Lamb, ScheduleFreeAdamW}
    assert {type(each) for each in AS_TORCH.values()} == set(Optimizer.members()) - others
    assert set(AS_TORCH) == {name for name, *_ in OPTIMIZERS}
