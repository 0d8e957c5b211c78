"""Networks that train badly, for the final count only: whoever writes checks leaves this shut."""

from __future__ import annotations

from pellucid import initializers, regularizers
from pellucid.layers import GRU, BatchNormalization, Conv2D, Dense, Embedding, Flatten, SimpleRNN
from pellucid.optimizers import SGD, Adam, AdamW, RMSprop
from pellucid.schedules import ExponentialDecay, WarmUp
from tests.doctor.faults import data
from tests.doctor.faults.case import Given, fault, given

SPARSE, BINARY = "sparse_categorical_crossentropy", "binary_crossentropy"


@fault(
    "rate too high",
    also=["oscillates", "dead units"],
    source="Stack Overflow: CNN with Adam(0.1) predicts one class",
)
def convolution_jumps(mended: bool) -> Given:
    inner = [Conv2D(8, 3, activation="relu"), Flatten(), Dense(32, "relu"), Dense(10, "softmax")]
    return given(inner, data.digits(), SPARSE, Adam(0.003 if mended else 0.3), epochs=8)


@fault(
    "rate too high",
    also=["oscillates", "saturated units"],
    source="Stack Overflow: SGD(lr=3.0) from a book, with another loss",
)
def three_from_a_book(mended: bool) -> Given:
    inner = [Dense(32, "tanh"), Dense(16, "tanh"), Dense(3, "softmax")]
    return given(inner, data.arms(), SPARSE, SGD(0.3 if mended else 20.0), epochs=80)


@fault(
    "rate too low",
    also=["ends before it converged"],
    source="Stack Overflow: decay of 0.1 each step brings the rate to nothing",
)
def decays_to_nothing(mended: bool) -> Given:
    rate = ExponentialDecay(0.01, 1000 if mended else 2, 0.9)
    return given(
        [Dense(32, "relu"), Dense(10, "softmax")], data.flat_digits(), SPARSE, Adam(rate), epochs=20
    )


@fault(
    "rate too low",
    also=["ends before it converged"],
    source="Stack Overflow: text classifier stays at 0.693",
)
def embedding_crawls(mended: bool) -> Given:
    inner = [Embedding(50, 8), Flatten(), Dense(16, "relu"), Dense(1, "sigmoid")]
    return given(
        inner, data.words(), BINARY, SGD(0.2 if mended else 0.001, momentum=0.9), epochs=40
    )


@fault("oscillates", also=["rate too high"], source="DeepFD: unstable loss; RMSprop with 0.3")
def rmsprop_swings(mended: bool) -> Given:
    inner = [Dense(32, "tanh"), Dense(1)]
    return given(
        inner, data.bent(), "mse", RMSprop(0.003 if mended else 0.2), figure="r2", epochs=60
    )


@fault(
    "penalty outweighs the loss",
    also=["underfits", "a baseline is as good"],
    source="Cross Validated: l1 of 0.5 on every layer, predictions are the mean",
)
def heavy_l1_on_regression(mended: bool) -> Given:
    penalty = regularizers.L1(1e-4 if mended else 0.5)
    inner = [Dense(32, "relu", kernel_regularizer=penalty), Dense(1, kernel_regularizer=penalty)]
    return given(inner, data.bent(), "mse", Adam(0.01), figure="r2", epochs=60)


@fault(
    "penalty outweighs the loss",
    also=["underfits", "rate too high"],
    source="PyTorch forum: weight_decay=10 for AdamW",
)
def heavy_weight_decay(mended: bool) -> Given:
    optimizer = AdamW(0.01, weight_decay=0.01 if mended else 30.0)
    return given(
        [Dense(32, "relu"), Dense(10, "softmax")], data.flat_digits(), SPARSE, optimizer, epochs=20
    )


@fault(
    "clipping always clips",
    also=["rate too low", "ends before it converged"],
    source="Stack Overflow: clipvalue=1e-5 against nan",
)
def each_gradient_cut(mended: bool) -> Given:
    clip = {} if mended else {"clipvalue": 1e-5}
    inner = [Dense(32, "tanh"), Dense(1)]
    return given(inner, data.bent(), "mse", SGD(0.1, **clip), figure="r2", epochs=80)


@fault(
    "batch too large for the budget",
    also=["ends before it converged", "rate too low"],
    source="Stack Overflow: batch_size=len(x) and ten epochs",
)
def regression_in_one_batch(mended: bool) -> Given:
    inner = [Dense(32, "relu"), Dense(1)]
    return given(
        inner,
        data.bent(2000),
        "mse",
        Adam(0.005),
        figure="r2",
        epochs=10,
        batch_size=32 if mended else 2000,
    )


@fault(
    "batch too small",
    also=["averages of batch normalisation lag", "oscillates"],
    source="Stack Overflow: batch normalisation with batches of two rows",
)
def batch_statistics_of_two_rows(mended: bool) -> Given:
    inner = [
        Dense(32, "relu"),
        BatchNormalization(momentum=0.9),
        Dense(32, "relu"),
        BatchNormalization(momentum=0.9),
        Dense(1),
    ]
    return given(
        inner,
        data.bent(400),
        "mse",
        Adam(0.005),
        figure="r2",
        epochs=25,
        batch_size=32 if mended else 2,
    )


@fault(
    "averages of batch normalisation lag",
    also=["ends before it converged", "unscaled inputs"],
    source="Keras issues: evaluate differs from fit with BatchNormalization",
)
def regression_normalised_late(mended: bool) -> Given:
    rows = data.changed(data.bent(), x=lambda x: 3 * x + 15)
    momentum = 0.8 if mended else 0.9995
    inner = [BatchNormalization(momentum=momentum), Dense(32, "tanh"), Dense(1)]
    return given(inner, rows, "mse", Adam(0.01), figure="r2", epochs=20)


@fault(
    "state of a recurrent layer explodes",
    also=["exploding gradients", "rate too high", "weights start too large"],
    source="Stack Overflow: RNN without tanh on long rows, nan",
)
def unbounded_state_over_many_steps(mended: bool) -> Given:
    start = "orthogonal" if mended else initializers.RandomNormal(stddev=0.6)
    inner = [SimpleRNN(12, "tanh" if mended else "elu", recurrent_initializer=start), Dense(1)]
    return given(inner, data.sums(steps=40), "mse", Adam(0.01), figure="r2", epochs=20)


@fault(
    "warm-up needed",
    also=["rate too high", "oscillates", "dead units"],
    source="Ma and Yarats 2021, and forums: the first steps of an adaptive rate are too long",
)
def long_first_steps(mended: bool) -> Given:
    rate = WarmUp(0.003, 300) if mended else 0.003
    inner = [
        *(Dense(64, "relu", kernel_initializer="he_normal") for _ in range(5)),
        Dense(10, "softmax"),
    ]
    return given(inner, data.flat_digits(), SPARSE, RMSprop(rate, rho=0.9999), epochs=20)


@fault(
    "ends before it converged",
    also=["rate too low", "batch too large for the budget"],
    source="Stack Overflow: epochs was left at 1",
)
def epochs_left_at_one(mended: bool) -> Given:
    inner = [Embedding(50, 8), GRU(12), Dense(1, "sigmoid")]
    return given(inner, data.words(), BINARY, Adam(0.01), epochs=15 if mended else 1)
