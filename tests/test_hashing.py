"""Bins of words and whole numbers by their texts: the hashes, and the layers that use them."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import layers
from pellucid.layers.fingerprints import fingerprint, keyed

WORDS = ["omar", "stringer", "marlo", "wire", "skywalker"]
#: the key and the answers of the paper on SipHash-2-4, for the bytes 0, 1, 2, … up to a length
KEY = (0x0706050403020100, 0x0F0E0D0C0B0A0908)
PAPER = {0: 0x726FDB47DD0E0E31, 8: 0x93F5F5799A932462, 15: 0xA129CA6149BE45E5}


@pytest.mark.parametrize("length", PAPER)
def test_siphash(length):
    assert keyed(bytes(range(length)), KEY) == PAPER[length]


#: Fingerprint64 of FarmHash, of the letters a, b, c, … z, a, … up to a length
FARM = {
    0: 0x9AE16A3B2F90404F,
    1: 0xB3454265B6DF75E3,
    3: 0x24A5B3A074E7F369,
    4: 0x1A5502DE4A1F8101,
    7: 0x3C40C92B1CCB7355,
    8: 0xFEE9D22990C82909,
    16: 0x54630BAD7705CEBD,
    17: 0x9E2106C72D7793A8,
    32: 0xFF96B8A54087359A,
    33: 0x1BD257E2FC3DA812,
    64: 0x9C4A595C23BB9BFA,
    65: 0x2434D8917886FE2A,
    128: 0xC3244D5EC8A4474A,
    129: 0x9B1CA0571B8CEFD4,
    200: 0x25D40299E8419AF6,
}


@pytest.mark.parametrize("length", FARM)
def test_farmhash(length):
    text = bytes(97 + at % 26 for at in range(length))
    assert fingerprint(text) == FARM[length]


#: settings, what is given, and the bins that Keras's layer has for it
KERAS = [
    ({"num_bins": 3}, [["A"], ["B"], ["C"], ["D"], ["E"]], [[1], [0], [1], [1], [2]]),
    ({"num_bins": 3, "mask_value": ""}, ["A", "B", "", "C", "D"], [1, 1, 0, 2, 2]),
    ({"num_bins": 3, "salt": [133, 137]}, ["A", "B", "C", "D", "E"], [1, 2, 1, 0, 2]),
    ({"num_bins": 3, "salt": 133}, ["A", "B", "C", "D", "E"], [0, 0, 2, 1, 0]),
    ({"num_bins": 2}, WORDS, [0, 0, 1, 0, 0]),
    ({"num_bins": 2}, np.array(WORDS, "S"), [0, 0, 1, 0, 0]),
    ({"num_bins": 3, "mask_value": "omar"}, WORDS, [0, 1, 2, 1, 1]),
    ({"num_bins": 2, "salt": [211, 137]}, WORDS, [1, 0, 1, 0, 1]),
    ({"num_bins": 3}, [[0, 1, 2, 3, 4]], [[1, 0, 1, 0, 2]]),
    ({"num_bins": 3}, np.array([0.0, 1.9, 2.0]), [1, 0, 1]),
    ({"num_bins": 3, "salt": [133, 137]}, [0, 1, 2, 3, 4], [1, 1, 2, 0, 1]),
    ({"num_bins": 1}, WORDS, [0, 0, 0, 0, 0]),
    ({"num_bins": 3, "output_mode": "one_hot"}, [0, 4], [[0, 1, 0], [0, 0, 1]]),
    ({"num_bins": 3, "output_mode": "multi_hot"}, [[0, 1, 2, 3]], [[1, 1, 0]]),
    ({"num_bins": 3, "output_mode": "count"}, [[0, 1, 2, 3, 4]], [[2, 2, 1]]),
]


@pytest.mark.parametrize(("settings", "given", "expected"), KERAS)
def test_hashing_as_in_keras(settings, given, expected):
    layer = layers.Hashing(**settings)
    np.testing.assert_array_equal(layer(given), expected)
    again = layers.Hashing.from_config(layer.get_config())
    np.testing.assert_array_equal(again(given), expected)
    shape = layer.compute_output_shape((None, *np.shape(given)[1:]))
    assert shape[1:] == np.shape(expected)[1:] or np.ndim(given) == 1


def test_crossing_as_in_keras():
    words, numbers = np.array(["A", "B", "A", "B", "A"]), np.array([101, 101, 101, 102, 102])
    np.testing.assert_array_equal(layers.HashedCrossing(5)((words, numbers)), [1, 4, 1, 1, 3])
    columns = layers.HashedCrossing(5, output_mode="one_hot")([words[:, None], numbers[:, None]])
    np.testing.assert_array_equal(columns, np.eye(5)[[1, 4, 1, 1, 3]])


def test_columns_may_be_sparse():
    sparse = pytest.importorskip("scipy.sparse")
    for layer in (
        layers.CategoryEncoding(4, sparse=True),
        layers.Hashing(4, output_mode="count", sparse=True),
    ):
        found = layer([[0, 2], [3, 3]])
        assert sparse.issparse(found)
        np.testing.assert_array_equal(
            found.toarray(), type(layer)(**layer.settings() | {"sparse": False})([[0, 2], [3, 3]])
        )


#: lookups, what they are given, and the numbers that Keras has for it
LOOKUPS = [
    (layers.IntegerLookup(vocabulary=[10, 20], num_oov_indices=4, oov_method="farmhash"),
     [100, 200, 300, 400, 20], [3, 1, 3, 1, 5]),
    (layers.IntegerLookup(vocabulary=[1, 2, 3], num_oov_indices=2), [1, 2, 3, 999, 1000],
     [2, 3, 4, 1, 0]),
    (layers.IntegerLookup(vocabulary=[1, 2], num_oov_indices=0), [2, 1], [1, 0]),
    (layers.StringLookup(vocabulary=["a"], num_oov_indices=3), ["a", "A", "B", "E"], [3, 1, 0, 2]),
    (layers.StringLookup(vocabulary=["a"], num_oov_indices=3, salt=[133, 137], mask_token=""),
     ["a", "A", "B", "D", ""], [4, 2, 3, 1, 0]),
]  # fmt: skip


@pytest.mark.parametrize(("layer", "given", "expected"), LOOKUPS)
def test_numbers_of_what_is_in_no_vocabulary(layer, given, expected):
    np.testing.assert_array_equal(layer(given), expected)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: layers.Hashing(0), "num_bins is a whole number of 1 or more, got 0"),
        (lambda: layers.Hashing(2, salt=[1]), r"salt is one whole number or two, got \[1\]"),
        (lambda: layers.Hashing(2, output_mode="tens"), "unknown output_mode 'tens'"),
        (lambda: layers.Hashing(2, sparse=True), "sparse=True is for columns"),
        (lambda: layers.Hashing(2, dtype="float32"), "dtype is that of whole numbers"),
        (lambda: layers.HashedCrossing(2)([[1]]), "a list of two arrays or more, got one"),
        (lambda: layers.HashedCrossing(2)(np.ones(2)), "two arrays or more, got ndarray"),
        (lambda: layers.HashedCrossing(2)([[1.0], [2.0]]), "words and whole numbers, got float64"),
        (lambda: layers.HashedCrossing(2)([[1], [1, 2]]), "arrays of one shape"),
        (lambda: layers.IntegerLookup(oov_method="luck"), "'floormod' or 'farmhash', got 'luck'"),
        (lambda: layers.IntegerLookup(salt=1), "salt is for oov_method='farmhash'"),
    ],
)
def test_what_makes_no_sense(make, words):
    with pytest.raises(ValueError, match=words):
        make()
