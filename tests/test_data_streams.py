"""Batches from generators, lists and functions."""

import numpy as np
import pytest

from pellucid.data import StreamData, as_data

X = np.arange(12.0, dtype="float32").reshape(4, 3)
Y = np.array([0, 1, 0, 1])


def pairs():
    yield X[:3], Y[:3]
    yield X[3:], Y[3:]


class Rewinding:
    """An iterator that starts over, as many loaders are."""

    def __iter__(self):
        self.left = 2
        return self

    def __next__(self):
        if not self.left:
            raise StopIteration
        self.left -= 1
        return X, Y


REPEATABLE = {
    "function": pairs,
    "list": list(pairs()),
    "list of lists": [list(pair) for pair in pairs()],
    "rewinding": Rewinding(),
}


def sizes(stream):
    return [len(batch.x[0]) for batch in stream]


@pytest.mark.parametrize("source", REPEATABLE.values(), ids=REPEATABLE)
def test_a_source_that_opens_anew_gives_every_pass(source):
    stream = StreamData(source)
    assert sizes(stream) == sizes(stream)
    assert len(sizes(stream)) == 2


@pytest.mark.parametrize("source", REPEATABLE.values(), ids=REPEATABLE)
def test_looking_at_the_first_batch_loses_none(source):
    stream = StreamData(source)
    assert stream.x_shapes == ((3,),)
    assert len(sizes(stream)) == len(sizes(stream)) == 2


def test_streams_are_told_from_rows():
    assert isinstance(as_data(pairs()), StreamData)
    assert isinstance(as_data(pairs), StreamData)
    assert as_data(list(pairs())).steps == 2
    assert as_data(pairs()).steps is None


def test_a_generator_is_asked_once():
    stream = as_data(pairs())
    assert stream.x_shapes == ((3,),)
    assert sizes(stream) == [3, 1]
    with pytest.raises(ValueError, match=r"`lambda: batches\(\)`"):
        sizes(stream)


def test_a_function_that_gives_the_same_generator_again_is_spent():
    generator = pairs()
    stream = StreamData(lambda: generator)
    assert sizes(stream) == [3, 1]
    with pytest.raises(ValueError, match="another pass"):
        sizes(stream)


def test_a_stream_without_batches_is_refused():
    with pytest.raises(ValueError, match="the stream gave no batches"):
        sizes(StreamData(lambda: iter([])))


@pytest.mark.parametrize(
    ("item", "parts"),
    [
        (X, (1, 0, False)),
        ((X,), (1, 0, False)),
        ((X, Y), (1, 1, False)),
        ([X, Y], (1, 1, False)),
        ((X, Y, np.ones(4)), (1, 1, True)),
        ((X, None), (1, 0, False)),
        (X.tolist(), (1, 0, False)),
    ],
)
def test_what_a_batch_may_be(item, parts):
    (batch,) = StreamData(lambda: [item])
    assert (len(batch.x), len(batch.y), batch.weight is not None) == parts
    assert batch.rows is None
    np.testing.assert_array_equal(batch.x[0], X)


def test_several_inputs_and_outputs():
    (batch,) = StreamData(lambda: [({"a": X, "b": Y}, (Y, X))], inputs=["a", "b"], outputs=2)
    assert [part.shape for part in (*batch.x, *batch.y)] == [(4, 3), (4,), (4,), (4, 3)]


def test_tables_may_be_batches():
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("narwhals")
    (batch,) = as_data(iter([(pandas.DataFrame(X), pandas.Series(Y))]))
    np.testing.assert_array_equal(batch.x[0], X)


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ((X, Y[:2]), "batch 2 of the stream: .* x has 4, y has 2"),
        ((X, Y, Y, Y), "4 parts"),
        ((X, Y, -np.ones(4)), "batch 2 of the stream: .*sample_weight"),
        ((X[:0], Y[:0]), "batch 2 of the stream: x is empty"),
    ],
)
def test_a_wrong_batch_is_named(item, words):
    with pytest.raises(ValueError, match=words):
        list(StreamData([(X, Y), item]))


def test_targets_beside_a_stream_are_refused():
    with pytest.raises(ValueError, match="leave y out"):
        as_data(pairs(), Y)
    with pytest.raises(ValueError, match="leave sample_weight out"):
        as_data(pairs(), None, Y)


def test_a_loader_of_torch_is_a_stream():
    torch = pytest.importorskip("torch")
    data = torch.utils.data.TensorDataset(torch.from_numpy(X), torch.from_numpy(Y))
    stream = as_data(torch.utils.data.DataLoader(data, batch_size=3))
    assert sizes(stream) == sizes(stream) == [3, 1]
    assert stream.steps == 2
