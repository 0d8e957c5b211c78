"""Everything is checked by existing: each class of a family has an example, which keeps a contract.

An equation's gradient is compared with differences at every index; it computes the same on every
array library, in the dtype and shape that it says, without writing to its inputs; and it prints.
"""

from __future__ import annotations

import importlib
import json

import numpy as np
import pytest

from pellucid.constraints import Constraint
from pellucid.equations.activations import Activation
from pellucid.equations.base import Equation
from pellucid.equations.losses import Loss
from pellucid.initializers import Identity, Initializer, Orthogonal
from pellucid.layers.base import Layer
from pellucid.layers.training import Training
from pellucid.metrics import Metric
from pellucid.networks.network import Network
from pellucid.optimizers import Optimizer
from pellucid.optimizers.base import Step
from pellucid.plan.interpret import interpret
from pellucid.plan.printing import expression
from pellucid.plan.trace import trace
from pellucid.regularizers import Regularizer
from pellucid.schedules import Schedule
from tests.contract import families, layers
from tests.contract.gradients import (
    central_differences,
    check_gradients,
    check_row,
    compare,
)
from tests.contract.lines import written
from tests.contract.rows import every_row
from tests.nets import given_to, loss_plan

ROWS = every_row()


def name_of(row):
    return f"{row.equation!r}-{'-'.join(str(getattr(a, 'shape', a)) for a in row.arrays)}"


@pytest.mark.parametrize("row", ROWS, ids=name_of)
def test_gradient(row):
    if type(row.equation).differentiable():
        check_row(row)


@pytest.mark.parametrize("library", ["array_api_strict", "array_api_compat.torch"])
@pytest.mark.parametrize("row", ROWS, ids=name_of)
def test_every_array_library_computes_the_same(row, library):
    pytest.importorskip(library.split(".")[-1])
    xp = importlib.import_module(library)
    lines, given = written(row)
    expected = interpret(lines, given, np)
    found = interpret(lines, {tensor: xp.asarray(array) for tensor, array in given.items()}, xp)
    for line in lines:
        for tensor in line.outputs:
            np.testing.assert_allclose(
                np.asarray(found[tensor]), expected[tensor], rtol=1e-9, atol=1e-9
            )


@pytest.mark.parametrize("row", ROWS, ids=name_of)
def test_shapes_dtypes_and_inputs(row):
    """Every value has the shape that was announced, float32 stays, and no input is written to."""
    lines, given = written(row)
    given = {t: a.astype("float32") if a.dtype == np.float64 else a for t, a in given.items()}
    before = {tensor: array.copy() for tensor, array in given.items()}
    values = interpret(lines, given, np)
    for line in lines:
        for tensor in line.outputs:
            assert np.shape(values[tensor]) == tensor.shape, line
            if tensor.dtype == "float" and not tensor.is_setting:
                assert np.asarray(values[tensor]).dtype == np.float32, line
    for tensor, array in before.items():
        np.testing.assert_array_equal(given[tensor], array)


@pytest.mark.parametrize("row", ROWS, ids=name_of)
def test_every_equation_prints_and_has_a_cost(row):
    for line in written(row)[0]:
        names = {tensor: f"T{at}" for at, tensor in enumerate((*line.inputs, *line.outputs))}
        text, latex = (expression(line, names, {}, style) for style in ("text", "latex"))
        assert text
        assert "{" not in text
        assert latex.count("{") == latex.count("}") > -1
        shapes = [tensor.shape for tensor in line.inputs]
        assert line.equation.flops(line.output.shape, *shapes) >= 0
        assert line.equation.__doc__, "its docstring is its formula"


def parameters_off_their_start(row):
    net = layers.network(row)
    training = Training()
    plan = loss_plan(net, "mse", training=training, also=True)
    y = np.full((len(row.arrays[0]), 2), 0.3)
    given = given_to(plan, net, *row.arrays, y) | {training.seed: 5, training.step: 2}
    return plan, given


@pytest.mark.parametrize("row", layers.ROWS, ids=lambda row: repr(row.layer))
def test_layer_gradients_through_the_whole_plan(row):
    """Of every parameter and every input, at every index, with random masks held fast."""
    plan, given = parameters_off_their_start(row)
    values = interpret(plan.lines, given, np)

    def loss(changed):
        return float(interpret(plan.lines, {**given, **changed}, np)[plan.loss])

    for tensor in plan.parameters:
        compare(values[plan.gradients[tensor]],
                central_differences(loss, tensor, given[tensor]), 1e-6)  # fmt: skip


