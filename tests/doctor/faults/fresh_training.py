"""First state, dynamics and generalisation: written after the checks, without reading them."""

from __future__ import annotations

from typing import Any

from pellucid import initializers, regularizers
from pellucid.layers import BatchNormalization, Dense, Dropout, SimpleRNN
from pellucid.optimizers import SGD, Adam, RMSprop
from tests.doctor.faults import data, tables
from tests.doctor.faults.case import Given, fault, given

SPARSE, BINARY = "sparse_categorical_crossentropy", "binary_crossentropy"


def deep(count: int, units: int, activation: str, *last: Any, **named: Any) -> list[Any]:
    return [*(Dense(units, activation, **named) for _ in range(count)), *last]


@fault("symmetric weights", source="Stack Overflow: weights of 0.1 everywhere")
def the_same_weight(mended: bool) -> Given:
    start = "glorot_uniform" if mended else initializers.Constant(0.1)
    inner = deep(
        1, 24, "tanh", Dense(3, "softmax", kernel_initializer=start), kernel_initializer=start
    )
    return given(inner, data.arms(), SPARSE, Adam(0.01), epochs=60)


@fault("symmetric weights", source="course notebook: np.zeros for W")
def all_zero(mended: bool) -> Given:
    start = "he_normal" if mended else "zeros"
    inner = deep(2, 24, "relu", Dense(1, kernel_initializer=start), kernel_initializer=start)
    return given(inner, tables.friedman(), "mse", Adam(0.01), figure="r2", epochs=30)


@fault(
    "weights start too large",
    also=["saturated units", "loss at start far from chance", "exploding gradients"],
    source="course notebook: np.random.randn(n, m) without a factor",
)
def drawn_without_a_factor(mended: bool) -> Given:
    start = "glorot_uniform" if mended else initializers.RandomNormal(stddev=1.0)
    inner = deep(2, 64, "tanh", Dense(10, "softmax"), kernel_initializer=start)
    return given(inner, data.flat_digits(), SPARSE, Adam(0.002), epochs=12)


@fault(
    "weights start too small",
    also=["vanishing gradients"],
    source="course notebook: 0.001 * np.random.randn, five layers",
)
def drawn_too_small(mended: bool) -> Given:
    start = "glorot_uniform" if mended else initializers.RandomNormal(stddev=1e-3)
    inner = deep(
        4, 32, "tanh", Dense(10, "softmax", kernel_initializer=start), kernel_initializer=start
    )
    return given(inner, data.flat_digits(), SPARSE, SGD(0.2), epochs=20)


@fault(
    "vanishing gradients",
    also=["saturated units"],
    source="Stack Overflow: ten sigmoid layers give the majority",
)
def ten_sigmoids(mended: bool) -> Given:
    inner = deep(
        10 if not mended else 2, 32, "sigmoid" if not mended else "relu", Dense(3, "softmax")
    )
    return given(inner, tables.scaled_table("wine"), SPARSE, Adam(0.005), epochs=30)


@fault("dead units", source="Stack Overflow: biases of -10 and relu")
def biases_far_below(mended: bool) -> Given:
    bias = "zeros" if mended else initializers.Constant(-10.0)
    inner = deep(1, 32, "relu", Dense(4, "softmax"), bias_initializer=bias)
    return given(inner, tables.generated(), SPARSE, Adam(0.005), epochs=30)


@fault("no activation between layers", also=["underfits"], source="Stack Overflow: forgot relu")
def linear_layers_on_moons(mended: bool) -> Given:
    inner = deep(3, 24, "relu" if mended else "linear", Dense(1, "sigmoid"))
    return given(inner, tables.half_moons(), BINARY, Adam(0.02), epochs=40)


@fault("dropout of almost everything", source="Stack Overflow: keep probability 0.05 as the rate")
def keeps_a_twentieth(mended: bool) -> Given:
    rate = 0.05 if mended else 0.95
    inner = [
        Dense(64, "relu"),
        Dropout(rate),
        Dense(32, "relu"),
        Dropout(rate),
        Dense(10, "softmax"),
    ]
    return given(inner, data.flat_digits(), SPARSE, Adam(0.005), epochs=15)


@fault(
    "rate too high", also=["dead units", "oscillates"], source="Stack Overflow: RMSprop with 0.5"
)
def rmsprop_at_a_half(mended: bool) -> Given:
    inner = deep(2, 32, "relu", Dense(4, "softmax"))
    return given(inner, tables.generated(), SPARSE, RMSprop(0.003 if mended else 0.5), epochs=25)


@fault("rate too high", also=["exploding gradients"], source="Stack Overflow: regression gives nan")
def sgd_of_one(mended: bool) -> Given:
    inner = deep(2, 32, "relu", Dense(1))
    return given(
        inner, tables.friedman(), "mse", SGD(0.03 if mended else 1.0), figure="r2", epochs=30
    )


