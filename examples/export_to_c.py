"""A network in C
==============

One file without dependencies, which tests itself on rows that it carries.
"""

import shutil
import subprocess
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt

import pellucid
from pellucid import Sequential, datasets, layers, plots

pellucid.set_random_seed(0)
x, y = datasets.moons(400, noise=0.15)
net = Sequential([layers.Dense(8, "tanh", input_shape=(2,)), layers.Dense(1, "sigmoid")])
net.compile("adam", "binary_crossentropy")
net.fit(x, y, epochs=100, verbose=0)

with tempfile.TemporaryDirectory() as folder:
    source, header = net.export(Path(folder, "moons.c"), x[:4])
    print(header.read_text())
    if compiler := shutil.which("cc"):
        program = Path(folder, "moons")
        subprocess.run([compiler, "-DMOONS_TEST", source, "-o", program, "-lm"], check=True)
        print(subprocess.run([program], check=True, capture_output=True, text=True).stdout)

plots.network(net, x[:1])
plt.show()
