"""Layers: what a network is put together from."""

from typing import NoReturn

from pellucid.absent import refused
from pellucid.layers.adaptive import (
    AdaptiveAveragePooling1D,
    AdaptiveAveragePooling2D,
    AdaptiveAveragePooling3D,
    AdaptiveMaxPooling1D,
    AdaptiveMaxPooling2D,
    AdaptiveMaxPooling3D,
)
from pellucid.layers.attention import AdditiveAttention, Attention, MultiHeadAttention
from pellucid.layers.augmenting import (
    RandomCrop,
    RandomFlip,
    RandomRotation,
    RandomShear,
    RandomTranslation,
    RandomZoom,
)
from pellucid.layers.base import Layer
from pellucid.layers.bending import RandomElasticTransform, RandomPerspective
from pellucid.layers.bordering import (
    Cropping1D,
    Cropping2D,
    Cropping3D,
    UpSampling1D,
    UpSampling2D,
    UpSampling3D,
    ZeroPadding1D,
    ZeroPadding2D,
    ZeroPadding3D,
)
from pellucid.layers.cells import GRUCell, LSTMCell, SimpleRNNCell
from pellucid.layers.colours import (
    AutoContrast,
    RandomBrightness,
    RandomContrast,
    RandomInvert,
    RandomPosterization,
    Solarization,
)
from pellucid.layers.convolution import Conv1D, Conv2D
from pellucid.layers.dense import Activation, ActivityRegularization, Dense, Identity, Lambda
from pellucid.layers.depthwise import (
    DepthwiseConv1D,
    DepthwiseConv2D,
    SeparableConv1D,
    SeparableConv2D,
)
from pellucid.layers.einsum import EinsumDense
from pellucid.layers.elementwise import Elementwise
from pellucid.layers.embedding import Embedding, Masking, ReversibleEmbedding
from pellucid.layers.encoding import CategoryEncoding, Discretization
from pellucid.layers.grouped import GroupedQueryAttention
from pellucid.layers.hashing import HashedCrossing, Hashing
from pellucid.layers.histograms import (
    ContrastLimitedAdaptiveHistogramEqualization,
    Equalization,
)
from pellucid.layers.hues import (
    RandomColorDegeneration,
    RandomColorJitter,
    RandomGrayscale,
    RandomHue,
    RandomSaturation,
)
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
from pellucid.layers.mixing import AugMix, CutMix, MixUp, RandAugment
from pellucid.layers.noise import (
    AlphaDropout,
    Dropout,
    GaussianDropout,
    GaussianNoise,
    SpatialDropout1D,
    SpatialDropout2D,
    SpatialDropout3D,
)
from pellucid.layers.normalisation import (
    BatchNormalization,
    GroupNormalization,
    LayerNormalization,
    RMSNormalization,
    UnitNormalization,
)
from pellucid.layers.numeric import (
    ParametricActivation,
    PeriodicEmbedding,
    PLREmbedding,
    Scaling,
)
from pellucid.layers.operation import Operation
from pellucid.layers.pictures import CenterCrop, Resizing
from pellucid.layers.pipeline import Pipeline
from pellucid.layers.pooling import (
    AveragePooling1D,
    AveragePooling2D,
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GlobalAveragePooling3D,
    GlobalMaxPooling1D,
    GlobalMaxPooling2D,
    GlobalMaxPooling3D,
    MaxPooling1D,
    MaxPooling2D,
)
from pellucid.layers.preprocessing import Normalization, Rescaling
from pellucid.layers.rectifiers import ELU, LeakyReLU, PReLU, ReLU, Softmax
from pellucid.layers.recurrent import GRU, LSTM, SimpleRNN
from pellucid.layers.shaping import Flatten, Permute, RepeatVector, Reshape
from pellucid.layers.smoothing import RandomErasing, RandomGaussianBlur, RandomSharpness
from pellucid.layers.stepping import RNN, StackedRNNCells
from pellucid.layers.texts import TextVectorization
from pellucid.layers.transposing import Conv1DTranspose, Conv2DTranspose
from pellucid.layers.vocabularies import IntegerLookup, StringLookup
from pellucid.layers.volumes import AveragePooling3D, Conv3D, Conv3DTranspose, MaxPooling3D
from pellucid.layers.wrapping import Bidirectional, TimeDistributed
from pellucid.wording import tell

