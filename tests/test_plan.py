"""The plan: gradients that add up, rewrites that change only its length, and its printed form."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from pellucid import Input, Model, Sequential, layers
from pellucid.equations.activations import Softmax
from pellucid.equations.arithmetic import Exp, Log, Sin
from pellucid.plan import SECTIONS, Plan, sentence
from pellucid.plan.interpret import interpret
from pellucid.plan.trace import trace
from pellucid.tensor import Tensor
from tests.contract.gradients import check_gradients
from tests.nets import (
    WIDTH,
    assert_same,
    classes,
    classifier,
    loss_and_gradients,
    loss_plan,
    numbers,
    one_hot,
    skipping,
)

#: functions that read a tensor more than once
READ_AGAIN = {
    "twice": lambda x: x * x,
    "three times": lambda x: x + x * Exp()(x),
    "by two lines": lambda x: Exp()(x) * Sin()(x),
    "skipping": lambda x: Sin()(Exp()(x)) + Exp()(x) + x,
    "and not": lambda x: x,
}


@pytest.mark.parametrize("function", READ_AGAIN.values(), ids=READ_AGAIN)
def test_gradients_of_a_tensor_read_again_are_added(function):
    check_gradients(function, [numbers(3, 4)])


def test_shared_layer_and_skip_connection():
    """Each parameter's derived gradient equals differences of the loss, at every index."""
    net, step = skipping(), 1e-5
    x, y = numbers(5, WIDTH), numbers(5, 2, seed=1)
    plan = loss_plan(net, "mse")
    _, gradients = loss_and_gradients(plan, net, x, y)
    for weight, gradient in zip(net.weights, gradients, strict=True):
        start = weight.value.astype(np.float64)
        for index in np.ndindex(weight.shape):
            ends = []
            for side in (step, -step):
                moved = start.copy()
                moved[index] += side
                weight._value = moved
                ends.append(loss_and_gradients(plan, net, x, y)[0])
            weight._value = start
            assert (ends[0] - ends[1]) / (2 * step) == pytest.approx(gradient[index], abs=1e-7)


def dense(activation, units=3):
    return Sequential(
        [layers.Dense(8, "relu", input_shape=(WIDTH,)), layers.Dense(units, activation)]
    )


def shared_branches():
    x = Input((WIDTH,))
    twice = [layers.Activation("tanh")(layers.Activation("relu")(x)) for _ in range(2)]
    return Model(x, layers.Dense(3, "softmax")(layers.Concatenate()(twice)))


CANCEL, ONCE = "softmax and cross-entropy cancel", "identical equations are computed once"
#: a network, its loss and targets, the words on the line that changed, those of the whole plan
REWRITES = [
    (dense("softmax"), "categorical_crossentropy", one_hot(), CANCEL, "cancel: dZ"),
    (dense("softmax"), "sparse_categorical_crossentropy", classes(), CANCEL, "cancel: dZ"),
    (dense("sigmoid"), "binary_crossentropy", one_hot(), "sigmoid and binary", "cancel: dZ"),
    (shared_branches(), "categorical_crossentropy", one_hot(), CANCEL, ONCE),
    (dense("softmax"), "mse", one_hot(), None, None),
]


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(("net", "loss", "y", "on_line", "on_plan"), REWRITES)
def test_a_rewrite_changes_no_number(net, loss, y, on_line, on_plan, weighted):
    arrays = [numbers(20, WIDTH), y] + weighted * [np.linspace(0.5, 2, 20)]
    long, short = loss_plan(net, loss, weighted), loss_plan(net, loss, weighted).simplified()
    (loss_1, gradients_1), (loss_2, gradients_2) = (
        loss_and_gradients(plan, net, *arrays) for plan in (long, short)
    )
    assert loss_1 == pytest.approx(loss_2, rel=1e-9)
    assert_same(gradients_1, gradients_2, 1e-9)
    assert not long.notes
    assert bool(short.notes) == bool(on_plan) == (len(short.lines) < len(long.lines))
    if on_plan:
        assert any(on_line in line.note for line in short.lines)
        assert any(on_plan in note for note in short.notes)


