"""Networks that train badly: the half that may be looked at."""

from __future__ import annotations

from pellucid import initializers, regularizers
from pellucid.layers import LSTM, BatchNormalization, Dense, SimpleRNN
from pellucid.optimizers import SGD, Adam
from tests.doctor.faults import data
from tests.doctor.faults.case import Given, fault, given

SPARSE, BINARY = "sparse_categorical_crossentropy", "binary_crossentropy"


def two_layers() -> list[Dense]:
    return [Dense(32, "relu"), Dense(10, "softmax")]


@fault(
    "rate too high",
    also=["oscillates", "dead units"],
    source="Stack Overflow: Adam with 1.0 stays at one class",
)
def adam_at_one(mended: bool) -> Given:
    return given(
        two_layers(),
        data.flat_digits(),
        SPARSE,
        Adam(0.003 if mended else 1.0),
        metrics=["accuracy"],
        epochs=15,
    )


@fault(
    "rate too high", also=["exploding gradients"], source="Stack Overflow: SGD, loss goes to nan"
)
def sgd_runs_away(mended: bool) -> Given:
    inner = [Dense(32, "relu"), Dense(1)]
    return given(inner, data.bent(), "mse", SGD(0.05 if mended else 2.0), figure="r2", epochs=60)


@fault(
    "rate too low",
    also=["ends before it converged"],
    source="Stack Overflow: loss goes down by 0.0001 an epoch",
)
def sgd_crawls(mended: bool) -> Given:
    return given(two_layers(), data.flat_digits(), SPARSE, SGD(0.1 if mended else 1e-5), epochs=20)


@fault("rate too low", also=["ends before it converged"], source="Keras forum: Adam with 1e-6")
def adam_crawls(mended: bool) -> Given:
    inner = [Dense(24, "tanh"), Dense(1)]
    return given(inner, data.bent(), "mse", Adam(0.01 if mended else 3e-6), figure="r2", epochs=50)


@fault("oscillates", also=["rate too high"], source="AutoTrainer: oscillating loss; momentum 0.99")
def momentum_overshoots(mended: bool) -> Given:
    inner = [Dense(24, "relu"), Dense(1)]
    optimizer = SGD(0.02, momentum=0.8) if mended else SGD(0.3, momentum=0.99)
    return given(inner, data.bent(), "mse", optimizer, figure="r2", epochs=30)


@fault("penalty outweighs the loss", source="Stack Overflow: l2(1.0) and the loss stops at 2.3")
def heavy_l2(mended: bool) -> Given:
    penalty = regularizers.L2(1e-4 if mended else 1.0)
    inner = [
        Dense(32, "relu", kernel_regularizer=penalty),
        Dense(10, "softmax", kernel_regularizer=penalty),
    ]
    return given(inner, data.flat_digits(), SPARSE, Adam(0.005), epochs=20)


@fault(
    "clipping always clips",
    also=["rate too low", "ends before it converged"],
    source="Keras forum: clipnorm copied from another script",
)
def clipped_to_nothing(mended: bool) -> Given:
    clip = {} if mended else {"clipnorm": 1e-4}
    return given(two_layers(), data.flat_digits(), SPARSE, SGD(0.1, **clip), epochs=20)


@fault(
    "batch too large for the budget",
    also=["ends before it converged", "rate too low"],
    source="Stack Overflow: full batch, five epochs",
)
def whole_set_as_a_batch(mended: bool) -> Given:
    return given(
        two_layers(), data.flat_digits(), SPARSE, epochs=8, batch_size=16 if mended else 1000
    )


@fault(
    "batch too small",
    also=["rate too high", "oscillates"],
    source="Stack Overflow: batch size 1 with a large rate",
)
def one_row_at_a_time(mended: bool) -> Given:
    inner = [Dense(24, "relu"), Dense(1)]
    rows = data.bent(noise=0.8)
    return given(
        inner, rows, "mse", SGD(0.08), figure="r2", epochs=25, batch_size=32 if mended else 1
    )


@fault(
    "averages of batch normalisation lag",
    also=["ends before it converged", "unscaled inputs"],
    source="Stack Overflow: training 0.9 and validation at chance with batch normalisation",
)
def normalisation_lags(mended: bool) -> Given:
    rows = data.changed(data.flat_digits(), x=lambda x: 6 * x + 20)
    inner = [
        BatchNormalization(momentum=0.7 if mended else 0.999),
        Dense(32, "relu"),
        BatchNormalization(momentum=0.7 if mended else 0.999),
        Dense(10, "softmax"),
    ]
    return given(inner, rows, SPARSE, Adam(0.005), epochs=6)


@fault(
    "state of a recurrent layer explodes",
    also=["exploding gradients", "rate too high", "weights start too large"],
    source="Stack Overflow: SimpleRNN with relu, nan",
)
def relu_state_grows(mended: bool) -> Given:
    start = "orthogonal" if mended else initializers.RandomNormal(stddev=1.5)
    activation = "tanh" if mended else "relu"
    inner = [SimpleRNN(16, activation, recurrent_initializer=start), Dense(1, "sigmoid")]
    return given(inner, data.waves(), BINARY, Adam(0.01), epochs=15)


@fault(
    "ends before it converged",
    also=["rate too low"],
    source="Stack Overflow: LSTM predicts the mean after one epoch",
)
def one_epoch_of_lstm(mended: bool) -> Given:
    return given(
        [LSTM(12), Dense(1)],
        data.sums(),
        "mse",
        Adam(0.01),
        figure="r2",
        epochs=25 if mended else 1,
    )
