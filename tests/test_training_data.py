"""Training on whatever holds data: memory maps, images of bytes, tables, lists and streams."""

from __future__ import annotations

import numpy as np
import pytest

import pellucid
from pellucid import Sequential, layers
from pellucid.callbacks import LambdaCallback
from tests.nets import WIDTH, assert_same, classifier, clusters, rows_of

X, Y = (np.asarray(each) for each in clusters(48))
ROWS = X.astype("float32")


def pandas(x):
    return pytest.importorskip("pandas").DataFrame(x, columns=list("abcd"))


def polars(x):
    return pytest.importorskip("polars").DataFrame(x, schema=list("abcd"))


def arrow(x):
    table = pytest.importorskip("pyarrow").table
    return table(dict(zip("abcd", x.T, strict=True)))


def torch(x):
    return pytest.importorskip("torch").from_numpy(x)


@pytest.mark.parametrize("holder", [
    list, tuple, np.asfortranarray, lambda x: x.astype(float), np.ndarray.tolist, pandas,
    polars, arrow, torch,
])  # fmt: skip
def test_every_holder_of_the_same_numbers_trains_the_same(holder):
    one, two = classifier(), classifier()
    x = holder(ROWS)
    one.fit(ROWS, Y, epochs=2, verbose=0)
    two.fit(x, Y.tolist(), epochs=2, verbose=0)
    assert_same(two.get_weights(), one.get_weights())
    assert two.evaluate(x, Y, verbose=0) == one.evaluate(ROWS, Y, verbose=0)
    assert_same([two.predict(x, verbose=0)], [one.predict(ROWS, verbose=0)])


def test_a_memory_map_is_never_read_whole(tmp_path):
    path = tmp_path / "x.npy"
    np.save(path, ROWS)
    mapped = np.load(path, mmap_mode="r")
    one, two = classifier(executor="numpy"), classifier(executor="numpy")
    taken = rows_of(two, "train")
    one.fit(ROWS, Y, batch_size=8, validation_split=0.25, verbose=0)
    two.fit(mapped, Y, batch_size=8, validation_split=0.25, verbose=0)
    assert_same(two.get_weights(), one.get_weights())
    assert max(map(len, taken)) == 8


@pytest.mark.parametrize("kind", ["uint8", "int16", "bool", "float16", "float64"])
def test_arrays_of_any_dtype_are_converted_batch_by_batch(kind):
    images = (np.abs(X) * 20).astype(kind).reshape(-1, 2, 2)
    labels = Y.astype("uint8")
    nets = []
    for x in (images, images.astype("float32")):
        net = Sequential([layers.Flatten(input_shape=(2, 2)), layers.Rescaling(1 / 80)])
        net.add(layers.Dense(3, "softmax", kernel_initializer="zeros"))
        net.compile("adam", "sparse_categorical_crossentropy")
        net.fit(x, labels, shuffle=False, verbose=0)
        nets.append(net)
    assert_same(nets[0].get_weights(), nets[1].get_weights())
    assert images.dtype == kind
    assert nets[0].predict(images, verbose=0).dtype == np.float32


def batches(size=8):
    for start in range(0, len(ROWS), size):
        yield ROWS[start : start + size], Y[start : start + size]


class Loader:
    """A sequence of batches, as a data loader is."""

    def __len__(self):
        return 6

    def __getitem__(self, at):
        if at >= 6:
            raise IndexError
        return ROWS[8 * at : 8 * at + 8], Y[8 * at : 8 * at + 8]


@pytest.mark.parametrize("stream", [lambda: batches, lambda: list(batches()), Loader])
def test_streams_train_as_their_rows_in_order(stream):
    one, two = classifier(dtype="float64"), classifier(dtype="float64")
    one.fit(ROWS, Y, batch_size=8, epochs=3, shuffle=False, verbose=0)
    given = two.fit(stream(), epochs=3, verbose=0, validation_data=stream()).history
    assert_same(two.get_weights(), one.get_weights())
    expected = one.evaluate(ROWS, Y, batch_size=8, verbose=0)
    assert two.evaluate(stream(), verbose=0) == pytest.approx(expected, 1e-9)
    assert given["val_loss"][-1] == pytest.approx(expected[0])
    assert_same([two.predict(stream(), verbose=0)], [one.predict(ROWS, verbose=0)], 1e-9)


