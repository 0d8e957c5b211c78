"""Train one network by all processes of a job: pellucid launch -n 2 train.py rows.npy labels.npy"""

import sys

import numpy as np

import pellucid
from pellucid import Sequential, callbacks, distribution, layers

distribution.initialize(timeout=100)
distribution.set_distribution(distribution.DataParallel())
pellucid.set_random_seed(0)

x = np.load(sys.argv[1], mmap_mode="r")  # each process reads the rows that it needs
y = np.load(sys.argv[2], mmap_mode="r")

net = Sequential(
    [
        layers.Input(x.shape[1:]),
        layers.Dense(256, "relu"),
        layers.Dense(256, "relu"),
        layers.Dense(int(y.max()) + 1, "softmax"),
    ]
)
net.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"], executor="jax")
net.fit(x, y, batch_size=512, epochs=5, callbacks=[callbacks.BackupAndRestore("backup")])
net.save("model.safetensors")
if distribution.process_id() == 0:
    print(net.executor_report().splitlines()[0])
