"""Test digits with their true and their predicted labels, the mistakes first."""

import numpy as np

from pellucid import Sequential, layers
from pellucid.recipes.pictures import grid_of_images
from pellucid.recipes.recipe import Lab, Recipe


class DigitGallery(Recipe):
    name = "digit-gallery"
    title = "Test digits, true and predicted"
    original = "shows digits of the test set with the label that the network gives to each."

    def study(self, lab: Lab) -> None:
        x, y, x_test, y_test = lab.images()

        def train():
            net = Sequential(
                [layers.Dense(128, activation="relu"), layers.Dense(10, activation="softmax")]
            )
            net.compile("adam", "sparse_categorical_crossentropy")
            net.fit(x, y, epochs=lab.epochs(3, on_digits=30), verbose=0)
            lab.explain(net, x_test, y_test, "Z2")
            said = net.predict(x_test).argmax(-1)
            right = said == y_test
            shown = np.concatenate([np.flatnonzero(~right)[:10], np.flatnonzero(right)[:20]])[:25]
            titles = [f"{y_test[row]}, said {said[row]}" for row in shown]
            lab.figures["digit-gallery"] = grid_of_images(x_test[shown], titles, 5, ~right[shown])
            return {"test accuracy": right.mean(), "mistakes": (~right).sum()}

        lab.measure("784-128-10", train)
        lab.note("mistakes come first, with their titles in orange")
