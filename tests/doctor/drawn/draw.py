"""What a variation is drawn from: a task with its data, hidden layers, an optimizer, a course."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from pellucid import Input, Model, layers, optimizers
from tests.doctor.faults import data
from tests.doctor.faults.case import Given, given
from tests.doctor.faults.seen_healthy import bundled

SPARSE, ONE_HOT, BINARY = (
    "sparse_categorical_crossentropy",
    "categorical_crossentropy",
    "binary_crossentropy",
)
#: steps after which these tasks are learnt at a usual rate
STEPS = 1200


@dataclass(frozen=True)
class Task:
    """Data, and the end of a network that suits them."""

    name: str
    rows: data.Rows
    #: classes, or 0 for numbers
    count: int
    #: the figure that any network which is well reaches
    good: float
    #: whether a straight line does as well
    straight: bool = False

    @property
    def figure(self) -> str:
        return "accuracy" if self.count else "r2"

    @property
    def end(self) -> tuple[int, str | None]:
        """Units and activation of the last layer."""
        if not self.count:
            return 1, None
        return (1, "sigmoid") if self.count == 2 else (self.count, "softmax")

    @property
    def loss(self) -> str:
        return {0: "mse", 2: BINARY}.get(self.count, SPARSE)

    def changed(self, x: Any = None, y: Any = None, held: bool = True) -> Task:
        return replace(self, rows=data.changed(self.rows, x, y, held))

    def with_rows(self, x: Any, y: Any) -> Task:
        return replace(self, rows=(x, y, self.rows[2]))

    @property
    def wide(self) -> int:
        return int(np.prod(self.rows[0].shape[1:]))


class Draw:
    """A stream of choices by a seed."""

    def __init__(self, seed: Any):
        self.rng = np.random.default_rng(seed)

    def of(self, *choices: Any) -> Any:
        return choices[int(self.rng.integers(len(choices)))]

    def between(self, low: float, high: float) -> float:
        """A number, evenly in its logarithm, of two digits."""
        return float(f"{math.exp(self.rng.uniform(math.log(low), math.log(high))):.2g}")

    def whole(self, low: int, high: int) -> int:
        return int(self.rng.integers(low, high + 1))

    # tasks
    def classes(self, least: int = 3) -> Task:
        """One of several classes."""
        kind = self.of("digits", "clouds", "arms", "wine", "digits", "pictures")
        if kind == "pictures":
            return Task(kind, data.digits(self.of(700, 1000)), 10, 0.8, True)
        if kind == "digits":
            return Task(kind, data.flat_digits(self.of(600, 800, 1000)), 10, 0.8, True)
        if kind == "arms":
            count = self.of(3, 4)
            return Task(kind, data.arms(self.of(700, 900), count, self.seed()), count, 0.75)
        if kind == "wine" and least <= 3:
            return Task(kind, data.scaled(bundled("wine", 50)), 3, 0.85, True)
        count, wide = self.whole(max(3, least), 7), self.whole(5, 16)
        rows = data.clouds(self.whole(400, 1200), count, wide, 5.5 / math.sqrt(wide), self.seed())
        return Task("clouds", data.scaled(rows), count, 0.8, True)

    def binary(self) -> Task:
        kind = self.of("moons", "rings", "patients", "breast", "clouds", "waves", "words")
        many, seed = self.whole(400, 1000), self.seed()
        if kind == "waves":
            return Task(kind, data.waves(many, self.whole(12, 20), seed), 2, 0.8)
        if kind == "words":
            return Task(kind, data.words(many + 200, self.whole(8, 14), 50, seed), 2, 0.7)
        if kind == "moons":
            return Task(kind, data.moons(many, self.of(0.1, 0.2), seed), 2, 0.85)
        if kind == "rings":
            return Task(kind, data.rings(many, 0.08, seed), 2, 0.85)
        if kind == "patients":
            return Task(kind, data.scaled(data.patients(many, seed)), 2, 0.8)
        if kind == "breast":
            return Task(kind, data.scaled(bundled("breast_cancer", 150)), 2, 0.9, True)
        wide = self.whole(3, 12)
        rows = data.clouds(many, 2, wide, 2.2 / math.sqrt(wide), seed)
        return Task(kind, data.scaled(rows), 2, 0.7, True)

    def curved(self) -> Task:
        """Classes that no straight line tells apart."""
        plain = {"moons", "rings", "arms", "patients"}
        return self.until(lambda: self.of(self.binary, self.classes)(), lambda t: t.name in plain)

    def table(self, make: Any = None) -> Task:
        """A task of a few columns."""
        return self.until(
            make or self.any, lambda t: t.rows[0].ndim == 2 and t.wide < 40 and t.name != "words"
        )

    def numbers(self) -> Task:
        kind = self.of("bent", "line", "houses", "bent")
        many, seed = self.whole(500, 1200), self.seed()
        if kind == "bent":
            return Task(kind, data.bent(many, self.whole(5, 7), 0.1, seed), 0, 0.6)
        if kind == "line":
            rows = data.unit_targets(data.line(many, self.whole(3, 8), 0.3, seed))
            return Task(kind, rows, 0, 0.8, True)
        return Task(kind, data.unit_targets(data.scaled(data.houses(many, seed))), 0, 0.8, True)

    def any(self) -> Task:
        return self.of(self.classes, self.binary, self.numbers)()

    def labelled(self) -> Task:
        return self.of(self.classes, self.binary)()

    def until(self, make: Any, fits: Any) -> Any:
        found = make()
        while not fits(found):
            found = make()
        return found

    def seed(self) -> int:
        return int(self.rng.integers(1000))

    # networks
    def hidden(self, depth: int | None = None, activation: Any = 0, **settings: Any) -> list[Any]:
        """Hidden layers as anybody would take them."""
        depth = self.of(1, 1, 2) if depth is None else depth
        kind = self.of("relu", "relu", "tanh") if activation == 0 else activation
        units = self.of(24, 32, 48, 64)
        return [layers.Dense(units, kind, **settings) for _ in range(depth)]

    def optimizer(self) -> Any:
        rate = self.between(0.002, 0.01)
        return self.of(
            optimizers.Adam(rate),
            optimizers.Adam(rate),
            optimizers.RMSprop(rate),
            optimizers.Nadam(rate),
            optimizers.SGD(self.between(0.04, 0.1), momentum=0.9),
        )

    def course(self, task: Task, steps: int = STEPS) -> dict[str, Any]:
        """Arguments of fit in which the task is learnt."""
        batch = self.of(16, 32, 32)
        epochs = max(8, round(steps / math.ceil(len(task.rows[0]) / batch)))
        found: dict[str, Any] = {"epochs": epochs, "batch_size": batch}
        if self.of(True, False):
            found["validation_split"] = 0.2
        return found

    def last(self, task: Task, **settings: Any) -> Any:
        units, activation = task.end
        return layers.Dense(**({"units": units, "activation": activation} | settings))

    def well(self, task: Task, **other: Any) -> Given:
        """A network that is well, but for what is said otherwise."""
        inner = other.pop("inner", None)
        if inner is None:
            inner = [*(other.pop("hidden", None) or self.hidden()), self.last(task)]
        optimizer = other.pop("optimizer", None) or self.optimizer()
        loss = other.pop("loss", None) or task.loss
        figure = other.pop("figure", task.figure)
        metrics = other.pop("metrics", self.of(None, ["accuracy"]) if task.count else None)
        rows = other.pop("rows", task.rows)
        fit = {
            key: value for key, value in (self.course(task) | other).items() if value is not None
        }
        inner = [*self.body(task), *inner]
        net = self.functional(inner, rows[0]) if self.of(True, False, False, False) else inner
        return given(net, rows, loss, optimizer, figure=figure, metrics=metrics, **fit)

    def body(self, task: Task) -> list[Any]:
        """What makes a row of numbers of a picture, a sequence or words."""
        if task.name == "words":
            return [layers.Embedding(50, 8), self.of(layers.LSTM(12), layers.Flatten())]
        if task.name == "waves":
            return [self.of(layers.LSTM(12), layers.Flatten(), layers.SimpleRNN(16))]
        if task.name != "pictures":
            return []
        picture = [layers.Conv2D(8, 3, activation="relu"), layers.MaxPooling2D(), layers.Flatten()]
        return self.of(picture, picture, [layers.Flatten()])

    def functional(self, inner: list[Any], x: Any) -> Model:
        kind = "int64" if x.dtype.kind == "i" else "float32"
        first = value = Input(np.shape(x)[1:], dtype=kind)
        for layer in inner:
            value = layer(value)
        return Model(first, value)
