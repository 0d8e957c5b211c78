"""Mathematical functions: the same numbers on arrays and as equations, with derived gradients."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import ops
from pellucid.initializers import Zeros
from pellucid.plan.interpret import interpret
from pellucid.plan.trace import trace
from pellucid.tensor import Tensor
from pellucid.weights import Weight
from tests.contract.gradients import check_gradients, symbol
from tests.contract.rows import apart, draw

X, P = apart(3, 4), draw(3, 4, low=0.5, high=2.0)

#: a function, the arrays it is tried on, and what NumPy says
TABLE = [
    (ops.exp, (X,), np.exp),
    (ops.log, (P,), np.log),
    (ops.log1p, (P,), np.log1p),
    (ops.sqrt, (P,), np.sqrt),
    (ops.square, (X,), np.square),
    (lambda x: ops.power(x, 3.0), (X,), lambda x: x**3),
    (ops.abs, (X,), np.abs),
    (ops.sign, (X,), np.sign),
    (ops.sin, (X,), np.sin),
    (ops.cos, (X,), np.cos),
    (ops.tanh, (X,), np.tanh),
    (ops.sigmoid, (X,), lambda x: 1 / (1 + np.exp(-x))),
    (ops.relu, (X,), lambda x: np.maximum(x, 0)),
    (ops.softmax, (X,), lambda x: np.exp(x) / np.exp(x).sum(-1, keepdims=True)),
    (ops.maximum, (X, P), np.maximum),
    (ops.minimum, (X, P), np.minimum),
    (lambda x: ops.maximum(x, 0.22), (X,), lambda x: np.maximum(x, 0.22)),
    (lambda x: ops.clip(x, -0.2, 0.3), (X,), lambda x: np.clip(x, -0.2, 0.3)),
    (ops.greater, (X, P), lambda a, b: (a > b) * 1.0),
    (lambda x, p: ops.where(ops.greater(x, 0.0), x, p), (X, P), lambda x, p: np.where(x > 0, x, p)),
    (ops.sum, (X,), np.sum),
    (lambda x: ops.sum(x, axis=1), (X,), lambda x: np.sum(x, axis=1)),
    (lambda x: ops.mean(x, axis=-1, keepdims=True), (X,), lambda x: x.mean(-1, keepdims=True)),
    (ops.matmul, (X, draw(4, 2)), np.matmul),
    (lambda x: ops.reshape(x, (3, 2, -1)), (X,), lambda x: x.reshape(3, 2, -1)),
    (lambda x: ops.expand_dims(x, 1), (X,), lambda x: x[:, None]),
    (lambda x: ops.expand_dims(x, -1), (X,), lambda x: x[..., None]),
    (lambda x: ops.flip(x, 1), (X,), lambda x: x[:, ::-1]),
    (lambda a, b: ops.concatenate([a, b], -1), (X, P), lambda a, b: np.concatenate([a, b], -1)),
    (lambda a, b: ops.concatenate([a, b]), (X, P), lambda a, b: np.concatenate([a, b])),
]


@pytest.mark.parametrize(("function", "arrays", "expected"), TABLE)
def test_function(function, arrays, expected):
    wanted = expected(*arrays)
    np.testing.assert_allclose(function(*arrays), wanted, atol=1e-15)
    tensors = [symbol(a) for a in arrays]
    y = function(*tensors)
    values = interpret(trace([y]), dict(zip(tensors, arrays, strict=True)), np)
    np.testing.assert_allclose(values[y], wanted, atol=1e-15)
    check_gradients(function, arrays)


@pytest.mark.parametrize(("function", "arrays", "expected"), TABLE)
def test_function_of_weights(function, arrays, expected):
    """In a layer's `call`, self.w stands for its numbers."""
    weights = [Weight(a.shape, Zeros(), "w", letter="W") for a in arrays]
    y = function(*weights)
    given = {weight.tensor: a for weight, a in zip(weights, arrays, strict=True)}
    np.testing.assert_allclose(interpret(trace([y]), given, np)[y], expected(*arrays), atol=1e-15)


def test_defaults_are_those_of_keras():
    np.testing.assert_array_equal(ops.flip(X), X[::-1, ::-1])
    np.testing.assert_array_equal(ops.concatenate([X, P]), np.concatenate([X, P]))
    rows = Tensor((None, 3), "x")
    with pytest.raises(ValueError, match="say which axis"):
        ops.flip(rows)
    with pytest.raises(ValueError, match="axis 0 is that of the rows"):
        ops.concatenate([rows, rows])
    assert ops.concatenate([rows, rows], axis=-1).shape == (None, 6)


V, OTHER = draw(4, 2), Weight((4, 2), Zeros(), "v", letter="V")
OPERATORS = [
    (lambda w: w + 1, X + 1),
    (lambda w: 1 - w, 1 - X),
    (lambda w: -w * 2, -2 * X),
    (lambda w: abs(w) / 3, np.abs(X) / 3),
    (lambda w: w**2, X**2),
    (lambda w: w[0], X[0]),
    (lambda w: w @ OTHER, X @ V),
    (lambda w: w > 0, X > 0),
]


@pytest.mark.parametrize(("function", "expected"), OPERATORS)
def test_operator_on_weights(function, expected):
    weight = Weight(X.shape, Zeros(), "w", letter="W")
    y = function(weight)
    given = {weight.tensor: X, OTHER.tensor: V}
    np.testing.assert_allclose(interpret(trace([y]), given, np)[y], expected)


def test_weights_are_not_looped_over():
    with pytest.raises(TypeError, match="cannot be looped over"):
        list(Weight((2, 2), Zeros(), "w", letter="W"))


@pytest.mark.parametrize(("function", "arrays", "_"), TABLE)
def test_single_precision_stays(function, arrays, _):
    assert function(*(a.astype(np.float32) for a in arrays)).dtype == np.float32


def test_every_function_is_tried():
    tried = {function.__name__ for function, *_ in TABLE} | {
        name for function, *_ in TABLE for name in function.__code__.co_names
    }
    assert {getattr(ops, name).__name__ for name in ops.__all__} <= tried
