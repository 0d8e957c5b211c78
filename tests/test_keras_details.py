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


def test_inputs_and_weights_by_the_names_of_keras() -> None:
    assert Input(batch_shape=(None, 3)).shape == Input((3,), batch_size=8).shape == (None, 3)
    net = Sequential([layers.InputLayer(batch_shape=(4, 3)), D(2, name="d")])
    assert net.input_shape == (None, 3)
    np.testing.assert_array_equal(net.layers[-1].kernel.numpy(), net.get_weights()[0])
    assert not hasattr(net.layers[-1], "kernels")
    layer = D(2)
    layer.build(input_shape=(None, 3))
    assert layer.bias.shape == (2,)
    with pytest.raises(ValueError, match="say the shape once"):
        Input((3,), batch_shape=(None, 3))
    with pytest.raises(ValueError, match="batch_size is a whole number"):
        Input((3,), batch_size=0)


def test_parts_of_a_network_and_copies() -> None:
    x = Input((3,))
    net = Model(x, D(1, name="last")(D(4, "tanh", name="hidden")(x)))
    features = Model(net.input, net.get_layer("hidden").output)
    hidden = np.tanh(X @ net.get_weights()[0])
    np.testing.assert_allclose(features.predict(X, verbose=0), hidden, rtol=1e-5, atol=1e-6)
    assert net.get_layer("hidden").compute_output_shape((None, 3)) == (None, 4)
    copy = pl.models.clone_model(net)
    assert [each.shape for each in copy.get_weights()] == [w.shape for w in net.get_weights()]
    again = pl.models.model_from_json(net.to_json())
    again.set_weights(net.get_weights())
    np.testing.assert_array_equal(again.predict(X, verbose=0), net.predict(X, verbose=0))
    with pytest.raises(ValueError, match="before it is called"):
        D(2).output  # noqa: B018


class Own(Model):
    """A class of one's own: two layers, and one of them again for each of two times."""

    def __init__(self) -> None:
        super().__init__()
        self.first = D(4, "tanh")
        self.drop = layers.Dropout(0.5)
        self.last = D(1, "sigmoid")
        self.again = [D(4), D(4)]

    def call(self, x: Any, training: Any = None) -> Any:
        h = self.first(x)
        for layer in self.again:
            h = h + layer(h)
        return self.last(self.drop(h, training=training))


def test_a_model_of_ones_own_class(tmp_path: Path) -> None:
    net = Own()
    net.compile("adam", "binary_crossentropy", run_eagerly=True, jit_compile=False)
    net.fit(X, Y, epochs=2, verbose=0)
    assert net.layers[:3] == [net.first, net.drop, net.last]
    expected = net.predict(X, verbose=0)
    np.testing.assert_allclose(net(X.astype("float32")), expected, rtol=1e-5, atol=1e-6)
    net.save(tmp_path / "net.safetensors")
    np.testing.assert_array_equal(
        pl.load(tmp_path / "net.safetensors").predict(X, verbose=0), expected
    )


def test_what_a_model_of_ones_own_class_cannot_do() -> None:
    class Asking(Own):
        def call(self, x: Any, training: Any = None) -> Any:
            return self.last(self.drop(x) if training else x)

    with pytest.raises(TypeError, match="hand `training` on"):
        Asking().build((None, 3))
    with pytest.raises(TypeError, match=r"has a method call\(x\)"):
        Model()
    with pytest.raises(ValueError, match="jit_compile must be"):
        compiled(jit_compile="yes")


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
