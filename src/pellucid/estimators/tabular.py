"""What the classifier and the regressor for tables share: RealMLP's recipe, from table to table."""

from __future__ import annotations

import time
import warnings
from abc import abstractmethod
from collections.abc import Callable
from numbers import Real
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.inspection import permutation_importance
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from pellucid.equations.losses import Loss
from pellucid.estimators import members
from pellucid.estimators.members import Course, Part
from pellucid.estimators.parameters import (
    ABOVE_0,
    COUNT,
    ConstraintList,
    Storing,
    check_sample_weight,
)
from pellucid.estimators.parts import threads_for
from pellucid.estimators.protocol import CallbackSupportMixin, Following
from pellucid.estimators.reading import Rows, check_y, columns_of, held_out
from pellucid.models import Model
from pellucid.models.recipe import RECIPES, Body, Recipe, adam, batch_for, draw_by, network
from pellucid.preprocessing.columns import Ways, fit_columns
from pellucid.randomness import drawing_from

CONSTRAINTS: ConstraintList = {
    "preset": [StrOptions(set(RECIPES))],
    "hidden_layer_sizes": ["array-like", COUNT],
    "n_members": [COUNT],
    "max_epochs": [COUNT],
    "max_seconds": [None, ABOVE_0],
    "early_stopping": ["boolean"],
    "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
    "batch_size": [StrOptions({"auto"}), COUNT],
    "learning_rate": [None, ABOVE_0],
    "random_state": ["random_state"],
    "threads": [None, COUNT],
}
#: what is added to twice the best epoch, to end at if early stopping is asked for
PATIENCE = 20


