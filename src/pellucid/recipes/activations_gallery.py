"""A picture of each activation and its derivative."""

import numpy as np

from pellucid import Sequential, activations, layers
from pellucid.recipes.pictures import BLUE, ORANGE, figure
from pellucid.recipes.recipe import Lab, Recipe

#: those that the notebook draws, explained in a layer
DRAWN = ("sigmoid", "tanh", "relu")

#: what reads several numbers, so that it has no curve
OF_SEVERAL = ("softmax", "log_softmax", "sparsemax", "glu")


class ActivationsGallery(Recipe):
    name = "activations-gallery"
    title = "Activations and their derivatives"
    original = (
        "draws sigmoid, tanh and ReLU with their derivatives; here are all that act on numbers."
    )

    def study(self, lab: Lab) -> None:
        images = lab.images()

        def explain(f):
            net = Sequential(
                [
                    layers.Dense(4, activation=f, input_shape=images.x.shape[1:]),
                    layers.Dense(10, activation="softmax"),
                ]
            )
            net.compile("sgd", "sparse_categorical_crossentropy")
            lab.explain(net, images.x_test, images.y_test, "Z1", "A1", "dZ1", at="A1")

        z = np.linspace(-4.0, 4.0, 801)
        found = {name: getattr(activations, name) for name in dir(activations) if name != "get"}
        gallery = {repr(f): (name, f) for name, f in found.items() if name not in OF_SEVERAL}
        columns, lines = 4, -(-len(gallery) // 4)
        lab.figures["activations"] = drawing = figure(3 * columns, 2.3 * lines)
        axes = drawing.subplots(lines, columns, sharex=True, squeeze=False).flat
        for ax, (name, f) in zip(axes, gallery.values(), strict=False):
            a = f(z)
            slope = np.gradient(a, z)
            ax.plot(z, a, color=BLUE, label="f(z)")
            ax.plot(z, slope, "--", color=ORANGE, label="f′(z)")
            ax.set(title=name, ylim=(-1.6, 3))
            ax.grid(alpha=0.3)
            lab.state(name, {"f(−1)": a[300], "f(1)": a[500], "largest slope": slope.max()})
            if name in DRAWN:
                explain(f)
        for ax in drawing.axes[len(gallery) :]:
            ax.axis("off")
        drawing.axes[0].legend()
        lab.note("slopes by central differences, on −4 ≤ z ≤ 4")