def test_softmax_along_another_axis_does_not_cancel():
    x = Input((3, 4))
    net = Model(x, layers.Activation(Softmax(axis=1))(layers.Dense(4)(x)))
    plan = loss_plan(net, "categorical_crossentropy").simplified()
    assert not any("cancel" in line.note for line in plan.lines)


def test_dead_equations_are_dropped():
    x = Tensor((None, 3), "X", role="input")
    y = Exp()(x)
    dead = Log()(y)
    plan = Plan([x], [y])
    plan.lines = trace([y, dead])
    assert len(plan.simplified().lines) == 1
    assert plan.notes == ["equations that nobody reads are dropped"]


def test_identical_equations_are_computed_once():
    x = Tensor((None, 3), "X", role="input")
    plan = Plan([x], [Exp()(x) + Exp()(x) * Exp()(x)]).simplified()
    assert [type(line.equation).__name__ for line in plan.lines] == ["Exp", "Multiply", "Add"]
    assert plan.notes == ["identical equations are computed once"]


def test_a_factor_of_1_is_dropped():
    x = Tensor((None, 3), "X", role="input")
    plan = Plan([x], [Exp()(x) * 1 + 1 * x]).simplified()
    assert [type(line.equation).__name__ for line in plan.lines] == ["Exp", "Add"]
    assert plan.notes == ["multiplying by 1 changes nothing"]


def test_a_kept_output_survives_what_stands_for_it():
    """Two outputs that are the same equation stay two outputs, of one line."""
    x = Tensor((None, 3), "X", role="input")
    plan = Plan([x], [Exp()(x), 1 * Exp()(x)]).simplified()
    values = interpret(plan.lines, {x: numbers(2, 3)}, np)
    assert len(plan.lines) == 1
    assert_same([values[tensor] for tensor in plan.outputs], [np.exp(numbers(2, 3))] * 2)


def test_a_plan_deeper_than_the_stack():
    depth = 3 * sys.getrecursionlimit()
    x = h = Input((2,))
    for _ in range(depth):
        h = layers.Activation("tanh")(h)
    net = Model(x, layers.Dense(1, use_bias=False)(h))
    net.compile("sgd", "mse")
    net.fit(numbers(4, 2), numbers(4, 1), verbose=0)
    assert len(net.plan.section("forward")) == depth + 2
    assert str(net.plan).count("tanh(") == depth
    assert net.plan.latex().count(r"\tanh") == depth


PRINTED = """\
forward                            shape        parameters   FLOPs/row
  Z1 = X·W1 + b1                   (n, 128)        100,480     200,832
  A1 = relu(Z1)                    (n, 128)                        128
  Z2 = A1·W2 + b2                  (n, 10)           1,290       2,570
  Ŷ = softmax(Z2)                  (n, 10)                         120
  L = mean(−Σ Y⊙log softmax(Z2))   ()                              120
backward
  dZ2 = (Ŷ − Y)/n                  (n, 10)                          20   softmax and cross-entropy cancel
  dW2 = A1ᵀ·dZ2                    (128, 10)                     2,560
  db2 = Σ dZ2                      (10,)                            10
  dA1 = dZ2·W2ᵀ                    (n, 128)                      2,560
  dZ1 = dA1 ⊙ [Z1 > 0]             (n, 128)                        512
  dW1 = Xᵀ·dZ1                     (784, 128)                  200,704
  db1 = Σ dZ1                      (128,)                          128
update (Adam)
  g = (dW1, db1, dW2, db2)
  m ← β₁·m + (1 − β₁)·g
  v ← β₂·v + (1 − β₂)·g²
  m̂ = m/(1 − β₁^t)
  v̂ = v/(1 − β₂^t)
  θ ← θ − η·m̂/(√v̂ + ε)

101,770 parameters, 410,264 FLOPs for each row of a step
simplified: an output activation and its cross-entropy cancel: dZ = (Ŷ − Y)/n
simplified: equations that nobody reads are dropped"""  # noqa: E501


