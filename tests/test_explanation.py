"""An explained step: every number adds up, is its expression, and moves as the network would."""

from __future__ import annotations

import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pellucid
from pellucid import Sequential, layers
from pellucid.calls import record
from pellucid.calls.running import Running
from pellucid.elements import operations
from pellucid.elements.element import Place, as_element, largest, made, read
from pellucid.elements.slopes import PARTIALS, slope
from pellucid.equations.arithmetic import Sqrt
from pellucid.equations.base import Equation
from pellucid.equations.choices import Maximum, Minimum
from pellucid.equations.linear import Product
from pellucid.glass import Explanation
from pellucid.glass.figures import FIGURES, Column
from pellucid.glass.path import Derivatives
from pellucid.glass.tangents import tangents
from pellucid.plan.trace import trace
from pellucid.tensor import Tensor
from tests.nets import assert_same, classes, numbers
from tests.test_glass_elements import NETWORKS, every_number

ACTIVATIONS = ["relu", "sigmoid", "tanh", "gelu", "selu", "softplus", None]
OPTIMIZERS = ["sgd", "adam", "rmsprop", "adamw", "nadam"]
#: numbers that are tried in each network
TRIED = 3


def classifier(parts, shape, optimizer="adam", dtype="float64", rows=3):
    """A small classifier that has taken two steps, and rows of data."""
    net = Sequential([layers.Input(shape), *parts], dtype=dtype)
    net.compile(optimizer, "sparse_categorical_crossentropy", executor="numpy")
    x, y = numbers(rows, *shape).astype(dtype), classes(rows, 2)
    net.fit(x, y, batch_size=-(-rows // 2), verbose=0)
    return net, x, y


def small():
    parts = [layers.Dense(3, "tanh"), layers.Dense(2, "softmax")]
    pellucid.set_random_seed(4)
    return classifier(parts, (4,))


@st.composite
def classifiers(draw):
    pellucid.set_random_seed(draw(st.integers(0, 99)))
    widths = draw(st.lists(st.integers(1, 4), max_size=3))
    hidden = [layers.Dense(width, draw(st.sampled_from(ACTIVATIONS))) for width in widths]
    extra = draw(st.sampled_from([[], [layers.Dropout(0.4)], [layers.BatchNormalization()]]))
    shape = (draw(st.integers(1, 5)),)
    return classifier(
        [*hidden, *extra, layers.Dense(2, "softmax")],
        shape,
        draw(st.sampled_from(OPTIMIZERS)),
        draw(st.sampled_from(["float32", "float64"])),
        draw(st.integers(2, 4)),
    )


def check(net, x, y):
    """Numbers of every value: what is shown of each adds up, and its expression is it."""
    explained = net.explain(x, y)
    assert str(explained).count("\n") > 10
    for name, index, value in every_number(explained.found, TRIED):
        why = explained.why(name, *index)
        assert why.value == value
        assert eval(explained.expression(name, *index), {"math": math}) == value
        if why.is_sum:
            adds_up(why)


def adds_up(why):
    """The numbers that are shown add up exactly, and each is the number that it stands for."""
    column, shown = why.column, [each.value for each in why.terms] + [why.rest] * bool(why.more)
    assert sum(column.terms) + column.rounding == column.total
    assert len(why.terms) + why.more == len(why.made.parts)
    place = Decimal(1).scaleb(column.power - FIGURES + 1)
    for number, value in zip((*column.terms, column.total), (*shown, why.value), strict=True):
        assert abs(number - Decimal(value)) <= place / 2
    most = place * (len(shown) + 1) / 2 + Decimal(why.made.most_rounding)
    assert abs(column.rounding) <= most * Decimal("1.000001")


@pytest.mark.parametrize("name", NETWORKS)
def test_every_network(name):
    check(*classifier(*NETWORKS[name]))


@settings(max_examples=200, deadline=None)
@given(classifiers())
def test_random_networks(made):
    check(*made)
    what_if(*made)


def what_if(net, x, y):
    """Another input, and another weight: as recording the network that has them."""
    explained = net.explain(x, y)
    other = x.copy()
    other[1, 0] = 0.5
    same(explained.changed("X", (1, 0), 0.5).recording, net.record(other, y))
    weights = net.get_weights()
    corner = (0,) * weights[0].ndim
    weights[0][corner] = 0.25
    net.set_weights(weights)
    parameter = explained.recording.plan.names[net.weights[0].tensor]
    same(explained.changed(parameter, corner, 0.25).recording, net.record(x, y))


def same(one, other):
    assert list(one) == list(other)
    assert_same(list(one.values()), list(other.values()))


def test_what_if_a_value_between():
    """The lines after it are those of a network that begins there."""
    net, x, y = small()
    after = net.explain(x, y).changed("A1", (0, 1), 0.75)
    tail = Sequential([layers.Dense(2, "softmax", input_shape=(3,))], dtype="float64")
    tail.set_weights(net.layers[-1].get_weights())
    assert_same([after.recording["Ŷ"]], [tail.record(after.recording["A1"])["Ŷ"]])
    assert {"Ŷ", "dW2", "new θ"} <= set(after.moved)
    assert not {"X", "Z1"} & set(after.moved)


def test_a_change_is_marked():
    net, x, y = small()
    explained = net.explain(x, y)
    after = explained.changed("A1", (0, 2), 0.0)
    lines = str(after).split("\n")
    assert lines[0] == f"changed A1[0, 2]: {explained.recording['A1'][0, 2]:.6g} → 0".replace(
        "-", "−"
    )
    marked = [line.split()[1] for line in lines if line.startswith("●")]
    assert marked[:3] == ["A1", "Z2", "Ŷ"]
    assert "Z1" not in marked
    assert explained.recording["A1"][0, 2] != 0
    assert str(explained.changed("X", (0, 0), float(x[0, 0]))).count("●") == 0


@pytest.mark.parametrize("name", NETWORKS)
def test_the_path_ends_in_the_derivative_of_the_loss(name):
    """Against central differences; a random step's draws stay as they are."""
    net, x, y = classifier(*NETWORKS[name])
    explained = net.explain(x[:2], y[:2])
    index = (0,) * x.ndim
    path, step = explained.path("X", *index), 1e-6
    losses = [
        float(explained.changed("X", index, x[index] + move).recording["L"])
        for move in (step, -step)
    ]
    assert path.stops[-1].name == "L"
    assert float(path.stops[-1].derivatives) == pytest.approx(
        (losses[0] - losses[1]) / (2 * step), rel=1e-6, abs=1e-9
    )
    weight = explained.path("W1", *(0,) * explained.recording["W1"].ndim)
    assert float(weight.stops[-1].derivatives) == pytest.approx(
        explained.recording["dW1"].flat[0], rel=1e-12
    )


@pytest.mark.parametrize("name", NETWORKS)
def test_whole_arrays_of_derivatives_are_those_of_single_numbers(name):
    net, x, y = classifier(*NETWORKS[name])
    explained = net.explain(x[:2], y[:2])
    found = Derivatives(
        explained.found, Place(explained.found.tensor("X"), (1, *(0,) * (x.ndim - 1)))
    )
    known = {found.source.source: found.whole[found.source.source]}
    for line in found.lines:
        if line.output in found.following:
            singly = found.singly(line, known | dict(found.whole))
            for tensor, array in singly.items():
                np.testing.assert_allclose(
                    found.of(tensor, array.shape), array, rtol=1e-9, atol=1e-12
                )
    assert len(found.whole) > 3


class Extreme(Equation):
    """The largest, or the least, of each row"""

    function: str

    def run(self, xp, x):
        return getattr(xp, self.function)(x, axis=1)

    def shape(self, x):
        return x[:1]


@pytest.mark.parametrize(("write", "expected"), [
    (lambda x: Maximum()(x, 0.0), [0, 0, 1]),
    (lambda x: Minimum()(x, 0.0), [1, 0, 0]),
    (lambda x: Maximum()(0.0, x), [0, 1, 1]),
    (lambda x: Extreme("max")(x * 0.0 + 1.0), [0, 0, 0]),
    (lambda x: Extreme("max")(x), [0, 0, 1]),
    (lambda x: Extreme("max")(x * x), [0, 0, 2]),
    (lambda x: Extreme("min")(x * x), [0, 0, 0]),
    (lambda x: Sqrt()(x * x), [-1, 0, 1]),
    (lambda x: Product()(x, Tensor((3, 1), "W", role="parameter")), [1, 0, math.inf]),
])  # fmt: skip
def test_changes_at_kinks_and_beside_infinity(write, expected):
    """Of equals the last counts, and what does not change counts 0 times anything."""
    x = Tensor((None, 3), "X")
    y = write(x)
    read = {each for line in trace([y]) for each in line.inputs if each.name == "W"}
    values = {x: np.array([[-1.0, 0.0, 1.0]])} | {w: np.array([[1], [0], [np.inf]]) for w in read}
    for at, slope_there in enumerate(expected):
        first = {x: np.eye(3)[at][None]}
        found = dict(values)
        for line in trace([y]):
            calls = record([line], "float64")
            found |= Running(calls, found, 1).all()
        changes = tangents(trace([y]), found, first, 1, None)
        assert np.sum(changes.get(y, 0.0)) == slope_there


def every_operation():
    known = [*vars(operations).values(), *operations.FUNCTIONS.values()]
    return [each for each in known if isinstance(each, operations.Operation)]


@pytest.mark.parametrize("name", sorted({*PARTIALS} - {"sum", "plus"}))
def test_slopes(name):
    """The derivative of every operation, against central differences."""
    operation = next(each for each in every_operation() if each.name == name)
    two = name in ("product", "quotient", "remainder", "power", "max", "min")
    values, step = [1.7, 0.6][: 1 + two], 1e-6
    number = made(operation, *(read(v, Place("x", (at,))) for at, v in enumerate(values)))
    for at in range(len(values)):
        ends = [
            operation.of([v + move * (i == at) for i, v in enumerate(values)])
            for move in (step, -step)
        ]
        found = slope(number, lambda place, at=at: float(place.at == (at,)))
        assert found == pytest.approx((ends[0] - ends[1]) / (2 * step), rel=1e-8, abs=1e-8)


def test_every_operation_has_a_slope():
    assert {each.name for each in every_operation()} == set(PARTIALS)


def test_a_kink_has_the_slope_of_its_last_part():
    z = read(0.0, Place("z", ()))
    assert slope(largest([z, as_element(0.0)]), lambda place: 1.0) == 0.0


@pytest.mark.parametrize(("terms", "total", "written"), [
    ([0.5, -0.25], 0.25, ["0.5000000", "−0.2500000", "0.2500000"]),
    ([1e-9, 2e-9], 3e-9, ["1.000000·10⁻⁹", "2.000000·10⁻⁹", "3.000000·10⁻⁹"]),
    ([1 / 3] * 3, 1.0, ["0.333333", "0.333333", "0.333333", "1.000000"]),
    ([math.inf, 1.0], math.inf, ["∞", "1", "∞"]),
    ([0.0], 0.0, ["0.000000", "0.000000"]),
])  # fmt: skip
def test_columns(terms, total, written):
    column = Column(terms, total)
    assert [column.written(each) for each in (*column.terms, column.total)] == written
    assert column.rounding == (Decimal("0.000001") if len(terms) == 3 else 0)


def test_what_is_printed_of_a_number():
    net = Sequential([layers.Dense(2, "softmax", input_shape=(3,))], dtype="float64")
    net.compile("sgd", "sparse_categorical_crossentropy")
    net.set_weights([np.array([[1.0, 0], [-2, 0], [0.5, 0]]), np.array([0.25, 0])])
    explained = net.explain([[2.0, 0.5, -1.0]], [0])
    assert str(explained.why("Z1", 0, 0, most=2)).split("\n") == [
        "Z1 = X·W1 + b1",
        "   2.000000   X[0, 0]·W1[0, 0] = 2·1",
        "  −1.000000   X[0, 1]·W1[1, 0] = 0.5·(−2)",
        "  −0.250000   2 more",
        "   0.750000   = Z1[0, 0]",
    ]
    assert str(explained.line("Z1")).split("\n")[1:] == [
        "  Z1[0, 0] = X[0, 0]·W1[0, 0] + X[0, 1]·W1[1, 0] + X[0, 2]·W1[2, 0] + 1 more",
        "           = 2·1 + 0.5·(−2) + −1·0.5 + 1 more".replace("+ −", "− "),
        "           = 2.000000 − 1.000000 − 0.500000 + 0.250000 = 0.750000",
    ]
    assert explained.why("new W1", 0, 0).name == "new W1[0, 0]"
    assert explained.why("new W1", 0, 0).value == explained.recording["new W1"][0, 0]


@pytest.mark.parametrize(("ask", "error", "words"), [
    (lambda e: e.why("Z7", 0, 0), KeyError, "no value is called 'Z7': did you mean 'Z"),
    (lambda e: e.why("Z1", 0, 9), IndexError, r"Z1 has the shape \(3, 3\); \(0, 9\) is no place"),
    (lambda e: e.why("W1", 0, 0), ValueError, "W1 is given, .* or for new W1"),
    (lambda e: e.line("X"), ValueError, "X is given, .*Known: A1"),
    (lambda e: e.line("Ź1"), KeyError, "no value is called"),
    (lambda e: e.path("g", 0), ValueError, "no line of the forward pass reads g"),
    (lambda e: e.changed("A1", (0,), 1.0), IndexError, "give 2 whole numbers"),
])  # fmt: skip
def test_what_is_not_there(ask, error, words):
    with pytest.raises(error, match=words):
        ask(small()[0].explain(*small()[1:]))


def test_up_to_eight_rows():
    net, x, y = small()
    with pytest.raises(ValueError, match=r"up to 8 rows of data at once, got 9: .*x\[:8\]"):
        net.explain(np.repeat(x, 3, axis=0), np.repeat(y, 3))


def test_a_prediction_is_explained_too():
    net, x, _ = small()
    explained = net.explain(x)
    assert list(explained.lines) == ["Z1", "A1", "Z2", "Ŷ"]
    assert explained.path("X", 2, 1).stops[-1].name == "Ŷ"
    assert "follow" in str(explained.path("X", 2, 1))


def test_on_a_terminal_it_is_coloured(monkeypatch):
    net, x, y = small()
    explained = Explanation(net.record(x, y))
    plain = str(explained)
    assert "\x1b" not in plain
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    coloured = str(explained)
    assert "\x1b[" in coloured
    assert repr(explained) == coloured
