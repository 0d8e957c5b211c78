"""Draws that depend on the seed, the purpose and the step alone."""

import pickle

import numpy as np
import pytest

from pellucid.randomness import generator, permutation

PELLUCID = int.from_bytes(b"pellucid", "big")


@pytest.mark.parametrize("seed", [0, 7, 2**63 - 1])
@pytest.mark.parametrize("purpose", [(), (3,), (0, 2**40)])
def test_a_generator_is_philox_with_the_seed_as_key_and_the_purpose_as_counter(seed, purpose):
    counter = [0, *purpose, *[0] * (3 - len(purpose))]
    philox = np.random.Philox(key=seed + (PELLUCID << 64), counter=counter)
    words = philox.random_raw(20)
    np.testing.assert_array_equal(generator(seed, *purpose).bit_generator.random_raw(20), words)


def test_a_generator_goes_on_where_its_copy_does():
    first = generator(5, 1)
    first.random(3)
    assert pickle.loads(pickle.dumps(first)).random() == first.random()


def test_an_order_has_every_number_once_and_is_another_at_each_step():
    orders = [permutation(seed, 0, step, 100) for seed in (1, 2) for step in (0, 1)]
    assert all(sorted(order) == list(range(100)) for order in orders)
    assert len({order.tobytes() for order in orders}) == 4
    np.testing.assert_array_equal(permutation(2, 0, 1, 100), orders[-1])
