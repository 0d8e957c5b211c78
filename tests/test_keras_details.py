"""Small things that scripts written for Keras rely on, and would not notice going wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pellucid as pl
from pellucid import Input, Model, Sequential, layers
from pellucid.absent import ABSENT
from pellucid.callbacks import Callback
from pellucid.layers.agreed import AGREED

D, X, Y = layers.Dense, np.random.default_rng(0).normal(size=(8, 3)), np.arange(8) % 2


def compiled(**settings: Any) -> Sequential:
    net = Sequential([layers.Input((3,)), D(1, "sigmoid")])
    net.compile("sgd", "binary_crossentropy", **settings)
    return net


@pytest.mark.parametrize("layer", [D(2, use_bias=False), layers.BatchNormalization()])
def test_a_layer_that_was_built_keeps_its_weights(layer: Any) -> None:
    layer.build((None, 5))
    given = [np.full(each.shape, 3.0) for each in layer.get_weights()]
    layer.set_weights(given)
    net = Sequential([layer])
    net.build((None, 5))
    assert len(net.get_weights()) == len(given)
    assert all(np.array_equal(*pair) for pair in zip(net.get_weights(), given, strict=True))


def graphs() -> dict[str, tuple[Model, str]]:
    """Graphs, and the order of their layers in Keras 3.15, without the input layers."""
    x, y = Input((3,), name="x"), Input((2,), name="y")

    def named(name: str) -> layers.Dense:
        return D(3, name=name)

    d, e = named("d")(x), named("e")(x)
    in_turn = Model(x, layers.Concatenate(name="c")([d, e]))
    d, e = named("d")(x), named("e")(x)
    turned = Model(x, layers.Concatenate(name="c")([e, d]))
    b, s = named("b")(named("a")(x)), named("s")(x)
    short_way = Model(x, named("o")(layers.Add(name="m")([b, s])))
    a, b = named("a")(y), named("b")(x)
    m = layers.Add(name="m")([a, b])
    several = Model([x, y], [named("p")(m), named("q")(b)])
    s = named("s")(x)
    t, v = named("t")(s), named("v")(named("u")(s))
    uneven = Model(x, layers.Add(name="w")([x, v, t]))
    shared = named("sh")
    a = shared(x)
    c = layers.Concatenate(name="c")([shared(named("b")(a)), a])
    return {
        "in turn": (in_turn, "d e c"),
        "turned": (turned, "e d c"),
        "a short way": (short_way, "a b s m o"),
        "several": (several, "a b m p q"),
        "uneven": (uneven, "s u v t w"),
        "shared": (Model(x, c), "sh b c"),
    }


@pytest.mark.parametrize("name", graphs())
def test_layers_and_weights_come_in_the_order_of_keras(name: str) -> None:
    net, expected = graphs()[name]
    assert [layer.name for layer in net.layers] == expected.split()
    by_layer = [weight for layer in net.layers for weight in layer.get_weights()]
    assert len(by_layer) == len(net.get_weights())
    assert all(map(np.array_equal, net.get_weights(), by_layer))


def test_short_names_of_moments() -> None:
    class Both(Callback):
        def on_batch_begin(self, batch: int, logs: Any = None) -> None:
            seen.append(f"begin {batch}")

        def on_batch_end(self, batch: int, logs: Any = None) -> None:
            seen.append(f"end {batch}")

    seen: list[str] = []
    compiled().fit(X, Y, batch_size=4, verbose=0, callbacks=[Both()])
    assert seen == ["begin 0", "end 0", "begin 1", "end 1"]


def test_metrics_go_by_the_name_that_was_given() -> None:
    history = compiled(metrics=["Precision", "AUC", "mae"]).fit(X, Y, verbose=0).history
    assert list(history) == ["loss", "Precision", "AUC", "mae"]


def test_weights_of_rows_in_a_column() -> None:
    weights = np.linspace(0.5, 2, 8)
    found = []
    for each in (weights, weights[:, None]):
        pl.set_random_seed(1)
        net = compiled()
        net.fit(X, Y, sample_weight=each, verbose=0)
        found.append(net.get_weights()[0])
    assert np.array_equal(*found)


def test_numbers_for_several_axes() -> None:
    mean, variance = np.arange(8.0).reshape(4, 2), np.full((4, 2), 4.0)
    layer = layers.Normalization(axis=(1, 2), mean=mean, variance=variance)
    net = Sequential([layers.Input((4, 2)), layer])
    x = np.ones((3, 4, 2))
    np.testing.assert_allclose(net.predict(x, verbose=0), (x - mean) / 2, rtol=1e-6)


@pytest.mark.parametrize("shuffle", [False, True])
def test_fewer_steps_than_the_data_have_go_on_through_them(shuffle: bool) -> None:
    """Ten rows in batches of 4, 4, 2; epochs of two steps; each time over the data has each row."""
    x, seen = np.arange(10.0)[:, None], list[float]()

    def noted(y: Any, p: Any) -> Any:
        seen.extend(y.ravel().tolist())
        return np.mean(y)

    net = Sequential([layers.Input((1,)), D(1)])
    net.compile("sgd", "mse", metrics=[noted])
    fit = {"batch_size": 4, "steps_per_epoch": 2, "shuffle": shuffle, "verbose": 0}
    net.fit(x, x, epochs=2, **fit)
    net.fit(x, x, epochs=1, **fit)
    assert len(seen) == 20
    for part in (seen[:10], seen[10:]):
        assert sorted(part) == x.ravel().tolist()
        assert (part == x.ravel().tolist()) == (not shuffle)
    assert (seen[:10] == seen[10:]) == (not shuffle)


def test_a_network_first_in_a_row() -> None:
    x = Input((3,))
    net = Sequential([Model(x, D(4)(x)), D(1)])
    assert net.built
    assert net.input_shape == (None, 3)
    assert net.output_shape == (None, 1)


def test_shapes_of_networks() -> None:
    x, y = Input((3,)), Input((2,))
    net = Model([x, y], layers.Concatenate()([x, y]))
    assert net.input_shape == [(None, 3), (None, 2)]
    assert net.output_shape == (None, 5)
    assert Sequential([D(2)]).input_shape is None


def test_what_is_left_out_stands_in_the_docs_and_says_what_to_use() -> None:
    text = (Path(__file__).parents[1] / "docs" / "keras.md").read_text(encoding="utf-8")
    for room, names in ABSENT.items():
        for name, instead in names.items():
            assert f"| `{room}.{name}` | {instead} |" in text
            with pytest.raises(AttributeError, match=f"{name!r}: it is left out; "):
                getattr(getattr(pl, room), name)
    for name, (values, instead) in AGREED.items():
        taken = ", ".join(f"`{value!r}`" for value in values)
        assert f"| `{name}` | {taken} | {instead} |" in text
    with pytest.raises(AttributeError, match="did you mean 'Dense'"):
        _ = layers.Dens  # type: ignore[attr-defined]
