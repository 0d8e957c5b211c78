"""Sparse matrices that are not what SciPy has noted about them, and some that nobody can read.

They are right where the matrix has a meaning, as the sum of its entries; otherwise refused.
"""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
from scipy import sparse

import pellucid as keras
from pellucid import Sequential, layers
from tests.attack.sentences import assert_sentence

WIDTHS = [1, 3, 40, 700, 2000, 20_000]
CLASSES = 3


def case(rng: np.random.Generator, folder: Path) -> str:
    x = matrix(rng)
    x = damaged(x, rng)
    meant = entries_added(x)
    net = network(x.shape[1], rng)
    y = rng.integers(0, CLASSES, x.shape[0])
    if rng.random() < 0.1:
        return while_it_changes(net, x, y, rng)
    act = ACTS[rng.integers(len(ACTS))]
    before = net.get_weights()
    try:
        found = act(net, x, y)
    except (ValueError, TypeError) as error:
        if meant is not None:
            raise AssertionError(f"{x!r} has a meaning, but is refused") from error
        assert_sentence(error)
        return "refused"
    assert meant is not None, f"{x!r} means nothing, but was taken"
    net.set_weights(before)
    expected = act(again(net), meant, y)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-7, atol=1e-9)
    return "right"


def matrix(rng: np.random.Generator) -> sparse.csr_array:
    """One that SciPy has looked at, and found in order; its numbers can be added exactly."""
    rows, width = int(rng.integers(1, 200)), int(rng.choice(WIDTHS))
    share = min(1.0, float(rng.choice([0.0, 1, 10, 100])) / width)
    made = sparse.random(rows, width, share, "csr", rng.choice(["f4", "f8"]), rng)
    made.data = np.round(made.data * 64) / 64
    x = rng.choice([sparse.csr_matrix, sparse.csr_array])(made)
    kind = rng.choice([np.int32, np.int64])
    x.indices, x.indptr = x.indices.astype(kind), x.indptr.astype(kind)
    x.sum_duplicates()
    assert x.has_canonical_format
    return x


def permuted(x, rng):
    turned = rng.permutation(x.shape[1]).astype(x.indices.dtype)
    if x.indices.dtype.kind in "iu":
        x.indices = turned.take(x.indices, mode="clip")


def shuffled_in_place(x, rng):
    for start, stop in zip(x.indptr, x.indptr[1:], strict=False):
        rng.shuffle(x.indices[start:stop])


def twice(x, rng):
    x.indices[:] = x.indices[0] if len(x.indices) else 0


def any_columns(x, rng):
    x.indices[:] = rng.integers(0, x.shape[1], len(x.indices))


def beyond(x, rng):
    if len(x.indices):
        at = rng.integers(len(x.indices))
        x.indices[at] = rng.choice([x.shape[1], -1, 2**31 - 1, -(2**31), x.shape[1] + 7])


def starts_out_of_order(x, rng):
    rng.shuffle(x.indptr)


def starts_too_large(x, rng):
    x.indptr[rng.integers(len(x.indptr))] = rng.choice([len(x.indices) + 1, 2**31 - 1, -1])


def too_few(x, rng):
    name = rng.choice(["indptr", "indices", "data"])
    setattr(x, name, getattr(x, name)[: rng.integers(len(getattr(x, name)) + 1)])


def more_than_needed(x, rng):
    x.indices = np.concatenate([x.indices, [-5, 2**30]]).astype(x.indices.dtype)
    x.data = np.concatenate([x.data, [np.nan, 1]]).astype(x.data.dtype)


def other_numbers(x, rng):
    name, kind = rng.choice(["indices", "indptr"]), rng.choice(["u1", "i2", "u4", "u8", "f8", "O"])
    setattr(x, name, getattr(x, name).astype(kind))


def every_other(x, rng):
    x.indices, x.data = np.repeat(x.indices, 2)[::2], np.repeat(x.data, 2)[::2]


def untouched(x, rng):
    pass


DAMAGE = [
    permuted, shuffled_in_place, twice, any_columns, beyond, starts_out_of_order,
    starts_too_large, too_few, more_than_needed, other_numbers, every_other, untouched,
]  # fmt: skip


