"""Losses and targets that do not belong together, and some that do."""

from __future__ import annotations

from tests.doctor.evident import classes, numbers

MASKS = """
net = Sequential([layers.Conv2D(1, 3, padding="same", activation="sigmoid")])
net.compile(optimizers.Adam(0.05), {loss})
x = rng.normal(size=(120, 8, 8, 1))
y = (x > 0).astype(float)
fit = {{"epochs": 12}}
"""
OVERLAP = "lambda t, p: {sign}(ops.sum(t * p, axis=(1, 2, 3)) + 1) / (ops.sum(t + p) + 120)"
#: a program, and the code of what stands first among the findings of that check
SEEN = {
    "an overlap that is to be large, made small": (
        MASKS.format(loss=OVERLAP.format(sign="")),
        "PL120",
    ),
    "labels of -1 and 1 for a cross-entropy": (
        classes(
            "y = 2 * y - 1; net = Sequential([layers.Dense(8), layers.Dense(1, 'sigmoid')]);"
            "net.compile('adam', 'binary_crossentropy')",
            units=2,
        ),
        "PL106",
    ),
    "masks of bytes for a cross-entropy": (
        MASKS.format(loss='"binary_crossentropy"') + "y = 255 * y",
        "PL106",
    ),
    "pixels of bytes that are told by a cross-entropy": (
        "net = Sequential([layers.Dense(24, 'relu'), layers.Dense(64, 'sigmoid')]);"
        "net.compile(optimizers.Adam(0.01), 'binary_crossentropy'); x = digits(400)[0];"
        "y = np.round(255 * x); fit = {'epochs': 15}",
        "PL106",
    ),
    "class numbers that were divided": (classes("y = (y / 255).astype('f4')"), "PL114"),
    "logarithms of targets below 0": (numbers(loss='"mean_squared_logarithmic_error"'), "PL123"),
}
#: a program that has nothing of it
WELL = {
    "an overlap whose minus stands": (MASKS.format(loss=OVERLAP.format(sign="-")), "PL120"),
    "squares of scores of classes": (
        classes(
            "y = np.eye(3)[y]; net = Sequential([layers.Dense(16, 'relu'), layers.Dense(3)]);"
            "net.compile('adam', lambda t, p: ops.square(t - p))"
        ),
        "PL120",
    ),
    "class numbers that are no integers": (classes("y = y * 1.0"), "PL114"),
    "shares of pixels for a cross-entropy": (
        MASKS.format(loss='"binary_crossentropy"') + "y = 0.5 * y + 0.25",
        "PL106",
    ),
}
