"""Two inputs
==========

A graph of layers: a picture and a number go in, and one answer comes out.
"""

import matplotlib.pyplot as plt
import numpy as np

import pellucid
from pellucid import datasets, layers, models, plots

pellucid.set_random_seed(0)
(pictures, digits), _ = datasets.digits.load_data()
other = np.random.default_rng(0).integers(0, 10, len(digits))
larger = (digits > other).astype("float32")

picture = layers.Input((8, 8), name="picture")
number = layers.Input((1,), name="number")
seen = layers.Dense(32, "relu")(layers.Flatten()(layers.Rescaling(1 / 16)(picture)))
both = layers.Concatenate()([seen, layers.Rescaling(1 / 9)(number)])
answer = layers.Dense(1, "sigmoid")(layers.Dense(32, "relu")(both))
net = models.Model([picture, number], answer)

net.compile("adam", "binary_crossentropy", metrics=["accuracy"])
history = net.fit([pictures, other[:, None]], larger, epochs=40, validation_split=0.2, verbose=0)
net.summary()
print(f"accuracy on rows held out: {history.history['val_accuracy'][-1]:.1%}")

plots.curve(history, "accuracy")
plt.show()
