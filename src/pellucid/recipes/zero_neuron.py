"""One sigmoid neuron that tells zeros from the other digits."""

from pellucid import Sequential, layers, optimizers
from pellucid.recipes.recipe import Lab, Recipe


class ZeroNeuron(Recipe):
    name = "zero-neuron"
    title = "Is it a zero? One neuron"
    original = (
        "trains 784 weights and a bias, sigmoid, by full-batch gradient descent with learning "
        "rate 1 for 100 epochs; prints loss 0.0413, the confusion 8973/42/47/938, accuracy 0.991."
    )

    def study(self, lab: Lab) -> None:
        x, y, x_test, y_test = lab.images()
        zero, truly = y == 0, y_test == 0

        def train():
            net = Sequential([layers.Dense(1, activation="sigmoid")])
            net.compile(optimizers.SGD(1.0), "binary_crossentropy")
            epochs = lab.epochs(100)
            history = net.fit(x, zero, len(x), epochs, shuffle=False, verbose=0).history
            lab.explain(net, x_test, truly, "Z1", "Ŷ", "L", "dZ1", "dW1", "θ")
            said = net.predict(x_test)[:, 0] > 0.5
            return {
                "training loss": history["loss"][-1],
                "others told apart": (~said & ~truly).sum(),
                "zeros missed": (~said & truly).sum(),
                "false zeros": (said & ~truly).sum(),
                "zeros found": (said & truly).sum(),
                "test accuracy": (said == truly).mean(),
            }

        printed = {
            "training loss": 0.0413,
            "others told apart": 8973,
            "zeros missed": 42,
            "false zeros": 47,
            "zeros found": 938,
            "test accuracy": 0.991,
        }
        lab.measure("as written", train, printed)
