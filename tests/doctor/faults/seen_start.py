"""Networks that start badly: the half that may be looked at."""

from __future__ import annotations

from pellucid import initializers
from pellucid.layers import Activation, BatchNormalization, Dense, Dropout
from pellucid.optimizers import SGD, Adam
from tests.doctor.faults import data
from tests.doctor.faults.case import Given, fault, given

SPARSE, BINARY = "sparse_categorical_crossentropy", "binary_crossentropy"


def deep(count: int, units: int, activation: str, **settings: object) -> list[Dense]:
    return [Dense(units, activation, **settings) for _ in range(count)]


@fault("symmetric weights", source="Stack Overflow: why not start with zeros?")
def zeros_everywhere(mended: bool) -> Given:
    start = "glorot_uniform" if mended else "zeros"
    inner = [Dense(16, "relu", kernel_initializer=start), Dense(3, "softmax")]
    if not mended:
        inner[-1] = Dense(3, "softmax", kernel_initializer="zeros")
    return given(inner, data.arms(), SPARSE, Adam(0.01), epochs=60)


@fault("symmetric weights", source="Coursera forum: all units learn the same")
def all_weights_a_half(mended: bool) -> Given:
    start = initializers.GlorotUniform() if mended else initializers.Constant(0.5)
    inner = [
        Dense(16, "tanh", kernel_initializer=start),
        Dense(1, "sigmoid", kernel_initializer=start),
    ]
    return given(inner, data.rings(), BINARY, Adam(0.02), epochs=40)


@fault(
    "weights start too large",
    also=["saturated units", "loss at start far from chance"],
    source="Stack Overflow: np.random.randn for the weights",
)
def normal_of_deviation_five(mended: bool) -> Given:
    start = "glorot_normal" if mended else initializers.RandomNormal(stddev=5.0)
    inner = [*deep(3, 64, "tanh", kernel_initializer=start), Dense(10, "softmax")]
    return given(inner, data.flat_digits(), SPARSE, SGD(0.1), epochs=15)


@fault(
    "weights start too small",
    also=["vanishing gradients", "symmetric weights", "rate too low"],
    source="Stack Overflow: randn times 0.0001 in a deep network",
)
def tiny_start(mended: bool) -> Given:
    start = "he_normal" if mended else initializers.RandomNormal(stddev=1e-4)
    inner = [*deep(4, 32, "relu", kernel_initializer=start), Dense(10, "softmax")]
    return given(inner, data.flat_digits(), SPARSE, SGD(0.05), epochs=20)


@fault(
    "dead units",
    also=["weights start too small", "vanishing gradients"],
    source="Stack Overflow: dying ReLU, all outputs the same",
)
def biases_below_all(mended: bool) -> Given:
    start = initializers.Constant(0.0 if mended else -6.0)
    inner = [Dense(32, "relu", bias_initializer=start), Dense(10, "softmax")]
    return given(inner, data.flat_digits(), SPARSE, Adam(0.003), epochs=20)


@fault(
    "saturated units",
    also=["unscaled inputs", "weights start too large"],
    source="Stack Overflow: tanh layer on columns of 100",
)
def tanh_of_hundreds(mended: bool) -> Given:
    rows = data.changed(data.bent(), x=lambda x: x if mended else 100 * x)
    inner = [Dense(32, "tanh"), Dense(1)]
    return given(inner, rows, "mse", Adam(0.01), figure="r2", epochs=40)


@fault(
    "vanishing gradients",
    also=["rate too low", "saturated units"],
    source="AutoTrainer and Stack Overflow: ten sigmoid layers",
)
def eight_sigmoid_layers(mended: bool) -> Given:
    inner = [*deep(8, 24, "relu" if mended else "sigmoid"), Dense(10, "softmax")]
    return given(inner, data.flat_digits(), SPARSE, Adam(0.002), epochs=20)


@fault(
    "exploding gradients",
    also=["weights start too large", "rate too high", "loss at start far from chance"],
    source="Stack Overflow: deep network, loss nan",
)
def deep_and_loud(mended: bool) -> Given:
    start = initializers.VarianceScaling(2.0 if mended else 40.0)
    inner = [*deep(7, 32, "relu", kernel_initializer=start), Dense(10, "softmax")]
    return given(inner, data.flat_digits(), SPARSE, SGD(0.02, momentum=0.9), epochs=20)


@fault(
    "loss at start far from chance",
    also=["weights start too large"],
    source="Karpathy's recipe: verify the loss at the start",
)
def loud_last_layer(mended: bool) -> Given:
    start = "glorot_uniform" if mended else initializers.RandomNormal(stddev=30.0)
    inner = [Dense(32, "relu"), Dense(10, "softmax", kernel_initializer=start)]
    return given(inner, data.flat_digits(), SPARSE, Adam(0.001), epochs=15)


@fault(
    "normalisation after the output",
    also=["softmax or sigmoid twice"],
    source="Stack Overflow: batch normalisation as the last layer",
)
def normalised_probabilities(mended: bool) -> Given:
    inner = [Dense(32, "relu"), Dense(10, "softmax")] + ([] if mended else [BatchNormalization()])
    return given(inner, data.flat_digits(), SPARSE, Adam(0.01), epochs=30)


@fault("dropout of almost everything", source="Stack Overflow: keep_prob taken for the rate")
def rate_for_share_kept(mended: bool) -> Given:
    rate = 0.1 if mended else 0.95
    inner = [
        Dense(64, "relu"),
        Dropout(rate),
        Dense(32, "relu"),
        Dropout(rate),
        Dense(10, "softmax"),
    ]
    return given(inner, data.flat_digits(), SPARSE, epochs=30)


@fault("dropout on the output", source="Stack Overflow: dropout after the last layer")
def dropped_predictions(mended: bool) -> Given:
    inner = [Dense(32, "relu"), Dense(10, "softmax")] + ([] if mended else [Dropout(0.5)])
    return given(inner, data.flat_digits(), SPARSE, epochs=20)


@fault("bottleneck of one", source="Stack Overflow: a layer of one unit in the middle")
def one_unit_in_the_middle(mended: bool) -> Given:
    inner = [Dense(32, "relu"), Dense(16 if mended else 1, "relu"), Dense(10, "softmax")]
    return given(inner, data.flat_digits(), SPARSE, Adam(0.005), epochs=30)


@fault(
    "no activation between layers",
    also=["a baseline is as good", "underfits"],
    source="Stack Overflow: why can my network not learn circles?",
)
def linear_layers_for_rings(mended: bool) -> Given:
    inner = [
        Dense(32),
        *([Activation("relu")] if mended else []),
        Dense(16),
        *([Activation("relu")] if mended else []),
        Dense(1, "sigmoid"),
    ]
    return given(inner, data.rings(), BINARY, Adam(0.01), epochs=40)
