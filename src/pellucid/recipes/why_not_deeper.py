"""Rules of thumb for the number of hidden units and layers, put to the test."""

from pellucid import Sequential, layers
from pellucid.recipes.pictures import BLUE, figure
from pellucid.recipes.recipe import Lab, Recipe, tested


class WhyNotDeeper(Recipe):
    name = "why-not-deeper"
    title = "How many hidden units, how many layers?"
    original = (
        "states rules of thumb, without evidence: a number of hidden units between those of inputs "
        "and outputs; two thirds of their sum; under twice the inputs; one hidden layer is enough."
    )
    wrong = "Rules are not measurements; and two runs that differ by less than seeds do are equal."
    remedy = "The same data and budget, several seeds each, and the spread beside the mean."

    def study(self, lab: Lab) -> None:
        x, y, x_test, y_test = lab.images()
        x, y = x[:10_000], y[:10_000]
        seeds = lab.seeds if len(lab.seeds) > 2 else 3
        inputs = x.shape[1]
        lab.note(f"ReLU, Adam, batches of 32, on {len(x):,} rows; at least three seeds each")

        def train(widths):
            hidden = [layers.Dense(width, activation="relu") for width in widths]
            net = Sequential([*hidden, layers.Dense(10, activation="softmax")])
            net.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
            net.fit(x, y, batch_size=32, epochs=lab.epochs(5, on_digits=30), verbose=0)
            lab.explain(net, x_test, y_test, f"Z{len(hidden) + 1}")
            return tested(net, x_test, y_test) | {"parameters": net.count_params()}

        def compare(name, *widths, remark=""):
            return lab.measure(name, lambda: train(widths), remark=remark, seeds=seeds)

        between = round((inputs * 10) ** 0.5)
        rows = [
            compare("10 units", 10, remark="as many as outputs"),
            compare(f"{between} units", between, remark="between: √(in·out)"),
            compare(
                f"{2 * (inputs + 10) // 3} units", 2 * (inputs + 10) // 3, remark="⅔ (in + out)"
            ),
            compare(f"{2 * inputs - 1} units", 2 * inputs - 1, remark="just under twice in"),
            *(compare(f"depth {depth}", *[64] * depth) for depth in range(4)),
        ]
        lab.figures["why-not-deeper"] = drawing = figure(7, 3.6)
        ax = drawing.subplots()
        means = [row.numbers["test accuracy"] for row in rows]
        spreads = [row.spread["test accuracy"] for row in rows]
        ax.errorbar(means, [row.version for row in rows], xerr=spreads, fmt="o", color=BLUE)
        ax.set(xlabel="test accuracy, mean ± deviation over the seeds")
        ax.invert_yaxis()