@fault(
    "rate too low",
    also=["ends before it converged"],
    source="Stack Overflow: Adam(1e-7) fine-tuned",
)
def wine_at_1e_7(mended: bool) -> Given:
    inner = deep(1, 16, "relu", Dense(3, "softmax"))
    return given(
        inner, tables.scaled_table("wine"), SPARSE, Adam(0.01 if mended else 1e-7), epochs=40
    )


@fault(
    "ends before it converged",
    also=["rate too low", "batch too large for the budget"],
    source="Stack Overflow: accuracy 0.4 after one epoch",
)
def one_epoch_of_iris(mended: bool) -> Given:
    inner = deep(1, 16, "relu", Dense(3, "softmax"))
    return given(inner, tables.scaled_table("iris"), SPARSE, Adam(0.01), epochs=40 if mended else 1)


@fault(
    "batch too large for the budget",
    also=["ends before it converged", "rate too low"],
    source="Keras forum: batch_size=len(x), ten epochs",
)
def one_batch_an_epoch(mended: bool) -> Given:
    inner = deep(1, 32, "relu", Dense(4, "softmax"))
    return given(inner, tables.generated(), SPARSE, epochs=10, batch_size=16 if mended else 700)


@fault("penalty outweighs the loss", source="Stack Overflow: l1(0.5) on every layer")
def heavy_l1(mended: bool) -> Given:
    penalty = regularizers.L1(1e-5 if mended else 0.5)
    inner = deep(1, 24, "relu", Dense(1, kernel_regularizer=penalty), kernel_regularizer=penalty)
    return given(inner, tables.friedman(), "mse", Adam(0.01), figure="r2", epochs=50)


@fault(
    "clipping always clips",
    also=["rate too low", "ends before it converged"],
    source="Stack Overflow: clipvalue=1e-5 against nan",
)
def clipped_by_value(mended: bool) -> Given:
    clip = {} if mended else {"clipvalue": 1e-5}
    inner = deep(1, 16, "tanh", Dense(3, "softmax"))
    return given(inner, tables.scaled_table("wine"), SPARSE, SGD(0.1, **clip), epochs=40)


@fault(
    "memorises",
    also=["trained too long", "too few rows for the parameters", "overconfident"],
    source="Stack Overflow: training 1.0, validation 0.6",
)
def memory_of_flipped_moons(mended: bool) -> Given:
    rows = data.rare(160, share=0.5, seed=21, apart=1.8)
    inner = deep(1 if mended else 3, 4 if mended else 128, "relu", Dense(1, "sigmoid"))
    return given(
        inner,
        rows,
        BINARY,
        Adam(0.005),
        figure="sure",
        epochs=40 if mended else 150,
        validation_split=0.25,
    )


@fault("underfits", also=["ends before it converged", "bottleneck of one"], source="Stack Overflow")
def two_units_for_spirals(mended: bool) -> Given:
    inner = deep(2 if mended else 1, 32 if mended else 2, "tanh", Dense(3, "softmax"))
    return given(inner, data.arms(), SPARSE, Adam(0.02), epochs=80)


@fault(
    "state of a recurrent layer explodes",
    also=["exploding gradients", "rate too high", "weights start too large"],
    source="Stack Overflow: SimpleRNN(relu), 60 steps, nan",
)
def relu_recurrence(mended: bool) -> Given:
    start = "orthogonal" if mended else initializers.RandomUniform(-0.8, 0.8)
    inner = [
        SimpleRNN(24, "tanh" if mended else "relu", recurrent_initializer=start),
        Dense(1, "sigmoid"),
    ]
    return given(inner, tables.tones(), BINARY, Adam(0.003), epochs=25)


@fault(
    "averages of batch normalisation lag",
    also=["ends before it converged"],
    source="Stack Overflow: val_accuracy at chance, momentum 0.9999",
)
def averages_hardly_move(mended: bool) -> Given:
    momentum = 0.8 if mended else 0.9999
    rows = data.changed(tables.generated(), x=lambda x: 3 * x + 8)
    inner = [BatchNormalization(momentum=momentum), Dense(24, "relu"), Dense(4, "softmax")]
    return given(inner, rows, SPARSE, Adam(0.01), epochs=12)


@fault("trained too long", also=["memorises", "overconfident"], source="Kaggle: 500 epochs on 150")
def far_too_many_epochs(mended: bool) -> Given:
    x, y, held = data.rare(220, share=0.5, seed=4, apart=1.8)
    return given(
        deep(1, 64, "relu", Dense(1, "sigmoid")),
        (x, y, held),
        BINARY,
        Adam(0.01),
        figure="sure",
        epochs=12 if mended else 500,
        validation_split=0.3,
    )


@fault(
    "a baseline is as good",
    also=["too few rows for the parameters", "memorises"],
    source="Stack Overflow: a deep network on columns of chance",
)
def nothing_to_learn(mended: bool) -> Given:
    rows = data.line(300, noise=0.3 if mended else 30.0, seed=12)
    scale = 1 if mended else 1 / 30
    rows = data.changed(rows, y=lambda y: (scale * y).astype("float32"))
    return given(
        deep(2, 32, "relu", Dense(1)), rows, "mse", figure="r2", epochs=40, validation_split=0.2
    )
