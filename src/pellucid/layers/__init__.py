"""Layers: what a network is put together from."""

from pellucid.layers.base import Layer
from pellucid.layers.bordering import (
    Cropping1D,
    Cropping2D,
    UpSampling1D,
    UpSampling2D,
    ZeroPadding1D,
    ZeroPadding2D,
)
from pellucid.layers.convolution import Conv1D, Conv2D
from pellucid.layers.dense import Activation, Dense
from pellucid.layers.embedding import Embedding
from pellucid.layers.inputs import Input, InputLayer
from pellucid.layers.merging import (
    Add,
    Average,
    Concatenate,
    Dot,
    Maximum,
    Minimum,
    Multiply,
    Subtract,
    add,
    average,
    concatenate,
    dot,
    maximum,
    minimum,
    multiply,
    subtract,
)
from pellucid.layers.noise import Dropout, GaussianNoise
from pellucid.layers.normalisation import BatchNormalization, LayerNormalization
from pellucid.layers.numeric import (
    ParametricActivation,
    PeriodicEmbedding,
    PLREmbedding,
    Scaling,
)
from pellucid.layers.pooling import (
    AveragePooling1D,
    AveragePooling2D,
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GlobalMaxPooling1D,
    GlobalMaxPooling2D,
    MaxPooling1D,
    MaxPooling2D,
)
from pellucid.layers.preprocessing import Normalization, Rescaling
from pellucid.layers.rectifiers import ELU, LeakyReLU, PReLU, ReLU, Softmax
from pellucid.layers.recurrent import GRU, LSTM, SimpleRNN
from pellucid.layers.shaping import Flatten, Permute, RepeatVector, Reshape

AvgPool1D, AvgPool2D = AveragePooling1D, AveragePooling2D
MaxPool1D, MaxPool2D = MaxPooling1D, MaxPooling2D
GlobalAvgPool1D, GlobalAvgPool2D = GlobalAveragePooling1D, GlobalAveragePooling2D
GlobalMaxPool1D, GlobalMaxPool2D = GlobalMaxPooling1D, GlobalMaxPooling2D
Convolution1D, Convolution2D = Conv1D, Conv2D

__all__ = [
    "ELU", "GRU", "LSTM", "Activation", "Add", "Average", "AveragePooling1D",
    "AveragePooling2D", "AvgPool1D", "AvgPool2D", "BatchNormalization", "Concatenate", "Conv1D",
    "Conv2D", "Convolution1D", "Convolution2D", "Cropping1D", "Cropping2D", "Dense", "Dot",
    "Dropout", "Embedding", "Flatten", "GaussianNoise", "GlobalAveragePooling1D",
    "GlobalAveragePooling2D", "GlobalAvgPool1D", "GlobalAvgPool2D", "GlobalMaxPool1D",
    "GlobalMaxPool2D", "GlobalMaxPooling1D", "GlobalMaxPooling2D", "Input", "InputLayer",
    "Layer", "LayerNormalization", "LeakyReLU", "MaxPool1D", "MaxPool2D", "MaxPooling1D",
    "MaxPooling2D", "Maximum", "Minimum", "Multiply", "Normalization", "PLREmbedding", "PReLU",
    "ParametricActivation", "PeriodicEmbedding", "Permute", "ReLU", "RepeatVector", "Rescaling",
    "Reshape", "Scaling", "SimpleRNN", "Softmax", "Subtract", "UpSampling1D", "UpSampling2D",
    "ZeroPadding1D", "ZeroPadding2D", "add", "average", "concatenate", "dot", "maximum",
    "minimum", "multiply", "subtract",
]  # fmt: skip
