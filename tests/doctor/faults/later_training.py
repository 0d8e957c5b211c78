"""Trainings that are held back, each the one case of a cause that was named late."""

from __future__ import annotations

import numpy as np

from pellucid import schedules
from pellucid.callbacks import EarlyStopping
from pellucid.constraints import MaxNorm
from pellucid.layers import LSTM, Dense, SimpleRNN
from pellucid.optimizers import Adam, RMSprop
from tests.doctor.faults import data, tables
from tests.doctor.faults.case import Given, fault, given

SPARSE, BINARY = "sparse_categorical_crossentropy", "binary_crossentropy"


@fault("epsilon too large", also=["rate too low"], source="epsilon=1.0 of a paper on images")
def epsilon_of_two(mended: bool) -> Given:
    epsilon = 1e-7 if mended else 2.0
    inner = [Dense(24, "relu"), Dense(4, "softmax")]
    optimizer = RMSprop(0.002, epsilon=epsilon)
    return given(inner, tables.generated(500), SPARSE, optimizer, epochs=20)


@fault("rate falls too soon", also=["rate too low"], source="decay_steps given in epochs")
def decay_counted_in_epochs(mended: bool) -> Given:
    falling = schedules.CosineDecay(0.01, 20 * 16 if mended else 4)
    inner = [Dense(20, "tanh"), Dense(1)]
    return given(inner, tables.friedman(500), "mse", Adam(falling), figure="r2", epochs=20)


@fault(
    "a callback ends or slows training",
    also=["ends before it converged"],
    source="EarlyStopping watches the accuracy with mode='min'",
)
def accuracy_watched_for_falling(mended: bool) -> Given:
    stop = EarlyStopping(
        "val_accuracy", mode="max" if mended else "min", patience=8 if mended else 1
    )
    return given(
        [Dense(24, "relu"), Dense(4, "softmax")],
        tables.generated(600),
        SPARSE,
        Adam(0.004),
        metrics=["accuracy"],
        epochs=25,
        validation_split=0.2,
        callbacks=[stop],
    )


def first_of_many(steps: int = 32) -> data.Rows:
    """Noise, and in the first place of all a number whose sign is asked for."""
    rng = np.random.default_rng(71)
    x, y = rng.normal(size=(900, steps, 3)), rng.integers(0, 2, 900)
    x[:, 0, 2] = 5 * y - 2.5
    return data.cut(x.astype("float32"), y)


@fault("a recurrence forgets", also=["vanishing gradients"], source="SimpleRNN over 32 steps")
def sign_of_the_first_step(mended: bool) -> Given:
    inner = [(LSTM if mended else SimpleRNN)(8), Dense(1, "sigmoid")]
    return given(inner, first_of_many(), BINARY, Adam(0.01), epochs=18)


@fault("constraints leave no room", source="MaxNorm(0.04) on every layer")
def norms_held_at_nothing(mended: bool) -> Given:
    bound = MaxNorm(4.0 if mended else 0.04)
    inner = [
        Dense(24, "tanh", kernel_constraint=bound),
        Dense(3, "softmax", kernel_constraint=bound),
    ]
    return given(inner, tables.scaled_table("wine"), SPARSE, Adam(0.01), epochs=25)


@fault(
    "an epoch sees a part of the rows",
    also=["ends before it converged"],
    source="steps_per_epoch=1 left from a trial",
)
def one_step_left_from_a_trial(mended: bool) -> Given:
    steps = {} if mended else {"steps_per_epoch": 1}
    inner = [Dense(24, "relu"), Dense(4, "softmax")]
    return given(inner, tables.generated(600), SPARSE, Adam(0.003), epochs=15, **steps)
