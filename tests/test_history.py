"""History: Keras's shape, and its picture."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest

from pellucid import plots
from pellucid.training.callbacks import CallbackList
from pellucid.training.history import History


class Net:
    history = None


def trained(epochs: int = 3, first: int = 0, **quantities: float) -> History:
    history = History()
    calls = CallbackList(history, Net(), {"epochs": epochs})
    calls.on_train_begin()
    for epoch in range(first, first + epochs):
        calls.on_epoch_begin(epoch)
        calls.on_epoch_end(epoch, {name: value / (epoch + 1) for name, value in quantities.items()})
    calls.on_train_end()
    return history


def test_as_in_keras():
    history = trained(loss=np.float32(1.0), val_loss=2.0)
    assert history.history == {"loss": [1.0, 0.5, pytest.approx(1 / 3)], "val_loss": [2, 1, 2 / 3]}
    assert all(type(value) is float for value in history.history["loss"])
    assert history.epoch == [0, 1, 2]
    assert history.params == {"epochs": 3}
    assert len(history.seconds) == 3
    assert min(history.seconds) >= 0
    assert history.model.history is history
    assert repr(history) == "<History of 3 epochs: loss, val_loss>"


def test_a_quantity_measured_now_and_then(plt):
    history = History()
    for epoch in range(4):
        history.on_epoch_begin(epoch)
        history.on_epoch_end(epoch, {"loss": 1.0} | ({"val_loss": 2.0} if epoch % 2 else {}))
    assert history.measured == {"loss": [0, 1, 2, 3], "val_loss": [1, 3]}
    for panel in (history.plot(), plots.curve(history)):
        assert list(panel.lines[1].get_xdata()) == [2, 4]


def test_a_record_takes_it_on():
    earlier, later = trained(loss=1.0, val_auc=float("nan")), History()
    later.go_on_from(json.loads(json.dumps(earlier.to_keep())))
    assert repr(later.to_keep()) == repr(earlier.to_keep())
    for wrong in ({}, {"epoch": [0], "seconds": [1], "history": {"loss": ["x"]}}):
        with pytest.raises((KeyError, ValueError)):
            History().go_on_from(wrong)


@pytest.fixture
def plt():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    yield plt
    plt.close("all")


def test_plot_has_a_panel_for_each_quantity(plt):
    loss, accuracy = trained(first=2, loss=1.0, accuracy=0.5, val_loss=1.5, val_accuracy=0.4).plot()
    assert [line.get_label() for line in loss.lines] == ["training", "validation"]
    assert list(loss.lines[0].get_xdata()) == [3, 4, 5]
    assert (accuracy.get_xlabel(), accuracy.get_ylabel()) == ("epoch", "accuracy")
    assert accuracy.get_legend() is not None
    loss.figure.canvas.draw()


def test_plot_on_given_axes(plt):
    history = trained(loss=1.0)
    assert len(history.plot().lines) == 1
    _, ax = plt.subplots()
    assert history.plot(ax) is ax
    with pytest.raises(ValueError, match=r"1 Axes for 2 quantities.*subplots\(1, 2\)"):
        trained(loss=1.0, mae=1.0).plot(ax)
    with pytest.raises(ValueError, match="fit"):
        History().plot()


@pytest.mark.parametrize("ground", ["white", "black"])
@pytest.mark.parametrize("colour", ["TRAINING", "VALIDATION", "AGAIN"])
def test_curves_are_legible_on_light_and_dark(colour, ground, plt):
    from matplotlib.colors import to_rgb

    from pellucid.plots import training

    def luminance(name):
        channels = np.array(to_rgb(name))
        linear = np.where(channels > 0.04, ((channels + 0.055) / 1.055) ** 2.4, channels / 12.92)
        return linear @ [0.2126, 0.7152, 0.0722]

    low, high = sorted((luminance(getattr(training, colour)), luminance(ground)))
    assert (high + 0.05) / (low + 0.05) >= 3.0, "the contrast asked of graphics"


def test_plot_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ImportError, match=r"pellucid\[standard\]"):
        trained(loss=1.0).plot()
