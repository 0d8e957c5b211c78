"""All ten digits with one hidden layer, by full-batch gradient descent."""

from pellucid import Sequential, initializers, layers, optimizers
from pellucid.recipes.recipe import Lab, Recipe, tested


class TenDigits(Recipe):
    name = "ten-digits"
    title = "Ten digits, full batch"
    original = (
        "784-64-10, sigmoid and softmax, full-batch gradient descent with learning rate 1 for 200 "
        "epochs, weights drawn with deviation 1; prints loss 0.564 and accuracy 0.83, where its "
        "text promises 92 %."
    )
    wrong = (
        "The hidden units are saturated, and their gradients nearly 0. With weights drawn well, "
        "200 plain steps still end just short of the 92 %."
    )
    remedy = (
        "Glorot's weights; then, in the same 200 steps, momentum 0.9, which makes each step count "
        "up to ten times."
    )

    def study(self, lab: Lab) -> None:
        x, y, x_test, y_test = lab.images()

        def train(weights="glorot_uniform", momentum=0.0):
            net = Sequential(
                [
                    layers.Dense(64, activation="sigmoid", kernel_initializer=weights),
                    layers.Dense(10, activation="softmax", kernel_initializer=weights),
                ]
            )
            descent = optimizers.SGD(1.0, momentum=momentum)
            net.compile(descent, "sparse_categorical_crossentropy", metrics=["accuracy"])
            fit = {"batch_size": len(x), "epochs": lab.epochs(200), "shuffle": False}
            lab.diagnose(net, x, y, **fit)
            history = net.fit(x, y, verbose=0, **fit).history
            lab.explain(net, x_test, y_test, "dZ2", "dZ1")
            return {"training loss": history["loss"][-1]} | tested(net, x_test, y_test)

        printed = {"training loss": 0.564, "test accuracy": 0.83}
        lab.measure("as written", lambda: train(initializers.RandomNormal(stddev=1.0)), printed)
        lab.measure("put right", train, remark="Glorot's weights")
        lab.measure("the remedy", lambda: train(momentum=0.9), remark="and momentum 0.9")
