"""A hidden layer between the pixels and the neuron that knows a zero."""

from pellucid import Sequential, initializers, layers, optimizers
from pellucid.recipes.recipe import Lab, Recipe, tested


class ZeroHidden(Recipe):
    name = "zero-hidden"
    title = "Is it a zero? A hidden layer of 64"
    original = (
        "784-64-1, sigmoid, full-batch gradient descent with learning rate 1 for 100 epochs, "
        "weights drawn with deviation 1; prints loss 0.0837 and accuracy 0.971, worse than the "
        "single neuron before it."
    )
    wrong = (
        "A hidden unit sums some hundred lit pixels times weights of deviation 1: about ±10, where "
        "the sigmoid is flat, so that the hidden layer stays as it was drawn."
    )
    remedy = "Weights drawn by Glorot's rule, of deviation √(2 / (fan in + fan out))."

    def study(self, lab: Lab) -> None:
        x, y, x_test, y_test = lab.images()

        def train(weights):
            net = Sequential(
                [
                    layers.Dense(64, activation="sigmoid", kernel_initializer=weights),
                    layers.Dense(1, activation="sigmoid", kernel_initializer=weights),
                ]
            )
            net.compile(optimizers.SGD(1.0), "binary_crossentropy", metrics=["accuracy"])
            fit = {"batch_size": len(x), "epochs": lab.epochs(100), "shuffle": False}
            lab.diagnose(net, x, y == 0, **fit)
            history = net.fit(x, y == 0, verbose=0, **fit).history
            lab.explain(net, x_test, y_test == 0, "A1", "dZ1", at="A1")
            return {"training loss": history["loss"][-1]} | tested(net, x_test, y_test == 0)

        printed = {"training loss": 0.0837, "test accuracy": 0.971}
        lab.measure("as written", lambda: train(initializers.RandomNormal(stddev=1.0)), printed)
        lab.measure("put right", lambda: train("glorot_uniform"))
