"""Numbers of whole steps: each is what its formula says, in the names that the plan prints."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pellucid import Sequential, layers, optimizers
from pellucid.glass.elements import StepElements
from pellucid.glass.recording import recording
from pellucid.plan.step import step
from tests.nets import WIDTH, classes, numbers
from tests.test_step import next_step

IMAGES, WORDS = numbers(4, 6, 5, 1), np.array([[1, 2, 0], [3, 1, 1]])
NETWORKS = {
    "dense": ([layers.Dense(3, "sigmoid"), layers.Dense(2, "softmax")], (WIDTH,)),
    "images": ([layers.Conv2D(2, 3, activation="relu", padding="same"), layers.MaxPooling2D(),
                layers.BatchNormalization(), layers.Dropout(0.3), layers.Flatten(),
                layers.Dense(2, "softmax")], (6, 5, 1)),
    "lstm": ([layers.LSTM(2), layers.Dense(2, "softmax")], (4, 3)),
    "gru": ([layers.GRU(2), layers.Dense(2, "softmax")], (4, 3)),
    "rnn": ([layers.SimpleRNN(2), layers.LayerNormalization(), layers.Dense(2, "softmax")], (4, 3)),
}  # fmt: skip
OPTIMIZERS = [
    optimizers.SGD(0.1, momentum=0.9, nesterov=True), optimizers.Adam(0.01, clipnorm=0.1),
    optimizers.AdamW(0.01, use_ema=True), optimizers.RMSprop(0.01), optimizers.Nadam(0.01),
]  # fmt: skip


def step_of(parts, shape, optimizer="adam", dtype="float64"):
    """A step of a small classifier that has taken two."""
    net = Sequential([layers.Input(shape), *parts], dtype=dtype)
    net.compile(optimizer, "sparse_categorical_crossentropy", executor="numpy")
    x, y = numbers(4, *shape).astype(dtype), classes(4, 2)
    net.fit(x, y, batch_size=2, verbose=0)
    plan, given = next_step(net, x, y)
    return StepElements(recording(plan, step(plan, given, np)))


def every_number(found, most=12):
    """The names that a line writes, each with some of its indices."""
    for name, tensor in found.by_name.items():
        tensor = found.plan.assignments.get(tensor, tensor)
        if tensor in found.reading.writers:
            shape = np.shape(found.values[tensor])
            places = list(np.ndindex(shape))
            for index in places[:: max(1, len(places) // most)]:
                yield name, index, found.values[tensor][index] if shape else found.values[tensor]


def check(found):
    count = 0
    for name, index, value in every_number(found):
        terms = found.terms(name, *index)
        assert abs(terms.rounding) <= terms.most_rounding, (name, index, found.text(name, *index))
        assert eval(terms.python(), {"math": math}) == value, (name, index, terms.python())
        assert "?" not in found.text(name, *index)
        count += 1
    return count


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", NETWORKS)
def test_every_number_is_its_expression(name, dtype):
    assert check(step_of(*NETWORKS[name], dtype=dtype)) > 50


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)
def test_every_number_of_an_update(optimizer):
    assert check(step_of(*NETWORKS["dense"], optimizer)) > 50


def test_what_is_printed_inside_of_a_line_is_written_out_there():
    found = step_of(*NETWORKS["dense"])
    assert found.text("dZ1", 0, 2) == "(1 − A1[0, 2])·A1[0, 2]·dA1[0, 2]"
    assert found.text("m̂", 3) == "m[3]·(1/(1 − β₁^t))"
    assert found.text("Ŷ", 0, 1) == found.text("Ŷ", -4, -1)


@pytest.mark.parametrize(("name", "index", "error", "words"), [
    ("Z3", (0, 0), KeyError, "did you mean 'Z2'"),
    ("X", (0, 0), ValueError, "X is given, not computed"),
    ("Z1", (0, 5), IndexError, r"Z1 has the shape \(4, 3\); \(0, 5\) is no place in it"),
    ("Z1", (0,), IndexError, "give 2 whole numbers, the row of the batch first"),
])  # fmt: skip
def test_places_that_are_not_there(name, index, error, words):
    with pytest.raises(error, match=words):
        step_of(*NETWORKS["dense"]).terms(name, *index)
