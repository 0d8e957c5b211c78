"""A sequence
==========

An LSTM reads a wave and says how it goes on.
"""

import matplotlib.pyplot as plt
import numpy as np

import pellucid
from pellucid import Sequential, layers, optimizers

pellucid.set_random_seed(0)
time = np.arange(600)
wave = (np.sin(time / 6) + 0.5 * np.sin(time / 2.3)).astype("float32")
windows = np.lib.stride_tricks.sliding_window_view(wave, 25)
x, y = windows[:, :24, None], windows[:, 24]

net = Sequential([layers.LSTM(24, input_shape=(24, 1)), layers.Dense(1)])
net.compile(optimizers.Adam(0.01), "mse")
net.fit(x[:400], y[:400], epochs=40, verbose=0)
print(f"mean squared error on what follows: {net.evaluate(x[400:], y[400:], verbose=0):.1e}")

plt.figure(figsize=(8, 3))
plt.plot(y[400:], label="the wave")
plt.plot(net.predict(x[400:], verbose=0).ravel(), "--", label="one step ahead")
plt.legend()
plt.show()