FAMILIES = {
    Layer: [row.layer for row in layers.ROWS],
    Optimizer: families.OPTIMIZERS,
    Initializer: families.INITIALIZERS,
    Regularizer: families.REGULARIZERS,
    Constraint: families.CONSTRAINTS,
    Schedule: families.SCHEDULES,
    Metric: [metric for metric, *_ in families.METRICS],
    Activation: [row.equation for row in ROWS],
    Loss: [row.equation for row in ROWS],
}
EXAMPLES = [(family, example) for family, examples in FAMILIES.items()
            for example in examples if type(example) in family.members()]  # fmt: skip


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.family)
def test_every_registered_name_has_an_example(family):
    shown = {type(example) for example in FAMILIES[family]}
    missing = {kind.__name__ for kind in family.members()
               if kind not in shown and not issubclass(kind, Network)}  # fmt: skip
    assert not missing, f"add an example row of {missing} in tests/contract"


def test_every_equation_has_a_row():
    """Or is part of the gradient of one."""
    shown = {type(line.equation) for row in ROWS for line in written(row)[0]}
    shown |= {type(row.equation) for row in ROWS}
    missing = {kind.__name__ for kind in Equation.every()
               if kind not in shown and kind.__module__.startswith("pellucid")}  # fmt: skip
    assert not missing, f"add a row of {missing} in tests/contract/rows"


@pytest.mark.parametrize(("family", "example"), EXAMPLES, ids=repr)
def test_a_configuration_makes_an_equal_object(family, example):
    described = json.loads(json.dumps(example.described()))
    other = family.get(described)
    assert type(other) is type(example)
    assert other.described() == described
    assert family.find(type(example).__name__) is type(example)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.family)
def test_names_that_nobody_has(family):
    with pytest.raises(ValueError, match=f"unknown {family.family} 'zzzz'.*Known: "):
        family.get("zzzz")


@pytest.mark.parametrize("optimizer", families.OPTIMIZERS, ids=repr)
def test_every_optimizer_goes_downhill(optimizer):
    """To the bottom of θ² from anywhere, in 300 steps."""
    step = optimizer.write(Step([3]))
    values = {step.theta: np.array([1.0, -0.5, 0.2])}
    for name, state in step.states.items():
        start = step.initial[name]
        first = values[step.theta].copy() if start == "θ" else start + np.zeros(3)
        values[state] = start if state.is_setting else first
    lines = trace(step.assignments.values())
    for number in range(300):
        given = values | {step.g: 2 * values[step.theta], step.t: number + 1.0,
                          step.eta: optimizer.rate(number)}  # fmt: skip
        found = interpret(lines, given, np)
        values |= {target: found[value] for target, value in step.assignments.items()}
    assert np.abs(values[step.theta]).max() < 0.05


#: initializers that make nothing of fewer axes
FEWEST_AXES = {Orthogonal: 2, Identity: 2}


@pytest.mark.parametrize("example", families.INITIALIZERS, ids=repr)
def test_initializers_draw_what_is_asked_for(example):
    seeded = type(example)(**example.settings() | {"seed": 3})
    for shape in ((4,), (5, 3), (3, 3, 2, 4)):
        if len(shape) >= FEWEST_AXES.get(type(example), 1) and not (
            isinstance(example, Identity) and len(shape) > 2
        ):
            one, two = seeded(shape, "float32"), seeded(shape, "float32")
            assert one.shape == shape
            assert one.dtype == np.float32
            assert np.isfinite(one).all()
            np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("example", families.REGULARIZERS, ids=repr)
def test_regularizer_gradients(example):
    check_gradients(example.write, [families.SIZES[:4]])


@pytest.mark.parametrize("example", families.SCHEDULES, ids=repr)
def test_schedules_of_many_steps_are_those_of_each(example):
    steps = np.arange(40)
    rates = example(steps)
    assert np.isfinite(rates).all()
    assert (rates >= 0).all()
    np.testing.assert_allclose(rates, [example(int(step)) for step in steps])


@pytest.mark.parametrize(("metric", "arrays"), [(m, a) for m, *a in families.METRICS], ids=repr)
def test_metrics_do_not_depend_on_the_batches(metric, arrays):
    found = []
    for sizes in ((24,), (7, 7, 7, 3), (1,) * 24):
        metric.reset_state()
        start = 0
        for size in sizes:
            metric.update_state(*(array[start : start + size] for array in arrays))
            start += size
        found.append(metric.result())
    assert found[0] == pytest.approx(found[1], rel=1e-9)
    assert found[0] == pytest.approx(found[2], rel=1e-9)
    assert len(set(found)) == 1 or not metric.any_cut
    metric.reset_state()
