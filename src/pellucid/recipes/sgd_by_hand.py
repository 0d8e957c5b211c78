"""Gradient descent one row at a time, written by hand in NumPy, and what was wrong in it."""

import numpy as np

from pellucid import Sequential, activations, initializers, layers, optimizers, utils
from pellucid.recipes.recipe import Lab, Recipe, tested

SIZES = (128, 64, 10)


class SgdByHand(Recipe):
    name = "sgd-by-hand"
    title = "Stochastic gradient descent by hand"
    original = (
        "784-128-64-10, sigmoid and softmax, no biases, one row at a time, learning rate 0.001, 10 "
        "epochs, 85/15 split; prints accuracy 0.0 in every epoch, and takes 493 s."
    )
    wrong = (
        "The gradients multiply dZ3, dZ2, dZ1 with A3, A2, A1 in place of A2, A1, A0. So each is "
        "one number, a dot product, and the update subtracts it from every row of the weights. "
        "And the accuracy compares a class number with a one-hot row, and divides by 100: 0.0 "
        "while nothing is taken for a 0 or a 1, and otherwise a number without meaning."
    )
    remedy = "dW3 = A2ᵀ·dZ3, dW2 = A1ᵀ·dZ2, dW1 = A0ᵀ·dZ1, which the plan derives; cross-entropy."

    def study(self, lab: Lab) -> None:
        x, y, x_test, y_test = lab.images()
        x, y = np.concatenate([x, x_test]), np.concatenate([y, y_test])
        x, x_test, y, y_test = utils.train_test_split(x, y, test_size=0.15, random_state=0)
        rate = 0.001 if lab.data == "mnist" else 0.04
        lab.note(f"all rows split again, {len(x):,} and {len(x_test):,}; learning rate {rate}")
        lab.note("as written for one epoch of the ten")

        def network(loss):
            units = zip(SIZES, ("sigmoid", "sigmoid", "softmax"), strict=True)
            net = Sequential([layers.Dense(n, activation=f, use_bias=False) for n, f in units])
            net.compile(optimizers.SGD(rate), loss, metrics=["accuracy"])
            return net

        def by_hand():
            one_hot = utils.to_categorical(y, 10)
            lab.diagnose(network("mse"), x, one_hot, batch_size=1, epochs=lab.epochs(10))
            shapes = zip((x.shape[1], *SIZES), SIZES, strict=False)
            w = [initializers.RandomNormal(stddev=k**-0.5)((n, k)) for n, k in shapes]
            for row, label in zip(x, y, strict=True):
                a1, a2, a3 = forward(w, row)
                dz3 = (a3 - np.eye(10, dtype="float32")[label]) / 5 * a3 * (1 - a3)
                dz2 = w[2] @ dz3 * a2 * (1 - a2)
                dz1 = w[1] @ dz2 * a1 * (1 - a1)
                for each, dz, a in zip(w, (dz1, dz2, dz3), (a1, a2, a3), strict=True):
                    each -= rate * np.dot(dz, a)
            found = forward(w, x_test)[-1].argmax(-1)
            printed = (found[:, None] == np.eye(10)[y_test]).sum(0) / 100
            return {
                "accuracy as printed": printed.mean(),
                "test accuracy": (found == y_test).mean(),
            }

        def train():
            net = network("sparse_categorical_crossentropy")
            net.fit(x, y, batch_size=1, epochs=lab.epochs(10), verbose=0)
            lab.explain(net, x_test, y_test, "dW3", "dW2", "dW1")
            return tested(net, x_test, y_test)

        lab.measure("as written", by_hand, {"accuracy as printed": 0.0})
        lab.measure("put right", train)


def forward(w: list[np.ndarray], x: np.ndarray) -> list[np.ndarray]:
    a1 = activations.sigmoid(x @ w[0])
    a2 = activations.sigmoid(a1 @ w[1])
    return [a1, a2, activations.softmax(a2 @ w[2])]
