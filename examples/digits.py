"""Digits
======

The first network of the README, a figure of what it mixes up, and one number opened.
"""

import matplotlib.pyplot as plt

import pellucid
from pellucid import callbacks, datasets, layers, models, plots

pellucid.set_random_seed(0)
(x_train, y_train), (x_test, y_test) = datasets.digits.load_data()

net = models.Sequential(
    [
        layers.Rescaling(1 / 16, input_shape=(8, 8)),
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
        layers.Dropout(0.2),
        layers.Dense(64, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]
)
net.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
stop = callbacks.EarlyStopping(patience=10)
net.fit(x_train, y_train, epochs=60, validation_split=0.1, callbacks=[stop], verbose=0)

guess = net.predict(x_test, verbose=0).argmax(axis=-1)
print(f"accuracy on {len(y_test)} held-out images: {(guess == y_test).mean():.2%}")
print(net.explain(x_test[:1], y_test[:1]).why("Z3", 0, y_test[0]))

plots.confusion(y_test, guess)
plt.show()
