"""An autoencoder
==============

Digits through a neck of eight numbers and out again.
"""

import matplotlib.pyplot as plt
import numpy as np

import pellucid
from pellucid import Sequential, datasets, layers, plots

pellucid.set_random_seed(0)
(x_train, _), (x_test, _) = datasets.digits.load_data()
x_train, x_test = x_train.reshape(-1, 64) / 16, x_test.reshape(-1, 64) / 16

net = Sequential(
    [
        layers.Dense(48, "relu", input_shape=(64,)),
        layers.Dense(8, name="neck"),
        layers.Dense(48, "relu"),
        layers.Dense(64, "sigmoid"),
    ]
)
net.compile("adam", "mse")
net.fit(x_train, x_train, epochs=60, verbose=0)
again = net.predict(x_test, verbose=0)
print(f"mean squared error: {np.mean((again - x_test) ** 2):.4f}")

plots.images(np.concatenate([x_test[:8], again[:8]]).reshape(-1, 8, 8), columns=8)
plt.show()