def test_a_stream_without_end():
    def endless():
        while True:
            yield from batches()

    one, two = classifier(), classifier()
    one.fit(ROWS, Y, batch_size=8, epochs=2, shuffle=False, verbose=0)
    two.fit(endless(), steps_per_epoch=4, epochs=3, verbose=0)
    assert_same(two.get_weights(), one.get_weights())


def test_a_stream_of_weighted_batches():
    weight = np.linspace(0.5, 2, 48)
    one, two = classifier(), classifier()
    one.fit(ROWS, Y, sample_weight=weight, batch_size=8, shuffle=False, verbose=0)
    two.fit([(x, y, weight[8 * at : 8 * at + 8]) for at, (x, y) in enumerate(batches())], verbose=0)
    assert_same(two.get_weights(), one.get_weights())


def test_a_generator_that_is_spent_says_so():
    with pytest.warns(UserWarning, match=r"training ends: .*given all.*`lambda: batches"):
        history = classifier().fit(batches(), epochs=2, verbose=0)
    assert history.epoch == [0]


def test_validation_ends_with_its_generator():
    """Training goes on without; it is said once."""
    one, two = classifier(), classifier()
    with pytest.warns(UserWarning, match=r"validation ends: .*`lambda: batches") as said:
        found = one.fit(ROWS, Y, epochs=3, verbose=0, validation_data=batches())
    two.fit(ROWS, Y, epochs=3, verbose=0)
    assert len(said) == 1
    assert found.epoch == [0, 1, 2]
    assert found.measured["val_loss"] == [0]
    assert_same(one.get_weights(), two.get_weights())


@pytest.mark.parametrize("executor", ["numpy", "auto"])
def test_one_batch_trains_the_same_whatever_ran_before(executor):
    """Rows that are mostly zeros: a `fit` looks at them first, and takes them another way."""
    draw = np.random.default_rng(0)
    x = draw.normal(size=(256, 784)) * (draw.random((256, 784)) < 0.02)
    y = np.arange(256) % 3
    nets = []
    for _ in range(2):
        pellucid.set_random_seed(3)
        stack = [layers.Dense(64, "relu", input_shape=(784,)), layers.Dense(3, "softmax")]
        nets.append(Sequential(stack))
        nets[-1].compile("sgd", "sparse_categorical_crossentropy", executor=executor)
    start = nets[0].get_weights()
    nets[1].fit(x, y, batch_size=256, verbose=0)
    nets[1].set_weights(start)
    for net in nets:
        net.train_on_batch(x, y)
    for one, two in zip(*(net.get_weights() for net in nets), strict=True):
        np.testing.assert_array_equal(one, two)


def test_a_generator_that_ends_within_an_epoch_ends_training_there():
    """The last epoch has the batches that there were; callbacks are told that training ended."""
    ended = []
    calls = LambdaCallback(on_train_end=lambda logs: ended.append(logs["loss"]))
    count = sum(1 for _ in batches())
    with pytest.warns(UserWarning, match="training ends"):
        history = classifier().fit(
            batches(), epochs=9, steps_per_epoch=count - 1, callbacks=calls, verbose=0
        )
    assert history.epoch == [0, 1]
    assert ended == [history.history["loss"][-1]]


def test_the_input_shape_comes_from_the_first_data():
    for x in (ROWS, pandas(ROWS), batches):
        net = Sequential([layers.Dense(3, "softmax")])
        net.compile("adam", "sparse_categorical_crossentropy")
        net.fit(x, None if x is batches else Y, verbose=0)
        assert net.get_weights()[0].shape == (WIDTH, 3)
