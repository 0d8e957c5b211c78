"""Drawn points: where they lie, and what cannot be drawn."""

import numpy as np
import pytest

from pellucid import datasets

GENERATORS = ["moons", "circles", "spirals", "blobs", "xor"]


@pytest.mark.parametrize("name", GENERATORS)
def test_drawn_points(name):
    draw = getattr(datasets, name)
    x, y = draw(samples=101, seed=3)
    assert (x.shape, x.dtype, y.shape, y.dtype) == ((101, 2), np.float32, (101,), np.int64)
    assert np.isfinite(x).all()
    assert min(np.bincount(y)) > 20
    assert (np.diff(y) < 0).any()
    np.testing.assert_array_equal(x, draw(samples=101, seed=3)[0])
    assert not np.array_equal(x, draw(samples=101, seed=4)[0])


def test_points_lie_on_their_shapes():
    x, y = datasets.circles(noise=0, factor=0.25)
    np.testing.assert_allclose(np.hypot(*x.T), np.where(y, 0.25, 1.0), rtol=1e-6)
    x, y = datasets.xor()
    np.testing.assert_array_equal(y, (x[:, 0] > 0) != (x[:, 1] > 0))
    x, y = datasets.moons(noise=0)
    centres = np.where(y[:, None], [1.0, 0.5], [0.0, 0.0])
    np.testing.assert_allclose(np.hypot(*(x - centres).T), 1.0, rtol=1e-6)
    assert np.hypot(*datasets.spirals(noise=0, classes=5)[0].T).max() == pytest.approx(1.0)


def test_a_plane_is_a_slope():
    x, y = datasets.plane(101, seed=3)
    assert (x.shape, x.dtype, y.shape, y.dtype) == ((101, 2), np.float32, (101,), np.float32)
    np.testing.assert_allclose(y, x.mean(axis=1), atol=1e-7)
    noisy = datasets.plane(1000, noise=0.5)
    assert (noisy[1] - noisy[0].mean(axis=1)).std() == pytest.approx(0.5, rel=0.1)


def test_blobs_lie_around_their_centers():
    centers = [[0.0, 0.0, 9.0], [5.0, 5.0, 0.0]]
    x, y = datasets.blobs(400, centers, spread=0.5)
    for label, center in enumerate(centers):
        np.testing.assert_allclose(x[y == label].mean(0), center, atol=0.2)
    assert x.std(0).min() > 0.4
    assert datasets.blobs(40, 4, features=7)[0].shape == (40, 7)
    assert datasets.spirals(50, classes=5)[1].max() == 4


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("moons", {"samples": 1}, "samples is 1; expected a whole number of 2 or more"),
        ("xor", {"samples": 2.5}, "samples is 2.5"),
        ("circles", {"noise": -1}, "noise is -1"),
        ("plane", {"noise": -1}, "noise is -1"),
        ("circles", {"factor": 1.5}, "factor is 1.5"),
        ("blobs", {"centers": 0}, "centers is 0"),
        ("blobs", {"centers": [1.0, 2.0]}, r"expected \(centers, features\)"),
        ("spirals", {"classes": 0}, "classes is 0"),
    ],
)
def test_points_that_cannot_be_drawn(name, options, words):
    with pytest.raises(ValueError, match=words):
        getattr(datasets, name)(**options)
