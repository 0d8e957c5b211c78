"""Pictures
========

A convolution over 8 × 8 digits, and what it took for something else.
"""

import matplotlib.pyplot as plt

import pellucid
from pellucid import Sequential, datasets, layers, lenses, plots

pellucid.set_random_seed(0)
(x_train, y_train), (x_test, y_test) = datasets.digits.load_data()

net = Sequential(
    [
        layers.Rescaling(1 / 16, input_shape=(8, 8)),
        layers.Reshape((8, 8, 1)),
        layers.Conv2D(16, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(10, "softmax"),
    ]
)
net.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
net.fit(x_train, y_train, epochs=30, batch_size=16, verbose=0)
print(
    f"accuracy on {len(x_test)} digits held out: {net.evaluate(x_test, y_test, verbose=0)[1]:.1%}"
)

plots.mistakes(lenses.confusion(net, x_test, y_test), x_test, most=8)
plt.show()
