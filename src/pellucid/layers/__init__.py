"""Layers: what a network is put together from."""

from pellucid.layers.base import Layer
from pellucid.layers.convolution import (
    AveragePooling2D,
    Conv2D,
    GlobalAveragePooling2D,
    MaxPooling2D,
)
from pellucid.layers.dense import Activation, Dense
from pellucid.layers.embedding import Embedding
from pellucid.layers.inputs import Input, InputLayer
from pellucid.layers.merging import (
    Add,
    Average,
    Concatenate,
    Maximum,
    Minimum,
    Multiply,
    Subtract,
)
from pellucid.layers.noise import Dropout, GaussianNoise
from pellucid.layers.normalisation import BatchNormalization, LayerNormalization
from pellucid.layers.numeric import (
    ParametricActivation,
    PeriodicEmbedding,
    PLREmbedding,
    Scaling,
)
from pellucid.layers.preprocessing import Normalization, Rescaling
from pellucid.layers.recurrent import GRU, LSTM, SimpleRNN
from pellucid.layers.shaping import Flatten, Reshape

AvgPool2D, MaxPool2D = AveragePooling2D, MaxPooling2D

__all__ = [
    "GRU", "LSTM", "Activation", "Add", "Average", "AveragePooling2D", "AvgPool2D",
    "BatchNormalization", "Concatenate", "Conv2D", "Dense", "Dropout", "Embedding", "Flatten",
    "GaussianNoise", "GlobalAveragePooling2D", "Input", "InputLayer", "Layer",
    "LayerNormalization", "MaxPool2D", "MaxPooling2D", "Maximum", "Minimum", "Multiply",
    "Normalization", "PLREmbedding", "ParametricActivation", "PeriodicEmbedding", "Rescaling",
    "Reshape", "Scaling", "SimpleRNN", "Subtract",
]  # fmt: skip
