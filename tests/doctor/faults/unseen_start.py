"""Networks that start badly, for the final count only: whoever writes checks leaves this shut."""

from __future__ import annotations

import numpy as np

from pellucid import initializers
from pellucid.layers import LSTM, BatchNormalization, Conv2D, Dense, Dropout, Embedding, Flatten
from pellucid.optimizers import SGD, Adam
from tests.doctor.faults import data
from tests.doctor.faults.case import Given, fault, given

SPARSE, BINARY = "sparse_categorical_crossentropy", "binary_crossentropy"


@fault("symmetric weights", source="NeuraLint: constant initialisation of a convolution")
def filters_all_alike(mended: bool) -> Given:
    start = "glorot_uniform" if mended else "ones"
    inner = [
        Conv2D(8, 3, activation="relu", kernel_initializer=start),
        Flatten(),
        Dense(16, "relu", kernel_initializer=start),
        Dense(10, "softmax", kernel_initializer=start),
    ]
    return given(inner, data.digits(), SPARSE, Adam(0.003), epochs=10)


@fault("symmetric weights", source="Stack Overflow: set_weights with arrays of zeros")
def weights_set_to_zero(mended: bool) -> Given:
    asked = given(
        [Dense(24, "tanh"), Dense(1)], data.bent(), "mse", Adam(0.01), figure="r2", epochs=50
    )
    if not mended:
        asked.net.set_weights([np.zeros_like(each) for each in asked.net.get_weights()])
    return asked


@fault(
    "weights start too large",
    also=["exploding gradients", "loss at start far from chance", "rate too high"],
    source="NumPy tutorials: rand(n, m) without minus a half",
)
def uniform_from_zero_to_one(mended: bool) -> Given:
    start = "he_uniform" if mended else initializers.RandomUniform(0.0, 1.0)
    inner = [
        Dense(64, "relu", kernel_initializer=start),
        Dense(64, "relu", kernel_initializer=start),
        Dense(1, "sigmoid", kernel_initializer=start),
    ]
    rows = data.scaled(data.patients())
    return given(inner, rows, BINARY, SGD(0.05), epochs=30)


@fault(
    "weights start too small",
    also=["vanishing gradients", "rate too low"],
    source="Stack Overflow: the network outputs one value; stddev=0.00001",
)
def tiny_convolution(mended: bool) -> Given:
    start = "he_normal" if mended else initializers.TruncatedNormal(stddev=1e-5)
    inner = [
        Conv2D(8, 3, activation="relu", kernel_initializer=start),
        Conv2D(8, 3, activation="relu", kernel_initializer=start),
        Flatten(),
        Dense(10, "softmax", kernel_initializer=start),
    ]
    return given(inner, data.digits(), SPARSE, SGD(0.05, momentum=0.9), epochs=8)


@fault(
    "dead units",
    also=["output cannot reach the targets", "weights start too small"],
    source="Stack Overflow: regression predicts 0.0 for all; relu in every layer",
)
def negative_weights_on_positive_pixels(mended: bool) -> Given:
    start = "he_normal" if mended else initializers.RandomUniform(-0.2, -0.05)
    inner = [Dense(48, "relu", kernel_initializer=start), Dense(10, "softmax")]
    return given(inner, data.flat_digits(), SPARSE, Adam(0.002), epochs=15)


@fault(
    "saturated units",
    also=["weights start too large"],
    source="Cross Validated: sigmoids at 0 and 1 from the first batch",
)
def sigmoids_with_far_biases(mended: bool) -> Given:
    start = initializers.Constant(0.0 if mended else 14.0)
    inner = [Dense(24, "sigmoid", bias_initializer=start), Dense(10, "softmax")]
    return given(inner, data.flat_digits(), SPARSE, SGD(0.5), epochs=25)


@fault(
    "vanishing gradients",
    also=["saturated units", "rate too low", "no activation between layers"],
    source="DeepFD: deep tanh network with a small start, SGD",
)
def deep_tanh_by_sgd(mended: bool) -> Given:
    start = "glorot_normal" if mended else initializers.RandomNormal(stddev=0.02)
    inner = [*(Dense(24, "tanh", kernel_initializer=start) for _ in range(6)), Dense(3, "softmax")]
    return given(inner, data.clouds(), SPARSE, SGD(0.1), epochs=20)


