"""States at the start, data and few steps that give a fault away, and sound ones beside them."""

from __future__ import annotations

from tests.doctor.evident import SEQUENCES, classes, numbers

SENSORS = """
net = Sequential(
    [
        layers.Conv1D(8, 3, activation="relu", padding="same"),
        layers.GlobalMaxPooling1D(),
        layers.Dense(1, "sigmoid"),
    ]
)
net.compile(optimizers.Adam(0.02), "binary_crossentropy")
x, y = 0.4 * rng.normal(size=(400, 24, 2)), rng.integers(0, 2, 400)
at, rows = rng.integers(1, 22, 400), np.arange(400)
x[rows, at, 0] += 2
x[rows, at + 2 * y - 1, 1] += 2
fit = {"epochs": 20}
"""
AGAIN = """
net = Sequential(
    [layers.Dense(24, "relu"), layers.Dense(6, "relu"), layers.Dense(24, "relu"), layers.Dense(64)]
)
net.compile(optimizers.Adam(0.003), "mse")
x = digits(400)[0]
y, fit = x, {"epochs": 30}
"""
RARE = """
net = Sequential([layers.Dense(24, "relu"), layers.Dense(3, "softmax")])
net.compile(optimizers.Adam(0.002), "sparse_categorical_crossentropy")
y = (rng.random(700) < 0.07) + 2 * (rng.random(700) < 0.07)
y = np.minimum(y, 2)
x = rng.normal(size=(700, 6)) + 2 * np.eye(3)[y][:, [1, 2, 1, 2, 0, 0]]
fit = {"epochs": 8}
"""
#: a program, and the code of what stands first among the findings of that check
SEEN = {
    "sensors that stand before the steps": (SENSORS + "x = np.moveaxis(x, 2, 1)", "PL319"),
    "gates that begin with large weights": (
        SEQUENCES.format(
            kind="LSTM(8, kernel_initializer=initializers.RandomNormal(stddev=9.0),"
            " recurrent_initializer=initializers.RandomNormal(stddev=4.0))",
            steps=12,
        ),
        "PL302",
    ),
    "scores that a ReLU bounds": (
        "net = Sequential([layers.Dense(32, 'relu'), layers.Dense(10, 'relu'), layers.Softmax()]);"
        "net.compile(optimizers.SGD(0.4), 'sparse_categorical_crossentropy');"
        "x, y = digits(800); fit = {'epochs': 15}",
        "PL106",
    ),
    "errors of typing before the columns were scaled": (
        classes(
            "x[:5, 0] *= 3000; x[5:10, 1] *= 3000; x = (x - x.mean(0)) / x.std(0);"
            "net = Sequential([layers.Dense(16, 'relu'), layers.Dense(3, 'softmax')]);"
            "net.compile(optimizers.SGD(0.05), 'sparse_categorical_crossentropy')"
        ),
        "PL211",
    ),
    "epochs that end while the loss falls": (
        numbers(
            "net = Sequential([layers.Dense(24, 'relu'), layers.Dense(24, 'relu'),"
            " layers.Dense(1)]); net.compile(optimizers.SGD(0.01), 'mse');"
            "y = np.abs(x[:, 0]) - 0.7 * x[:, 1]; fit = {'epochs': 5}"
        ),
        "PL413",
    ),
    "rare classes among few rows": (RARE, "PL221"),
}
#: a program that has nothing of it
WELL = {
    "steps that stand before the sensors": (SENSORS, "PL319"),
    "rows told again through a narrow layer, beside a line": (AGAIN, "PL506"),
    "rows told again through a narrow layer": (AGAIN, "PL502"),
    "scores that nothing bounds": (
        classes(
            "net = Sequential([layers.Dense(16, 'relu'), layers.Dense(3), layers.Softmax()]);"
            "net.compile(optimizers.Adam(0.01), 'sparse_categorical_crossentropy')"
        ),
        "PL106",
    ),
    "words at a rate that is too high": (
        "net = Sequential([layers.Embedding(40, 8), layers.GlobalAveragePooling1D(),"
        " layers.Dense(16, 'relu'), layers.Dense(2, 'softmax')]);"
        "net.compile(optimizers.Adam(0.8), 'sparse_categorical_crossentropy');"
        "x = rng.integers(0, 40, (400, 12)); y = ((x < 20).sum(1) > 6).astype(int);"
        "fit = {'epochs': 10}",
        "PL227",
    ),
}
