"""Class numbers as rows of zeros with a single one."""

from pellucid import Sequential, layers, utils
from pellucid.recipes.pictures import figure
from pellucid.recipes.recipe import Lab, Recipe


class OneHot(Recipe):
    name = "one-hot"
    title = "One-hot encoding"
    original = "turns labels into rows of ten numbers, 5 into 0000010000, with to_categorical."

    def study(self, lab: Lab) -> None:
        images = lab.images()
        labels = images.y[:10]
        rows = utils.to_categorical(labels, 10)
        for place, (label, row) in enumerate(zip(labels, rows, strict=True)):
            text = "".join(f"{number:.0f}" for number in row)
            lab.state(f"row {place}: {text}", {"label": label})
        net = Sequential([layers.Dense(10, activation="softmax", input_shape=images.x.shape[1:])])
        net.compile("sgd", "categorical_crossentropy")
        lab.explain(net, images.x[9:10], rows[9:10], "L", "dZ1")
        lab.figures["one-hot"] = drawing = figure(4.5, 4.2)
        ax = drawing.subplots()
        ax.imshow(rows, cmap="Blues")
        ax.set(xlabel="class", xticks=range(10), ylabel="label")
        ax.set_yticks(range(10), [str(label) for label in labels])
