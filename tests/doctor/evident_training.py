"""First states and trainings that give a fault away, and sound ones beside them."""

from __future__ import annotations

from tests.doctor.evident import SEQUENCES, numbers

FAINT = """
drawn = {{"kernel_initializer": initializers.RandomNormal(stddev={size})}}
net = Sequential(
    [
        layers.Dense(48, "relu", **drawn),
        layers.Dense(48, "relu", **drawn),
        layers.Dense(32, "relu", **drawn),
        layers.Dense(10, "softmax", **drawn),
    ]
)
net.compile(optimizers.SGD(0.1), "sparse_categorical_crossentropy")
x, y = digits(600)
fit = {{"epochs": 20}}
"""
DROPS = """
net = Sequential(
    [
        layers.Dense(16, "relu"),
        layers.Dropout({rate}),
        layers.Dense(16, "relu"),
        layers.Dropout({rate}),
        layers.Dense(16, "relu"),
        layers.Dropout({rate}),
        layers.Dense(1),
    ]
)
net.compile(optimizers.Adam(0.005), "mse")
x = rng.normal(size=(500, 3))
y = x[:, 0] - np.sin(2 * x[:, 1])
fit = {{"epochs": 30}}
"""
ATTENDS = """
start = layers.Input((12, 2))
h = layers.Dense(8)(start)
h = layers.Add()([h, layers.MultiHeadAttention(2, 4)(h, h)])
net = Model(start, layers.Dense(3, "softmax")(layers.GlobalAveragePooling1D()(h)))
net.compile(optimizers.Adam(0.01), "sparse_categorical_crossentropy")
y = rng.integers(0, 3, 300)
x = np.sin((0.4 + 0.5 * y[:, None]) * np.arange(12) + 6.3 * rng.random((300, 1)))
x, fit = np.stack([x, np.roll(x, 1, axis=1)], axis=2), {"epochs": 10}
"""
WORDS = """
net = Sequential(
    [
        layers.Embedding(60, 8, embeddings_initializer=initializers.RandomUniform(-0.01, 0.01)),
        layers.Conv1D(8, 3, activation="relu", bias_initializer=initializers.Constant({bias})),
        layers.GlobalMaxPooling1D(),
        layers.Dense(2, "softmax"),
    ]
)
net.compile(optimizers.Adam(0.005), "sparse_categorical_crossentropy")
x = rng.integers(0, 60, (400, 10))
y, fit = (x < 6).any(1).astype(int), {{"epochs": 12}}
"""
TURNS = """
alike = initializers.Constant(0.1)
net = Sequential(
    [
        layers.GRU(12, kernel_initializer=alike, recurrent_initializer=alike),
        layers.Dense(4, "softmax"),
    ]
)
net.compile(optimizers.Adam(0.01), "sparse_categorical_crossentropy")
y = rng.integers(0, 4, 500)
x = np.sin((0.4 + 0.5 * y[:, None]) * np.arange(16) + 6.3 * rng.random((500, 1)))[..., None]
fit = {"epochs": 15}
"""
NORMS = """
scale = {{"gamma_initializer": "{start}", "momentum": 0.9}}
net = Sequential(
    [
        layers.Dense(32),
        layers.BatchNormalization(**scale),
        layers.ReLU(),
        layers.Dense(32),
        layers.BatchNormalization(**scale),
        layers.ReLU(),
        layers.Dense(10, "softmax"),
    ]
)
net.compile(optimizers.SGD(0.02), "sparse_categorical_crossentropy")
x, y = digits(500)
fit = {{"epochs": 12}}
"""
TABLES = """
net = Sequential(
    [
        layers.Embedding(60, 8, embeddings_initializer={start}),
        layers.GlobalAveragePooling1D(),
        layers.Dense(16, "{activation}", use_bias=False),
        layers.Dense(4, "softmax"),
    ]
)
net.compile(optimizers.Adam(0.005), "sparse_categorical_crossentropy")
y = rng.integers(0, 4, 500)
odd = rng.random((500, 12)) < 0.4
x = np.where(odd, 4 * rng.integers(0, 15, (500, 12)) + y[:, None], rng.integers(0, 60, (500, 12)))
fit = {{"epochs": 12}}
"""
TURNS_DOWN = """
class Falls(callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.model.optimizer.learning_rate = 0.005 * {by} ** epoch
fit["callbacks"] = [Falls()]
"""
FILTERS = """
bent = {{"padding": "same", "activation": "{activation}"}}
net = Sequential(
    [layers.Conv2D(6, 3, **bent) for _ in range(5)]
    + [layers.Flatten(), layers.Dense(24, "{activation}"), layers.Dense(10, "softmax")]
)
net.compile(optimizers.SGD({rate}, momentum=0.9), "sparse_categorical_crossentropy")
x, y = digits(400)
x, fit = x.reshape(-1, 8, 8, 1), {{"epochs": 10}}
"""
#: a program, and the code of what stands first among the findings of that check
SEEN = {
    "faint weights in all layers, the last among them": (FAINT.format(size=0.001), "PL303"),
    "a gate of recurrent units that start alike": (
        TURNS,
        "PL301",
    ),
    "dropout layer after layer": (DROPS.format(rate=0.5), "PL311"),
    "dropout of most, below that of almost all": (DROPS.format(rate=0.65), "PL311"),
    "dropout within a recurrent layer": (
        SEQUENCES.format(kind="LSTM(12, dropout=0.9, recurrent_dropout=0.9)", steps=12),
        "PL311",
    ),
    "a normalisation whose scale starts at 0": (NORMS.format(start="zeros"), "PL304"),
    "vectors of words that all start at 0": (
        TABLES.format(start='"zeros"', activation="relu"),
        "PL301",
    ),
    "vectors of words that start large": (
        TABLES.format(start="initializers.RandomNormal(stddev=50.0)", activation="tanh"),
        "PL305",
    ),
    "a callback of one's own that turns the rate down": (
        numbers(TURNS_DOWN.format(by=0.2), 0.005),
        "PL416",
    ),
    "many sigmoids over filters, at a rate that is none for ReLUs": (
        FILTERS.format(activation="sigmoid", rate=0.3),
        "PL306",
    ),
}
#: a program that has nothing of it
WELL = {
    "weights that start as large as is usual": (FAINT.format(size=0.15), "PL303"),
    "dropout layer after layer of a little": (DROPS.format(rate=0.1), "PL311"),
    "dropout within a recurrent layer as usual": (
        SEQUENCES.format(kind="LSTM(12, dropout=0.1, recurrent_dropout=0.1)", steps=12),
        "PL311",
    ),
    "a map that attention reads": (ATTENDS, "PL314"),
    "small vectors of words": (WORDS.format(bias=0.0), "PL316"),
    "a normalisation whose scale starts at 1": (NORMS.format(start="ones"), "PL304"),
    "vectors of words that start as is usual": (
        TABLES.format(start='"uniform"', activation="relu"),
        "PL301",
    ),
    "a callback of one's own that turns the rate down slowly": (
        numbers(TURNS_DOWN.format(by=0.97), 0.005),
        "PL416",
    ),
    "many ReLUs over filters": (FILTERS.format(activation="relu", rate=0.03), "PL306"),
}