def damaged(x, rng):
    """The matrix after one damage or two, of which SciPy's notes know nothing; in any form."""
    for _ in range(rng.integers(1, 3)):
        DAMAGE[rng.integers(len(DAMAGE))](x, rng)
    if rng.random() < 0.9:
        return x
    rows, columns = np.indices((2, 2)).reshape(2, -1)
    other = sparse.coo_array((np.ones(4), (rows, columns)), (2, x.shape[1] + 1))
    other = other.asformat(rng.choice(["coo", "csc", "bsr"]))
    places = other.coords[rng.integers(2)] if other.format == "coo" else other.indices
    places[0] = rng.choice([0, 1, 2, 10**9, -1])
    return other


def entries_added(x):
    """The matrix that the arrays mean, dense; None where an entry has no place in it."""
    if x.format == "csr":
        return added_by_rows(x, x.shape)
    if x.format == "csc":
        turned = added_by_rows(x, x.shape[::-1])
        return None if turned is None else turned.T
    if x.format == "bsr":
        high, wide = x.blocksize
        blocks = added_by_rows(x, (x.shape[0] // high, x.shape[1] // wide), (high, wide))
        return None if blocks is None else blocks.swapaxes(1, 2).reshape(x.shape)
    return added(x.shape, *x.coords, x.data)


def added_by_rows(x, shape, block=()):
    starts, columns, numbers = x.indptr, x.indices, x.data
    if {starts.dtype.kind, columns.dtype.kind} - {"i", "u"} or len(starts) != shape[0] + 1:
        return None
    starts = [int(start) for start in starts]
    if starts[0] != 0 or starts != sorted(starts) or starts[-1] > min(len(columns), len(numbers)):
        return None
    rows = np.repeat(np.arange(shape[0]), np.diff(starts))
    return added((*shape, *block), rows, columns[: starts[-1]], numbers[: starts[-1]])


def added(shape, rows, columns, numbers):
    dense = np.zeros(shape)
    for row, column, number in zip(rows, columns, numbers, strict=True):
        if not (0 <= row < shape[0] and 0 <= column < shape[1]):
            return None
        dense[row, int(column)] += number
    return dense


def network(width, rng):
    keras.set_random_seed(int(rng.integers(1000)))
    hidden = layers.Dense(int(rng.choice([1, 5, 16, 40])), "tanh", input_shape=(width,))
    net = Sequential([hidden, layers.Dense(CLASSES, "softmax")], dtype="float64")
    executor = "auto" if rng.random() < 0.8 else "numpy"
    threads = int(rng.choice([1, 2, 4]))
    net.compile("sgd", "sparse_categorical_crossentropy", executor=executor, threads=threads)
    return net


def again(net):
    """The same network before it was trained."""
    other = Sequential.from_config(net.config())
    keras.set_random_seed(1)
    other.compile("sgd", "sparse_categorical_crossentropy", executor=net._running["choice"])
    other.set_weights(net.get_weights())
    return other


def fitted(net, x, y):
    net.fit(x, y, batch_size=16, epochs=2, shuffle=False, verbose=0)
    return net.get_weights()


def trained(net, x, y):
    return [net.train_on_batch(x, y), *net.get_weights()]


def evaluated(net, x, y):
    return [net.evaluate(x, y, verbose=0)]


def predicted(net, x, y):
    return [net.predict(x, verbose=0)]


def predicted_at_once(net, x, y):
    return [net.predictor()(x)]


def streamed(net, x, y):
    net.fit([(x, y), (x, y)], verbose=0)
    return net.get_weights()


ACTS = [fitted, fitted, fitted, trained, evaluated, predicted, predicted_at_once, streamed]


def while_it_changes(net, x, y, rng):
    """Numbers may then be wrong, or refused; they are read nowhere but in the matrix."""
    over, seed = threading.Event(), int(rng.integers(1000))
    names = ("indices", "indptr", "data")
    arrays = [array for name in names if (array := getattr(x, name, None)) is not None]

    def change():
        mine = np.random.default_rng(seed)
        while not over.is_set():
            for array in arrays:
                if array.size and array.dtype.kind in "iuf":
                    array.flat[mine.integers(array.size)] = mine.integers(0, 100)

    changer = threading.Thread(target=change)
    changer.start()
    try:
        net.fit(x, y, batch_size=16, epochs=5, verbose=0)
    except (ValueError, TypeError, IndexError) as error:
        assert_sentence(error)
    finally:
        over.set()
        changer.join()
    return "changed meanwhile"
