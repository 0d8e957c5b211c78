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
#: tones of three heights, and filters over their steps
TONES = """
net = Sequential(
    [
        layers.Conv1D(12, 5{kind}),
        layers.Conv1D(12, 5{kind}),
        layers.GlobalAveragePooling1D(),
        layers.Dense(3, "softmax"),
    ]
)
net.compile(optimizers.Adam(0.005), "sparse_categorical_crossentropy")
y = rng.integers(0, 3, 500)
x = np.sin((0.4 + 0.5 * y[:, None]) * np.arange(40) + 6.3 * rng.random((500, 1)))
x, fit = (x + 0.2 * rng.normal(size=x.shape))[..., None], {{"epochs": 15}}
"""
IMAGES = """
net = Sequential(
    [
        layers.Rescaling({scale}),
        layers.Conv2D(8, 3, activation="relu"),
        layers.Flatten(),
        layers.Dense(10, "softmax"),
    ]
)
net.compile(optimizers.SGD(0.05, momentum=0.9), "sparse_categorical_crossentropy")
x, y = digits(500)
x, fit = {times} * x.reshape(-1, 8, 8, 1), {{"epochs": 10}}
"""
#: texts by the numbers of their words, with a word of the topic here and there
TEXTS = """
net = Sequential([layers.Dense(32, "relu"), layers.Dense(2, "softmax")])
net.compile(optimizers.Adam(0.01), "sparse_categorical_crossentropy")
y = rng.integers(0, 2, 600)
odd = rng.random((600, 12)) < 0.4
x = np.where(odd, 2 * rng.integers(0, 40, (600, 12)) + y[:, None], rng.integers(0, 80, (600, 12)))
x, fit = x.astype("f4"), {"epochs": 15}
"""
#: five classes in twenty columns
DRAWN = """
net = Sequential([layers.Dense(32, "relu"), layers.Dense(5, "softmax")])
net.compile(optimizers.Adam(0.005), "sparse_categorical_crossentropy")
x, y = clusters(700, 20, 5, apart={apart})
fit = {{"epochs": 25}}
"""
#: a class that the columns hardly tell, and what is known of it afterwards
AFTERWARDS = """
y = (x[:, 0] * x[:, 1] + rng.normal(size=600) > 0).astype(int)
x[:, 4] = {column}
"""
MAKES = """
k = rng.integers(0, 20, 700)
x = np.column_stack([k, rng.normal(size=(700, 3))])
y = x[:, 1] + 0.7 * x[:, 2] - 0.6 * np.abs(x[:, 3]) + {level}
net = Sequential([layers.Dense(24, "relu"), layers.Dense(1)])
net.compile(optimizers.Adam(0.01), "mse")
fit = {{"epochs": 30}}
"""
#: a program, and the code of what stands first among the findings of that check
SEEN = {
    "filters over steps without activations": (TONES.format(kind=""), "PL314"),
    "images of unit size that a layer divides by 255": (
        IMAGES.format(scale="1 / 255", times=1),
        "PL207",
    ),
    "numbers of words that a dense layer reads": (TEXTS, "PL214"),
    "numbers of words, divided by how many there are": (TEXTS + "x = x / np.float32(80)", "PL214"),
    "numbers of words that a layer divides": (
        TEXTS + "net = Sequential([layers.Rescaling(1 / 80), *net.layers]);"
        "net.compile(optimizers.Adam(0.01), 'sparse_categorical_crossentropy')",
        "PL214",
    ),
    "numbers of words in texts of ninety": (
        TEXTS + "odd = rng.random((600, 90)) < 0.2;"
        "x = np.where(odd, 2 * rng.integers(0, 40, odd.shape) + y[:, None],"
        " rng.integers(0, 80, odd.shape))",
        "PL214",
    ),
    "labels of which more than half were drawn": (
        DRAWN.format(apart=2.0) + "y = np.where(rng.random(700) < 0.6, rng.integers(0, 5, 700), y)",
        "PL223",
    ),
    "a column of two heaps that are the classes": (
        classes(AFTERWARDS.format(column="2 * y - 1 + 0.05 * rng.normal(size=600)"), units=2),
        "PL215",
    ),
    "makes that shift what the rest tells": (
        MAKES.format(level="0.55 * rng.normal(size=20)[k]"),
        "PL214",
    ),
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
    "filters over steps with activations": (TONES.format(kind=", activation='relu'"), "PL314"),
    "images of bytes that a layer divides by 255": (
        IMAGES.format(scale="1 / 255", times=255),
        "PL207",
    ),
    "whole numbers that are quantities": (
        TEXTS + "x = rng.integers(0, 80, (600, 12)) * 1.0; y = (x[:, 0] > x[:, 1]).astype(int)",
        "PL214",
    ),
    "a column of two heaps that is good and errs": (
        classes(
            AFTERWARDS.format(
                column="2 * np.where(rng.random(600) < 0.05, 1 - y, y) - 1"
                " + 0.05 * rng.normal(size=600)"
            ),
            units=2,
        ),
        "PL215",
    ),
    "classes far apart in every column": (
        classes("x = 9 * y[:, None] + 0.5 * rng.normal(size=(600, 5))", units=2),
        "PL215",
    ),
    "counts that shift what the rest tells": (MAKES.format(level="0.1 * (k - 10)"), "PL214"),
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
    "pixels as whole numbers": (
        "net = Sequential([layers.Dense(32, 'relu'), layers.Dense(10, 'softmax')]);"
        "net.compile(optimizers.Adam(0.05), 'sparse_categorical_crossentropy');"
        "x, y = digits(500); x = np.round(255 * x); fit = {'epochs': 3}",
        "PL214",
    ),
    "classes that overlap far": (DRAWN.format(apart=0.25), "PL223"),
    "words at a rate that is too high": (
        "net = Sequential([layers.Embedding(40, 8), layers.GlobalAveragePooling1D(),"
        " layers.Dense(16, 'relu'), layers.Dense(2, 'softmax')]);"
        "net.compile(optimizers.Adam(0.8), 'sparse_categorical_crossentropy');"
        "x = rng.integers(0, 40, (400, 12)); y = ((x < 20).sum(1) > 6).astype(int);"
        "fit = {'epochs': 10}",
        "PL227",
    ),
}