class Tabular(CallbackSupportMixin, Storing):
    """A network for tables, or several whose mean predicts.

    `networks_` are the pellucid networks, `columns_` what becomes of a table's columns.
    """

    _parameter_constraints: ClassVar[ConstraintList]
    #: which of a preset's recipes is meant: that of classes, or that of numbers
    _recipe: ClassVar[int]

    #: stated by the constructors, which only store
    preset: str
    hidden_layer_sizes: Any
    n_members: int
    max_epochs: int
    max_seconds: float | None
    early_stopping: bool
    validation_fraction: float
    batch_size: int | str
    learning_rate: float | None
    random_state: Any
    threads: int | None

    @abstractmethod
    def _learn(self, y: np.ndarray) -> np.ndarray:
        """Learn what the targets are; gives them as they are trained on."""

    @abstractmethod
    def _ending(self) -> tuple[int, str | None, Loss]:
        """Units and activation of the last layer, and the loss."""

    @abstractmethod
    def _measure(self, held: Rows) -> Callable[[np.ndarray], float]:
        """How bad predictions of the rows held out are."""

    def _classes(self, y: np.ndarray) -> np.ndarray | None:
        """What each part of the rows is to have its share of."""
        return None

    @abstractmethod
    def _of_categories(self, y: np.ndarray) -> tuple[np.ndarray, str]:
        """The targets whose mean stands for each of many categories, and scikit-learn's kind."""

    def _weighted(self, y: np.ndarray, weight: np.ndarray | None) -> np.ndarray | None:
        return weight

    def _fit(self, X: Any, y: Any, weight: Any, numeric: bool) -> Self:
        self._validate_params()
        began = time.perf_counter()
        table, categorical = columns_of(self, X, fits=True)
        targets = check_y(self, X, y, numeric)
        given = None
        if weight is not None:
            given = check_sample_weight(weight, targets, ensure_non_negative=True)
        rows = Rows(table, categorical, self._learn(targets), self._weighted(targets, given))
        rng = check_random_state(self.random_state)
        kept, held = self._apart(rows, rng)
        parts = self._prepared(kept, held)
        self._train(parts, held, rng, began, (X, y, weight))
        return self

    def _apart(self, rows: Rows, rng: np.random.RandomState) -> tuple[Rows, Rows]:
        """The rows to train on and those held out: all of them, where there are too few."""
        if rows.weight is not None:
            rows = rows.some(np.flatnonzero(rows.weight > 0))
            weight = np.asarray(rows.weight)
            rows = rows._replace(weight=weight / weight.mean())
        out = held_out(self._classes(rows.y), rows.height, self.validation_fraction, rng)
        if not out.any() or out.all():
            return rows, rows
        return rows.some(np.flatnonzero(~out)), rows.some(np.flatnonzero(out))

    def _prepared(self, kept: Rows, held: Rows) -> tuple[Part, Part]:
        recipe = self._chosen
        ways = Ways(*self._of_categories(kept.y), 0, kept.categorical, recipe.few, recipe.strong)
        self.columns_, inputs = fit_columns(kept.table, ways)
        if not self.columns_.encodings and kept.height > 1:
            warnings.warn(
                "no column tells rows apart, so all get the same prediction: "
                + "; ".join(f"{name}: {why}" for name, why in [*self.columns_.dropped.items()][:5]),
                stacklevel=4,
            )
        others = inputs if held is kept else self.columns_.inputs(held.table)
        return Part(inputs, kept.y, kept.weight), Part(others, held.y, held.weight)

    def _train(
        self,
        parts: tuple[Part, Part],
        held: Rows,
        rng: np.random.RandomState,
        began: float,
        given: tuple[Any, Any, Any],
    ) -> None:
        rows, batch = parts[0], self._batch(parts[0].height)
        patience = PATIENCE if self.early_stopping else None
        course = Course(self.max_epochs, batch, self._measure(held), patience)
        seeds = rng.randint(2**31 - 1, size=self.n_members)
        if self.max_seconds is not None:
            course = self._in_time(rows, parts[1], course, seeds, began + self.max_seconds)
        with Following(self, *given, course.epochs) as following:
            self.networks_ = self._networks(rows, course, seeds)
            best = members.train(self.networks_, *parts, course, following)
        self.n_iter_, self.best_iter_ = len(best.loss), best.epoch + 1
        self.loss_curve_, self.validation_curve_ = best.loss, best.validation
        self._calibrate(held, best.predicted)

    def _batch(self, rows: int) -> int:
        return batch_for(rows) if isinstance(self.batch_size, str) else min(self.batch_size, rows)

    def _in_time(
        self, rows: Part, held: Part, course: Course, seeds: np.ndarray, until: float
    ) -> Course:
        """A course of as many epochs as there is time for, whose schedule ends with it."""
        trial = self._networks(rows, course, seeds)
        seconds = []
        for epoch in range(2):
            start = time.perf_counter()
            members.train(trial, rows, held, course._replace(epochs=1), NOBODY)
            seconds.append(time.perf_counter() - start + 1e-6 * epoch)
        epochs = int(0.9 * (until - time.perf_counter()) / seconds[-1])
        return course._replace(epochs=max(1, min(course.epochs, epochs)), until=until)

    def _networks(self, rows: Part, course: Course, seeds: np.ndarray) -> list[Model]:
        return [self._network(rows, course, int(seed)) for seed in seeds]

    def _network(self, rows: Part, course: Course, seed: int) -> Model:
        units, activation, loss = self._ending()
        steps = course.epochs * course.steps(rows.height)
        hidden = np.atleast_1d(self.hidden_layer_sizes).tolist()
        columns = self.columns_
        body = Body(columns.width, columns.numbers, columns.sizes, hidden, units, activation, steps)
        with drawing_from(seed):
            net = network(self._chosen, body)
            if self._chosen.strong:
                draw_by(net, rows.inputs, np.random.RandomState(seed))
            net.compile(adam(self._chosen, steps), loss, threads=threads_for(self.threads))
            net.engine.memory.seed = seed
        return net

    @property
    def _chosen(self) -> Recipe:
        recipe = RECIPES[self.preset][self._recipe]
        if self.learning_rate is None:
            return recipe
        return recipe._replace(learning_rate=self.learning_rate)

    def _calibrate(self, held: Rows, predicted: np.ndarray) -> None:
        """Learn from what was predicted of the rows held out."""

    def _outputs(self, X: Any) -> np.ndarray:
        """The mean of what the networks give for the rows."""
        check_is_fitted(self, "networks_")
        table, _ = columns_of(self, X, fits=False)
        inputs = self.columns_.inputs(table)
        return members.mean_of(self.networks_, Part(inputs, np.zeros(len(inputs[0])), None))

    def feature_importance(
        self, X: Any, y: Any, *, n_repeats: int = 5, scoring: Any = None, random_state: Any = 0
    ) -> dict[str, tuple[float, float]]:
        """How much worse the score gets where a column is shuffled: mean and deviation by name.

        X and y are best rows that were not trained on. The columns come in the order of their
        importance.

        Arguments:
            X: the rows, (n, d).
            y: their targets.
            n_repeats: how often each column is shuffled.
            scoring: what is measured: a name of scikit-learn's, or None for the estimator's own.
            random_state: what shuffles.

        Returns: (mean, deviation) by the name of the column.

        >>> x, y = pellucid.datasets.moons(100)
        >>> net = pellucid.TabularClassifier(max_epochs=2, hidden_layer_sizes=(8,)).fit(x, y)
        >>> len(net.feature_importance(x, y))
        2
        """
        found = permutation_importance(
            self, X, y, n_repeats=n_repeats, scoring=scoring, random_state=random_state
        )
        names = getattr(self, "feature_names_in_", range(self.n_features_in_))
        order = np.argsort(-found.importances_mean, kind="stable")
        means, deviations = found.importances_mean, found.importances_std
        return {str(names[at]): (float(means[at]), float(deviations[at])) for at in order}

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        tags.input_tags.string = True
        return tags


class Nobody(Following):
    """A training that no callback follows."""

    def __init__(self) -> None:
        self.context = self.inner = None


NOBODY = Nobody()
