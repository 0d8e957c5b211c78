"""Sparse inputs: the same training as on dense arrays, and never all of them dense at once."""

from __future__ import annotations

import re
import tracemalloc

import numpy as np
import pytest

import pellucid as keras
from pellucid import Input, Model, Sequential, layers
from pellucid.data import CSR, as_data
from pellucid.executors.native.library import problem
from pellucid.training.nonfinite import NonFiniteError
from tests.native import assert_as_exact, assert_predicted, by_numpy, check
from tests.nets import CLASSES, WIDTH, assert_same, classes, classifier, numbers

sparse = pytest.importorskip("scipy.sparse", reason="sparse matrices are SciPy's")

ROWS = 60
Y = classes(ROWS)
X = np.where(numbers(ROWS, WIDTH) > 0.5, numbers(ROWS, WIDTH, seed=1), 0).astype("float32")
X[7] = 0
HOLDERS = [sparse.csr_matrix, sparse.csr_array, sparse.csc_array, sparse.coo_matrix,
           sparse.lil_array, sparse.dok_matrix, sparse.bsr_array, sparse.dia_array]  # fmt: skip


def held(x=X):
    return sparse.csr_array(x)


def unsorted():
    """X with columns out of order and numbers in two parts."""
    (rows, columns), half = X.nonzero(), X[X.nonzero()] / 2
    order = np.lexsort((-columns, rows))
    places = np.repeat(columns[order], 2)
    indptr = np.concatenate([[0], np.cumsum(2 * np.count_nonzero(X, axis=1))])
    return sparse.csr_matrix((np.repeat(half[order], 2), places, indptr), X.shape)


