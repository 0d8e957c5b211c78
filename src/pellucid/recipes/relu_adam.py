"""ReLU layers with weights and biases of deviation 1, and optimizers under wrong names."""

from pellucid import Sequential, initializers, layers, ops, optimizers, schedules
from pellucid.recipes.recipe import Lab, Recipe, tested


class UncorrectedAdam(optimizers.Optimizer, hidden=True):
    """m ← β₁·m + (1 − β₁)·g ;  v ← β₂·v + (1 − β₂)·g² ;  θ ← θ − η·m/(√v + ε)"""

    learning_rate: float = 0.001

    def update(self, step):
        m = step.running_mean("m", step.constant("β₁", 0.9), step.g)
        v = step.running_mean("v", step.constant("β₂", 0.999), ops.square(step.g))
        return step.theta - step.eta * m / (ops.sqrt(v) + step.constant("ε", 1e-8))


class ReluAdam(Recipe):
    name = "relu-adam"
    title = "ReLU, weights of deviation 1, and Adam without its correction"
    original = (
        "784-128-64-10, ReLU and softmax, weights and biases drawn with deviation 1, Adam without "
        "bias correction, batches of 32, 20 epochs; prints accuracy 0.9514 and loss 0.2586. Then "
        "the same with Adagrad and RMSProp."
    )
    wrong = (
        "20 epochs only repair the start. Adam's running means start at 0, and uncorrected the "
        "first steps are too long. What it calls Adagrad is momentum. Its biases skip the "
        "optimizer (not so here)."
    )
    remedy = (
        "He's weights for ReLU, biases of 0, and Adam as published; then a learning rate that "
        "falls to 0 along a cosine, which calms the last epochs."
    )

    def study(self, lab: Lab) -> None:
        x, y, x_test, y_test = lab.images()
        normal = initializers.RandomNormal(stddev=1.0)

        def train(optimizer, weights=normal, biases=normal):
            drawn = {"kernel_initializer": weights, "bias_initializer": biases}
            net = Sequential(
                [
                    layers.Dense(128, activation="relu", **drawn),
                    layers.Dense(64, activation="relu", **drawn),
                    layers.Dense(10, activation="softmax", **drawn),
                ]
            )
            net.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
            fit = {"batch_size": 32, "epochs": lab.epochs(20)}
            lab.diagnose(net, x, y, **fit)
            net.fit(x, y, verbose=0, **fit)
            lab.explain(net, x_test, y_test, "θ")
            return tested(net, x_test, y_test)

        def put_right(rate=0.001):
            return train(optimizers.Adam(rate), "he_normal", "zeros")

        falling = schedules.CosineDecay(0.001, lab.epochs(20) * -(-len(x) // 32))
        printed = {"test loss": 0.2586, "test accuracy": 0.9514}
        momentum = optimizers.SGD(0.001, momentum=0.9)
        lab.measure("as written", lambda: train(UncorrectedAdam()), printed)
        lab.measure("its “Adagrad”", lambda: train(momentum), remark="which is momentum")
        lab.measure("Adagrad", lambda: train(optimizers.Adagrad(0.01)))
        lab.measure("RMSProp", lambda: train(optimizers.RMSprop(0.001)))
        lab.measure("put right", put_right)
        lab.measure("the remedy", lambda: put_right(falling), remark="and a falling rate")
