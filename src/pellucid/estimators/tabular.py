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

from pellucid.data import ArrayData
from pellucid.equations.losses import Loss
from pellucid.estimators import members
from pellucid.estimators.members import Course
from pellucid.estimators.parameters import (
    ABOVE_0,
    COUNT,
    ConstraintList,
    Storing,
    check_sample_weight,
)
from pellucid.estimators.parts import threads_for
from pellucid.estimators.protocol import CallbackSupportMixin, Following
from pellucid.estimators.reading import Rows, check_y, columns_of
from pellucid.estimators.turns import Turn, folds_of, held_out, in_turn, weighing
from pellucid.models import Model
from pellucid.models.recipe import RECIPES, Body, Recipe, adam, draw_by, network
from pellucid.preprocessing.columns import Ways, fit_columns
from pellucid.randomness import drawing_from
from pellucid.training.loop import Interrupt

CONSTRAINTS: ConstraintList = {
    "preset": [StrOptions(set(RECIPES))],
    "hidden_layer_sizes": [None, "array-like", COUNT],
    "n_members": [None, COUNT],
    "max_epochs": [None, COUNT],
    "max_seconds": [None, ABOVE_0],
    "early_stopping": ["boolean"],
    "validation_fraction": [None, Interval(Real, 0, 1, closed="neither")],
    "batch_size": [StrOptions({"auto"}), COUNT],
    "learning_rate": [None, ABOVE_0],
    "random_state": ["random_state"],
    "threads": [None, COUNT],
}
#: what is added to twice the best epoch, to end at if early stopping is asked for
PATIENCE = 20
#: the share of the rows that is held out for a network that trains alone, and the most parts that
#: rows are held out in, in turn, where there are several
HELD, MOST_PARTS = 0.2, 10
#: rows of such a part; of fewer all networks have the same ones held out
FEWEST_EACH = 3


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
    n_members: int | None
    max_epochs: int | None
    max_seconds: float | None
    early_stopping: bool
    validation_fraction: float | None
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
        rows = weighing(rows)
        held, turns = self._turns(rows, rng)
        if not self.columns_.encodings and rows.height > 1:
            reasons = [f"{name}: {why}" for name, why in self.columns_.dropped.items()]
            words = "no column tells rows apart, so all get the same prediction: "
            warnings.warn(words + "; ".join(reasons[:5]), stacklevel=3)
        self._train(turns, held, rng, began, (X, y, weight))
        return self

    def _turns(self, rows: Rows, rng: np.random.RandomState) -> tuple[Rows, list[Turn]]:
        """The rows that are held out for any of the networks, and the turn of each network."""
        networks = self._chosen.members
        parts = min(networks, MOST_PARTS)
        few = rows.height < FEWEST_EACH * parts
        if parts == 1 or few or self.validation_fraction is not None:
            return self._apart(rows, rng)
        fold = folds_of(self._classes(rows.y), rows.height, parts, rng)
        data, _ = self._prepared(rows, rows)
        turns = in_turn(data, fold)
        return rows.some(np.flatnonzero(fold >= 0)), [turns[at % parts] for at in range(networks)]

    def _apart(self, rows: Rows, rng: np.random.RandomState) -> tuple[Rows, list[Turn]]:
        """The same rows are held out for all networks: all of them, where there are too few."""
        share = HELD if self.validation_fraction is None else self.validation_fraction
        out = held_out(self._classes(rows.y), rows.height, share, rng)
        kept = held = rows
        if out.any() and not out.all():
            kept, held = rows.some(np.flatnonzero(~out)), rows.some(np.flatnonzero(out))
        turn = Turn(*self._prepared(kept, held), np.arange(held.height))
        return held, [turn] * self._chosen.members

    def _prepared(self, kept: Rows, held: Rows) -> tuple[ArrayData, ArrayData]:
        recipe = self._chosen
        ways = Ways(*self._of_categories(kept.y), 0, kept.categorical, recipe.few, recipe.full)
        self.columns_, inputs = fit_columns(kept.table, ways)
        others = inputs if held is kept else self.columns_.inputs(held.table)
        rows = ArrayData(tuple(inputs), (kept.y,), kept.weight)
        return rows, ArrayData(tuple(others), (held.y,), held.weight)

    def _train(
        self,
        turns: list[Turn],
        held: Rows,
        rng: np.random.RandomState,
        began: float,
        given: tuple[Any, Any, Any],
    ) -> None:
        batch = self._batch(min(len(turn.rows) for turn in turns))
        patience = PATIENCE if self.early_stopping else None
        course = Course(self._chosen.epochs, batch, self._measure(held), patience)
        seeds = rng.randint(2**31 - 1, size=len(turns))
        with Interrupt() as interrupt:
            if self.max_seconds is not None:
                until = began + self.max_seconds
                course = self._in_time(turns, course, seeds, until, interrupt)
            with Following(self, *given, course.epochs) as following:
                self.networks_ = self._networks(turns, course, seeds)
                best = members.train(self.networks_, turns, course, following, interrupt)
        if interrupt.asked:
            warnings.warn("Training interrupted by user.", stacklevel=4)
        self.n_iter_, self.best_iter_ = len(best.loss), best.epoch + 1
        self.loss_curve_, self.validation_curve_ = best.loss, best.validation
        self._calibrate(held, best.predicted)

    def _batch(self, rows: int) -> int:
        if isinstance(self.batch_size, str):
            return self._chosen.batch(rows)
        return min(self.batch_size, rows)

    def _in_time(
        self,
        turns: list[Turn],
        course: Course,
        seeds: np.ndarray,
        until: float,
        interrupt: Interrupt,
    ) -> Course:
        """A course of as many epochs as there is time for, whose schedule ends with it."""
        trial = self._networks(turns, course, seeds)
        seconds = []
        for epoch in range(2):
            start = time.perf_counter()
            members.train(trial, turns, course._replace(epochs=1), NOBODY, interrupt)
            seconds.append(time.perf_counter() - start + 1e-6 * epoch)
        epochs = int(0.9 * (until - time.perf_counter()) / seconds[-1])
        return course._replace(epochs=max(1, min(course.epochs, epochs)), until=until)

    def _networks(self, turns: list[Turn], course: Course, seeds: np.ndarray) -> list[Model]:
        pairs = zip(turns, seeds, strict=True)
        return [self._network(turn.rows, course, int(seed)) for turn, seed in pairs]

    def _network(self, rows: ArrayData, course: Course, seed: int) -> Model:
        units, activation, loss = self._ending()
        steps = course.epochs * course.steps(len(rows))
        recipe = self._chosen
        columns = self.columns_
        sizes = columns.width, columns.numbers, columns.sizes
        body = Body(*sizes, recipe.hidden, units, activation, steps)
        with drawing_from(seed):
            net = network(recipe, body)
            if recipe.full:
                some = [np.asarray(each) for each in rows.between(0, len(rows)).x]
                draw_by(net, some, np.random.RandomState(seed))
            net.compile(adam(recipe, steps), loss, threads=threads_for(self.threads))
            net.engine.memory.seed = seed
        return net

    @property
    def _chosen(self) -> Recipe:
        """The recipe of the preset, with what was said besides."""
        recipe = RECIPES[self.preset][self._recipe]
        if self.n_members == 1:
            recipe = recipe.by_itself()
        hidden = self.hidden_layer_sizes
        given: dict[str, Any] = {
            "members": self.n_members,
            "hidden": None if hidden is None else tuple(np.atleast_1d(hidden).tolist()),
            "epochs": self.max_epochs,
            "learning_rate": self.learning_rate,
        }
        return recipe._replace(**{name: each for name, each in given.items() if each is not None})

    def _calibrate(self, held: Rows, predicted: np.ndarray) -> None:
        """Learn from what was predicted of the rows held out."""

    def _outputs(self, X: Any) -> np.ndarray:
        """The mean of what the networks give for the rows."""
        check_is_fitted(self, "networks_")
        table, _ = columns_of(self, X, fits=False)
        inputs = self.columns_.inputs(table)
        return members.mean_of(self.networks_, inputs)

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
