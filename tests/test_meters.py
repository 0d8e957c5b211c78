"""The running numbers of an epoch."""

import numpy as np
import pytest

import pellucid as pl
from pellucid.training.engine import Meters


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


def network(outputs):
    pl.utils.set_random_seed(0)
    x = pl.Input((3,))
    net = pl.Model(x, [pl.layers.Dense(2)(x) for _ in range(outputs)])
    net.compile("sgd", "mse")
    return net
