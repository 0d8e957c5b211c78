"""Spirals
=======

Three arms that wind around each other, and where the network draws the line.
"""

import matplotlib.pyplot as plt

import pellucid
from pellucid import Sequential, callbacks, datasets, layers, lenses, optimizers, plots

pellucid.set_random_seed(0)
x, y = datasets.spirals(900)

net = Sequential(
    [
        layers.Dense(32, "tanh", input_shape=(2,)),
        layers.Dense(32, "tanh"),
        layers.Dense(3, "softmax"),
    ]
)
net.compile(optimizers.Adam(0.02), "sparse_categorical_crossentropy", metrics=["accuracy"])
stop = callbacks.EarlyStopping(patience=20)
history = net.fit(x, y, epochs=200, validation_split=0.2, callbacks=[stop], verbose=0)
print(f"accuracy on rows held out: {max(history.history['val_accuracy']):.1%}")

_, (left, right) = plt.subplots(1, 2, figsize=(10, 4))
plots.boundary(lenses.boundary(net, x), x, y, ax=left)
plots.curve(history, ax=right)
plt.show()
