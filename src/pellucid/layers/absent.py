"""Layers of Keras that are left out, and what to use; `docs/keras.md` shows the same table."""

from __future__ import annotations

from collections.abc import Mapping

from pellucid.settings import nearest

TABLE = "pellucid.preprocessing prepares tables, words and pictures, and is kept in the model file"
VOLUMES = "pellucid reads sequences and images; join the depth to the channels, and use Conv2D"
NARROW = "use LSTM, GRU or SimpleRNN, or write a layer of your own"
ABSENT: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "CategoryEncoding",
            "Discretization",
            "HashedCrossing",
            "Hashing",
            "IntegerLookup",
            "StringLookup",
            "TextVectorization",
        ),
        TABLE,
    ),
    **dict.fromkeys(
        (
            "AveragePooling3D",
            "Conv3D",
            "Conv3DTranspose",
            "Cropping3D",
            "GlobalAveragePooling3D",
            "GlobalMaxPooling3D",
            "MaxPooling3D",
            "SpatialDropout3D",
            "UpSampling3D",
            "ZeroPadding3D",
        ),
        VOLUMES,
    ),
    **dict.fromkeys(("GRUCell", "LSTMCell", "RNN", "SimpleRNNCell", "StackedRNNCells"), NARROW),
    **dict.fromkeys(
        ("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"), "use TimeDistributed(Conv2D(…)), then LSTM"
    ),
    **dict.fromkeys(
        ("RandomContrast", "RandomFlip", "RandomRotation", "RandomTranslation", "RandomZoom"),
        "change the pictures in a generator, and give it to fit",
    ),
    **dict.fromkeys(
        ("AdditiveAttention", "Attention", "GroupQueryAttention", "MultiHeadAttention"),
        "pellucid has no attention; write it as a layer of your own with pellucid.ops",
    ),
    "ActivityRegularization": "write the penalty into a loss function",
    "EinsumDense": "use Dense, which multiplies the last axis of rows of any shape, and Reshape",
    "Identity": 'use layers.Activation("linear")',
    "Lambda": "write the function with operators and pellucid.ops between the layers",
    "Masking": "cut sequences to their length, or give steps that do not count a weight of 0",
    "SpectralNormalization": "use weight_decay of the optimizer, or kernel_regularizer",
}


def refused(name: str, known: list[str]) -> AttributeError:
    """What is said of a name that this module does not have."""
    instead = f"it is left out; {ABSENT[name]}" if name in ABSENT else nearest(name, known)
    return AttributeError(f"pellucid.layers has no {name!r}: {instead}")
