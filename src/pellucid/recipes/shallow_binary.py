"""Two classes of made-up points and one hidden layer of tanh units."""

from pellucid import Sequential, layers, optimizers
from pellucid.recipes.recipe import Lab, Recipe


class ShallowBinary(Recipe):
    name = "shallow-binary"
    title = "Two classes, one hidden layer"
    original = (
        "make_classification with 5,000 rows, 20 features, all informative, seed 123, 4,000/1,000; "
        "20-10-1, tanh and sigmoid, batches of 100, 500 epochs; prints accuracy 0.936."
    )
    wrong = (
        "The learning-rate argument is never used: whatever is given, it trains at 1.0. And the "
        "loss it prints is that of the last batch, which jumps about; the mean over the epoch's "
        "batches is what falls."
    )
    remedy = "A learning rate that is used, here 0.1, and the loss of all rows."

    def study(self, lab: Lab) -> None:
        from sklearn.datasets import make_classification

        x, y = make_classification(5000, 20, n_informative=20, n_redundant=0, random_state=123)
        x, x_test, y, y_test = x[:4000], x[4000:], y[:4000], y[4000:]

        def train(rate):
            net = Sequential(
                [layers.Dense(10, activation="tanh"), layers.Dense(1, activation="sigmoid")]
            )
            net.compile(optimizers.SGD(rate), "binary_crossentropy", metrics=["accuracy"])
            net.fit(x, y, batch_size=100, epochs=lab.epochs(500, on_digits=100), verbose=0)
            lab.explain(net, x_test, y_test, "A1", "dW2", "θ")
            return {
                "loss of the last batch": net.evaluate(x[-100:], y[-100:], verbose=0)[0],
                "loss of all rows": net.evaluate(x, y, verbose=0)[0],
                "test accuracy": net.evaluate(x_test, y_test, verbose=0)[1],
            }

        lab.measure("as written", lambda: train(1.0), {"test accuracy": 0.936})
        lab.measure("put right", lambda: train(0.1))