@fault(
    "exploding gradients",
    also=["weights start too large", "rate too high", "loss at start far from chance"],
    source="Cross Validated: deep linear regression, nan",
)
def deep_regression_blows_up(mended: bool) -> Given:
    start = "he_normal" if mended else initializers.RandomNormal(stddev=0.8)
    inner = [*(Dense(40, "relu", kernel_initializer=start) for _ in range(5)), Dense(1)]
    return given(inner, data.bent(), "mse", Adam(0.003), figure="r2", epochs=60)


@fault(
    "normalisation after the output",
    also=["averages of batch normalisation lag"],
    source="Keras forum: BatchNormalization behind the regression layer",
)
def normalised_regression(mended: bool) -> Given:
    inner = [Dense(32, "relu"), Dense(1)]
    inner += [] if mended else [BatchNormalization(center=False, scale=False)]
    rows = data.changed(data.bent(), y=lambda y: 2 * y + 3)
    return given(inner, rows, "mse", Adam(0.01), figure="r2", epochs=50)


@fault(
    "dropout of almost everything",
    also=["underfits"],
    source="Stack Overflow: Dropout(0.9) before a small layer",
)
def nine_tenths_of_features(mended: bool) -> Given:
    rate = 0.0 if mended else 0.9
    inner = [Dropout(rate), Dense(24, "tanh"), Dropout(rate), Dense(1)]
    return given(inner, data.bent(), "mse", Adam(0.01), figure="r2", epochs=60)


@fault("dropout on the output", source="Stack Overflow: Dropout as the last layer of a regression")
def dropped_regression(mended: bool) -> Given:
    inner = [Dense(32, "relu"), Dense(1)] + ([] if mended else [Dropout(0.6)])
    rows = data.changed(data.bent(), y=lambda y: y + 4)
    return given(inner, rows, "mse", Adam(0.01), figure="r2", epochs=40)


@fault(
    "bottleneck of one",
    also=["underfits"],
    source="Stack Overflow: autoencoder of 64 pixels by one number",
)
def autoencoder_through_one(mended: bool) -> Given:
    x, _, (x_new, _) = data.flat_digits()
    inner = [
        Dense(32, "relu"),
        Dense(16 if mended else 1, "relu"),
        Dense(32, "relu"),
        Dense(64, "sigmoid"),
    ]
    return given(inner, (x, x, (x_new, x_new)), "mse", Adam(0.005), figure="r2", epochs=40)


@fault(
    "no activation between layers",
    also=["underfits", "a baseline is as good"],
    source="NeuraLint: no activation in a convolutional network",
)
def linear_layers_for_bent(mended: bool) -> Given:
    inner = [Dense(64, "relu" if mended else None), Dense(32, "relu" if mended else None), Dense(1)]
    return given(inner, data.bent(), "mse", Adam(0.005), figure="r2", epochs=40)


@fault(
    "dead inputs",
    also=["constant column", "unscaled inputs"],
    source="Stack Overflow: a cast to int makes nearly all of [0, 1) zero",
)
def cast_to_whole_numbers(mended: bool) -> Given:
    rows = data.changed(data.flat_digits(), x=lambda x: x if mended else x.astype(int) * 1.0)
    return given([Dense(32, "relu"), Dense(10, "softmax")], rows, SPARSE, epochs=20)


@fault(
    "loss at start far from chance",
    also=["symmetric weights", "imbalanced classes", "saturated units", "rate too low"],
    source="Karpathy's recipe: initialise well",
)
def sure_of_the_wrong_answer(mended: bool) -> Given:
    start = initializers.Constant(0.0 if mended else 12.0)
    inner = [Embedding(50, 8), LSTM(10), Dense(1, "sigmoid", bias_initializer=start)]
    return given(inner, data.words(), BINARY, Adam(0.01), epochs=8)
