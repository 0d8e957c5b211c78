"""What is done to arrays before a network: words and class numbers by a vocabulary, bins."""

from __future__ import annotations

import json

import numpy as np
import pytest

from pellucid import layers

TEXTS = ["foo bar", "bar baz", "baz bada boom"]


def test_the_most_frequent_words_come_first():
    words = layers.StringLookup()
    words.adapt(["b", "a", "a", "c", "b", "a"])
    assert words.get_vocabulary() == ["[UNK]", "a", "b", "c"]
    assert words(["b", "c", "d"]).tolist() == [2, 3, 0]
    assert words.vocabulary_size() == 4
    few = layers.StringLookup(max_tokens=2)
    few.adapt(iter([["a", "b"], ["b"]]))
    assert few.get_vocabulary() == ["[UNK]", "b"]


def test_texts_as_numbers():
    texts = layers.TextVectorization(output_sequence_length=4)
    texts.adapt(TEXTS)
    assert texts.get_vocabulary() == ["", "[UNK]", "baz", "bar", "foo", "boom", "bada"]
    assert texts([["Foo, qux bar!"], ["qux baz"]]).tolist() == [[4, 1, 3, 0], [1, 2, 0, 0]]
    assert texts("bar").tolist() == [3, 0, 0, 0]
    loose = layers.TextVectorization(vocabulary=["baz", "bar"])
    assert loose(["bar baz bar", "x"]).tolist() == [[3, 2, 3], [1, 0, 0]]
    counts = layers.TextVectorization(vocabulary=["baz", "bar"], output_mode="count")
    assert counts(["bar baz bar", "x"]).tolist() == [[0, 1, 2], [1, 0, 0]]
    padded = layers.StringLookup(4, vocabulary=["a"], output_mode="count", pad_to_max_tokens=True)
    assert padded(["a", "a"]).tolist() == [0, 2, 0, 0]
    letters = layers.TextVectorization(split="character", standardize=None, vocabulary=["a", "B"])
    assert letters(["aB"]).tolist() == [[2, 3]]


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("int", [[1, 2, 2], [0, 1, 1]]),
        ("multi_hot", [[0, 1, 1], [1, 1, 0]]),
        ("count", [[0, 1, 2], [1, 2, 0]]),
    ],
)
def test_numbers_of_a_vocabulary(mode, expected):
    numbers = layers.IntegerLookup(vocabulary=[5, 9], output_mode=mode)
    assert numbers([[5, 9, 9], [7, 5, 5]]).tolist() == expected


def test_numbers_turned_back():
    back = layers.StringLookup(vocabulary=["a", "b"], invert=True, mask_token="")
    assert back([0, 1, 2, 3]).tolist() == ["", "[UNK]", "a", "b"]
    assert layers.IntegerLookup(vocabulary=[5], invert=True)([1, 0]).tolist() == [5, -1]


def test_classes_and_bins_as_columns():
    rows = np.array([[1, 2, 3, 1], [0, 3, 1, 0]])
    counts = layers.CategoryEncoding(5, "count")
    assert counts(rows).tolist() == [[0, 2, 1, 1, 0], [2, 1, 0, 1, 0]]
    assert layers.CategoryEncoding(5)(rows[0]).tolist() == [0, 1, 1, 1, 0]
    weighted = counts([[0, 1]], count_weights=[[0.25, 2.0]])
    assert weighted.tolist() == [[0.25, 2.0, 0, 0, 0]]
    assert layers.CategoryEncoding(3, "one_hot")([[2], [0]]).tolist() == [[0, 0, 1], [1, 0, 0]]
    bins = layers.Discretization(num_bins=4)
    bins.adapt(np.arange(8.0))
    assert bins.bin_boundaries == [1.75, 3.5, 5.25]
    assert bins([0, 1.75, 9]).tolist() == [0, 1, 3]
    hot = layers.Discretization([0.0], output_mode="one_hot")
    assert hot([-1.0, 1.0]).tolist() == [[1, 0], [0, 1]]


@pytest.mark.parametrize(
    "made",
    [
        layers.StringLookup(vocabulary=["a"], mask_token="", name="words"),
        layers.IntegerLookup(vocabulary=[3], output_mode="count"),
        layers.TextVectorization(vocabulary=["a"], output_sequence_length=3),
        layers.CategoryEncoding(4, "count"),
        layers.Discretization([0.0, 1.0]),
    ],
    ids=lambda each: type(each).__name__,
)
def test_a_configuration_makes_the_same(made):
    config = json.loads(json.dumps(made.get_config()))
    again = type(made).from_config(config)
    assert again.get_config() == made.get_config()
    given = ["a", "b"] if "max_tokens" in config and type(made).__name__[0] != "I" else [3, 1]
    np.testing.assert_array_equal(again(given), made(given))


def test_a_vocabulary_from_a_file(tmp_path):
    (tmp_path / "words.txt").write_text("a\nb\n", encoding="utf-8")
    words = layers.StringLookup(vocabulary=str(tmp_path / "words.txt"))
    assert words(["b"]).tolist() == [2]


MISTAKES = [
    (lambda: layers.StringLookup()(["a"]), "knows no tokens yet"),
    (lambda: layers.StringLookup(vocabulary=["a", "a"]), "'a' is there twice"),
    (lambda: layers.StringLookup(num_oov_indices=-1), "whole number of 0 or more, got -1"),
    (lambda: layers.StringLookup(output_mode="tf_idf"), "unknown output_mode 'tf_idf'"),
    (lambda: layers.StringLookup(max_tokens=1), "max_tokens is 2 or more"),
    (lambda: layers.StringLookup(vocabulary=["a", "b"], max_tokens=2), "max_tokens is 2, and"),
    (lambda: layers.StringLookup(num_oov_indices=0, vocabulary=["a"])(["b"]), "'b' is not in"),
    (lambda: layers.StringLookup(invert=True, output_mode="count"), "output_mode is 'int'"),
    (lambda: layers.StringLookup(pad_to_max_tokens=True), "needs max_tokens"),
    (lambda: layers.CategoryEncoding(2)([2]), "between 0 and 1, got 2 to 2"),
    (lambda: layers.CategoryEncoding(0), "num_tokens must be"),
    (lambda: layers.CategoryEncoding(2, "int"), "unknown output_mode 'int'"),
    (lambda: layers.CategoryEncoding(2)([1], count_weights=[1.0]), "output_mode='count'"),
    (lambda: layers.Discretization(), "one of bin_boundaries and num_bins"),
    (lambda: layers.Discretization([1.0, 0.0]), "bin_boundaries rise"),
    (lambda: layers.Discretization(num_bins=2)([1.0]), "no bins yet"),
    (lambda: layers.Discretization([0.0]).adapt([1.0]), "boundaries are given"),
    (lambda: layers.StringLookup(vocabulary=["a"])(layers.Input((3,))), "called on arrays"),
]


@pytest.mark.parametrize(("mistake", "words"), MISTAKES, ids=[words for _, words in MISTAKES])
def test_mistakes_are_named(mistake, words):
    with pytest.raises((ValueError, TypeError), match=words):
        mistake()
