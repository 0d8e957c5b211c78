"""What numbers are made of, as a reader sees it: formulas of a few equations, and their edges."""

from __future__ import annotations

import math
import sys

import numpy as np
import pytest

from pellucid import ops
from pellucid.elements.element import Place
from pellucid.elements.operations import LONG
from pellucid.elements.terms import label
from pellucid.equations.activations import Sigmoid, Softmax, Tanh
from pellucid.equations.arithmetic import Exp, Multiply
from pellucid.equations.convolution import Convolution
from pellucid.equations.embedding import Lookup
from pellucid.equations.linear import Affine, Product
from pellucid.equations.losses import LossGradient
from pellucid.equations.normalisation import Standardize
from pellucid.equations.pooling import MaxPool, MaxPoolGradient
from pellucid.equations.random import Mask
from pellucid.equations.rectifiers import Relu
from pellucid.equations.recurrent import LongShortTerm, LongShortTermGradient
from pellucid.equations.regression import MeanSquaredError
from pellucid.losses import OwnLoss
from tests.contract.rows import draw

X, W, B = draw(2, 3), draw(3, 2, seed=1), draw(2, seed=2)


@pytest.mark.parametrize(
    ("equation", "arrays", "index", "of", "text"),
    [
        (Affine(), (X, W, B), (1, 0), 0,
         "x[1, 0]·w[0, 0] + x[1, 1]·w[1, 0] + x[1, 2]·w[2, 0] + b[0]"),
        (Product("a"), (X, X), (0, 2), 0, "a[0, 0]·b[0, 2] + a[1, 0]·b[1, 2]"),
        (Relu(), (X,), (1, 2), 0, "max(z[1, 2], 0)"),
        (Sigmoid(), (X,), (1, 2), 0, "(tanh(z[1, 2]·0.5) + 1)·0.5"),
        (Softmax(), (W,), (2, 1), 0,
         "(t2 := exp(z[2, 1] − (t1 := max(z[2, 0], z[2, 1]))))/(exp(z[2, 0] − t1) + t2)"),
        (MeanSquaredError(), (X[:, :1], W[:2, :1]), (), 0,
         "((p[0, 0] − y[0, 0])² + (p[1, 0] − y[1, 0])²)/2"),
        (LossGradient(MeanSquaredError()), (1.0, X, X + 1), (0, 1), 0,
         "(p[0, 1] − y[0, 1])·0.666667·(dl/2)"),
        (Standardize((0,)), (X,), (1, 2), 0,
         "(x[1, 2] − value 1[2])·(1/sqrt(value 2[2] + 0.001))"),
        (Standardize((0,)), (X,), (2,), 1, "(x[0, 2] + x[1, 2])/2"),
        (LongShortTerm(Tanh(), Sigmoid()), (draw(1, 3, 4), draw(1, 4)), (0, 2, 0), 0,
         "value 2[0, 2, 3]·tanh(value 1[0, 2, 0])"),
        (LongShortTerm(Tanh(), Sigmoid()), (draw(1, 3, 4), draw(1, 4)), (0, 2, 1), 3,
         "z[0, 2, 1] + value 0[0, 1, 0]·u[0, 1]"),
        (Convolution((1, 1), "same"), (draw(1, 3, 3, 1), draw(3, 2, 1, 1), draw(1)), (0, 0, 2, 0),
         0,
         "x[0, 0, 2, 0]·w[1, 0, 0, 0] + x[0, 1, 2, 0]·w[2, 0, 0, 0] + b[0]"),
        (Lookup(), (np.array([1, 0]), W), (0, 1), 0, "w[1, 1]"),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_a_formula_as_it_is_read(equation, arrays, index, of, text):
    assert equation.terms(index, *arrays, of=of).text() == text


def test_the_first_of_equal_maxima_gets_the_gradient():
    x = np.array([1.0, 3.0, 3.0, 2.0]).reshape(1, 1, 4, 1)
    equation = MaxPool((1, 2), (1, 1), "valid")
    p = equation.run(np, x)
    dp = np.array([0.5, 0.25, 0.125]).reshape(p.shape)
    gradient = MaxPoolGradient(**equation.settings())
    assert equation.terms((0, 0, 1, 0), x).how == "max"
    assert gradient.terms((0, 0, 1, 0), dp, p, x).text() == "dp[0, 0, 1, 0] + dp[0, 0, 0, 0]"
    assert gradient.terms((0, 0, 2, 0), dp, p, x).text() == "dp[0, 0, 2, 0]"
    assert gradient.terms((0, 0, 3, 0), dp, p, x).how == "constant"


def test_the_largest_terms_and_their_names():
    terms = Affine().terms((0, 0), np.array([[1.0, -5.0, 2.0]]), np.ones((3, 1)), np.zeros(1))
    assert terms.how == "sum"
    assert [label(term) for term in terms.largest(2)] == ["x[0, 1]·w[1, 0]", "x[0, 2]·w[2, 0]"]


def test_what_is_looked_at_is_read_but_no_part():
    places = Lookup().reads((0, 1), np.array([1, 0]), W)
    assert places == {Place("x", (0,)), Place("w", (1, 1))}
    drawn = Mask(0.5, 1).terms((0, 1), X, 7, 2)
    assert drawn.how == "constant"
    assert {each.place for each in drawn.number.because} == {Place("seed", ()), Place("step", ())}


def test_a_recurrence_reads_every_step_before():
    places = LongShortTerm(Tanh(), Sigmoid()).reads((0, 1, 0), draw(2, 3, 4), draw(1, 4))
    assert {place.at[:2] for place in places if place.source == "z"} == {(0, 0), (0, 1)}


def test_a_long_sum_is_written_for_the_parser_of_python():
    count = 60 * LONG
    terms = Product().terms((0, 0), draw(1, count), draw(count, 1))
    assert terms.python().startswith("math.fsum([")
    assert eval(terms.python(), {"math": math}) == terms.value


@pytest.mark.parametrize(
    ("equation", "arrays", "python"),
    [
        (Exp(), (np.array([1000.0]),), "math.inf"),
        (Multiply(), (np.array([1e200]), np.array([-1e200])), "-math.inf"),
        (Multiply(), (np.array([0.0]), np.array([math.inf])), "math.nan"),
    ],
)
def test_numbers_that_are_not_finite_are_named(equation, arrays, python):
    with np.errstate(all="ignore"):
        terms = equation.terms((0,), *arrays)
    assert terms.python() == python
    assert len(terms.parts) == len(arrays)


def test_an_overflow_of_single_precision_is_that():
    large = np.array([1e30], dtype="float32")
    with np.errstate(over="ignore"):
        terms = Multiply().terms((0,), large, large)
    assert math.isfinite(terms.number)
    assert terms.python() == "math.inf"


def test_a_users_own_function_has_terms():
    loss = OwnLoss(lambda y, p: ops.exp(p - y))
    y, p = draw(2, 1), draw(2, 1, seed=1)
    terms = loss.terms((), p, y)
    assert terms.how == "sum"
    assert terms.text() == "(exp(p[0, 0] − y[0, 0]) + exp(p[1, 0] − y[1, 0]))/2"


def test_a_number_after_many_steps_of_a_recurrence():
    """Each step is made of the one before, so that the way back is no deeper than one step."""
    steps = sys.getrecursionlimit()
    z, u = draw(1, steps, 4), draw(1, 4)
    assert len(LongShortTerm(Tanh(), Sigmoid()).terms((0, steps - 1, 0), z, u).parts) == 2


def test_a_number_too_deep_to_follow():
    """The cells of an LSTM are no by-product of its gradient, which reads all later ones."""
    steps = sys.getrecursionlimit()
    recurrence = LongShortTerm(Tanh(), Sigmoid())
    u = draw(1, 4)
    h, *record = recurrence.run(np, draw(1, steps, 4), u)
    gradient = LongShortTermGradient(**recurrence.settings())
    assert gradient.terms((0, steps - 3, 0), h, u, *record).parts
    with pytest.raises(ValueError, match=r"\(0, 0, 0\) .* nearer to the end of the sequence"):
        gradient.terms((0, 0, 0), h, u, *record)
