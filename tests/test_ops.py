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
    (ops.add, (X, P), np.add),
    (ops.subtract, (X, P), np.subtract),
    (ops.multiply, (X, P), np.multiply),
    (ops.divide, (X, P), np.divide),
    (ops.negative, (X,), np.negative),
    (ops.reciprocal, (P,), np.reciprocal),
    (ops.rsqrt, (P,), lambda x: 1 / np.sqrt(x)),
    (ops.leaky_relu, (X,), lambda x: np.where(x > 0, x, 0.2 * x)),
    (ops.elu, (X,), lambda x: np.where(x > 0, x, np.expm1(x))),
    (ops.softplus, (X,), lambda x: np.log1p(np.exp(x))),
    (ops.softsign, (X,), lambda x: x / (1 + np.abs(x))),
    (ops.silu, (X,), lambda x: x / (1 + np.exp(-x))),
    (ops.gelu, (X,), lambda x: 0.5 * x * (1 + np.tanh((2 / np.pi) ** 0.5 * (x + 0.044715 * x**3)))),
    (ops.log_softmax, (X,), lambda x: x - np.log(np.exp(x).sum(-1, keepdims=True))),
    (ops.less, (X, P), np.less),
    (ops.greater_equal, (X, P), np.greater_equal),
    (ops.less_equal, (X, P), np.less_equal),
    (ops.equal, (X, P), np.equal),
    (ops.not_equal, (X, P), np.not_equal),
    (lambda x: ops.logical_not(ops.greater(x, 0.0)), (X,), lambda x: x <= 0),
    (
        lambda x, p: ops.logical_and(ops.greater(x, 0.0), ops.less(p, 1.0)),
        (X, P),
        lambda x, p: (x > 0) & (p < 1),
    ),
    (
        lambda x, p: ops.logical_or(ops.greater(x, 0.0), ops.less(p, 1.0)),
        (X, P),
        lambda x, p: (x > 0) | (p < 1),
    ),
    *(
        (
            lambda x, f=name, a=axis, k=keep: getattr(ops, f)(x, axis=a, keepdims=k),
            (X,),
            lambda x, f=name, a=axis, k=keep: getattr(np, f)(x, axis=a, keepdims=k),
        )
        for name in ("max", "min", "var", "std")
        for axis in (None, 0, -1)
        for keep in (False, True)
    ),
    (lambda x: ops.logsumexp(x, -1), (X,), lambda x: np.log(np.exp(x).sum(-1))),
    (lambda x: ops.norm(x, axis=1), (X,), lambda x: np.linalg.norm(x, axis=1)),
    (lambda x: ops.norm(x, 1, 1), (X,), lambda x: np.abs(x).sum(1)),
    (ops.normalize, (X,), lambda x: x / np.linalg.norm(x, axis=-1, keepdims=True)),
    (lambda x, p: ops.average(x, 1, p), (X, P), lambda x, p: np.average(x, 1, p)),
    (lambda x: ops.moments(x, 1)[1], (X,), lambda x: np.var(x, 1)),
    (lambda x: ops.squeeze(ops.expand_dims(x, 1), 1), (X,), lambda x: x),
    (ops.transpose, (X,), np.transpose),
    (lambda x: ops.swapaxes(x, 0, 1), (X,), lambda x: x.T),
    (lambda x: ops.moveaxis(x, 0, -1), (X,), lambda x: x.T),
    (lambda x, p: ops.stack([x, p], 1), (X, P), lambda x, p: np.stack([x, p], 1)),
    (lambda x: ops.split(x, 2, 1)[1], (X,), lambda x: x[:, 2:]),
    (lambda x: ops.split(x, [1, 3], 1)[1], (X,), lambda x: x[:, 1:3]),
    (lambda x: ops.repeat(x, 2, 1), (X,), lambda x: x.repeat(2, 1)),
    (lambda x: ops.pad(x, ((1, 0), (0, 2))), (X,), lambda x: np.pad(x, ((1, 0), (0, 2)))),
    (
        lambda x: x * ops.ones_like(x) + ops.zeros_like(x) + ops.full_like(x, 2.0),
        (X,),
        lambda x: x + 2,
    ),
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


def test_places_and_shapes():
    np.testing.assert_array_equal(ops.argmax(X, -1), X.argmax(-1))
    np.testing.assert_array_equal(ops.argmin(X), X.argmin())
    rows = Tensor((None, 3), "x")
    assert ops.shape(rows) == (None, 3)
    assert ops.ndim(X) == 2
    with pytest.raises(TypeError, match="no gradient goes"):
        ops.argmax(rows)
    with pytest.raises(ValueError, match="stay the first axis"):
        ops.transpose(rows)
    with pytest.raises(ValueError, match="not 2 equal parts"):
        ops.split(rows, 2, axis=1)
    with pytest.raises(ValueError, match="is longer"):
        ops.squeeze(rows, 1)


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
    reduced, elsewhere = {"max", "min", "var", "std"}, {"argmax", "argmin", "shape", "ndim"}
    assert {getattr(ops, name).__name__ for name in ops.__all__} <= tried | reduced | elsewhere
