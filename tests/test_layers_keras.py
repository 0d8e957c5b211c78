"""Layers with given weights beside Keras's: the same arrays, in the same order, to 1e-6."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest

from pellucid import Input, Model, activations, layers
from tests.contract.rows import draw

os.environ.setdefault("KERAS_BACKEND", "jax")
keras = pytest.importorskip("keras", exc_type=ImportError)

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

VOLUME, IMAGE, SEQUENCE, ROW = (4, 5, 3, 2), (6, 5, 4), (5, 4), (6,)

METHODS = ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")

#: the name of a layer, its settings, and the shape of one row of each input
TABLE: list[tuple[str, dict[str, Any], list[tuple[int, ...]]]] = [
    ("Conv2D", {"filters": 3, "kernel_size": 3, "padding": "same", "strides": 2}, [IMAGE]),
    ("Conv2D", {"filters": 4, "kernel_size": (2, 3), "dilation_rate": 2}, [IMAGE]),
    ("Conv2D", {"filters": 4, "kernel_size": 2, "groups": 2, "use_bias": False}, [IMAGE]),
    ("Conv1D", {"filters": 3, "kernel_size": 3, "strides": 2, "activation": "relu"}, [SEQUENCE]),
    ("Conv1D", {"filters": 3, "kernel_size": 2, "padding": "same", "groups": 1}, [SEQUENCE]),
    ("Conv1D", {"filters": 3, "kernel_size": 2, "padding": "causal", "dilation_rate": 2},
     [SEQUENCE]),
    ("MaxPooling1D", {}, [SEQUENCE]),
    ("MaxPooling1D", {"pool_size": 3, "strides": 2, "padding": "same"}, [SEQUENCE]),
    ("AveragePooling1D", {"pool_size": 2, "padding": "same"}, [SEQUENCE]),
    ("MaxPooling2D", {}, [IMAGE]),
    ("AveragePooling2D", {"pool_size": (3, 2), "strides": 1, "padding": "same"}, [IMAGE]),
    *((f"Global{kind}Pooling{rank}D", {"keepdims": keepdims}, [shape])
      for kind in ("Average", "Max") for rank, shape in ((1, SEQUENCE), (2, IMAGE))
      for keepdims in (False, True)),
    ("ZeroPadding1D", {}, [SEQUENCE]),
    ("ZeroPadding1D", {"padding": (2, 1)}, [SEQUENCE]),
    ("ZeroPadding2D", {"padding": (1, 2)}, [IMAGE]),
    ("ZeroPadding2D", {"padding": ((1, 0), (2, 3))}, [IMAGE]),
    ("Cropping1D", {}, [SEQUENCE]),
    ("Cropping2D", {"cropping": ((1, 0), (2, 1))}, [IMAGE]),
    ("Cropping2D", {}, [IMAGE]),
    ("UpSampling1D", {"size": 3}, [SEQUENCE]),
    *(("UpSampling2D", {"size": (2, 3), "interpolation": each}, [IMAGE]) for each in METHODS),
    *(("Resizing", {"height": 4, "width": 9, "interpolation": each, "antialias": antialias},
       [IMAGE]) for each in METHODS for antialias in (False, True)),
    ("Resizing", {"height": 3, "width": 7, "crop_to_aspect_ratio": True}, [IMAGE]),
    ("Resizing", {"height": 7, "width": 3, "crop_to_aspect_ratio": True}, [IMAGE]),
    ("Resizing", {"height": 8, "width": 3, "pad_to_aspect_ratio": True, "fill_value": 0.5},
     [IMAGE]),
    ("Resizing", {"height": 3, "width": 5, "data_format": "channels_first"}, [IMAGE]),
    ("CenterCrop", {"height": 3, "width": 2}, [IMAGE]),
    ("CenterCrop", {"height": 9, "width": 4}, [IMAGE]),
    ("Permute", {"dims": (3, 1, 2)}, [IMAGE]),
    ("RepeatVector", {"n": 3}, [ROW]),
    ("ReLU", {}, [ROW]),
    *(("ReLU", {"max_value": top, "negative_slope": slope, "threshold": least}, [ROW])
      for top in (None, 1.0) for slope in (0.0, 0.2) for least in (0.0, 0.5)),
    ("LeakyReLU", {}, [ROW]),
    ("ELU", {"alpha": 0.5}, [ROW]),
    ("PReLU", {}, [IMAGE]),
    ("PReLU", {"shared_axes": [1, 2]}, [IMAGE]),
    ("Softmax", {"axis": 1}, [SEQUENCE]),
    ("Dot", {"axes": 1}, [ROW, ROW]),
    ("Dot", {"axes": -1, "normalize": True}, [SEQUENCE, SEQUENCE]),
    ("Dot", {"axes": (1, 1)}, [SEQUENCE, SEQUENCE]),
    ("Dot", {"axes": (2, 1), "normalize": True}, [SEQUENCE, (4, 3)]),
    *(("DepthwiseConv2D", {"kernel_size": 3, "padding": padding, "strides": strides,
                           "depth_multiplier": m}, [IMAGE])
      for m in (1, 2) for padding in ("valid", "same") for strides in (1, 2)),
    ("DepthwiseConv2D", {"kernel_size": (2, 3), "dilation_rate": 2, "use_bias": False}, [IMAGE]),
    ("DepthwiseConv1D", {"kernel_size": 2, "depth_multiplier": 2}, [SEQUENCE]),
    ("SeparableConv2D", {"filters": 3, "kernel_size": 3, "activation": "relu"}, [IMAGE]),
    ("SeparableConv2D", {"filters": 3, "kernel_size": 2, "padding": "same", "strides": 2,
                         "depth_multiplier": 2}, [IMAGE]),
    ("SeparableConv1D", {"filters": 3, "kernel_size": 2, "use_bias": False}, [SEQUENCE]),
    *(("Conv2DTranspose", {"filters": 3, "kernel_size": size, "strides": strides,
                           "padding": padding}, [IMAGE])
      for size in (2, (3, 4)) for strides in (1, 2, 3) for padding in ("valid", "same")),
    ("Conv1DTranspose", {"filters": 3, "kernel_size": 3, "strides": 2}, [SEQUENCE]),
    *(("Conv2DTranspose", {"filters": 3, "kernel_size": size, "strides": 2, "padding": padding,
                           "output_padding": 1}, [IMAGE])
      for size in (2, (3, 4)) for padding in ("valid", "same")),
    ("Conv1DTranspose", {"filters": 3, "kernel_size": 3, "strides": 3, "output_padding": 2,
                         "padding": "same"}, [SEQUENCE]),
    ("Conv2DTranspose", {"filters": 2, "kernel_size": 2, "dilation_rate": 2}, [IMAGE]),
    ("Conv3DTranspose", {"filters": 2, "kernel_size": 3, "strides": 2, "output_padding": 1,
                         "padding": "same"}, [VOLUME]),
    ("GroupNormalization", {"groups": 2}, [IMAGE]),
    ("GroupNormalization", {"groups": -1, "scale": False}, [SEQUENCE]),
    ("RMSNormalization", {}, [SEQUENCE]),
    ("UnitNormalization", {}, [SEQUENCE]),
    ("UnitNormalization", {"axis": [1, 2]}, [SEQUENCE]),
    *((name, {"rate": 0.5}, [SEQUENCE]) for name in ("SpatialDropout1D", "AlphaDropout",
                                                   "GaussianDropout")),
    *(("Bidirectional", {"layer": (kind, {"units": 3, "return_sequences": all_steps}),
                         "merge_mode": mode}, [SEQUENCE])
      for kind in ("LSTM", "GRU") for all_steps in (False, True)
      for mode in ("concat", "sum", "mul", "ave")),
    *(("Conv3D", {"filters": 4, "kernel_size": (2, 3, 2), "padding": padding, "strides": strides},
       [VOLUME]) for padding in ("valid", "same") for strides in (1, 2)),
    ("Conv3D", {"filters": 4, "kernel_size": 2, "dilation_rate": 2, "use_bias": False}, [VOLUME]),
    ("Conv3D", {"filters": 4, "kernel_size": 2, "groups": 2, "activation": "relu"}, [VOLUME]),
    *(("Conv3DTranspose", {"filters": 3, "kernel_size": size, "strides": strides,
                           "padding": padding}, [VOLUME])
      for size in (2, (3, 2, 4)) for strides in (1, 2) for padding in ("valid", "same")),
    *((f"{kind}Pooling3D", {"pool_size": (2, 3, 2), "strides": strides, "padding": padding},
       [VOLUME]) for kind in ("Max", "Average") for strides in (None, 1)
      for padding in ("valid", "same")),
    *((f"Global{kind}Pooling3D", {"keepdims": keepdims}, [VOLUME])
      for kind in ("Average", "Max") for keepdims in (False, True)),
    *((f"Adaptive{kind}Pooling{rank}D", {"output_size": size}, [shape])
      for kind in ("Average", "Max")
      for rank, size, shape in ((1, 3, SEQUENCE), (2, (4, 2), IMAGE), (3, 2, VOLUME))),
    ("Flatten", {"data_format": "channels_first"}, [IMAGE]),
    ("ZeroPadding3D", {"padding": ((1, 0), (2, 3), (0, 1))}, [VOLUME]),
    ("Cropping3D", {"cropping": (1, 1, 0)}, [VOLUME]),
    ("UpSampling3D", {"size": (1, 2, 3)}, [VOLUME]),
    ("SpatialDropout3D", {"rate": 0.5}, [VOLUME]),
    *(("EinsumDense", {"equation": equation, "output_shape": out, "bias_axes": bias}, [shape])
      for equation, out, bias, shape in (
          ("ab,b->a", (), None, ROW), ("ab,bc->ac", 3, "c", ROW),
          ("abc,cde->abde", (None, 2, 3), "de", SEQUENCE), ("abc,cd->adb", (3, 5), "d", SEQUENCE),
          ("abc,bc->ab", (5,), None, SEQUENCE), ("abc,bcd->abd", (5, 2), "bd", SEQUENCE),
          ("abcd,bcd->ab", (6,), "b", IMAGE), ("...x,xy->...y", 3, "y", SEQUENCE),
          ("bc...,cd->bd...", (4,), None, IMAGE), ("bc...,cde->bde...", (3, 4), "e", SEQUENCE),
      )),
    *(("RNN", {"cell": (cell, {"units": 3}), "return_sequences": steps,
               "go_backwards": steps}, [SEQUENCE])
      for cell in ("SimpleRNNCell", "LSTMCell", "GRUCell") for steps in (False, True)),
    ("RNN", {"cell": [("LSTMCell", {"units": 3}), ("GRUCell", {"units": 2})]}, [SEQUENCE]),
    ("GRU", {"units": 3, "reset_after": False, "return_sequences": True}, [SEQUENCE]),
    ("Bidirectional", {"layer": ("RNN", {"cell": ("LSTMCell", {"units": 3})})}, [SEQUENCE]),
    ("TimeDistributed", {"layer": ("Dense", {"units": 3})}, [SEQUENCE]),
    ("TimeDistributed", {"layer": ("Conv2D", {"filters": 2, "kernel_size": 3})}, [(2, *IMAGE)]),
    *((name, {}, [ROW, ROW]) for name in ("Add", "Average", "Concatenate", "Maximum", "Minimum",
                                          "Multiply", "Subtract")),
    ("Activation", {"activation": "gelu"}, [ROW]),
    ("ActivityRegularization", {"l1": 0.1}, [ROW]),
    ("Identity", {}, [SEQUENCE]),
    ("Reshape", {"target_shape": (-1, 2)}, [IMAGE]),
    ("Rescaling", {"scale": 0.5, "offset": -1.0}, [IMAGE]),
    ("AutoContrast", {"value_range": (-3.0, 3.0)}, [(6, 5, 3)]),
    ("BatchNormalization", {}, [IMAGE]),
    ("BatchNormalization", {"scale": False, "epsilon": 0.1}, [ROW]),
    ("LayerNormalization", {}, [SEQUENCE]),
    ("LayerNormalization", {"axis": (1, 2), "center": False}, [SEQUENCE]),
    ("Masking", {"mask_value": 0.0}, [SEQUENCE]),
    ("SimpleRNN", {"units": 3, "return_sequences": True}, [SEQUENCE]),
    ("SimpleRNN", {"units": 3, "activation": "relu", "go_backwards": True}, [SEQUENCE]),
    *((kind, {"units": 3, "return_sequences": steps}, [SEQUENCE])
      for kind in ("LSTM", "GRU") for steps in (False, True)),
    ("Attention", {"use_scale": True}, [SEQUENCE, (3, 4)]),
    ("Attention", {"score_mode": "concat"}, [SEQUENCE, (3, 4)]),
    ("AdditiveAttention", {}, [SEQUENCE, (3, 4)]),
    *((name, {"rate": 0.5}, [IMAGE]) for name in ("Dropout", "SpatialDropout2D")),
    ("GaussianNoise", {"stddev": 0.5}, [ROW]),
]  # fmt: skip


def made(library: Any, name: str, settings: dict[str, Any]) -> Any:
    """A layer of a library, and those within it, each a name and its settings."""
    inside = {key: inner(library, settings[key]) for key in ("layer", "cell") if key in settings}
    return getattr(library, name)(**settings | inside)


def inner(library: Any, value: Any) -> Any:
    several = isinstance(value, list)
    return [inner(library, each) for each in value] if several else made(library, *value)


@pytest.mark.parametrize(("name", "settings", "shapes"), TABLE, ids=repr)
def test_layer(name: str, settings: dict[str, Any], shapes: list[tuple[int, ...]]) -> None:
    ours, theirs = (made(library, name, settings) for library in (layers, keras.layers))
    x = [draw(3, *shape, seed=at).astype("float32") for at, shape in enumerate(shapes)]
    inputs = [Input(shape) for shape in shapes]
    net = Model(inputs, ours(inputs if len(shapes) > 1 else inputs[0]))
    given = x if len(shapes) > 1 else x[0]
    expected = theirs(given)
    assert [w.shape for w in ours.get_weights()] == [w.shape for w in theirs.get_weights()]
    weights = [draw(*w.shape, seed=7, low=0.1, high=1.0) for w in theirs.get_weights()]
    theirs.set_weights(weights)
    ours.set_weights(weights)
    expected = np.asarray(theirs(given))
    found = net.predict(given, verbose=0)
    assert found.shape == expected.shape
    assert abs(found - expected).max() <= 1e-6 * max(1.0, abs(expected).max())


def test_normalization() -> None:
    """Ours keeps the mean and the variance that are given as weights."""
    known = {"mean": [1.0, 0.0, 2.0, 3.0], "variance": [1.0, 4.0, 0.25, 2.0]}
    x = draw(3, *SEQUENCE).astype("float32")
    found, expected = (each.Normalization(**known)(x) for each in (layers, keras.layers))
    assert abs(found - np.asarray(expected)).max() <= 1e-6


def test_embedding() -> None:
    """Whole numbers: rows of a table, and back by the same table."""
    numbers = np.array([[0, 3, 1], [4, 4, 2]])
    for name in ("Embedding", "ReversibleEmbedding"):
        ours, theirs = (getattr(library, name)(5, 4) for library in (layers, keras.layers))
        ours(numbers), theirs(numbers)
        weights = [draw(*w.shape, seed=7) for w in theirs.get_weights()]
        ours.set_weights(weights)
        theirs.set_weights(weights)
        assert abs(ours(numbers) - np.asarray(theirs(numbers))).max() <= 1e-6
    y = draw(2, 3, 4, seed=1).astype("float32")
    expected = np.asarray(theirs(y, reverse=True))
    assert abs(ours(y, reverse=True) - expected).max() <= 1e-6 * abs(expected).max()


#: settings of attention by heads in groups, and whether a query sees what comes after it
GROUPED = [({}, False), ({}, True), ({"use_gate": True}, False), ({"use_bias": False}, True)]


@pytest.mark.parametrize(("settings", "causal"), GROUPED, ids=repr)
def test_attention_of_heads_in_groups(settings: dict[str, Any], causal: bool) -> None:
    """Beside Keras in double precision."""
    heads = {"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2}
    query, value = (draw(3, *shape, seed=len(shape)) for shape in ((5, 4), (5, 4)))
    ours = layers.GroupQueryAttention(**heads, **settings)
    ours(query.astype("float32"), value.astype("float32"))
    import jax

    with jax.enable_x64(True):
        theirs = keras.layers.GroupQueryAttention(**heads, **settings, dtype="float64")
        theirs(query, value)
        weights = [draw(*w.shape, seed=7) for w in theirs.get_weights()]
        theirs.set_weights(weights)
        expected = np.asarray(theirs(query, value, use_causal_mask=causal))
    ours.set_weights(weights)
    found = ours(query.astype("float32"), value.astype("float32"), use_causal_mask=causal)
    assert abs(found - expected).max() <= 1e-6 * max(1.0, abs(expected).max())


STEPS, PLACES = (5, 4), (3, 5, 4)
#: the axes along which a query looks, the rows of queries and of values, and of a mask
LOOKING: list[tuple[Any, tuple[int, ...], tuple[int, ...], tuple[int, ...] | None]] = [
    (None, PLACES, (3, 2, 4), None),
    (None, PLACES, (3, 2, 4), (3, 5, 3, 2)),
    (1, STEPS, (3, 4), (5, 3)),
    (2, PLACES, (3, 2, 4), None),
    (-2, PLACES, (3, 2, 4), (3, 5, 2)),
    (2, PLACES, (3, 2, 4), (3, 2, 5, 2)),
    ((2, 3), (2, 3, 5, 4), (2, 2, 3, 4), None),
    ((1, 2), (3, 5, 2, 4), (2, 2, 2, 4), (2, 3, 5, 2, 2)),
]


@pytest.mark.parametrize("gate", [False, True])
@pytest.mark.parametrize(("axes", "q", "v", "mask"), LOOKING, ids=repr)
def test_attention_along_some_axes(
    axes: Any, q: tuple[int, ...], v: tuple[int, ...], mask: tuple[int, ...] | None, gate: bool
) -> None:
    settings = {"num_heads": 2, "key_dim": 3, "attention_axes": axes, "use_gate": gate}
    ours, theirs = (each.MultiHeadAttention(**settings) for each in (layers, keras.layers))
    query, value = (draw(3, *shape, seed=len(shape)).astype("float32") for shape in (q, v))
    given = {} if mask is None else {"attention_mask": (draw(3, *mask, seed=5) > 0).astype("int32")}
    ours(query, value), theirs(query, value)
    weights = [draw(*w.shape, seed=7) for w in theirs.get_weights()]
    ours.set_weights(weights)
    theirs.set_weights(weights)
    expected = theirs(query, value, return_attention_scores=True, **given)
    found = ours(query, value, return_attention_scores=True, **given)
    for one, other in zip(found, map(np.asarray, expected), strict=True):
        assert one.shape == other.shape
        assert abs(one - other).max() <= 2e-6 * max(1.0, abs(other).max())


NAMES = ["celu", "hard_shrink", "hard_silu", "hard_tanh", "log_sigmoid", "soft_shrink"]


@pytest.mark.parametrize("name", [*NAMES, "squareplus", "tanh_shrink"])
def test_activation(name: str) -> None:
    x = np.linspace(-6, 6, 101).astype("float32")
    expected = np.asarray(getattr(keras.activations, name)(x))
    found = getattr(activations, name)(x)
    assert abs(found - expected).max() <= 1e-6 * max(1.0, abs(expected).max())