def readme_network():
    net = Sequential([layers.Dense(128, "relu", input_shape=(784,)), layers.Dense(10, "softmax")])
    net.compile("adam", "categorical_crossentropy")
    return net


def test_the_printed_plan():
    assert str(readme_network().plan) == PRINTED


def test_flops_of_the_rows_add_up():
    """Also where an unnamed equation is printed within another: its work is counted there."""
    net = skipping()
    net.compile("sgd", "mse")
    rows = str(net.plan).split("update")[0].splitlines()
    counts = [int(row.split()[-1].replace(",", "")) for row in rows if row[:2] == "  "]
    assert sum(counts) == net.plan.flops


def test_sections_and_layers_of_the_lines():
    plan = classifier().plan
    assert [line.section for line in plan.lines] == [
        name for name in SECTIONS for _ in plan.section(name)
    ]
    assert {line.layer for line in plan.lines} == {"dense", "dense_1", "loss", "Adam"}
    assert sentence(plan, plan.lines[0]) == "Z1 = X·W1 + b1"


def test_names_tell_calls_of_a_layer_apart():
    x = h = Input((2,))
    layer = layers.Dense(2, "tanh")
    for _ in range(5):
        h = layer(h)
    plan = Model(x, [h, layer(h)]).plan
    names = list(plan.names.values())
    assert len(set(names)) == len(names)
    assert {"Z1", "Z1′", "Z1′′", "Z1⁽³⁾"} <= set(names)
    assert "Z_{1}^{(3)}" in plan.latex()


def networks_to_print():
    x = Input((8, 8, 1))
    h = layers.BatchNormalization()(layers.Conv2D(2, 3, activation="relu")(x))
    h = layers.Dropout(0.5)(layers.Flatten()(layers.MaxPooling2D()(h)))
    image = Model(x, layers.Dense(3, "softmax", kernel_regularizer="l2")(h))
    words = Input((5,), dtype="int64")
    h = layers.LSTM(3, return_sequences=True)(layers.Embedding(7, 2)(words))
    text = Model(words, layers.Dense(1, "sigmoid")(layers.LayerNormalization()(layers.GRU(2)(h))))
    return [(image, "categorical_crossentropy"), (text, "binary_crossentropy"), (skipping(), "mse")]


@pytest.mark.parametrize(("net", "loss"), networks_to_print())
@pytest.mark.parametrize("optimizer", ["adam", "nadam", "adadelta"])
def test_latex_is_balanced(net, loss, optimizer):
    net.compile(optimizer, loss)
    latex = net.plan.latex()
    assert latex.startswith(r"\begin{align*}")
    assert latex.endswith(r"\end{align*}")
    for row in latex.splitlines()[1:-1]:
        assert depth_of(row) == 0, row
        assert row.count("&") == 1, row
        assert "?" not in row, row
        assert not set(row) & set("·⊙ΣŶθ⁽₁′√"), row
    assert "?" not in str(net.plan)


def depth_of(row):
    """How many braces are open at the end; never fewer than none are before."""
    depth = 0
    for letter in row.replace(r"\{", "").replace(r"\}", ""):
        depth += (letter == "{") - (letter == "}")
        assert depth >= 0, row
    return depth


def test_in_a_notebook():
    plan = readme_network().plan
    html = plan._repr_html_()
    assert html.startswith("<pre")
    assert html.endswith("</pre>")
    assert "[Z1 &gt; 0]" in html
    assert plan._repr_latex_().startswith("$$\n\\begin{aligned}")
    assert plan._repr_latex_().endswith("\\end{aligned}\n$$")
    assert repr(plan) == f"<Plan of {len(plan.lines)} equations; print() shows them>"