def wide(rows=2000, width=50_000, each=10):
    """Rows of which almost everything is 0."""
    columns = np.sort(np.random.default_rng(0).integers(0, width // each, (rows, each)))
    columns += np.arange(each) * (width // each)
    indptr = np.arange(0, rows * each + 1, each)
    x = sparse.csr_array((np.ones(rows * each, "float32"), columns.ravel(), indptr), (rows, width))
    return x, classes(rows)


@pytest.mark.parametrize("holder", HOLDERS)
def test_every_kind_of_sparse_matrix_is_read(holder):
    data = as_data(holder(X), Y)
    assert isinstance(data.x[0], CSR)
    assert data.x_shapes == ((WIDTH,),)
    np.testing.assert_array_equal(data.x[0].dense(), X)


@pytest.mark.parametrize("kind", ["bool", "int8", "int64", "float32", "float64"])
def test_numbers_keep_their_dtype_and_are_not_copied(kind):
    x = held((X * 3).astype(kind))
    found = as_data(x).x[0]
    assert found.dense().dtype == kind
    assert np.shares_memory(found.data, x.data)
    np.testing.assert_array_equal(found.dense(), x.toarray())


@pytest.mark.parametrize("kind", [np.int32, np.int64])
def test_rows_are_taken_as_from_an_array(kind):
    x = held()
    x.indices, x.indptr = x.indices.astype(kind), x.indptr.astype(kind)
    one, two = as_data(x, Y), as_data(X, Y)
    rows = np.array([5, 59, 5, 0, 7])
    parts = [
        (one.take(rows), two.take(rows)), (one.take([]), two.take([])),
        (one.between(6, 9), two.between(6, 9)), (one.between(55, 90), two.between(55, 90)),
        (one.between(60, 70), two.between(60, 70)),
        (one.subset(rows).between(1, 4), two.subset(rows).between(1, 4)),
    ]  # fmt: skip
    for few, expected in parts:
        np.testing.assert_array_equal(few.x[0].dense(), expected.x[0])
        assert few.y[0].tolist() == expected.y[0].tolist()
        assert few.rows.tolist() == expected.rows.tolist()
    assert np.shares_memory(one.between(6, 9).x[0].data, x.data)
    some = one.between(6, 20).x[0]
    np.testing.assert_array_equal(some[2:5].dense(), X[8:11])
    np.testing.assert_array_equal(some[np.array([3, 1])].dense(), X[[9, 7]])


def test_columns_out_of_order_are_put_in_order_on_a_copy():
    x = unsorted()
    before = x.data.copy(), x.indices.copy()
    found = as_data(x).x[0]
    np.testing.assert_array_equal(found.dense(), X)
    for start, stop in zip(found.indptr, found.indptr[1:], strict=False):
        assert (np.diff(found.indices[start:stop]) > 0).all()
    assert_same([x.data, x.indices], before)


@pytest.mark.parametrize("kind", ["float32", "float64", "int8", "bool"])
@pytest.mark.parametrize("options", [
    {}, {"shuffle": False}, {"validation_split": 0.25}, {"sample_weight": np.linspace(0, 2, ROWS)},
    {"class_weight": "balanced", "batch_size": 7},
    {"class_weight": {0: 1.0, 1: 2.0, 2: 0.5}, "validation_split": 0.25, "batch_size": 50},
], ids=str)  # fmt: skip
def test_training_is_that_on_the_dense_array_bit_for_bit(kind, options):
    x = (X * 3).astype(kind)
    nets = [classifier(executor="numpy"), classifier(executor="numpy")]
    logs = [
        net.fit(given, Y, epochs=3, verbose=0, **options).history
        for net, given in zip(nets, (x, held(x)), strict=True)
    ]
    assert_same(nets[1].get_weights(), nets[0].get_weights())
    assert logs[1] == logs[0]


@pytest.mark.parametrize("executor", ["auto", "numpy"])
def test_evaluating_and_predicting_are_those_on_the_dense_array(executor):
    net = classifier(executor=executor)
    kinds = "float32", "float64"
    others = [by_numpy(net, dtype, metrics=["accuracy"]) for dtype in kinds]
    for holder in HOLDERS:
        x = holder(X)
        found = net.evaluate(x, Y, verbose=0)
        assert_as_exact(found, *(each.evaluate(X, Y, verbose=0) for each in others))
        assert_predicted(net.predict(x, verbose=0), net, X)
    assert_predicted(net.predict(held()[[3]], verbose=0), net, X[[3]])
    assert_predicted(net.predict(held(), batch_size=7, verbose=0), net, X)


@pytest.mark.parametrize("executor", ["auto", "numpy"])
def test_single_batches(executor):
    one, two = (classifier(executor=executor, dtype="float64") for _ in range(2))
    assert two.train_on_batch(held(), Y) == pytest.approx(one.train_on_batch(X, Y), 1e-9)
    assert_same(two.get_weights(), one.get_weights(), 1e-9)
    assert two.test_on_batch(held(), Y) == pytest.approx(one.test_on_batch(X, Y), 1e-9)
    assert_same([two.predict_on_batch(held())], [one.predict_on_batch(X)], 1e-9)


@pytest.mark.parametrize("executor", ["auto", "numpy"])
def test_training_by_either_executor_comes_to_the_same(executor):
    one, two = (classifier(executor=each, dtype="float64") for each in ("numpy", executor))
    one.fit(X, Y, epochs=3, verbose=0, validation_data=(X, Y))
    two.fit(held(), Y, epochs=3, verbose=0, validation_data=(held(), Y))
    assert_same(two.get_weights(), one.get_weights(), 1e-9)
    assert two.history.history["val_loss"] == pytest.approx(one.history.history["val_loss"], 1e-9)


@pytest.mark.parametrize("executor", ["auto", "numpy"])
def test_a_stream_of_sparse_batches(executor):
    def batches():
        for start in range(0, ROWS, 12):
            yield held()[start : start + 12], Y[start : start + 12]

    one, *others = (classifier(executor=executor, dtype="float64") for _ in range(3))
    one.fit(X, Y, batch_size=12, shuffle=False, epochs=2, verbose=0)
    for net, stream in zip(others, (batches, list(batches())), strict=True):
        net.fit(stream, epochs=2, verbose=0, validation_data=stream)
        assert_same(net.get_weights(), one.get_weights(), 1e-9)
        assert_same([net.predict(stream, verbose=0)], [one.predict(X, verbose=0)], 1e-9)


@pytest.mark.parametrize("executor", ["auto", "numpy"])
def test_a_network_that_does_not_begin_with_a_product(executor):
    nets = []
    for x in (X, held()):
        keras.set_random_seed(0)
        first = layers.Rescaling(0.5, input_shape=(WIDTH,))
        net = Sequential([first, layers.Dropout(0.2)], dtype="float64")
        net.add(layers.Dense(CLASSES, "softmax"))
        net.compile("adam", "sparse_categorical_crossentropy", executor=executor)
        net.fit(x, Y, epochs=2, verbose=0, validation_split=0.25)
        nets.append(net)
    assert_same(nets[1].get_weights(), nets[0].get_weights(), 1e-9)


needs_native = pytest.mark.skipif(problem() is not None, reason=str(problem()))


@needs_native
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize("batch_size", [1, 7, 60])
def test_the_native_executor_reads_entries(dtype, optimizer, batch_size):
    def make(executor, dtype):
        return classifier(optimizer, dtype=dtype, executor=executor, metrics=())

    check(make, held(), Y, dtype, batch_size=batch_size, epochs=3)


@needs_native
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize("batch_size", [64, 300])
def test_threads_share_the_columns_of_wide_rows(optimizer, batch_size, monkeypatch):
    monkeypatch.setattr("pellucid.executors.native.executor.CHOOSES", False)
    x, y = wide(600, 1000)
    targets, weights = np.eye(CLASSES)[y], []

    def make(executor, dtype, threads=1):
        hidden = layers.Dense(130, "tanh", input_shape=(1000,))
        net = Sequential([hidden, layers.Dense(CLASSES)], dtype=dtype)
        net.compile(optimizer, "mse", executor=executor, threads=threads)
        return net

    check(make, x, targets, "float32", batch_size=batch_size, epochs=2)
    for threads in (1, 3):
        keras.set_random_seed(0)
        net = make("native", "float32", threads)
        net.fit(x, targets, batch_size, epochs=2, verbose=0)
        weights.append([*net.get_weights(), net.predict(x, verbose=0)])
    assert_same(weights[1], weights[0])


@needs_native
@pytest.mark.parametrize("kind", ["bool", "uint8", "int64", "float64"])
def test_the_native_executor_reads_entries_of_any_dtype(kind):
    x, net = (X * 3).astype(kind), classifier(executor="native")
    assert_predicted(net.predict(held(x), verbose=0), net, x)


def two_inputs():
    keras.set_random_seed(0)
    a, b = Input((WIDTH,), name="words"), Input((3,), name="extra")
    net = Model([a, b], layers.Dense(CLASSES, "softmax")(layers.Concatenate()([a, b])))
    net.compile("adam", "sparse_categorical_crossentropy", executor="numpy")
    return net


def test_one_of_several_inputs_may_be_sparse():
    extra = numbers(ROWS, 3)
    one, two, three = two_inputs(), two_inputs(), two_inputs()
    one.fit((X, extra), Y, verbose=0)
    two.fit((held(), extra), Y, verbose=0)
    three.fit({"extra": held(extra), "words": held()}, Y, verbose=0)
    assert_same(two.get_weights(), one.get_weights())
    assert_same(three.get_weights(), one.get_weights())
    assert_same([two.predict((held(), extra), verbose=0)], [one.predict((X, extra), verbose=0)])


def test_numbers_of_words_may_be_sparse():
    words = (np.abs(X) * 4).astype(int)
    nets = []
    for x in (words, held(words), held(words.astype(float))):
        keras.set_random_seed(0)
        net = Sequential([layers.Embedding(20, 3, input_shape=(WIDTH,)), layers.Flatten()])
        net.add(layers.Dense(CLASSES, "softmax"))
        net.compile("adam", "sparse_categorical_crossentropy", executor="numpy")
        net.fit(x, Y, verbose=0)
        nets.append(net)
    assert_same(nets[1].get_weights(), nets[0].get_weights())
    assert_same(nets[2].get_weights(), nets[0].get_weights())


def test_the_input_shape_comes_from_the_data():
    net = Sequential([layers.Dense(CLASSES, "softmax")])
    net.compile("adam", "sparse_categorical_crossentropy")
    net.fit([held()], Y, verbose=0)
    assert net.get_weights()[0].shape == (WIDTH, CLASSES)


def test_normalization_adapts_to_sparse_data():
    found = [layers.Normalization() for _ in range(3)]
    for layer, data in zip(found, (X, sparse.csc_array(X), iter([(held(), Y)])), strict=True):
        layer.adapt(data)
    assert_same(found[1].get_weights(), found[0].get_weights())
    assert_same(found[2].get_weights(), found[0].get_weights())


@pytest.mark.parametrize("executor", ["auto", "numpy"])
def test_a_predictor_reads_sparse_rows(executor):
    net = classifier(executor=executor)
    predict = net.predictor()
    assert_predicted(predict(held()), net, X)
    assert_predicted(predict(held()[3])[None], net, X[[3]])


@pytest.mark.parametrize("executor", ["auto", "numpy"])
def test_all_of_a_sparse_matrix_is_never_dense(executor):
    x, y = wide()
    net = Sequential([layers.Dense(8, "relu", input_shape=x.shape[1:])])
    net.add(layers.Dense(CLASSES, "softmax"))
    net.compile("sgd", "sparse_categorical_crossentropy", executor=executor)
    whole = x.shape[0] * x.shape[1] * 4
    for work in (
        lambda: net.fit(x, y, epochs=1, validation_split=0.2, verbose=0),
        lambda: net.evaluate(x, y, verbose=0),
        lambda: net.predict(x, verbose=0),
    ):
        tracemalloc.start()
        work()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < whole / 4


REFUSED = {
    "wrong width": (lambda net: net.fit(held(X[:, :3]), Y), "(n, 4)", "(60, 3)"),
    "wrong width to predict": (lambda net: net.predict(held(X[:, :3])), "(n, 4)", "(60, 3)"),
    "another length": (lambda net: net.fit(held(), Y[:7]), "x has 60", "y has 7"),
    "no rows": (lambda net: net.predict(held()[:0]), "x is empty", "(0, 4)"),
    "no columns": (lambda net: net.predict(sparse.csr_array((3, 0))), "without values", "(3, 0)"),
    "one row": (lambda net: net.predict(held()[0]), "(4,)", "x.reshape(1, -1)"),
    "three dimensions": (
        lambda net: net.predict(sparse.coo_array(np.ones((2, 3, 4)))), "(2, 3, 4)", "a matrix",
    ),
    "complex numbers": (lambda net: net.predict(held(X * 1j)), "complex", "hstack([x.real, x.imag"),
    "sparse targets": (lambda net: net.fit(held(), held(Y[:, None])), "y is a sparse csr_array",
                       "y.toarray()"),
    "sparse weights": (
        lambda net: net.fit(held(), Y, sample_weight=held(Y[:, None])), "sample_weight is a sparse",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused(case):
    act, *words = REFUSED[case]
    with pytest.raises((ValueError, TypeError)) as error:
        act(classifier())
    for word in words:
        assert word in str(error.value)


def test_columns_outside_the_matrix_are_refused():
    for broken in (lambda x: x.indices.__setitem__(0, WIDTH), lambda x: x.indices.fill(-1),
                   lambda x: x.indptr.__setitem__(2, 1000)):  # fmt: skip
        x = held()
        broken(x)
        with pytest.raises(ValueError, match=re.escape("x.check_format()")):
            as_data(x)


def test_rows_that_should_be_images_begin_with_a_reshape():
    net = Sequential([layers.Conv2D(2, 2, input_shape=(2, 2, 1)), layers.Flatten()])
    net.compile("adam", "mse")
    with pytest.raises(ValueError, match=re.escape("Reshape((2, 2, 1), input_shape=(4,))")):
        net.predict(held())


@pytest.mark.parametrize("executor", ["auto", "numpy"])
def test_a_nan_is_found(executor):
    x = held()
    x.data[x.indptr[40]] = np.nan
    column = x.indices[x.indptr[40]]
    words = f"NaN in the data: X, column {column}.*sample 40.*{re.escape('x.sum(axis=1)')}"
    with pytest.raises(NonFiniteError, match=words):
        classifier(executor=executor).fit(x, Y, verbose=0)


def test_a_matrix_of_nothing_but_zeros():
    net = classifier(executor="numpy")
    net.fit(sparse.csr_array((ROWS, WIDTH)), Y, verbose=0)
    zeros = net.predict(sparse.csr_matrix((2, WIDTH)), verbose=0)
    assert_same([zeros], [net.predict(np.zeros((2, WIDTH)), verbose=0)])


def test_what_scikit_learn_makes_of_words_goes_straight_in():
    text = pytest.importorskip("sklearn.feature_extraction.text")
    preprocessing = pytest.importorskip("sklearn.preprocessing")
    lines = ["a cold wet day", "a warm dry day", "wet and cold", "dry and warm"] * 5
    y = np.array([0, 1, 0, 1] * 5)
    for x in (text.TfidfVectorizer().fit_transform(lines),
              text.CountVectorizer().fit_transform(lines),
              preprocessing.OneHotEncoder().fit_transform(np.array(lines)[:, None])):  # fmt: skip
        net = Sequential([layers.Dense(1, "sigmoid")])
        net.compile("adam", "binary_crossentropy", metrics=["accuracy"])
        net.fit(x, y, epochs=200, batch_size=4, verbose=0)
        assert ((net.predict(x, verbose=0)[:, 0] > 0.5) == y).all()
