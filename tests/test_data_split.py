"""Rows held out: none lost, none twice, classes in proportion."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.data import holdout
from pellucid.data.split import divide

FRACTIONS = st.floats(0.01, 0.9)
LABELS = st.lists(st.integers(0, 5), min_size=12, max_size=80)


@given(st.integers(11, 300), FRACTIONS, st.integers(0, 2**63))
def test_every_row_is_in_one_part(rows, fraction, seed):
    kept, held = holdout(rows, fraction, seed)
    assert sorted([*kept, *held]) == list(range(rows))
    assert len(held) == math.ceil(round(fraction * rows, 6))
    assert (np.diff(kept) > 0).all()
    assert (np.diff(held) > 0).all()


@given(LABELS, FRACTIONS, st.integers(0, 100))
def test_classes_keep_their_share(labels, fraction, seed):
    labels = np.array(labels)
    kept, held = holdout(len(labels), fraction, seed, labels)
    assert sorted([*kept, *held]) == list(range(len(labels)))
    assert len(held) == math.ceil(round(fraction * len(labels), 6))
    sizes = np.bincount(labels, minlength=6)
    share = sizes * len(held) / len(labels)
    if all(1 <= part <= size - 1 for part, size in zip(share, sizes, strict=True) if size):
        assert (np.abs(np.bincount(labels[held], minlength=6) - share) < 1).all()


@given(LABELS, st.integers(0, 100))
def test_every_class_of_two_or_more_is_in_both_parts(labels, seed):
    labels = np.array(labels)
    held = max(len(set(labels.tolist())), len(labels) // 3)
    sizes = np.bincount(labels, minlength=6)
    kept, taken = divide(len(labels), held, seed, labels)
    for label in np.flatnonzero(sizes >= 2):
        if held <= np.maximum(sizes - 1, 0).sum():
            assert label in labels[kept]
            assert label in labels[taken]


def test_shares_are_exact_where_they_can_be():
    labels = np.repeat([0, 1, 2], [60, 30, 10])
    _, held = holdout(100, 0.2, 0, labels)
    assert np.bincount(labels[held]).tolist() == [12, 6, 2]


def test_the_largest_remainder_gets_the_odd_row():
    _, held = divide(10, 3, 0, np.repeat([0, 1], [6, 4]))
    assert np.bincount(np.repeat([0, 1], [6, 4])[held]).tolist() == [2, 1]


def test_a_class_of_one_row_is_kept():
    labels = np.array([0] * 9 + [1])
    for seed in range(20):
        assert 9 in holdout(10, 0.3, seed, labels)[0]


def test_labels_may_be_text_or_one_hot_or_all_different():
    assert len(holdout(6, 0.5, 0, np.array(list("aabbcc")))[1]) == 3
    _, held = holdout(6, 0.5, 0, np.eye(3)[[0, 0, 1, 1, 2, 2]])
    assert sorted(held // 2) == [0, 1, 2]
    assert len(holdout(1000, 0.25, 0, np.linspace(0, 1, 1000))[1]) == 250


def test_same_seed_same_rows_other_seed_other_rows():
    first, again, other = (holdout(100, 0.3, seed)[1].tolist() for seed in (1, 1, 2))
    assert first == again != other


def test_the_rows_are_drawn_from_everywhere():
    _, held = holdout(1000, 0.2, 0)
    assert 400 < held.mean() < 600


@pytest.mark.parametrize("fraction", [0, 1, 1.5, -0.1, float("nan"), "0.2", None, True, 10])
def test_silly_fractions(fraction):
    with pytest.raises(ValueError, match="expected a fraction between 0 and 1"):
        holdout(10, fraction, 0)


@pytest.mark.parametrize(("rows", "fraction"), [(1, 0.5), (2, 0.9), (5, 0.99)])
def test_too_few_rows(rows, fraction):
    with pytest.raises(ValueError, match="leaves none to train on"):
        holdout(rows, fraction, 0)


def test_labels_of_another_length():
    with pytest.raises(ValueError, match=r"shape \(9,\); expected one for each of the 10 rows"):
        holdout(10, 0.2, 0, np.zeros(9))
