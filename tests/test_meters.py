"""The running numbers of an epoch."""

import numpy as np
import pytest

import pellucid as pl
from pellucid.metrics import Metric
from pellucid.training import loop, passes
from pellucid.training.meters import Meters


@pytest.mark.parametrize("outputs", [1, 2])
def test_losses_add_up_to_the_same_bits_in_batches_and_in_stretches(outputs):
    """A batch of 4 rows, or of 2, gives back the very loss that was summed over its rows."""
    x = np.random.default_rng(0).random((22, 3))
    y = (x[:, :2],) * outputs
    stretched, single = (network(outputs) for _ in range(2))
    meters = Meters([], [f"{name}_loss" for name in single.output_names])
    meters.rows = len(x)
    for first in range(0, 22, 4):
        rows = slice(first, first + 4)
        losses = single.train_on_batch(x[rows], tuple(each[rows] for each in y))
        losses = losses if outputs > 1 else [losses]
        meters.totals += [loss * len(x[rows]) for loss in losses]
    history = stretched.fit(x, y, 4, shuffle=False, verbose=0).history
    assert {name: values[0] for name, values in history.items()} == meters.logs()
    assert list(history) == ["loss", *(meters.loss_names[1:])]


def largest_of_batch(y, p):
    """One number for all rows: it depends on which come together."""
    return p.max()


class Calls(Metric):
    """How many rows came together, as a mean."""

    def reset_state(self):
        self.rows = self.calls = 0

    def update_state(self, y, p, sample_weight=None):
        self.rows, self.calls = self.rows + len(p), self.calls + 1

    def result(self):
        return self.rows / max(self.calls, 1)


#: bytes of outputs, and seconds, after which steps are measured
CUTS = [(1 << 26, 1e9), (1, 1e9), (200, 1e9), (1 << 26, 0.0)]


@pytest.mark.parametrize("executor", ["numpy", "auto"])
def test_a_metric_of_batches_is_given_batches(executor, monkeypatch):
    """However training is cut into stretches: by the bytes of outputs, and by time."""
    x, found = np.random.default_rng(0).random((500, 3)), []
    data = {"x": x, "y": x[:, :2], "batch_size": 8, "verbose": 0}
    held = {"validation_data": (x, x[:, :2]), "validation_batch_size": 7}
    for outputs, seconds in CUTS:
        monkeypatch.setattr(passes, "OUTPUTS", outputs)
        monkeypatch.setattr(loop, "STRETCH", seconds)
        net = network(1, [largest_of_batch, Calls(), "mae"], executor)
        history = net.fit(**data, epochs=2, **held).history
        found.append({**history, "evaluated": net.evaluate(**data)})
    assert all(each == found[0] for each in found)
    assert found[0]["calls"] == [500 / 63] * 2
    assert found[0]["val_calls"] == [500 / 72] * 2
    p = net.predict(x)
    means = [p[at : at + 8].max() * len(p[at : at + 8]) for at in range(0, 500, 8)]
    assert found[0]["evaluated"][1] == pytest.approx(np.sum(means, dtype=float) / 500)


def network(outputs, metrics=None, executor="auto"):
    pl.utils.set_random_seed(0)
    x = pl.Input((3,))
    net = pl.Model(x, [pl.layers.Dense(2)(x) for _ in range(outputs)])
    net.compile("sgd", "mse", metrics=metrics, executor=executor)
    return net
