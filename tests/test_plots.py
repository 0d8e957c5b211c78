"""Plots: each gives its Axes, on Axes given or new ones, and says what it cannot draw."""

import numpy as np
import pytest

import pellucid
from pellucid import callbacks, layers, lenses, models, plots

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


POINTS = RNG.normal(size=(40, 2))
COLUMNS = [f"c{at}" for at in range(20)]


def of_points(units, activation):
    pellucid.set_random_seed(0)
    return models.Sequential([layers.Dense(units, activation, input_shape=(2,))])


LOOKED_THROUGH = {
    "attribution of a picture": lambda ax: plots.attribution(
        RNG.normal(size=12), shape=(3, 4), picture=RNG.random((3, 4)), ax=ax
    ),
    "attribution of colours": lambda ax: plots.attribution(RNG.normal(size=(3, 4, 3)), ax=ax),
    "attribution of a row": lambda ax: plots.attribution(RNG.normal(size=20), names=COLUMNS, ax=ax),
    "importance": lambda ax: plots.importance(
        lenses.Importance("loss", RNG.random(20), RNG.random(20) / 9), ax=ax
    ),
    "dependence": lambda ax: plots.dependence(
        lenses.Dependence(1, np.arange(5), np.arange(5), RNG.random((9, 5))), "size", ax=ax
    ),
    "boundary of two classes": lambda ax: plots.boundary(
        lenses.boundary(of_points(1, "sigmoid"), POINTS, steps=9), POINTS, POINTS[:, 0] > 0, ax=ax
    ),
    "boundary of three": lambda ax: plots.boundary(
        lenses.boundary(of_points(3, "softmax"), POINTS, steps=9),
        POINTS,
        TRUTH[:40],
        names=["a", "b"],
        classes=["x", "y", "z"],
        ax=ax,
    ),
    "boundary of numbers": lambda ax: plots.boundary(
        lenses.boundary(of_points(1, "linear"), POINTS, steps=9), POINTS, ax=ax
    ),
    "loss_line": lambda ax: plots.loss_line(lenses.LossLine(np.arange(3), np.ones(3)), ax),
    "loss_plane": lambda ax: plots.loss_plane(
        lenses.LossPlane(np.arange(3) - 1, np.arange(3) - 1, RNG.random((3, 3)) + 0.1), ax
    ),
    "network": lambda ax: plots.network(net(), RNG.random((4, 5)), ax=ax),
}
DRAWN |= LOOKED_THROUGH


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


def test_spreads():
    x = RNG.normal(size=(30, 2))
    deep = models.Sequential([layers.Dense(5, "relu", input_shape=(2,)), layers.Dense(1)])
    deep.compile("sgd", "mse")
    kept = callbacks.Activations(x)
    deep.fit(x, x[:, 0], epochs=12, verbose=0, callbacks=kept)
    assert len(plots.spread(kept)) == 2
    assert [tick.get_text() for tick in plots.spread(kept)[0].get_yticklabels()][-1] == "0"
    panels = plots.histograms(lenses.histograms(deep, x))
    assert panels[0].get_title().startswith("A1:  ")
    with pytest.raises(ValueError, match="got 1 Axes for 2 layers"):
        plots.spread(kept, matplotlib.pyplot.subplots()[1])


def test_mistakes_as_pictures():
    found = lenses.Confusion(TRUTH, P, ["a", "b", "c"])
    pictures = RNG.random((60, 12))
    assert len(plots.mistakes(found, pictures, most=5, shape=(3, 4))) == 5
    drawn = plots.mistakes(found, pictures, true=0, guess=1, most=99, shape=(3, 4))
    assert len(drawn) == found.counts[0, 1]
    assert drawn[0].get_title().startswith("a, taken for b")
    right = lenses.Confusion(TRUTH, np.eye(3)[TRUTH], ["a", "b", "c"])
    with pytest.raises(ValueError, match="no such rows"):
        plots.mistakes(right, pictures)


def words(ax):
    return [text.get_text() for text in ax.texts]


def test_a_network_is_abridged_and_says_so():
    wide = models.Sequential([layers.Dense(128, "relu", input_shape=(6,)), layers.Dense(3)])
    wide.class_names = ["ant", "bee", "cow"]
    ax = plots.network(wide, np.arange(6.0))
    assert "… 118 more" in words(ax)
    assert {"X  (6)", "A1  (128)", "Ŷ  (3)", "ant", "bee", "cow"} <= set(words(ax))
    assert words(ax)[-1].split("\n") == [
        "X to A1: 60 of 768 weights are drawn",
        "A1 to Ŷ: 30 of 384 weights are drawn",
    ]
    values = wide.record(np.arange(6.0)[None])["A1"][0]
    largest = set(map(str, np.argsort(-values)[:10]))
    assert largest <= set(words(ax))


def test_networks_of_other_kinds():
    pictures = models.Sequential(
        [
            layers.Reshape((6, 6, 1), input_shape=(6, 6)),
            layers.Conv2D(8, 3),
            layers.Flatten(),
            layers.Dense(2),
        ]
    )
    ax = plots.network(pictures, RNG.random((6, 6)), most=4)
    assert {"… 6 more maps", "conv2d"} <= set(words(ax))
    one, other = layers.Input((3,)), layers.Input((2,))
    joined = layers.Concatenate()([layers.Dense(3)(one), layers.Dense(3)(other)])
    both = models.Model([one, other], layers.Dense(1)(joined))
    ax = plots.network(both, [np.ones(3), np.ones(2)])
    assert {"X1  (3)", "X2  (2)", "Ŷ  (1)"} <= set(words(ax))
    with pytest.raises(ValueError, match=r"of one row, such as x\[0\]; got 2"):
        plots.network(pictures, RNG.random((2, 6, 6)))


def test_weights_of_any_layer():
    deep = models.Sequential(
        [layers.Conv2D(5, 3, input_shape=(6, 6, 2)), layers.Flatten(), layers.Dense(4)]
    )
    assert len(plots.weights(deep)) == 5
    assert len(plots.weights(deep, shape=(4, 4, 5), layer="dense")) == 4
