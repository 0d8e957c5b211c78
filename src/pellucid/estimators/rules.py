"""When training ends, and what becomes of the learning rate: scikit-learn's rules."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from pellucid.callbacks import Callback
from pellucid.estimators.protocol import Following

#: below which an adaptive learning rate is not divided any more
LEAST_RATE = 1e-6
Logs = dict[str, float]


class Rules(Callback, hidden=True):
    """Follows the training of an estimator; `score`, where there is one, is of rows held out."""

    def __init__(
        self,
        estimator: Any,
        rows: int,
        score: Callable[[], float] | None,
        following: Following,
    ):
        super().__init__()
        self.following = following
        self.estimator, self.rows, self.score = estimator, rows, score
        self.stopped, self.best_weights = False, list[np.ndarray]()
        estimator._no_improvement_count = 0

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self.following.begin_epoch()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        own, logs = self.estimator, logs or {}
        own.n_iter_ += 1
        own.t_ += self.rows
        own.loss_ = logs["loss"]
        own.loss_curve_.append(own.loss_)
        if "val_loss" in logs:
            own.validation_loss_curve_.append(logs["val_loss"])
        if own.verbose:
            print(f"Iteration {own.n_iter_}, loss = {own.loss_:.8f}")
        self._look(own)
        if own.solver == "sgd" and own.learning_rate == "invscaling":
            self._rate(own.learning_rate_init / (own.t_ + 1) ** own.power_t)
        if own._no_improvement_count > own.n_iter_no_change:
            self._give_up(own)
        if self.following.end_epoch(lambda: {"network_": copy.deepcopy(self.model)}):
            self.stopped = self.model.stop_training = True

    def _look(self, own: Any) -> None:
        """Whether the loss, or the score with early stopping, has become better by `tol`."""
        if self.score is not None:
            own.validation_scores_.append(self.score())
            if own.verbose:
                print(f"Validation score: {own.validation_scores_[-1]:f}")
        if own.early_stopping:
            found, best = own.validation_scores_[-1], own.best_validation_score_
            self._count(found < best + own.tol)
            if found > best:
                own.best_validation_score_ = found
                self.best_weights = [each.copy() for each in self.model.get_weights()]
        else:
            self._count(own.loss_ > own.best_loss_ - own.tol)
            own.best_loss_ = min(own.best_loss_, own.loss_)

    def _give_up(self, own: Any) -> None:
        """Training ends, or goes on with a fifth of the learning rate."""
        what = "Validation score" if own.early_stopping else "Training loss"
        told = (
            f"{what} did not improve more than tol={own.tol:f} for {own.n_iter_no_change} "
            "consecutive epochs."
        )
        rate = float(self.model.optimizer.learning_rate)
        if own.solver == "sgd" and own.learning_rate == "adaptive" and rate > LEAST_RATE:
            self._rate(rate / 5.0)
            own._no_improvement_count = 0
            told = f"{told} Setting learning rate to {rate / 5.0:f}"
        else:
            self.stopped = self.model.stop_training = True
            told = f"{told} Stopping."
        if own.verbose:
            print(told)

    def _count(self, idle: bool) -> None:
        """How many epochs in a row were no better."""
        count = self.estimator._no_improvement_count
        self.estimator._no_improvement_count = count + 1 if idle else 0

    def _rate(self, rate: float) -> None:
        self.model.optimizer.learning_rate = rate


def restore_best(rules: Rules, net: Any) -> None:
    """With early stopping the weights are those of the best score."""
    if rules.best_weights:
        net.set_weights(rules.best_weights)
