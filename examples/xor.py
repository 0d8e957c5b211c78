"""XOR
===

The smallest problem that one neuron cannot solve: two units between, and the plan that they make.
"""

import matplotlib.pyplot as plt
import numpy as np

import pellucid
from pellucid import Sequential, layers, lenses, optimizers, plots

pellucid.set_random_seed(1)
x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32")
y = np.array([0, 1, 1, 0])

net = Sequential([layers.Dense(4, "tanh", input_shape=(2,)), layers.Dense(1, "sigmoid")])
net.compile(optimizers.Adam(0.05), "binary_crossentropy")
net.fit(x, y, epochs=500, verbose=0)

print(net.plan)
print(net.predict(x, verbose=0).round(2).ravel())

plots.boundary(lenses.boundary(net, x), x, y)
plt.show()
