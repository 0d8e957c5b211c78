"""A wide sigmoid layer on pixels that nobody scaled."""

from pellucid import Sequential, layers
from pellucid.recipes.recipe import Lab, Recipe, tested


class Sigmoid1024(Recipe):
    name = "sigmoid-1024"
    title = "1,024 sigmoid units, pixels from 0 to 255"
    original = (
        "flatten, 1,024 sigmoid units, softmax, Adam, class numbers as labels, 5 epochs, pixels "
        "left at 0 to 255; prints accuracy 0.9367."
    )
    wrong = "Most units are at 0 or 1 for every picture and learn next to nothing."
    remedy = "Pixels divided by their largest value: x / 255."

    def study(self, lab: Lab) -> None:
        def train(scaled):
            x, y, x_test, y_test = lab.images(scaled)
            net = Sequential(
                [
                    layers.Flatten(),
                    layers.Dense(1024, activation="sigmoid"),
                    layers.Dense(10, activation="softmax"),
                ]
            )
            net.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
            epochs = lab.epochs(5, on_digits=40)
            lab.diagnose(net, x, y, epochs=epochs)
            net.fit(x, y, epochs=epochs, verbose=0)
            lab.explain(net, x_test, y_test, "A1", "dZ1", at="A1")
            return tested(net, x_test, y_test)

        if lab.data == "digits":
            lab.note("64 pixels do not saturate the layer: the fault shows on MNIST")
        lab.measure("as written", lambda: train(scaled=False), {"test accuracy": 0.9367})
        lab.measure("put right", lambda: train(scaled=True))
