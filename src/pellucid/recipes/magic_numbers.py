"""Three whole numbers that turn one person's age and height into a weight, and a neuron."""

import numpy as np

from pellucid import Sequential, layers, optimizers, utils
from pellucid.recipes.recipe import Lab, Recipe


class MagicNumbers(Recipe):
    name = "magic-numbers"
    title = "Numbers that fit one row say nothing of the next"
    original = (
        "tries all whole w1, w2, w3 from −100 to 100 until 50·w1 + 170·w2 + w3 = 75 (age, height, "
        "weight; absolute error, threshold 0), then predicts the weight of a person (40, 180)."
    )
    wrong = (
        "One row cannot choose three numbers: the solutions agree on it and on nothing else. "
        "This is overfitting, and the error on the training row, 0, cannot show it."
    )
    remedy = "A table of many people, and an error measured on people held out."

    def study(self, lab: Lab) -> None:
        w1, w2, w3 = np.ogrid[-100:101, -100:101, -100:101]
        solutions = np.argwhere(np.abs(50 * w1 + 170 * w2 + w3 - 75) <= 0) - 100
        x, x_test, y, y_test = utils.train_test_split(*people(400), test_size=0.25, random_state=0)
        lab.note("the table of 400 people is drawn: a body-mass index that grows with age")

        guesses = solutions @ [40, 180, 1]
        first = np.abs(x_test @ solutions[0, :2] + solutions[0, 2] - y_test).mean()
        both = {"kg for (40, 180)": guesses[0], "hold-out error in kg": first}
        lab.state("the first solution", both, {"kg for (40, 180)": 1375})
        ends = {"least kg for (40, 180)": guesses.min(), "most kg for (40, 180)": guesses.max()}
        lab.state("all solutions", {"solutions": len(solutions)} | ends)

        def neuron():
            scaling = layers.Normalization()
            scaling.adapt(x)
            net = Sequential([scaling, layers.Dense(1)])
            net.compile(optimizers.SGD(0.1), "mse", metrics=["mae"])
            net.fit(x, y, epochs=lab.epochs(50), verbose=0)
            lab.explain(net, x_test, y_test, "Ŷ", "L")
            guess = net.predict(np.array([[40.0, 180.0]], "float32")).item()
            error = net.evaluate(x_test, y_test, verbose=0, return_dict=True)["mae"]
            return {"kg for (40, 180)": guess, "hold-out error in kg": error}

        lab.measure("one neuron", neuron, remark="trained on 300 people, tested on 100")


def people(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Ages in years and heights in centimetres, (count, 2), and weights in kilograms."""
    random = np.random.default_rng(0)
    age, height = random.uniform(20, 70, count), random.normal(171, 9, count)
    weight = (21 + 0.09 * (age - 20) + random.normal(0, 2, count)) * (height / 100) ** 2
    return np.stack([age, height], axis=1).astype("float32"), weight.astype("float32")
