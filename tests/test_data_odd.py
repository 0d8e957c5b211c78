"""Data that few would give: buffers, objects that lie, tables that cannot be read, odd classes."""

import array

import numpy as np
import pytest

import pellucid as keras
from pellucid import Sequential, layers

X = np.arange(12.0).reshape(4, 3)


def network(executor="numpy"):
    keras.set_random_seed(0)
    net = Sequential([layers.Dense(2, "softmax", input_shape=(3,))], dtype="float64")
    net.compile("sgd", "sparse_categorical_crossentropy", executor=executor)
    return net


class Told:
    """An object that says this of itself."""

    def __init__(self, **said):
        self.__dict__ |= said


@pytest.mark.parametrize(
    "given", [memoryview(X), memoryview(X.astype("f4")), memoryview(np.asfortranarray(X))]
)
def test_a_buffer_is_an_array(given):
    net = network()
    np.testing.assert_array_equal(net.predict(given, verbose=0), net.predict(X, verbose=0))


def test_an_array_of_the_standard_library_is_one():
    net, weights = network(), array.array("d", [1.0, 2.0, 0.0, 1.0])
    found = net.evaluate(X, array.array("b", [0, 1, 1, 0]), sample_weight=weights, verbose=0)
    assert found == net.evaluate(X, [0, 1, 1, 0], sample_weight=list(weights), verbose=0)


def broken_table():
    polars = pytest.importorskip("polars")
    return polars.DataFrame({"a": [1.0]}).lazy().select(polars.col("b"))


def two_columns_of_a_name():
    return pytest.importorskip("pandas").DataFrame(X[:, :2], columns=["a", "a"])


def deep():
    return np.full((1,) * 40, None)


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (
            lambda: Told(tocsr=lambda: X, shape=X.shape, dtype=X.dtype),
            "as a sparse matrix: .*indptr",
        ),
        (lambda: Told(tocsr=None), "x has dtype object"),
        (broken_table, "LazyFrame cannot be read as a table: "),
        (two_columns_of_a_name, "DataFrame cannot be read as a table: .*unique"),
        (deep, "x has dtype object"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(made, words):
    with pytest.raises((TypeError, ValueError), match=words):
        network().predict(made(), verbose=0)


@pytest.mark.parametrize("odd", [np.nan, np.inf, 0.5])
def test_class_weight_needs_a_class_in_every_row(odd):
    y = np.array([0, 1, 1, odd])
    with pytest.raises(
        ValueError, match="y, by which class_weight weighs the rows, must hold whole"
    ):
        network().fit(X, y, class_weight="balanced", verbose=0)


def test_a_class_number_costs_no_memory():
    """Weights go by the classes that there are, not by a table up to the largest."""
    net = Sequential([layers.Dense(1, input_shape=(3,))])
    net.compile("sgd", "mse")
    net.fit(X, [0, 1, 10**12, 1], class_weight={0: 1, 1: 0, 10**12: 0}, verbose=0)
    with pytest.raises(ValueError, match=r"no entry for the classes \[1000000000000\]"):
        net.fit(X, [0, 1, 10**12, 1], class_weight={0: 1, 1: 0}, verbose=0)


@pytest.mark.parametrize("executor", ["numpy", "auto"])
def test_a_predictor_takes_sparse_rows_and_lists(executor):
    sparse = pytest.importorskip("scipy.sparse")
    net = network(executor)
    predict, expected = net.predictor(), net.predict(X, verbose=0)
    for given in (sparse.csr_array(X), sparse.coo_matrix(X), X.tolist()):
        np.testing.assert_allclose(predict(given), expected)
    for given in (sparse.coo_array(X[1]), X[1].tolist(), X[1]):
        np.testing.assert_allclose(predict(given), expected[1])
