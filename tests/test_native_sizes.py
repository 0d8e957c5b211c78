"""The native executor on networks of many sizes: where products are small, thin, cut or shared."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pellucid import Input, Model, layers
from pellucid.data import as_data
from tests.native import at_every_level, check, network, rows, sparse_rows

pytestmark = at_every_level

D = layers.Dense


@pytest.mark.parametrize("batch_size", [1, 3, 4, 8, 32])
@pytest.mark.parametrize("widths", [(32, 32), (64, 64), (7, 90), (33, 17, 9), (1, 40)], ids=str)
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_narrow_networks(widths: tuple[int, ...], batch_size: int, optimizer: str) -> None:
    x, y = rows(40, 2), rows(40, 1, 1)
    stack = [D(width, "tanh") for width in widths]
    check(network([*stack, D(1)], "mse", optimizer, width=2), x, y, batch_size=batch_size, epochs=3)


@pytest.mark.parametrize("filters", [1, 3, 64])
@pytest.mark.parametrize("batch_size", [1, 5])
def test_images_of_few_places(filters: int, batch_size: int) -> None:
    x, y = rows(10, 4 * 4 * 8).reshape(-1, 4, 4, 8), rows(10, 2, 1)
    stack = [layers.Conv2D(filters, 3, activation="tanh"), layers.Conv2D(filters, 2)]

    def make(executor: str, dtype: str) -> Any:
        inside = Input((4, 4, 8))
        outside = D(2)(layers.Flatten()(stack[1](stack[0](inside))))
        net = Model(inside, outside, dtype=dtype)
        net.compile("adam", "mse", executor=executor)
        return net

    copied = [layer.settings() for layer in stack]

    def fresh(executor: str, dtype: str) -> Any:
        stack[:] = [layers.Conv2D(**each) for each in copied]
        return make(executor, dtype)

    check(fresh, x, y, batch_size=batch_size, epochs=2)


def held(kind: str, x: np.ndarray) -> Any:
    if kind == "csr":
        return pytest.importorskip("scipy.sparse").csr_array(x)
    return (255 * abs(x) / abs(x).max()).astype("uint8") if kind == "uint8" else x


@pytest.mark.parametrize("kind", ["float32", "uint8", "csr"])
@pytest.mark.parametrize("widths", [(16, 128), (128, 16), (4, 200)], ids=str)
def test_two_layers_read_one_sparse_input(kind: str, widths: tuple[int, int]) -> None:
    x, y = sparse_rows(256, 784).astype("float32"), rows(256, 3, 1)

    def make(executor: str, dtype: str) -> Any:
        inside = Input((784,))
        both = layers.Concatenate()([D(width, "tanh")(inside) for width in widths])
        net = Model(inside, D(3)(both), dtype=dtype)
        net.compile("sgd", "mse", executor=executor)
        return net

    scale = 1 / 255 if kind == "uint8" else 1
    check(make, held(kind, x), scale * y, "float32", batch_size=128, epochs=3)


def test_rows_may_be_chosen_in_any_way() -> None:
    x = rows(20, 3)
    for chosen in ([-1, -2], np.arange(20)[::-2], np.arange(20) % 3 == 0):
        data = as_data(x).subset(chosen).subset(slice(1, None))
        assert data.rows is not None
        assert data.rows.flags.c_contiguous
        np.testing.assert_array_equal(data.between(0, len(data)).x[0], x[chosen][1:])
