"""Recorded calls: run by NumPy they give exactly what `run` gives, equations and whole plans."""

from __future__ import annotations

import numpy as np
import pytest

import pellucid as keras
from pellucid import models, optimizers
from pellucid.calls import VOCABULARY, Number, Rows, Unrecordable, record
from pellucid.calls.running import FUNCTIONS
from pellucid.equations.base import Equation
from pellucid.equations.embedding import Lookup
from pellucid.equations.features import FeatureAffine
from pellucid.equations.sampling import SampleGradient
from pellucid.layers import BatchNormalization, Dense, Dropout
from pellucid.plan.interpret import interpret
from pellucid.plan.trace import trace
from pellucid.tensor import Tensor
from tests import calling
from tests.contract import layers
from tests.contract.rows import draw, every_row
from tests.test_contract import name_of, parameters_off_their_start, written


def check(lines, given, rows, **options):
    """Every tensor is what the plainest run makes it, bit for bit, and of the same dtype.

    Products by feature, and what falls on places of pictures, are up to rounding: NumPy adds them
    in another order.
    """
    kinds = (FeatureAffine, SampleGradient)
    up_to_rounding = any(isinstance(line.equation, kinds) for line in lines)
    close = {"rtol": 1e-12, "atol": 1e-12} if up_to_rounding else {"rtol": 0, "atol": 0}
    expected = interpret(lines, given, np)
    found = calling.run(record(lines, **options), given, rows)
    for line in lines:
        for tensor in line.outputs:
            np.testing.assert_allclose(found[tensor], expected[tensor], err_msg=repr(line), **close)
            assert np.asarray(found[tensor]).dtype == np.asarray(expected[tensor]).dtype


ROWS = every_row()
#: without the gradient of a lookup: a product with rows of 0 and 1 adds in another order
PLAIN = [row for row in ROWS if not isinstance(row.equation, Lookup)]


@pytest.mark.parametrize("row", ROWS, ids=name_of)
def test_every_equation(row):
    check(*written(row), 0, dtype="float64")


@pytest.mark.parametrize("row", PLAIN, ids=name_of)
def test_every_equation_by_array_functions_alone(row):
    check(*written(row), 0, dtype="float64", plain=True)


@pytest.mark.parametrize("row", layers.ROWS, ids=lambda row: repr(row.layer))
def test_every_layer_with_its_gradients(row):
    """With the rows of the batch open."""
    plan, given = parameters_off_their_start(row)
    check(plan.lines, given, len(row.arrays[0]), dtype="float64")


RULES = [
    optimizers.SGD(0.1, momentum=0.9, nesterov=True), optimizers.Adam(amsgrad=True, clipnorm=0.1),
    optimizers.AdamW(), optimizers.Nadam(), optimizers.RMSprop(centered=True, momentum=0.5),
    optimizers.Adadelta(), optimizers.Adamax(global_clipnorm=1.0), optimizers.Lion(),
]  # fmt: skip


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("optimizer", RULES, ids=lambda rule: type(rule).__name__)
def test_whole_plans(optimizer, dtype):
    """Prediction, and a step of training with its update, on 5 rows."""
    keras.set_random_seed(4)
    net = models.Sequential(
        [Dense(6, "gelu", input_shape=(4,)), BatchNormalization(), Dropout(0.4), Dense(3)],
        dtype=dtype,
    )
    net.compile(optimizer, "huber")
    engine = net._ready()
    for purpose in ("predict", "train"):
        plan = engine.plan(purpose)
        check(plan.lines, numbers_for(plan, engine.memory, dtype), 5, dtype=dtype)


def numbers_for(plan, memory, dtype):
    """Numbers for all that a plan reads: the network's own arrays, and random ones else."""
    numbers = {tensor: each.item() if tensor.is_setting else each
               for tensor, each in memory.arrays().items()}  # fmt: skip
    for call in record(plan.lines, dtype).given:
        tensor = call.tensor
        shape = [5 if isinstance(each, Rows) else each for each in getattr(call, "shape", ())]
        new = 3.0 if isinstance(call, Number) else np.asarray(draw(*shape), dtype)
        numbers.setdefault(tensor, new)
    return numbers


