"""A training image drawn at random, with its label."""

import numpy as np

from pellucid import Sequential, layers
from pellucid.recipes.pictures import grid_of_images
from pellucid.recipes.recipe import Lab, Recipe


class RandomImage(Recipe):
    name = "random-image"
    title = "A random image and its label"
    original = "shows one training image, drawn at random, with its label as the title."

    def study(self, lab: Lab) -> None:
        images = lab.images()

        row = int(np.random.default_rng(lab.seeds[0]).integers(len(images.x)))
        title = f"a {images.y[row]}"
        lab.figures["random-image"] = grid_of_images(images.x[[row]], [title], 1)
        lit = (images.x[row] > 0).mean()
        lab.state("the image", {"row": row, "label": images.y[row], "share of lit pixels": lit})
        net = Sequential([layers.Dense(10, activation="softmax")])
        net.compile("adam", "sparse_categorical_crossentropy")
        net.fit(images.x, images.y, epochs=lab.epochs(1), verbose=0)
        lab.explain(net, images.x[[row]], images.y[[row]], "Z1")
