"""A layer of your own
===================

A function on symbolic tensors: its gradient is derived, printed and checked.
"""

import matplotlib.pyplot as plt
import numpy as np

from pellucid import Sequential, layers, ops, optimizers, set_random_seed


class Gaussian(layers.Layer):
    """Y = exp(−s·‖x − centre‖²), a bump for each unit, with its place and its width learned"""

    units: int

    def build(self, input_shape):
        shape = self.units, input_shape[-1]
        self.centres = self.add_weight(shape, "random_normal", "centres")
        self.widths = self.add_weight((self.units,), "ones", "widths")

    def call(self, x):
        far = ops.square(ops.expand_dims(x, -2) - self.centres)
        return ops.exp(-self.widths * ops.sum(far, axis=-1))


set_random_seed(0)
x = np.linspace(-3, 3, 200, dtype="float32")[:, None]
y = np.sin(2 * x).ravel()
net = Sequential([layers.Input((1,)), Gaussian(12), layers.Dense(1)])
net.compile(optimizers.Adam(0.05), "mse")
print(net.check_gradients(x[:5], y[:5]))
net.fit(x, y, epochs=200, verbose=0)

plt.title("sin 2x, and twelve bumps")
plt.plot(x, y)
plt.plot(x, net.predict(x, verbose=0), "--")
plt.show()
