"""The running numbers of an epoch."""

import numpy as np
import pytest

from pellucid.training.meters import Meters


@pytest.mark.parametrize("names", [["a_loss"], ["a_loss", "b_loss"]])
def test_losses_add_up_to_the_same_bits_in_batches_and_in_stretches(names):
    """Of 6 batches of 5 rows the last has 2; columns are the whole, then each output."""
    losses = np.random.default_rng(0).random((6, 1 + len(names)))
    single, stretched = Meters([], names), Meters([], names)
    for rows, each in zip([5] * 5 + [2], losses.tolist(), strict=True):
        single.update(rows, each, [], [], None)
    stretched.add_losses(15, 5, losses[:3])
    stretched.add_losses(12, 5, losses[3:])
    assert single.logs() == stretched.logs()
    assert list(single.logs()) == ["loss", *(names if len(names) > 1 else [])]
    assert single.logs()["loss"] == pytest.approx((losses[:5, 0].sum() * 5 + losses[5, 0] * 2) / 27)
