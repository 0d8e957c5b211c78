"""What the multi-layer classifier and regressor share: scikit-learn's MLP on a pellucid network."""

from __future__ import annotations

import copy
import warnings
from abc import abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar, Self, cast

import numpy as np
from numpy.typing import ArrayLike
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import check_scoring
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from pellucid.data import Batch
from pellucid.equations.losses import Loss
from pellucid.estimators.building import Shape, built, dense_layers, optimizer_of
from pellucid.estimators.lbfgs import minimised
from pellucid.estimators.parameters import Storing, check_sample_weight
from pellucid.estimators.parts import Asked, Rows, apart, threads_for
from pellucid.estimators.protocol import CallbackSupportMixin, Following
from pellucid.estimators.rules import Rules, restore_best
from pellucid.models import Model
from pellucid.models.builder import Ending
from pellucid.randomness import drawing_from
from pellucid.training.nonfinite import NonFiniteError

FLOATS = (np.float64, np.float32)


class MultiLayer(CallbackSupportMixin, Storing):
    """A multi-layer network with scikit-learn's parameters, rules and attributes.

    `network_` is the pellucid network, to be printed, explained, saved and trained on.
    """

    _parameter_constraints: ClassVar[dict[str, list[Any] | str]]
    #: the score of rows that are held out, if nothing else is said
    usual_score: ClassVar[str]

    #: stated by the constructors, which only store
    alpha: float
    batch_size: Any
    batch_normalization: bool
    callbacks: Any
    dropout: float
    dtype: str
    early_stopping: bool
    max_fun: int
    max_iter: int
    random_state: Any
    scoring: Any
    shuffle: bool
    solver: Any
    threads: int | None
    tol: float
    warm_start: bool

    @property
    def coefs_(self) -> list[np.ndarray]:
        """The weights of each layer, in the dtype of X."""
        return [layer.weights[0].value.astype(self._kind, copy=False) for layer in self._dense()]

    @property
    def intercepts_(self) -> list[np.ndarray]:
        return [layer.weights[1].value.astype(self._kind, copy=False) for layer in self._dense()]

    @property
    def n_layers_(self) -> int:
        """Layers, the input's and the output's counted too."""
        return len(self._dense()) + 1

    @abstractmethod
    def _ending(self) -> tuple[Ending, float]:
        """How the network ends, and how much the loss counts: scikit-learn's is of sums."""

    @abstractmethod
    def _loss(self) -> Loss: ...

    @abstractmethod
    def _targets(self, y: np.ndarray) -> np.ndarray:
        """The targets as the loss takes them."""

    @abstractmethod
    def _settle(self, y: np.ndarray, learns: bool) -> np.ndarray:
        """Targets as rows of one kind of numbers; what they are is learned, or known already."""

    def _fit(self, given: Asked, looked_at: Asked | None = None, once: bool = False) -> Self:
        """Train; with `once` go on for one epoch."""
        self._validate_params()
        goes_on = hasattr(self, "network_") and (once or self.warm_start)
        rows = self._rows(given, reset=not goes_on, learns=not (goes_on or once))
        held = None if looked_at is None else self._rows(looked_at, reset=False, learns=False)
        self._random_state = check_random_state(self.random_state)
        if held is None and self.early_stopping:
            rows, held = apart(self, rows)
        if not goes_on:
            self._start(rows)
        if not (once and goes_on):
            self._compile()
        if self.solver == "lbfgs":
            self._train(lambda: self._by_lbfgs(rows))
            return self
        with Following(self, *given, 1 if once else self.max_iter) as following:
            self._train(lambda: self._by_steps(rows, held, once, following))
        return self

    def _rows(self, given: Asked, reset: bool, learns: bool) -> Rows:
        """Rows as they are trained on; with `reset` they say what later rows have to be like."""
        X, y = validate_data(
            self,
            given.X,
            given.y,
            accept_sparse=["csr"],
            multi_output=True,
            dtype=FLOATS,
            reset=reset,
        )
        weight = None if given.weight is None else check_sample_weight(given.weight, X)
        settled, weight = self._settle(y, learns), self._weighted(y, weight)
        if weight is None:
            return Rows(X, settled, None, float(len(settled)))
        return Rows(X, settled, weight / weight.mean(), float(weight.sum()))

    def _start(self, rows: Rows) -> None:
        """A new network, and nothing learned so far."""
        self.n_iter_ = self.t_ = 0
        self.loss_curve_: list[float] = []
        self.best_loss_ = None if self.early_stopping else np.inf
        self._kind = rows.X.dtype
        ending, _ = self._ending()
        self.n_outputs_, self.out_activation_ = ending.units, named(ending.activation)
        weighed = rows.total if self.solver == "lbfgs" else self._batch(rows)
        shape = Shape(rows.X.shape[1], self._computes_in(), weighed)
        self.network_, self._seed = built(self, shape, ending, self._random_state)

    def _compile(self) -> None:
        self.n_iter_ = 0
        self.validation_scores_: list[float] | None = [] if self.early_stopping else None
        self.validation_loss_curve_: list[float] = []
        self.best_validation_score_ = -np.inf if self.early_stopping else None
        _, share = self._ending()
        optimizer = "sgd" if self.solver == "lbfgs" else optimizer_of(self)
        threads = threads_for(self.threads)
        with drawing_from(self._seed):
            self.network_.compile(optimizer, self._loss(), loss_weights=[share], threads=threads)
            self.network_.engine.memory.seed = self._seed

    def _train(self, training: Callable[[], None]) -> None:
        try:
            training()
        except NonFiniteError as error:
            raise ValueError(
                "Solver produced non-finite parameter weights. The input data may contain large "
                f"values and need to be preprocessed. In detail: {error}"
            ) from error

    def _by_steps(self, rows: Rows, held: Rows | None, once: bool, following: Following) -> None:
        if held is not None and self.validation_scores_ is None:
            self.validation_scores_ = []
        score = None if held is None else self._scorer(held)
        rules = Rules(self, len(rows.y), score, following)
        epochs, kind = 1 if once else self.max_iter, self.network_.dtype
        looked_at = None if held is None else held.as_numbers(kind).for_fit(self._targets)
        self.network_.fit(
            rows.as_numbers(kind).X,
            self._targets(rows.y),
            self._batch(rows),
            epochs,
            verbose=0,
            callbacks=[rules, *given_callbacks(self.callbacks)],
            validation_data=looked_at,
            shuffle=self.shuffle,
            sample_weight=rows.weight,
        )
        restore_best(rules, self.network_)
        self._warn_of_ending(rules, epochs, once)

    def _warn_of_ending(self, rules: Rules, epochs: int, once: bool) -> None:
        if self.n_iter_ < epochs and not rules.stopped:
            warnings.warn("Training interrupted by user.", stacklevel=4)
        elif not once and not rules.stopped:
            warnings.warn(
                f"Stochastic Optimizer: Maximum iterations ({self.max_iter}) reached and the "
                "optimization hasn't converged yet.",
                ConvergenceWarning,
                stacklevel=4,
            )

    def _by_lbfgs(self, rows: Rows) -> None:
        if self.dropout or self.batch_normalization:
            raise ValueError(
                "solver='lbfgs' needs a loss that is always the same: leave out dropout and "
                "batch_normalization, or use solver='adam'"
            )
        options = {"maxfun": self.max_fun, "maxiter": self.max_iter, "gtol": self.tol}
        batch = Batch((rows.dense(),), (self._targets(rows.y),), rows.weight, None)
        found = minimised(self.network_, batch, options)
        self.n_iter_, self.loss_ = min(found.nit, self.max_iter), float(found.fun)
        if found.status == 1:
            warnings.warn(
                f"lbfgs failed to converge after {found.nit} iteration(s) (status={found.status}): "
                f"{found.message}. Increase the number of iterations (max_iter) or scale the data.",
                ConvergenceWarning,
                stacklevel=5,
            )

    def _outputs(self, X: ArrayLike) -> np.ndarray:
        """What the network gives for the rows."""
        check_is_fitted(self, "network_")
        X = validate_data(self, X, accept_sparse=["csr"], dtype=FLOATS, reset=False)
        found = self.network_.predict(X, verbose=0)
        return found.astype(cast(np.ndarray, X).dtype, copy=False)

    def _scorer(self, held: Rows) -> Callable[[], float]:
        """The score of the rows held out, as the network stands."""
        scorer = check_scoring(self, self.scoring or self.usual_score)
        view, y = copy.copy(self), self._given(held.y)
        view.__dict__.pop("feature_names_in_", None)
        weighted = {} if held.weight is None else {"sample_weight": held.weight}

        def score() -> float:
            finite = np.isfinite(view._outputs(held.X)).all()
            return float(scorer(view, held.X, y, **weighted)) if finite else np.nan

        return score

    def _given(self, y: np.ndarray) -> np.ndarray:
        """Targets as they came."""
        return y

    def _weighted(self, y: np.ndarray, weight: np.ndarray | None) -> np.ndarray | None:
        """The weights of the rows, those of their classes included."""
        return weight

    def _batch(self, rows: Rows) -> int:
        size, count = self.batch_size, len(rows.y)
        if size == "auto":
            return min(200, count)
        if size > count:
            warnings.warn(
                "Got `batch_size` less than 1 or larger than sample size. "
                "It is going to be clipped",
                stacklevel=5,
            )
        return int(min(size, count))

    def _computes_in(self) -> str:
        if self.dtype != "auto":
            return self.dtype
        return "float64" if self.solver == "lbfgs" else "float32"

    def _dense(self) -> list[Any]:
        if not isinstance(self.__dict__.get("network_"), Model):
            raise AttributeError(f"this {type(self).__name__} is not fitted yet")
        return dense_layers(self.network_)

    def _steps_alone(self) -> bool:
        """Whether it can be trained a batch at a time."""
        if self.solver == "lbfgs":
            raise AttributeError(
                "partial_fit is only available for stochastic optimizers. lbfgs is not stochastic."
            )
        return True

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags


def named(activation: str | None) -> str:
    """An output's activation by scikit-learn's name."""
    return {None: "identity", "sigmoid": "logistic", "exponential": "exp"}.get(
        activation, activation or "identity"
    )


def given_callbacks(given: Any) -> list[Any]:
    return [] if given is None else list(given) if isinstance(given, (list, tuple)) else [given]