AvgPool1D, AvgPool2D, AvgPool3D = AveragePooling1D, AveragePooling2D, AveragePooling3D
MaxPool1D, MaxPool2D, MaxPool3D = MaxPooling1D, MaxPooling2D, MaxPooling3D
GlobalAvgPool1D, GlobalAvgPool2D = GlobalAveragePooling1D, GlobalAveragePooling2D
GlobalMaxPool1D, GlobalMaxPool2D = GlobalMaxPooling1D, GlobalMaxPooling2D
GlobalAvgPool3D, GlobalMaxPool3D = GlobalAveragePooling3D, GlobalMaxPooling3D
GroupQueryAttention = GroupedQueryAttention
Convolution1D, Convolution2D, Convolution3D = Conv1D, Conv2D, Conv3D

__all__ = [
    "ELU", "GRU", "LSTM", "RNN", "Activation", "ActivityRegularization", "AdaptiveAveragePooling1D",
    "AdaptiveAveragePooling2D", "AdaptiveAveragePooling3D", "AdaptiveMaxPooling1D",
    "AdaptiveMaxPooling2D", "AdaptiveMaxPooling3D", "Add", "AdditiveAttention", "AlphaDropout",
    "Attention", "AugMix", "AutoContrast", "Average", "AveragePooling1D", "AveragePooling2D",
    "AveragePooling3D", "AvgPool1D", "AvgPool2D", "AvgPool3D", "BatchNormalization",
    "Bidirectional", "CategoryEncoding", "CenterCrop", "Concatenate",
    "ContrastLimitedAdaptiveHistogramEqualization", "Conv1D", "Conv1DTranspose", "Conv2D",
    "Conv2DTranspose", "Conv3D", "Conv3DTranspose", "Convolution1D", "Convolution2D",
    "Convolution3D", "Cropping1D", "Cropping2D", "Cropping3D", "CutMix", "Dense", "DepthwiseConv1D",
    "DepthwiseConv2D", "Discretization", "Dot", "Dropout", "EinsumDense", "Elementwise",
    "Embedding", "Equalization", "Flatten", "GRUCell", "GaussianDropout", "GaussianNoise",
    "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D", "GlobalAvgPool1D",
    "GlobalAvgPool2D", "GlobalAvgPool3D", "GlobalMaxPool1D", "GlobalMaxPool2D", "GlobalMaxPool3D",
    "GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalMaxPooling3D", "GroupNormalization",
    "GroupQueryAttention", "GroupedQueryAttention", "HashedCrossing", "Hashing", "Identity",
    "Input", "InputLayer", "IntegerLookup", "LSTMCell", "Lambda", "Layer", "LayerNormalization",
    "LeakyReLU", "Masking", "MaxPool1D", "MaxPool2D", "MaxPool3D", "MaxPooling1D", "MaxPooling2D",
    "MaxPooling3D", "Maximum", "Minimum", "MixUp", "MultiHeadAttention", "Multiply",
    "Normalization", "Operation", "PLREmbedding", "PReLU", "ParametricActivation",
    "PeriodicEmbedding", "Permute", "Pipeline", "RMSNormalization", "RandAugment",
    "RandomBrightness", "RandomColorDegeneration", "RandomColorJitter", "RandomContrast",
    "RandomCrop", "RandomElasticTransform", "RandomErasing", "RandomFlip", "RandomGaussianBlur",
    "RandomGrayscale", "RandomHue", "RandomInvert", "RandomPerspective", "RandomPosterization",
    "RandomRotation", "RandomSaturation", "RandomSharpness", "RandomShear", "RandomTranslation",
    "RandomZoom", "ReLU", "RepeatVector", "Rescaling", "Reshape", "Resizing", "ReversibleEmbedding",
    "Scaling", "SeparableConv1D", "SeparableConv2D", "SimpleRNN", "SimpleRNNCell", "Softmax",
    "Solarization", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "StackedRNNCells",
    "StringLookup", "Subtract", "TextVectorization", "TimeDistributed", "UnitNormalization",
    "UpSampling1D", "UpSampling2D", "UpSampling3D", "ZeroPadding1D", "ZeroPadding2D",
    "ZeroPadding3D", "add", "average", "concatenate", "dot", "maximum", "minimum", "multiply",
    "subtract",
]  # fmt: skip


def __getattr__(name: str) -> NoReturn:
    raise refused("layers", name, __all__)


tell(globals(), "layers")
