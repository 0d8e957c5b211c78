"""Cells of Keras notebooks: they run with only the import lines changed, and learn."""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np
import pytest

import pellucid
from pellucid import datasets

#: the cells as people have them; what the tests shorten stands in capitals
IMPORTS = """
import numpy as np
from keras import layers
from keras import models
from keras.utils import to_categorical
import keras
"""

ONE_HOT = """
train_images = train_images.reshape((len(train_images), 28 * 28))
train_images = train_images.astype('float32') / 255
test_images = test_images.reshape((len(test_images), 28 * 28))
test_images = test_images.astype('float32') / 255
train_labels = to_categorical(train_labels)
test_labels = to_categorical(test_labels)

network = models.Sequential()
network.add(layers.Dense(512, activation='relu', input_shape=(28 * 28,)))
network.add(layers.Dense(10, activation='softmax'))
network.compile(optimizer='rmsprop', loss='categorical_crossentropy', metrics=['accuracy'])
network.summary()
history = network.fit(train_images, train_labels, epochs=EPOCHS, batch_size=128, verbose=1,
                      validation_split=0.33)
keys = history.history.keys()
test_loss, test_acc = network.evaluate(test_images, test_labels)
"""

SPARSE = """
train_images, test_images = train_images / 255.0, test_images / 255.0
network = keras.Sequential([
    layers.Flatten(input_shape=(28, 28)),
    keras.layers.Dense(512, activation='relu'),
    layers.Dense(10, activation='softmax'),
])
network.compile(optimizer='adam', loss='sparse_categorical_crossentropy', metrics=['accuracy'])
history = network.fit(train_images, train_labels, epochs=EPOCHS, batch_size=128, verbose=1,
                      validation_split=0.33)
keys = history.history.keys()
weights, biases = network.layers[1].get_weights()
test_loss, test_acc = network.evaluate(test_images, test_labels)
predicted = np.argmax(network.predict(test_images)[0])
"""

CONVOLUTIONAL = """
train_images = train_images.reshape((-1, 28, 28, 1)).astype('float32') / 255
test_images = test_images.reshape((-1, 28, 28, 1)).astype('float32') / 255
network = models.Sequential([
    keras.Input(shape=(28, 28, 1)),
    layers.Conv2D(4, kernel_size=(5, 5), strides=(2, 2), activation='relu'),
    layers.MaxPooling2D(pool_size=(2, 2)),
    layers.Flatten(),
    layers.Dropout(0.1),
    layers.Dense(10, activation='softmax'),
])
network.compile(loss=keras.losses.SparseCategoricalCrossentropy(),
                optimizer=keras.optimizers.Adam(learning_rate=0.01), metrics=['accuracy'])
stop = keras.callbacks.EarlyStopping(monitor='val_loss', patience=5)
history = network.fit(train_images, train_labels, epochs=2 * EPOCHS, batch_size=64,
                      validation_split=0.33, callbacks=[stop])
keys = history.history.keys()
test_loss, test_acc = network.evaluate(test_images, test_labels, verbose=0)
"""

FUNCTIONAL = """
train_images, test_images = train_images / 255.0, test_images / 255.0
inputs = keras.Input(shape=(28, 28), name='image')
x = layers.Flatten()(inputs)
x = layers.Dense(64, activation='relu')(x)
block = layers.Dense(64, activation='relu')(x)
x = layers.Add()([x, block])
outputs = layers.Dense(10, name='digit')(x)
network = keras.Model(inputs=inputs, outputs=outputs, name='small')
network.compile(optimizer=keras.optimizers.SGD(0.1, momentum=0.9),
                loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
                metrics=['accuracy'])
history = network.fit(train_images, train_labels, epochs=2 * EPOCHS, validation_split=0.33)
keys = history.history.keys()
test_loss, test_acc = network.evaluate(test_images, test_labels, verbose=2)
"""

CELLS = {"one-hot": ONE_HOT, "sparse": SPARSE, "convolutional": CONVOLUTIONAL,
         "functional": FUNCTIONAL}  # fmt: skip


def with_our_imports(script):
    """The script with the word keras replaced where something is imported, and nowhere else."""
    script = re.sub(r"^import keras$", "import pellucid as keras", script, flags=re.M)
    return re.sub(r"^from keras", "from pellucid", script, flags=re.M)


def images(rows, seed):
    """Bytes of MNIST's shape: each class lights a square of its own, among noise."""
    random = np.random.default_rng(seed)
    labels = (np.arange(rows) % 10).astype("uint8")
    pictures = random.integers(0, 120, (rows, 28, 28))
    for picture, label in zip(pictures, labels, strict=True):
        top, left = 2 + 13 * (label // 5), 5 * (label % 5)
        picture[top : top + 8, left : left + 5] += 100
    return pictures.astype("uint8"), labels


def run(cell, train, test, epochs):
    names = {"EPOCHS": epochs, "train_images": train[0], "train_labels": train[1],
             "test_images": test[0], "test_labels": test[1]}  # fmt: skip
    pellucid.set_random_seed(1)
    exec(with_our_imports(IMPORTS + cell), names)
    return names


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
def test_cells_run_and_learn(cell, capsys):
    names = run(cell, images(900, seed=0), images(200, seed=1), epochs=3)
    assert list(names["keys"]) == ["loss", "accuracy", "val_loss", "val_accuracy"]
    history = names["history"].history
    assert history["loss"][-1] < history["loss"][0]
    assert names["test_acc"] > 0.9
    shown = capsys.readouterr().out
    assert "val_accuracy" in shown
    if cell is SPARSE:
        assert names["weights"].shape == (784, 512)
        assert names["biases"].shape == (512,)
        assert names["predicted"] == names["test_labels"][0]
    if cell is ONE_HOT:
        assert "407,050" in shown


@pytest.mark.skipif(
    not (Path(os.environ.get("PELLUCID_DATA", "")) / "mnist").is_dir()
    or not os.environ.get("PELLUCID_DATA"),
    reason="the folder named by PELLUCID_DATA holds no mnist",
)
def test_cells_learn_real_digits():
    """6,000 of its images, once over: enough to tell digits apart."""
    (x, y), (x_test, y_test) = datasets.mnist.load_data()
    assert x.shape == (60_000, 28, 28)
    assert x_test.shape == (10_000, 28, 28)
    assert x.dtype == y.dtype == np.uint8
    for cell in (ONE_HOT, SPARSE):
        names = run(cell, (x[:6000], y[:6000]), (x_test[:1000], y_test[:1000]), epochs=1)
        assert names["test_acc"] > 0.8
