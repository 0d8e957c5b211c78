"""Faults of one output of several, and of the form of targets; sound networks beside them."""

from __future__ import annotations

#: two outputs on what one hidden layer gives
HEADS = """
first = layers.Input((4,))
hidden = layers.Dense(24, "relu")(first)
net = Model(first, [layers.Dense({a}, name="a")(hidden), layers.Dense({b}, name="b")(hidden)])
net.compile(optimizers.Adam(0.02), {losses})
x, y = clusters(300, 4, 3)
size, far = x[:, 0] * x[:, 1], (x[:, 2] > x[:, 3]) * 1
y, fit = {y}, {{"epochs": 15}}
"""
CLASSES, BINARY = '"sparse_categorical_crossentropy"', '"binary_crossentropy"'


def heads(a: str, b: str, losses: str, y: str) -> str:
    return HEADS.format(a=a, b=b, losses=losses, y=y)


def kinds(b: str, loss: str, y: str = "[y, far]") -> str:
    """Three classes, which are well, and a second output."""
    return heads('3, "softmax"', b, f"[{CLASSES}, {loss}]", y)


def sizes(b: str, loss: str, y: str) -> str:
    """A number, which is well, and a second output by its name."""
    return heads("1", b, f'{{"a": "mse", "b": {loss}}}', f'{{"a": size, "b": {y}}}')


