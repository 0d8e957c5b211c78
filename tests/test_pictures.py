"""Layers over pictures: beside sums written out, NumPy's padding and Keras, and in networks."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest

import pellucid
from pellucid import Input, Sequential, layers
from pellucid.equations.resampling import INTERPOLATIONS, weights
from tests.contract.rows import draw

L = layers
FOUR = draw(4, 6, 5, 3, low=0.0, high=255.0).astype("float32")
#: fill modes as NumPy calls them
PADDING = {"reflect": "symmetric", "wrap": "wrap", "nearest": "edge", "constant": "constant"}
BY_CHANCE = [
    L.RandomFlip(),
    L.RandomTranslation(0.3, 0.3),
    L.RandomRotation(0.2),
    L.RandomZoom(0.3),
    L.RandomShear(0.3, 0.3),
    L.RandomCrop(4, 3),
    L.RandomBrightness(0.4),
    L.RandomContrast(0.8),
    L.RandomInvert((0.5, 0.5)),
    L.RandomPosterization(3),
    L.Solarization(0.2, 0.8),
    L.RandomGrayscale(0.5),
    L.RandomColorDegeneration(0.9),
    L.RandomSaturation((0.1, 0.9)),
    L.RandomHue(0.5),
    L.RandomColorJitter((0, 255), 0.2, 0.3, 0.4, 0.2),
    L.RandomSharpness(1.0),
    L.RandomGaussianBlur(sigma=(0.5, 2.0)),
    L.RandomPerspective((1.0, 1.0), 0.5),
    L.RandomElasticTransform((1.0, 1.0)),
    L.Pipeline([L.RandomFlip(), L.RandomBrightness(0.3)]),
    L.RandomErasing(fill_value=(1.0, 2.0, 3.0)),
]


def resting(layer, x):
    """What a layer gives outside of training."""
    return L.CenterCrop(4, 3)(x) if isinstance(layer, L.RandomCrop) else x


each_by_chance = pytest.mark.parametrize("layer", BY_CHANCE, ids=repr)


@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
@pytest.mark.parametrize("antialias", [False, True])
@pytest.mark.parametrize("sizes", [(7, 3), (3, 7), (5, 5), (1, 4), (4, 1)])
def test_weights_are_means_of_what_stands_near(interpolation, antialias, sizes):
    """They sum to 1, turned around they are turned around, and of as many numbers they are 1."""
    table = weights(*sizes, interpolation, antialias)
    np.testing.assert_allclose(table.sum(axis=1), 1.0, rtol=1e-12)
    if interpolation != "nearest":
        np.testing.assert_allclose(table[::-1, ::-1], table, atol=1e-12)
    if sizes[0] == sizes[1]:
        np.testing.assert_allclose(table, np.eye(sizes[0]), atol=1e-12)


def test_a_slope_stays_one():
    """Between its numbers, bilinear and cubic resampling find those of a line."""
    line = np.arange(8, dtype="float32").reshape(1, 8, 1, 1)
    places = (np.arange(24) + 0.5) / 3 - 0.5
    for method, edge in (("bilinear", 2), ("bicubic", 6)):
        found = L.Resizing(24, 1, method)(line)[0, edge:-edge, 0, 0]
        np.testing.assert_allclose(found, places[edge:-edge], atol=1e-5)


@pytest.mark.parametrize("fill_mode", PADDING)
@pytest.mark.parametrize(("down", "along"), [(1, 0), (-2, 3), (5, -4), (0, 0)])
def test_what_comes_in_from_beyond_the_border(fill_mode, down, along):
    x = draw(2, 5, 4, 2).astype("float32")
    extra = {"constant_values": 0.5} if fill_mode == "constant" else {}
    wide = np.pad(x, ((0, 0), (9, 9), (9, 9), (0, 0)), PADDING[fill_mode], **extra)
    expected = wide[:, 9 - down : 14 - down, 9 - along : 13 - along]
    factors = ((down / 5,) * 2, (along / 4,) * 2)
    for method in ("bilinear", "nearest"):
        layer = L.RandomTranslation(
            *factors, fill_mode=fill_mode, fill_value=0.5, interpolation=method
        )
        np.testing.assert_allclose(layer(x), expected, atol=1e-5)


def test_a_place_between_four_numbers():
    """By the sum written out, for pictures that are turned, each by an angle of its own."""
    x, layer = draw(3, 5, 4, 1).astype("float32"), L.RandomRotation(0.3, fill_mode="constant")
    pellucid.set_random_seed(4)
    found = layer(x)
    pellucid.set_random_seed(4)
    from pellucid.randomness import next_seed, uniform

    u = uniform(next_seed(), 1, 0, (3,), np.float32)
    for n, angle in enumerate(2 * np.pi * (-0.3 + 0.6 * u.astype(float))):
        for i, j in np.ndindex(5, 4):
            r = 2 + np.sin(angle) * (j - 1.5) + np.cos(angle) * (i - 2)
            s = 1.5 + np.cos(angle) * (j - 1.5) - np.sin(angle) * (i - 2)
            total = sum(
                max(0, 1 - abs(r - k)) * max(0, 1 - abs(s - m)) * x[n, k, m, 0]
                for k, m in np.ndindex(5, 4)
            )
            assert abs(found[n, i, j, 0] - total) < 1e-5


@each_by_chance
def test_chance(layer):
    """By seed and row: other numbers for each picture and call, the same for the same seed."""
    pellucid.set_random_seed(3)
    same = np.repeat(FOUR[:1], 32, axis=0)
    first, second = layer(same), layer(same)
    pellucid.set_random_seed(3)
    again = type(layer).from_config(layer.get_config())(same)
    np.testing.assert_array_equal(first, again)
    if not isinstance(layer, L.RandomPosterization):
        assert np.abs(first - first[:1]).max() > 0
        assert np.abs(first - second).max() > 0
    assert first.dtype == np.float32
    if not getattr(layer, "moves", True):
        assert first.min() > -1e-3
        assert first.max() < 255.001
    np.testing.assert_array_equal(layer(FOUR, training=False), resting(layer, FOUR))


@each_by_chance
def test_in_a_network(layer, tmp_path):
    """Equations while training, of every executor the same; none afterwards; in files."""
    x, y = FOUR, np.arange(4.0)[:, None]
    nets = []
    for executor in ("numpy", "native"):
        pellucid.set_random_seed(1)
        fresh = type(layer).from_config(layer.get_config())
        net = Sequential([Input((6, 5, 3)), fresh, L.Flatten(), L.Dense(1)])
        net.compile(pellucid.optimizers.SGD(1e-8), "mse", executor=executor)
        net.fit(x, y, epochs=2, batch_size=2, verbose=0)
        nets.append(net)
    for one, other in zip(nets[0].get_weights(), nets[1].get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)
    net.save(tmp_path / "net.pellucid")
    loaded = pellucid.load(tmp_path / "net.pellucid")
    np.testing.assert_array_equal(loaded.predict(x, verbose=0), net.predict(x, verbose=0))
    plain = resting(layer, x).reshape(4, -1)
    weights, bias = net.get_weights()
    np.testing.assert_allclose(net.predict(x, verbose=0), plain @ weights + bias, rtol=1e-4)


def test_arrays_of_every_kind():
    """One picture, whole numbers, channels first, dictionaries, whose masks move as pictures do."""
    flip = L.RandomFlip("horizontal", seed=5)
    assert flip(FOUR[0]).shape == (6, 5, 3)
    turned = L.RandomFlip("horizontal", seed=5, data_format="channels_first")
    last = L.RandomFlip("horizontal", seed=5)(FOUR)
    first = turned(FOUR.transpose(0, 3, 1, 2))
    np.testing.assert_array_equal(first.transpose(0, 2, 3, 1), last)
    numbers = np.arange(96, dtype="uint8").reshape(2, 6, 4, 2)
    small = L.Resizing(3, 4)(numbers)
    assert small.dtype == np.uint8
    np.testing.assert_array_equal(small, (numbers[:, ::2] / 2 + numbers[:, 1::2] / 2).round())
    classes = (FOUR[..., :1] > 100).astype("uint8") * 4
    for layer in (L.RandomRotation(0.3), L.RandomCrop(4, 4), L.RandomZoom(0.4), L.Resizing(4, 9)):
        pair = {"images": np.float32(classes), "segmentation_masks": classes, "labels": [1]}
        nearest = layer.get_config() | {"interpolation": "nearest"}
        if "interpolation" in layer.get_config():
            layer = type(layer).from_config(nearest)
        found = layer(pair)
        np.testing.assert_array_equal(found["images"], found["segmentation_masks"])
        assert found["segmentation_masks"].dtype == np.uint8
        assert found["labels"] == [1]
    grey = L.RandomBrightness(0.5)({"images": FOUR, "segmentation_masks": classes})
    assert grey["segmentation_masks"] is classes


def test_colours():
    """Values that are known: grey, the strongest colours, red turned to green, fewer bits."""
    red = np.zeros((1, 2, 2, 3), "float32")
    red[..., 0] = 200.0
    green = L.RandomHue((2 / 3, 2 / 3), seed=1)
    found = {tuple(np.round(green(red)[0, 0, 0]).astype(int)) for _ in range(20)}
    assert found == {(0, 200, 0), (0, 0, 200)}
    grey = L.RandomSaturation((0.0, 0.0))(FOUR)
    np.testing.assert_allclose(grey, np.repeat(FOUR.max(-1, keepdims=True), 3, -1), rtol=1e-6)
    np.testing.assert_allclose(L.RandomSaturation((0.5, 0.5))(FOUR), FOUR, atol=1e-2)
    np.testing.assert_allclose(L.RandomSaturation((1.0, 1.0))(FOUR).min(-1), 0.0, atol=1e-2)
    np.testing.assert_array_equal(L.RandomPosterization(2)(FOUR) % 64, 0)
    np.testing.assert_allclose(L.RandomSharpness((0.5, 0.5))(FOUR), FOUR, atol=1e-4)
    wide = L.AutoContrast()(FOUR)
    np.testing.assert_allclose(wide.min((1, 2)), 0.0, atol=1e-3)
    np.testing.assert_allclose(wide.max((1, 2)), 255.0, rtol=1e-5)
    np.testing.assert_array_equal(L.AutoContrast()(np.ones((2, 3, 3, 1))), 1.0)


#: layers whose factors leave nothing to chance
SETTLED: list[tuple[str, dict[str, Any]]] = [
    *(("RandomRotation", {"factor": (0.13, 0.13), "fill_mode": fill, "interpolation": each})
      for fill in PADDING for each in ("bilinear", "nearest")),
    ("RandomTranslation", {"height_factor": (0.21, 0.21), "width_factor": (-0.37, -0.37)}),
    ("RandomZoom", {"height_factor": (0.3, 0.3), "width_factor": (-0.4, -0.4)}),
    ("RandomZoom", {"height_factor": (-0.3, -0.3), "fill_mode": "constant", "fill_value": 7.0}),
    ("RandomShear", {"x_factor": (0.0, 0.0)}),
    ("RandomBrightness", {"factor": (0.2, 0.2)}),
    ("RandomContrast", {"factor": (0.0, 0.0), "value_range": (20, 200)}),
    ("RandomInvert", {"factor": (1.0, 1.0)}),
    ("RandomPosterization", {"factor": 1}),
    ("RandomGrayscale", {"factor": 1.0}),
    ("RandomColorDegeneration", {"factor": (0.4, 0.4)}),
    ("RandomSaturation", {"factor": (0.3, 0.3), "value_range": (0, 1)}),
    ("RandomSaturation", {"factor": (0.7, 0.7), "value_range": (0, 1)}),
    ("RandomHue", {"factor": (1.0, 1.0), "value_range": (0, 1)}),
    ("RandomSharpness", {"factor": (0.9, 0.9)}),
    ("Solarization", {"threshold_factor": (0.0, 0.0)}),
    ("AutoContrast", {}),
]  # fmt: skip


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.parametrize(("name", "settings"), SETTLED)
def test_beside_keras(name, settings):
    os.environ.setdefault("KERAS_BACKEND", "jax")
    keras = pytest.importorskip("keras", exc_type=ImportError)
    if not hasattr(keras.layers, name):
        pytest.skip(f"this version of Keras has no {name}")
    one = settings.get("value_range") == (0, 1)
    x = FOUR / 255 if one else FOUR
    expected = np.asarray(getattr(keras.layers, name)(**settings)(x, training=True))
    found = getattr(layers, name)(**settings)(x)
    np.testing.assert_allclose(found, expected, atol=2e-6 if one else 1e-3, rtol=1e-6)


BEFOREHAND = [
    L.Equalization(),
    L.ContrastLimitedAdaptiveHistogramEqualization(tile_grid_size=(2, 2)),
    L.MixUp(),
    L.CutMix(),
    L.RandAugment(num_ops=3),
    L.AugMix(),
]


@pytest.mark.parametrize("layer", BEFOREHAND, ids=repr)
def test_beforehand(layer):
    """The same for the same seed, within the range; nothing outside of training."""
    pellucid.set_random_seed(3)
    first = layer(FOUR)
    pellucid.set_random_seed(3)
    again = type(layer).from_config(layer.get_config())
    turned = type(layer).from_config(layer.get_config() | {"data_format": "channels_first"})
    np.testing.assert_array_equal(again(FOUR), first)
    pellucid.set_random_seed(3)
    found = turned(FOUR.transpose(0, 3, 1, 2))
    np.testing.assert_array_equal(found.transpose(0, 2, 3, 1), first)
    assert first.dtype == np.float32
    assert 0 <= first.min() < first.max() <= 255
    assert np.abs(first - FOUR).max() > 1
    np.testing.assert_array_equal(layer(FOUR, training=False), FOUR)
    assert layer(FOUR[0]).shape == FOUR[0].shape
    with pytest.raises(TypeError, match="is called on arrays, before a network reads them"):
        layer(Input((6, 5, 3)))


def test_mixed_labels():
    """By the shares of the pictures, which show in what they are made of."""
    ones = np.float32(np.eye(6))[:, None, None] * np.ones((1, 8, 8, 1), "float32")
    for layer in (L.MixUp(1.0), L.CutMix()):
        found = layer({"images": ones, "labels": np.eye(6)})
        np.testing.assert_allclose(found["images"].mean((1, 2)), found["labels"], atol=1e-5)
        assert 0.01 < found["labels"].min(axis=1).max() < 0.99 or (found["labels"] % 1 > 0).any()
        same = layer({"images": ones, "labels": [1] * 6}, training=False)
        assert same["labels"] == [1] * 6
        with pytest.raises(ValueError, match="cannot mix class numbers: give them as columns"):
            layer({"images": ones, "labels": np.arange(6)})


def test_histograms():
    """Numbers become the share of those below; in tiles they are between those of tiles."""
    x = np.array([5.0, 5.0, 7.0, 9.0, 9.0, 9.0]).reshape(2, 3, 1)
    found = L.Equalization()(x).ravel()
    np.testing.assert_array_equal(found, np.rint([0, 0, 63.75, 255, 255, 255]))
    even = L.Equalization()(np.random.default_rng(0).beta(2, 5, (64, 64, 1)) * 255)
    assert abs(np.histogram(even, 8, (0, 255))[0] / 512 - 1).max() < 0.1
    flat = np.full((9, 9, 3), 40.0)
    np.testing.assert_array_equal(L.Equalization()(flat), flat)
    whole = L.ContrastLimitedAdaptiveHistogramEqualization(clip_limit=0, tile_grid_size=(1, 1))
    np.testing.assert_allclose(whole(x).ravel(), [85, 85, 127.5, 255, 255, 255], rtol=1e-5)


def test_masks_beforehand():
    """RandAugment moves masks as pictures, CutMix cuts them; what mixes numbers says so."""
    classes = (FOUR[..., :1] > 100).astype("uint8") * 4
    pair = {"images": FOUR, "segmentation_masks": classes}
    cut = L.CutMix()({"images": np.float32(classes), "segmentation_masks": classes})
    np.testing.assert_array_equal(cut["images"], cut["segmentation_masks"])
    moved = L.RandAugment(num_ops=4)(pair)["segmentation_masks"]
    assert set(np.unique(moved)) <= {0, 4}
    assert (moved != classes).any()
    for layer in (L.MixUp(), L.AugMix()):
        with pytest.raises(ValueError, match="masks of classes cannot be mixed"):
            layer(pair)


REFUSED = [
    (lambda: L.Pipeline(None), "layers is a list of layers, got NoneType"),
    (lambda: L.MixUp(0), "alpha is a number above 0, got 0"),
    (lambda: L.CutMix(2.0), r"factor is a number from 0 to 1, got 2\.0"),
    (lambda: L.RandAugment(num_ops=-1), "num_ops must be a whole number of 0 or more"),
    (lambda: L.Equalization(bins=1), "bins must be a whole number of 2 or more"),
    (lambda: L.Equalization(data_format="first"), "unknown data_format 'first'"),
    (lambda: L.ContrastLimitedAdaptiveHistogramEqualization(tile_grid_size=3), "two whole num"),
    (lambda: L.Resizing(0, 4), "height must be a whole number of 1 or more, got 0"),
    (lambda: L.Resizing(4, 4, "area"), "unknown interpolation 'area'. Known: 'nearest', 'bil"),
    (lambda: L.Resizing(4, 4, fill_mode="wrap"), "unknown fill_mode 'wrap'. Known: 'constant'"),
    (lambda: L.Resizing(4, 4, crop_to_aspect_ratio=True, pad_to_aspect_ratio=True), "cut or pad"),
    (lambda: L.Resizing(4, 4)(np.zeros((4, 4))), r"of rank 3 or 4, got the shape \(4, 4\)"),
    (lambda: L.Resizing(4, 4)(Input((4, 4))), r"expects images .*got \(n, 4, 4\)"),
    (lambda: L.CenterCrop(2, 2.5), "width must be a whole number"),
    (lambda: L.RandomFlip("both"), "unknown mode 'both'. Known: 'horizontal'"),
    (lambda: L.RandomFlip(seed="a"), "seed must be a whole number"),
    (lambda: L.RandomRotation(1.5), r"factor is a number, or two .*between -1 and 1; got 1\.5"),
    (lambda: L.RandomTranslation([0.1], 0.2), r"height_factor .* got \[0\.1\]"),
    (lambda: L.RandomZoom((0.1, "b")), "height_factor is a number"),
    (lambda: L.RandomShear(1.1), "between -1 and 1; got 1.1"),
    (lambda: L.RandomRotation(0.1, fill_mode="mirror"), "unknown fill_mode 'mirror'"),
    (lambda: L.RandomRotation(0.1, interpolation="bicubic"), "unknown interpolation 'bicubic'"),
    (lambda: L.RandomBrightness(0.1, "wide"), "value_range are two numbers"),
    (lambda: L.RandomPosterization(9), "1 to 8; got 9"),
    (lambda: L.RandomGaussianBlur(kernel_size=4), "kernel_size is odd"),
    (lambda: L.RandomHue(0.1)(FOUR[..., :2]), r"three channels.*got \(n, 6, 5, 2\)"),
    (lambda: L.RandomErasing(fill_value=(1, 2))(FOUR), "each of the 3 channels"),
    (lambda: L.RandomFlip()({"images": FOUR, "bounding_boxes": []}), "boxes around things"),
    (lambda: L.RandomFlip(bounding_box_format="xyxy"), "has no bounding_box_format='xyxy'"),
]


@pytest.mark.parametrize(("call", "words"), REFUSED)
def test_what_is_refused(call, words):
    with pytest.raises((ValueError, TypeError), match=words):
        call()
