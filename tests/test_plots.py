"""Plots: each gives its Axes, on Axes given or new ones, and says what it cannot draw."""

import numpy as np
import pytest

from pellucid import layers, models, plots

matplotlib = pytest.importorskip("matplotlib")
pytest.importorskip("sklearn")
matplotlib.use("agg")

RNG = np.random.default_rng(0)
TRUTH = np.arange(60) % 3
P = RNG.dirichlet([1, 1, 1], 60)
HISTORY = {"loss": [2.0, 1.0, 0.5], "val_loss": [2.0, 0.9, 1.1]}
SIZES = {"W1": [1.0, 0.1], "W2": [0.0, 0.01]}


def net():
    return models.Sequential([
        layers.Input((4, 5)), layers.Flatten(), layers.Dense(6), layers.Dense(2),
    ])  # fmt: skip


DRAWN = {
    "confusion": lambda ax: plots.confusion(TRUTH, P.argmax(axis=1), ["a", "bb", "long name"], ax),
    "roc": lambda ax: plots.roc(TRUTH, P, ax=ax),
    "roc of two": lambda ax: plots.roc(TRUTH > 0, P[:, :1], ax=ax),
    "calibration": lambda ax: plots.calibration(TRUTH, P, ax=ax),
    "predicted": lambda ax: plots.predicted(TRUTH, TRUTH + 0.1, True, ax),
    "residuals": lambda ax: plots.residuals(TRUTH, TRUTH + 0.1, ax),
    "curve": lambda ax: plots.curve(HISTORY, ax=ax),
    "sizes": lambda ax: plots.sizes([1, 2], SIZES, ax=ax),
    "weight_matrix": lambda ax: plots.weight_matrix(net(), [f"f{at}" for at in range(20)], ax),
}


@pytest.fixture(autouse=True)
def closed():
    yield
    matplotlib.pyplot.close("all")


@pytest.mark.parametrize("name", DRAWN)
def test_each_draws_on_new_axes_or_on_those_given(name):
    made = DRAWN[name](None)
    assert isinstance(made, matplotlib.axes.Axes)
    _, ax = matplotlib.pyplot.subplots()
    assert DRAWN[name](ax) is ax
    assert ax.has_data()
    ax.figure.canvas.draw()


def test_confusion_counts():
    ax = plots.confusion([0, 0, 1, 1], [0, 1, 1, 1], ["no", "yes"])
    assert sorted(text.get_text() for text in ax.texts) == ["1", "1", "2"]
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["no", "yes"]


def test_roc_shows_the_area():
    ax = plots.roc([0, 0, 1, 1], np.array([0.1, 0.2, 0.7, 0.9]))
    assert "area 1.000" in ax.get_legend().get_texts()[0].get_text()


def test_calibration_of_a_network_that_is_right_as_often_as_it_says():
    truth = np.array([1] * 8 + [0] * 2)
    ax = plots.calibration(truth, np.full(10, 0.8))
    assert ax.lines[1].get_xydata().tolist() == [[0.8, 0.8]]


def test_pictures():
    assert len(plots.images(RNG.random((5, 3, 3)), list("abcde"), columns=2)) == 5
    assert len(plots.images(RNG.random((2, 3, 3, 3)))) == 2
    assert len(plots.weights(net())) == 6
    assert len(plots.weights(net(), most=4)) == 4
    with pytest.raises(ValueError, match="got 1 Axes for 2 pictures"):
        plots.images(RNG.random((2, 3, 3)), ax=matplotlib.pyplot.subplots()[1])


def test_weights_that_are_no_images():
    flat = models.Sequential([layers.Dense(3, input_shape=(6,))])
    with pytest.raises(ValueError, match=r"reads 6 numbers.*shape=\(height, width\)"):
        plots.weights(flat)
    assert len(plots.weights(flat, shape=(2, 3))) == 3
