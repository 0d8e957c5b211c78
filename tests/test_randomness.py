"""Draws that depend on the seed, the purpose and the step alone."""

import importlib
import pickle
import threading

import numpy as np
import pytest

from pellucid import philox
from pellucid.randomness import generator, next_seed, permutation, set_random_seed, uniform

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


@pytest.mark.parametrize("library", ["numpy", "array_api_strict", "array_api_compat.torch"])
@pytest.mark.parametrize(
    ("dtype", "shape"),
    [("float32", (5, 3)), ("float64", (7,)), ("float32", (0, 2)), ("float64", (2, 3, 4))],
)
@pytest.mark.parametrize("seed", [0, 2**62 + 12345, 2**64 - 1])
def test_philox_on_arrays_gives_the_bits_of_numpy(library, dtype, shape, seed):
    """Seed and step as plain numbers, as arrays, and the seed as its digits."""
    pytest.importorskip(library.split(".")[-1])
    xp = importlib.import_module(library)
    expected = uniform(seed, 3, 2**17 + 1, shape, dtype)
    quarters = xp.asarray([seed >> shift & 0xFFFF for shift in (0, 16, 32, 48)])
    signed = xp.asarray(seed - (seed >> 63 << 64))
    for given in (seed, quarters, signed):
        for step in (2**17 + 1, xp.asarray(2**17 + 1)):
            found = philox.uniform(xp, given, 3, step, shape, dtype == "float64")
            assert str(found.dtype).endswith(dtype)
            np.testing.assert_array_equal(np.asarray(found), expected)


def test_a_thread_has_the_seed_that_it_sets():
    """Two threads that draw in turn draw what each would alone; the main thread goes on its way."""
    set_random_seed(5)
    first, turn, drawn = next_seed(), threading.Barrier(2, timeout=10), {}

    def draws(seed):
        turn.wait()
        set_random_seed(seed)
        turn.wait()
        drawn[seed] = [(turn.wait(), next_seed())[1] for _ in range(3)]

    both = [threading.Thread(target=draws, args=(seed,)) for seed in (5, 6)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    second = next_seed()
    assert drawn[5] == [next_seed_of(5, at) for at in range(3)]
    assert drawn[6] == [next_seed_of(6, at) for at in range(3)]
    assert [first, second] == [next_seed_of(5, 0), next_seed_of(5, 1)]


def next_seed_of(root, number):
    set_random_seed(root)
    return [next_seed() for _ in range(number + 1)][-1]


class Narrow:
    """An array library whose widest numbers have 32 bits."""

    def __getattr__(self, name):
        return getattr(np, name)

    def __array_namespace_info__(self):
        return self

    def dtypes(self):
        return {"int32": np.int32, "float32": np.float32}


def test_philox_on_arrays_of_32_bits():
    """The same single numbers; in place of double ones, their first 24 bits."""
    single = philox.uniform(Narrow(), 2**62 + 5, 3, 9, (11,), False)
    np.testing.assert_array_equal(single, uniform(2**62 + 5, 3, 9, (11,), "float32"))
    double = philox.uniform(Narrow(), 2**62 + 5, 3, 9, (11,), True)
    expected = np.floor(uniform(2**62 + 5, 3, 9, (11,), "float64") * 2**24) / 2**24
    np.testing.assert_array_equal(double, expected.astype("float32"))