def test_every_name_has_a_meaning_and_is_recorded_somewhere():
    lines = [line for row in ROWS for line in written(row)[0]]
    recorded = {call.function for call in record(lines).calls}
    recorded |= {call.function for call in record(lines, plain=True).calls}
    assert recorded <= set(VOCABULARY)
    assert set(FUNCTIONS) == set(VOCABULARY)
    assert set(VOCABULARY) - recorded == {"floor", "min", "put"}


def lines_of(run, *shapes):
    """The lines of an equation of one's own, on arrays of these shapes."""

    class Own(Equation, hidden=True):
        text, latex = "own({x})", "own({x})"

        def shape(self, *shapes):
            return shapes[0]

    Own.run = lambda self, xp, *arrays: run(xp, *arrays)
    inputs = [Tensor(shape, "x", role="input") for shape in shapes]
    return trace([Own()(*inputs)]), dict(zip(inputs, map(filled, shapes), strict=True))


def filled(shape):
    return draw(*(5 if extent is None else extent for extent in shape))


def assigned(xp, x):
    y = xp.add(x, 1.0)
    y[:, 1] = xp.sum(x, axis=1)
    y[:, 2:4] = 0.5
    y[:, 2:] *= 2.0
    return y


def beside(xp, x):
    """A part is changed, then another part of the same array is read."""
    y = xp.exp(x)
    first, second = y[:, :2], y[:, 2:]
    first += 1.0
    return xp.concat([first, second], axis=1)


def turned(xp, x):
    y = xp.flip(x, axis=1)
    return xp.clip(xp.permute_dims(xp.permute_dims(y, (1, 0)), (1, 0)), -1.0, 1.0)


@pytest.mark.parametrize("own", [assigned, beside, turned])
def test_equations_of_ones_own(own):
    lines, given = lines_of(own, (None, 4))
    check(lines, given, 5, dtype="float64")


def seen_through_another(xp, x):
    y = xp.exp(x)
    part = y[:, 0]
    part += 1.0
    return y


def on_its_input(xp, x):
    x += 1.0
    return x


def by_a_number(xp, x):
    return x if xp.sum(x) > 0 else xp.negative(x)


@pytest.mark.parametrize(("own", "why"), [
    (seen_through_another, "reads an array after another that shares its memory was changed"),
    (on_its_input, "writes to what it was given"),
    (by_a_number, "decides by numbers that are known only while it runs"),
    (lambda xp, x: xp.sort(x), "xp.sort is not among the recorded functions"),
    (lambda xp, x: x[1:], "a part of the rows of the batch is picked"),
    (lambda xp, x: x[:, xp.arange(2)], "an array is indexed with an array"),
    (lambda xp, x: xp.reshape(x, (-1, 3)), r"4·n numbers do not fit into parts of 3"),
    (lambda xp, x: xp.sum(x, axis=1), r"gives an array \(n,\) for one of \(n, 4\)"),
    (lambda xp, x: x.nothing, r" cannot be recorded \('Array' object has no attribute"),
])  # fmt: skip
def test_what_cannot_be_recorded_is_named_with_the_reason(own, why):
    lines, _ = lines_of(own, (None, 4))
    with pytest.raises(Unrecordable, match=f"^Own.*{why}"):
        record(lines)


def test_calls_print():
    lines, _ = lines_of(lambda xp, x, w: xp.tanh(xp.matmul(x, w)) * 2.0, (None, 4), (4, 4))
    assert str(record(lines)) == (
        "%0 = matmul(x, x)  (n, 4) float32\n"
        "%1 = tanh(%0)  (n, 4) float32\n"
        "%2 = multiply(%1, 2.0)  (n, 4) float32"
    )