STEPS = """
net = Sequential([layers.LSTM(8, return_sequences={every}), layers.Dense(3, "softmax")])
net.compile(optimizers.Adam(0.03), "sparse_categorical_crossentropy")
y = rng.integers(0, 3, 240)
x, fit = (y[:, None] + rng.normal(size=(240, 6)))[..., None], {{"epochs": 10}}
"""
#: prices between 0 and 1
PRICES = """
net = Sequential([layers.Dense(24, "relu"), layers.Dense(1{end})])
net.compile(optimizers.Adam(0.01), "{loss}")
x = rng.normal(size=(400, 4))
y = np.abs(x[:, 0]) + x[:, 1]
y = (y - y.min()) / np.ptp(y)
fit = {{"epochs": 30}}
"""
#: many rows, of which three in ten have a label that was drawn
LABELS = """
net = Sequential([layers.Dense(24, "relu"), layers.Dense(3, "softmax")])
net.compile(optimizers.Adam(0.01), "sparse_categorical_crossentropy")
x, y = clusters(1500, 5, 3)
y = np.where(rng.random(1500) < {share}, rng.integers(0, 3, 1500), y)
fit = {{"epochs": 10}}
"""
TWO_NUMBERS = """
net = Sequential([layers.Dense(16, "relu"), layers.Dense(1)])
net.compile(optimizers.SGD(0.1), "mse")
x = rng.normal(size=(300, 4)) * 40
x[:, 1] = np.where(rng.random(300) < 0.5, -44.6, 50.7) + 1e-6 * (x[:, 2] > 0)
y = x[:, 0] / 40 + (x[:, 1] > 0)
fit = {"epochs": 20}
"""
EQUAL = """
net = Sequential([layers.Dense(16, "relu"), layers.Dense(3, "softmax")])
net.compile(optimizers.Adam(0.02), "sparse_categorical_crossentropy")
x, y = clusters(200, 4, 3)
x[160:160 + {equal}] = x[:{equal}]
fit = {{"epochs": 10, "validation_data": (x[160:], y[160:])}}
x, y = x[:160], y[:160]
"""
#: few units for many classes, which are told apart in part
NARROW = """
net = Sequential([layers.Dense({units}, "relu"), layers.Dense(8, "softmax")])
net.compile(optimizers.Adam(0.01), "sparse_categorical_crossentropy")
x, y = clusters(800, 6, 8, apart=2.6)
fit = {{"epochs": 40}}
"""
#: inputs and targets in the hundreds, of which one alone put right is not enough
BOTH = """
net = Sequential([layers.Dense(32, "relu"), layers.Dense(32, "relu"), layers.Dense(1)])
net.compile(optimizers.SGD(0.001), "mse")
x = np.arange(-100, 101)[:, None] * 1.0
y, fit = x[:, 0] ** 2, {"epochs": 100}
"""
#: a class for each pixel, or for each step
PIXELS = """
net = Sequential(
    [
        layers.Conv2D(8, 3, padding="same", activation="relu"),
        layers.Conv2D({units}, 1, activation={end}),
    ]
)
net.compile(optimizers.Adam(0.02), {loss})
x = rng.uniform(0, 0.4, (120, 6, 6, 1))
y = (rng.random((120, 6, 6)) < 0.3).astype(int)
x[..., 0] += 0.5 * y
fit = {{"epochs": 12}}
"""
#: two inputs, the second of which may be spoilt
TWO = """
one, two = layers.Input((3,)), layers.Input((3,))
hidden = layers.Dense(16, "relu")(layers.Concatenate()([one, two]))
net = Model([one, two], layers.Dense(1, "sigmoid")(hidden))
net.compile(optimizers.Adam(0.02), "binary_crossentropy")
a, b = rng.normal(size=(300, 3)), rng.normal(size=(300, 3))
y, fit = (a[:, 0] > b[:, 0]) * 1, {{"epochs": 10}}
held = slice({first}, {first} + 60)
fit["validation_data"] = ([a[held], {scale} * b[held]], y[held])
b[7, 1] += {spoilt}
x, y = [a[:240], b[:240]], y[:240]
"""
#: numbers of words beside a table
BESIDE = """
one, two = layers.Input((6,), dtype="int64"), layers.Input((2,))
words = layers.GlobalAveragePooling1D()(layers.Embedding(30, 4)(one))
both = layers.Concatenate()([words, layers.Dense(8, "relu")(two)])
net = Model([one, two], layers.Dense(1, "sigmoid")(both))
net.compile(optimizers.Adam(0.02), "binary_crossentropy")
a, b = rng.integers(0, 30, (400, 6)), rng.normal(size=(400, 2))
y = (b[:, 0] + (a < 15).mean(1) > 0.5) * 1
x, fit = [a, {numbers}], {{"epochs": 15}}
"""
#: all there is: four rows
XOR = """
net = Sequential([layers.Dense(8, {kind}), layers.Dense(1, "sigmoid")])
net.compile(optimizers.{optimizer}, "binary_crossentropy")
x = np.array([[0, 0], [0, 1], [1, 0], [1, 1.0]])
y, fit = np.array([0, 1, 1, 0]), {{"epochs": 200}}
"""
#: a program, and the code that is to come first
SEEN = {
    "a softmax over one unit, second": (kinds('1, "softmax"', BINARY), "PL103"),
    "scores of one output of two inputs": (
        """
one, two = layers.Input((3,)), layers.Input((3,))
hidden = layers.Dense(16, "relu")(layers.Concatenate()([one, two]))
net = Model([one, two], layers.Dense(1)(hidden))
net.compile(optimizers.SGD(0.1, momentum=0.9), "binary_crossentropy")
x = [rng.normal(size=(300, 3)), rng.normal(size=(300, 3))]
y, fit = (x[0][:, 0] > x[1][:, 0]) * 1, {"epochs": 20}
""",
        "PL101",
    ),
    "scores of the second for its probabilities": (kinds("1", BINARY), "PL101"),
    "the second made probabilities twice": (
        kinds('3, "softmax"', "losses.SparseCategoricalCrossentropy(from_logits=True)", "[y, y]"),
        "PL102",
    ),
    "a ReLU on the second, which goes below 0": (
        sizes('1, "relu"', '"mse"', "-abs(x[:, 2])"),
        "PL106",
    ),
    "squares of the class numbers of the second": (sizes("1", '"mse"', "y"), "PL107"),
    "labels of the second from 1": (sizes('3, "softmax"', CLASSES, "y + 1"), "PL114"),
    "one-hot rows for the second": (
        sizes('3, "softmax"', CLASSES, "utils.to_categorical(y, 3)"),
        "PL110",
    ),
    "text for the second": (sizes('3, "softmax"', CLASSES, 'np.array(list("abc"))[y]'), "PL115"),
    "a state for each step, and one class": (STEPS.format(every=True), "PL116"),
    "a price by a loss of probabilities": (
        PRICES.format(end="", loss="binary_crossentropy"),
        "PL108",
    ),
    "wrong labels of many rows": (LABELS.format(share=0.45), "PL223"),
    "many equal rows in both parts": (EQUAL.format(equal=12), "PL217"),
    "scores for a class of each pixel": (
        PIXELS.format(units=2, end=None, loss=CLASSES),
        "PL101",
    ),
    "a softmax over one filter": (PIXELS.format(units=1, end="'softmax'", loss=BINARY), "PL103"),
    "a NaN in the second input": (TWO.format(first=240, scale=1, spoilt="np.nan"), "PL201"),
    "rows of two inputs in both parts": (TWO.format(first=60, scale=1, spoilt=0), "PL217"),
    "the second input scaled otherwise": (TWO.format(first=240, scale=9, spoilt=0), "PL220"),
    "a NaN among the targets of the second": (
        sizes("1", '"mse"', "np.where(np.arange(300) % 40 == 0, np.nan, size)"),
        "PL203",
    ),
    "a table in thousands beside words": (BESIDE.format(numbers="3000 * b + 20000"), "PL208"),
    "XOR without an activation": (XOR.format(kind="None", optimizer="Adam(0.1)"), "PL314"),
    "XOR at a rate that is too low": (XOR.format(kind="'tanh'", optimizer="SGD(0.01)"), "PL402"),
    "few units for many classes": (NARROW.format(units=3), "PL502"),
}
#: a program that has nothing of it
WELL = {
    "a sigmoid over one unit, second": (kinds('1, "sigmoid"', BINARY), "PL103"),
    "scores of the second by a loss of scores": (
        kinds("1", "losses.BinaryCrossentropy(from_logits=True)"),
        "PL101",
    ),
    "the second made probabilities once": (kinds('3, "softmax"', CLASSES, "[y, y]"), "PL102"),
    "a ReLU on the second, which stays above 0": (
        sizes('1, "relu"', '"mse"', "size**2 / 9"),
        "PL106",
    ),
    "numbers of the second by squares": (sizes("1", '"mse"', "size * 0.5"), "PL107"),
    "labels of the second from 0": (sizes('3, "softmax"', CLASSES, "y"), "PL114"),
    "one state, and one class": (STEPS.format(every=False), "PL116"),
    "a share by a loss of probabilities": (
        PRICES.format(end=', "sigmoid"', loss="binary_crossentropy"),
        "PL108",
    ),
    "right labels of many rows": (LABELS.format(share=0), "PL223"),
    "a column of two numbers": (TWO_NUMBERS, "PL212"),
    "an equal row in both parts": (EQUAL.format(equal=2), "PL217"),
    "a class of each pixel": (PIXELS.format(units=2, end="'softmax'", loss=CLASSES), "PL101"),
    "a class of each pixel, of which each row has many": (
        PIXELS.format(units=2, end="'softmax'", loss=CLASSES),
        "PL105",
    ),
    "two inputs without a NaN": (TWO.format(first=240, scale=1, spoilt=0), "PL201"),
    "rows of two inputs in one part": (TWO.format(first=240, scale=1, spoilt=0), "PL217"),
    "both inputs scaled alike": (TWO.format(first=240, scale=1, spoilt=0), "PL220"),
    "a table of unit size beside words": (BESIDE.format(numbers="b"), "PL208"),
    "XOR, learnt by heart": (XOR.format(kind="'tanh'", optimizer="Adam(0.1)"), "PL501"),
    "XOR, of which nothing is held out": (
        XOR.format(kind="'tanh'", optimizer="Adam(0.1)"),
        "PL505",
    ),
    "enough units for many classes": (NARROW.format(units=24), "PL502"),
    "an activation by itself behind one unit": (
        """
first = layers.Input((4,))
hidden = layers.Dense(24, "relu")(first)
far = layers.Activation("sigmoid")(layers.Dense(1)(hidden))
net = Model(first, [far, layers.Dense(1)(hidden)])
net.compile(optimizers.Adam(0.02), ["binary_crossentropy", "mse"])
x = rng.normal(size=(300, 4))
y, fit = [(x[:, 0] > 0) * 1, x[:, 1]], {"epochs": 10}
""",
        "PL313",
    ),
}
