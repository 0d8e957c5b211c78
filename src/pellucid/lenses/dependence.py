"""How outputs depend on a column, and what a network loses without it: scikit-learn's measures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pellucid.extras import needed
from pellucid.lenses.asking import of_a_network
from pellucid.training.callbacks.monitor import Monitor

if TYPE_CHECKING:
    from pellucid.models import Model


class Dependence(NamedTuple):
    """The output as one column takes the values `at`: the `mean` over the rows, and `each` row."""

    column: int
    at: np.ndarray
    mean: np.ndarray
    each: np.ndarray


@of_a_network
def partial_dependence(
    net: Model, x: Any, column: int, output: int = 0, steps: int = 50
) -> Dependence:
    """What the network says on average, were a column the same in every row."""
    inspection = scikit_learn()
    found = inspection.partial_dependence(
        estimator(net, output), np.asarray(x, float), [column], kind="both", grid_resolution=steps
    )
    return Dependence(column, found["grid_values"][0], found["average"][0], found["individual"][0])


class Importance(NamedTuple):
    """How much worse a quantity gets when a column is shuffled: its mean and deviation."""

    quantity: str
    mean: np.ndarray
    deviation: np.ndarray


@of_a_network
def importance(
    net: Model, x: Any, y: Any, quantity: str = "loss", repeats: int = 5, seed: int = 0
) -> Importance:
    """What each column is worth to the network: the loss, or a metric, when it is shuffled."""
    watched = Monitor("importance", quantity)

    def score(fitted: Any, x: np.ndarray, y: np.ndarray) -> float:
        found = watched.value(net.evaluate(x, y, verbose=0, return_dict=True))
        return watched.sign * float(found or 0.0)

    found = scikit_learn().permutation_importance(
        estimator(net, 0),
        np.asarray(x),
        np.asarray(y),
        scoring=score,
        n_repeats=repeats,
        random_state=seed,
    )
    return Importance(quantity, found.importances_mean, found.importances_std)


def estimator(net: Model, output: int) -> Any:
    """A network as scikit-learn takes it: it predicts one of its outputs, and is fitted already."""
    from sklearn.base import BaseEstimator, RegressorMixin

    class Fitted(RegressorMixin, BaseEstimator):
        def fit(self, x: Any, y: Any = None) -> Any:
            return self

        def predict(self, x: Any) -> np.ndarray:
            outputs = np.asarray(net.predict(x, verbose=0))
            return outputs.reshape(len(outputs), -1)[:, output]

        def __sklearn_is_fitted__(self) -> bool:
            return True

    return Fitted()


def scikit_learn() -> Any:
    return needed("sklearn.inspection", "standard", "what a network depends on")
