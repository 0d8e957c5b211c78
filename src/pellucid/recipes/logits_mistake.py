"""A loss that takes raw scores for probabilities."""

import warnings

from pellucid import Sequential, layers, losses, metrics, optimizers, utils
from pellucid.recipes.recipe import Lab, Recipe, tested


class LogitsMistake(Recipe):
    name = "logits-mistake"
    title = "Raw scores given to a loss that expects probabilities"
    original = (
        "784-128-64-10, sigmoid with a linear output, binary cross-entropy, SGD, batches of 32, 10 "
        "epochs; prints accuracy 0.099 and loss 8.83."
    )
    wrong = (
        "Scores below 0 or above 1 are cut to the edge, where the gradient is 0, so that such an "
        "output never comes back; the network guesses."
    )
    remedy = (
        "A softmax at the end with categorical cross-entropy (or from_logits=True). Plain SGD at "
        "0.01 is then still slow through two sigmoid layers; momentum 0.9 mends that."
    )

    def study(self, lab: Lab) -> None:
        x, y, x_test, y_test = lab.images()
        y, y_test = utils.to_categorical(y, 10), utils.to_categorical(y_test, 10)

        def train(output, loss, momentum=0.0):
            net = Sequential(
                [
                    layers.Dense(128, activation="sigmoid"),
                    layers.Dense(64, activation="sigmoid"),
                    layers.Dense(10, activation=output),
                ]
            )
            accuracy = metrics.CategoricalAccuracy(name="accuracy")
            net.compile(optimizers.SGD(0.01, momentum=momentum), loss, metrics=[accuracy])
            fit = {"batch_size": 32, "epochs": lab.epochs(10, on_digits=100)}
            lab.diagnose(net, x, y, **fit)
            net.fit(x, y, verbose=0, **fit)
            gradient = "dŶ" if output == "linear" else "dZ3"
            lab.explain(net, x_test, y_test, gradient, at="Ŷ")
            return tested(net, x_test, y_test)

        def as_written():
            with warnings.catch_warnings(record=True) as said:
                warnings.simplefilter("always")
                numbers = train("linear", losses.BinaryCrossentropy())
            for warning in said:
                lab.note(f"pellucid warned: {warning.message}")
            return numbers

        def put_right(momentum=0.0):
            return train("softmax", losses.CategoricalCrossentropy(), momentum)

        printed = {"test loss": 8.83, "test accuracy": 0.099}
        lab.measure("as written", as_written, printed)
        lab.measure("put right", put_right, remark="the loss alone")
        lab.measure("the remedy", lambda: put_right(momentum=0.9), remark="and momentum 0.9")
