"""An example row for every layer: the layer, and arrays of rows that it is called on."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from pellucid import Input, Model, layers, set_random_seed
from pellucid.equations.arithmetic import Divide
from pellucid.equations.shape import Pick
from pellucid.settings import register

from .rows import apart, draw


class LayerRow(NamedTuple):
    """A layer with its settings, and its inputs."""

    layer: Any
    arrays: tuple


FLAT, IMAGE, SEQUENCE = apart(4, 5), apart(2, 5, 4, 2), draw(2, 4, 3)
STEPS, VOLUME = apart(2, 5, 3), apart(2, 3, 4, 2, 2)
COLOURS = apart(2, 4, 3, 3) + 4.0
WORDS = np.array([[1, 1, 0], [3, 1, 0]])


@register
def squared(x):
    return x * x


CELLS = (layers.SimpleRNNCell, layers.LSTMCell, layers.GRUCell)
MERGING = (layers.Add, layers.Average, layers.Concatenate, layers.Maximum, layers.Minimum,
           layers.Multiply, layers.Subtract)  # fmt: skip

ROWS = [
    LayerRow(layers.InputLayer((5,)), (FLAT,)),
    LayerRow(layers.Dense(3, "tanh", kernel_regularizer="l2", bias_regularizer="l1"), (FLAT,)),
    LayerRow(layers.Dense(2, use_bias=False), (draw(2, 3, 4),)),
    LayerRow(layers.Activation("gelu"), (FLAT,)),
    LayerRow(layers.Flatten(), (IMAGE,)),
    LayerRow(layers.Reshape((2, -1)), (draw(3, 4),)),
    LayerRow(layers.Rescaling(0.5, -1.0), (FLAT,)),
    LayerRow(layers.Normalization(mean=[1.0, 2.0], variance=[4.0, 0.25]), (IMAGE,)),
    LayerRow(layers.Dropout(0.5), (FLAT,)),
    LayerRow(layers.GaussianNoise(0.1), (FLAT,)),
    LayerRow(layers.BatchNormalization(), (FLAT,)),
    LayerRow(layers.BatchNormalization(axis=2), (IMAGE,)),
    LayerRow(layers.LayerNormalization(), (IMAGE,)),
    LayerRow(layers.GroupNormalization(2), (apart(2, 3, 4),)),
    LayerRow(layers.RMSNormalization(), (FLAT,)),
    LayerRow(layers.UnitNormalization(), (FLAT,)),
    LayerRow(layers.Dropout(0.5, noise_shape=(None, 1, 3)), (SEQUENCE,)),
    LayerRow(layers.SpatialDropout1D(0.5), (SEQUENCE,)),
    LayerRow(layers.SpatialDropout2D(0.5), (IMAGE,)),
    LayerRow(layers.AlphaDropout(0.3), (FLAT,)),
    LayerRow(layers.GaussianDropout(0.3), (FLAT,)),
    LayerRow(layers.Operation(Divide(), [2.0, None]), (FLAT,)),
    LayerRow(layers.Operation(Pick((slice(None), slice(1, 3)))), (FLAT,)),
    LayerRow(layers.Embedding(5, 2), (WORDS,)),
    LayerRow(layers.ReversibleEmbedding(5, 2, logit_soft_cap=5.0), (WORDS,)),
    LayerRow(layers.Masking(), (SEQUENCE,)),
    LayerRow(layers.Identity(), (FLAT,)),
    LayerRow(layers.ActivityRegularization(0.1, 0.2), (FLAT,)),
    LayerRow(layers.Dense(2, activity_regularizer="l2", kernel_constraint="max_norm"), (FLAT,)),
    LayerRow(layers.Lambda(squared), (FLAT,)),
    LayerRow(layers.Attention(use_scale=True), (SEQUENCE, draw(2, 5, 3, seed=1))),
    LayerRow(layers.Attention(score_mode="concat", dropout=0.5), (SEQUENCE, draw(2, 5, 3, seed=1))),
    LayerRow(layers.AdditiveAttention(), (SEQUENCE, SEQUENCE + 0.1, draw(2, 4, 3, seed=1))),
    LayerRow(
        layers.GroupedQueryAttention(2, 4, 2, dropout=0.3, use_gate=True, sliding_window=2),
        (SEQUENCE, draw(2, 5, 3, seed=1)),
    ),
    LayerRow(layers.MultiHeadAttention(2, 3, dropout=0.3), (SEQUENCE, draw(2, 5, 2, seed=1))),
    LayerRow(
        layers.MultiHeadAttention(2, 2, attention_axes=2, use_gate=True),
        (draw(2, 2, 3, 2, seed=1), draw(2, 2, 4, 2, seed=2)),
    ),
    LayerRow(
        layers.MultiHeadAttention(1, 2, use_bias=False, output_shape=(2, 3)),
        (SEQUENCE, draw(2, 5, 2, seed=1), draw(2, 5, 4, seed=2)),
    ),
    LayerRow(layers.Scaling(), (FLAT,)),
    LayerRow(layers.Elementwise("divide", (5,), turned=True), (FLAT,)),
    LayerRow(layers.Elementwise("maximum", (4, 1)), (IMAGE,)),
    LayerRow(layers.ParametricActivation("mish", rates=0.1), (FLAT,)),
    LayerRow(layers.PeriodicEmbedding(3, 4), (FLAT,)),
    LayerRow(layers.PLREmbedding(2, 3, 0.1, activation="tanh"), (FLAT,)),
    LayerRow(layers.Conv2D(3, (2, 3), activation="tanh"), (IMAGE,)),
    LayerRow(layers.Conv2D(2, 3, strides=2, padding="same", use_bias=False), (IMAGE,)),
    LayerRow(layers.Conv2D(4, 2, dilation_rate=(2, 1), groups=2), (IMAGE,)),
    LayerRow(layers.Conv1D(2, 2, strides=2, padding="same", activation="tanh"), (SEQUENCE,)),
    LayerRow(layers.Conv1D(3, 2, padding="causal", dilation_rate=2, groups=3), (SEQUENCE,)),
    LayerRow(layers.DepthwiseConv2D((2, 3), strides=2, padding="same"), (IMAGE,)),
    LayerRow(layers.DepthwiseConv1D(2, depth_multiplier=2, use_bias=False), (SEQUENCE,)),
    LayerRow(layers.SeparableConv2D(3, 2, activation="tanh"), (IMAGE,)),
    LayerRow(layers.SeparableConv1D(2, 2, depth_multiplier=2, use_bias=False), (SEQUENCE,)),
    LayerRow(layers.Conv2DTranspose(2, (2, 3), strides=2, padding="same"), (IMAGE,)),
    LayerRow(layers.Conv1DTranspose(2, 3, strides=2, activation="tanh"), (SEQUENCE,)),
    LayerRow(layers.MaxPooling2D(), (IMAGE,)),
    LayerRow(layers.AveragePooling2D((2, 3), padding="same"), (IMAGE,)),
    LayerRow(layers.MaxPooling1D(padding="same"), (STEPS,)),
    LayerRow(layers.AveragePooling1D(3, strides=1), (STEPS,)),
    LayerRow(layers.GlobalAveragePooling2D(), (IMAGE,)),
    LayerRow(layers.GlobalMaxPooling2D(), (IMAGE,)),
    LayerRow(layers.GlobalAveragePooling1D(keepdims=True), (STEPS,)),
    LayerRow(layers.GlobalMaxPooling1D(), (STEPS,)),
    LayerRow(layers.ZeroPadding1D((2, 1)), (STEPS,)),
    LayerRow(layers.ZeroPadding2D((1, 2)), (IMAGE,)),
    LayerRow(layers.Cropping1D(), (STEPS,)),
    LayerRow(layers.Cropping2D(((1, 2), (0, 1))), (IMAGE,)),
    LayerRow(layers.UpSampling1D(3), (SEQUENCE,)),
    LayerRow(layers.UpSampling2D((2, 1)), (IMAGE,)),
    LayerRow(layers.UpSampling2D((2, 3), interpolation="bilinear"), (IMAGE,)),
    LayerRow(layers.Resizing(3, 6), (IMAGE,)),
    LayerRow(layers.Resizing(3, 3, pad_to_aspect_ratio=True, fill_value=0.5), (IMAGE,)),
    LayerRow(layers.CenterCrop(3, 2), (IMAGE,)),
    LayerRow(layers.RandomFlip(), (IMAGE,)),
    LayerRow(layers.RandomTranslation(0.3, (0.1, 0.2)), (IMAGE,)),
    LayerRow(layers.RandomRotation(0.2, fill_mode="constant", fill_value=0.5), (IMAGE,)),
    LayerRow(layers.RandomZoom(0.3, 0.2, fill_mode="nearest"), (IMAGE,)),
    LayerRow(layers.RandomShear(0.3, 0.2, fill_mode="wrap"), (IMAGE,)),
    LayerRow(layers.RandomCrop(3, 2), (IMAGE,)),
    LayerRow(layers.RandomBrightness(0.1, (-9, 9)), (IMAGE,)),
    LayerRow(layers.RandomContrast(0.5, (-9, 9)), (IMAGE,)),
    LayerRow(layers.RandomInvert(1.0, (-9, 9)), (IMAGE,)),
    LayerRow(layers.RandomPosterization(7, (-9, 9)), (IMAGE,)),
    LayerRow(layers.Solarization(0.1, 0.5, (-9, 9)), (IMAGE,)),
    LayerRow(layers.AutoContrast((0, 1)), (IMAGE,)),
    LayerRow(layers.RandomGrayscale(), (COLOURS,)),
    LayerRow(layers.RandomColorDegeneration(0.5, (-9, 9)), (COLOURS,)),
    LayerRow(layers.RandomSaturation((0.3, 0.6), (0, 9)), (COLOURS,)),
    LayerRow(layers.RandomHue(0.3, (0, 9)), (COLOURS,)),
    LayerRow(layers.RandomColorJitter((0, 9), 0.1, 0.1, 0.5, 0.1), (COLOURS,)),
    LayerRow(layers.RandomSharpness(0.5, (-9, 9)), (IMAGE,)),
    LayerRow(layers.RandomGaussianBlur(1.0, (3, 1), (0.5, 1.0), (-9, 9)), (IMAGE,)),
    LayerRow(layers.RandomPerspective((1.0, 1.0), 0.4), (IMAGE,)),
    LayerRow(layers.RandomElasticTransform((1.0, 1.0), value_range=(-9, 9)), (IMAGE,)),
    LayerRow(layers.Pipeline([layers.RandomFlip(), layers.AutoContrast()]), (IMAGE,)),
    LayerRow(layers.RandomErasing(1.0, (0.3, 0.5), 0.5, (-9, 9)), (IMAGE,)),
    LayerRow(layers.Conv3D(3, (2, 2, 1), activation="tanh"), (VOLUME,)),
    LayerRow(layers.Conv3D(2, 2, strides=2, padding="same", use_bias=False), (VOLUME,)),
    LayerRow(layers.Conv3D(4, 2, dilation_rate=(1, 2, 1), groups=2), (VOLUME,)),
    LayerRow(layers.Conv3DTranspose(2, (2, 3, 2), strides=2, padding="same"), (VOLUME,)),
    LayerRow(layers.MaxPooling3D(padding="same"), (VOLUME,)),
    LayerRow(layers.AveragePooling3D((2, 3, 2), strides=1, padding="same"), (VOLUME,)),
    *(
        LayerRow(getattr(layers, f"Adaptive{kind}Pooling{rank}D")(2), (arrays,))
        for kind in ("Average", "Max")
        for rank, arrays in ((1, STEPS), (2, IMAGE), (3, VOLUME))
    ),
    LayerRow(layers.Flatten(data_format="channels_first"), (IMAGE,)),
    LayerRow(layers.GlobalAveragePooling3D(), (VOLUME,)),
    LayerRow(layers.GlobalMaxPooling3D(), (VOLUME,)),
    LayerRow(layers.ZeroPadding3D(((1, 0), (0, 1), (1, 1))), (VOLUME,)),
    LayerRow(layers.Cropping3D((0, 1, 0)), (VOLUME,)),
    LayerRow(layers.UpSampling3D((2, 1, 2)), (VOLUME,)),
    LayerRow(layers.SpatialDropout3D(0.5), (VOLUME,)),
    LayerRow(layers.Conv2D(3, 2, data_format="channels_first"), (IMAGE,)),
    LayerRow(layers.EinsumDense("abc,cde->abde", (None, 2, 3), bias_axes="de"), (SEQUENCE,)),
    LayerRow(layers.EinsumDense("abc,bcd->abd", (None, 2), bias_axes="b"), (SEQUENCE,)),
    *(LayerRow(cell(2), (FLAT,)) for cell in CELLS),
    LayerRow(layers.GRUCell(2, reset_after=False), (FLAT,)),
    LayerRow(layers.StackedRNNCells([cell(2) for cell in CELLS]), (FLAT,)),
    LayerRow(layers.RNN(layers.SimpleRNNCell(2)), (SEQUENCE,)),
    LayerRow(
        layers.RNN([layers.LSTMCell(2), layers.GRUCell(3)], return_sequences=True), (SEQUENCE,)
    ),
    LayerRow(layers.SimpleRNN(2, recurrent_dropout=0.5), (SEQUENCE,)),
    LayerRow(layers.GRU(2, reset_after=False), (SEQUENCE,)),
    LayerRow(layers.Permute((2, 1)), (SEQUENCE,)),
    LayerRow(layers.RepeatVector(3), (FLAT,)),
    LayerRow(layers.ReLU(), (FLAT,)),
    LayerRow(layers.ReLU(0.6, 0.1, 0.22), (FLAT,)),
    LayerRow(layers.LeakyReLU(), (FLAT,)),
    LayerRow(layers.ELU(0.5), (FLAT,)),
    LayerRow(layers.PReLU(shared_axes=[1, 2]), (IMAGE,)),
    LayerRow(layers.Softmax(), (FLAT,)),
    *(
        LayerRow(kind(2, return_sequences=sequences), (SEQUENCE,))
        for kind in (layers.SimpleRNN, layers.LSTM, layers.GRU)
        for sequences in (False, True)
    ),
    LayerRow(layers.Bidirectional(layers.LSTM(2, return_sequences=True)), (SEQUENCE,)),
    LayerRow(layers.Bidirectional(layers.GRU(2), "sum"), (SEQUENCE,)),
    LayerRow(layers.LSTM(2, dropout=0.4, recurrent_constraint="unit_norm"), (SEQUENCE,)),
    LayerRow(layers.TimeDistributed(layers.Dense(2, "tanh")), (SEQUENCE,)),
    LayerRow(layers.TimeDistributed(layers.Conv1D(2, 2)), (IMAGE,)),
    LayerRow(layers.Dot(1, normalize=True), (draw(3, 4), draw(3, 4, seed=1))),
    LayerRow(layers.Dot((2, 1)), (SEQUENCE, draw(2, 3, 2, seed=1))),
    *(LayerRow(merge(), (apart(3, 4), apart(3, 4, seed=1) + 0.03)) for merge in MERGING),
]


def network(row: LayerRow, dtype: str = "float64") -> Model:
    """A tiny network around a fresh layer of the row's settings, with its weights moved along."""
    inputs = [
        Input(array.shape[1:], dtype="int64" if array.dtype.kind == "i" else None)
        for array in row.arrays
    ]
    set_random_seed(6)  # the same weights whatever was drawn before
    layer = type(row.layer).from_config(row.layer.config())
    h = layer(inputs) if layer.several_inputs else layer(*inputs)
    h = h[0] if isinstance(h, list) else h  # of a cell its output, without its states
    h.mask = None  # what comes is Flatten, which knows no masks, and would say so
    net = Model(inputs, layers.Dense(2, "sigmoid")(layers.Flatten()(h)), dtype=dtype)
    random = np.random.default_rng(6)
    net.set_weights([w + 0.3 * random.uniform(0.5, 1, w.shape) for w in net.get_weights()])
    return net
