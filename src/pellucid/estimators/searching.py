"""A search for the settings of an estimator, in about the time that there is for it.

Successive halving, as scikit-learn has it: many candidates are trained through few epochs, the best
quarter of them through four times as many, and so on; what is best in the end is trained on all
rows. How many candidates there are follows from how long one takes.
"""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from joblib.parallel import Parallel, cpu_count, delayed
from sklearn.base import BaseEstimator, clone, is_classifier
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.model_selection import (
    HalvingGridSearchCV,
    KFold,
    ParameterSampler,
    ShuffleSplit,
    StratifiedKFold,
    StratifiedShuffleSplit,
)

from pellucid.estimators.mlp import MultiLayer
from pellucid.estimators.tabular import Tabular
from pellucid.models.recipe import RECIPES
from pellucid.settings import nearest

Space = Mapping[str, Sequence[Any]]

#: of the candidates of a round one of so many goes on to the next, for so many times the epochs
FACTOR = 4
MOST_CANDIDATES = 256
#: up to so many rows a score is the mean of three parts, beyond that of one part held out
FEW_ROWS = 2000
#: candidates take longer than the estimator as it is: wider networks are among them
LONGER = 1.5


class Cost(NamedTuple):
    """How long it takes: the seconds of an epoch, the parts that are scored, and the cores."""

    epoch: float
    parts: int
    cores: int

    def of(self, candidates: int, epochs: int) -> float:
        """The seconds of a search, whose last round is of so many epochs."""
        rounds = 1 + int(math.log(candidates, FACTOR) + 1e-9)
        least = max(1.0, epochs / FACTOR ** (rounds - 1))
        alone = sum(
            math.ceil(candidates / FACTOR**at * self.parts / self.cores) * least * FACTOR**at
            for at in range(rounds)
        )
        return LONGER * self.epoch * alone

    def affordable(self, seconds: float, epochs: int) -> int:
        """The most candidates that there is time for."""
        known = (n for n in range(MOST_CANDIDATES, 1, -1) if self.of(n, epochs) <= seconds)
        return next(known, 0)


def search(
    estimator: Any,
    X: Any,
    y: Any,
    *,
    seconds: float = 60.0,
    space: Space | None = None,
    scoring: Any = None,
    cores: int | None = None,
    random_state: int = 0,
) -> HalvingGridSearchCV:
    """The best settings of an estimator that were found in about so many seconds.

    Gives scikit-learn's fitted search: it predicts by the best network, trained on all rows;
    `best_params_`, and `cv_results_` for all that was tried. The settings as they are, are the
    first candidate. `space` is a list of values by parameter; there is one for each of pellucid's
    estimators. Each network has a core to itself, of `cores`, all if None.

    Arguments:
        estimator: the estimator, with the settings that stay.
        X: the rows.
        y: their targets.
        seconds: about how long it may take.
        scoring: what is the best: a name of scikit-learn's, or None for the estimator's own.
        random_state: what candidates and splits are drawn from.

    Returns: scikit-learn's `HalvingGridSearchCV`, fitted.

    >>> x, y = pellucid.datasets.moons(200)
    >>> net = pellucid.MLPClassifier((8,), solver="lbfgs", max_iter=1000, random_state=0)
    >>> found = pellucid.search(net, x, y, seconds=1, space={"alpha": [1e-4, 1e-2]}, cores=1)
    >>> found.predict(x).shape
    (200,)
    """
    if not seconds > 0:
        raise ValueError(f"seconds is how long to search, above 0, got {seconds!r}")
    began = time.perf_counter()
    resource = resource_of(estimator)
    space = space_of(estimator) if space is None else checked(space, estimator)
    one = clone(estimator).set_params(threads=1)
    cores = cpu_count() if cores is None else cores
    splits = splits_of(estimator, y, random_state)
    cost = Cost(measured(one, X, y, resource, cores), splits.get_n_splits(), cores)
    left = seconds - (time.perf_counter() - began)
    epochs, count = planned(cost, left, most_epochs(estimator, resource))
    tried = [
        {name: [value] for name, value in each.items()}
        for each in candidates(space, count, random_state)
    ]
    course = {"resource": resource, "max_resources": epochs, "factor": FACTOR, "cv": splits}
    course |= {"scoring": scoring, "n_jobs": cores, "random_state": random_state}
    return HalvingGridSearchCV(one, tried, **course).fit(X, y)


def planned(cost: Cost, seconds: float, epochs: int) -> tuple[int, int]:
    """The epochs of the last round, fewer where time is short, and the number of candidates.

    Through less than an eighth of the epochs little would be learned: then it takes longer.
    """
    least = max(1, epochs // 8)
    while True:
        last = LONGER * cost.epoch * epochs
        count = cost.affordable(seconds - last, epochs)
        if count or epochs <= least:
            return epochs, max(2, count)
        epochs = max(least, epochs // 2)


def resource_of(estimator: Any) -> str:
    """The parameter that says how long an estimator trains."""
    if isinstance(estimator, (Tabular, MultiLayer)):
        return "max_epochs" if isinstance(estimator, Tabular) else "max_iter"
    raise TypeError(
        "search is for MLPClassifier, MLPRegressor, TabularClassifier and TabularRegressor, got "
        f"{type(estimator).__name__}. For others there is scikit-learn's HalvingRandomSearchCV"
    )


def most_epochs(estimator: Any, resource: str) -> int:
    """Through how many epochs it trains at most as it is."""
    found: int = getattr(estimator, resource)
    return estimator._chosen.epochs if isinstance(estimator, Tabular) else found


def space_of(estimator: BaseEstimator) -> Space:
    """What is sensible to try of an estimator of ours."""
    if isinstance(estimator, Tabular):
        usual = RECIPES["standard"][estimator._recipe].learning_rate
        space: Space = {
            "hidden_layer_sizes": [(32, 64), (64, 64), (128, 128), (64,) * 3],
            "learning_rate": (usual * np.geomspace(0.25, 4.0, 9)).tolist(),
            "batch_size": [32, 64, 128, 256],
        }
        if estimator.n_members != 1:
            return space
        wide = [(128,) * 3, (256,) * 3, (384,) * 3, (256,) * 2]
        return {**space, "preset": ["standard", "realmlp"], "hidden_layer_sizes": wide}
    return {
        "hidden_layer_sizes": [(50,), (100,), (200,), (100, 50), (200, 100), (100, 100, 100)],
        "activation": ["relu", "tanh", "silu"],
        "alpha": np.geomspace(1e-6, 1e-1, 11).tolist(),
        "learning_rate_init": np.geomspace(3e-4, 1e-2, 7).tolist(),
        "dropout": [0.0, 0.1, 0.3],
    }


def checked(space: Space, estimator: BaseEstimator) -> Space:
    """A space of parameters that the estimator has."""
    for name, values in space.items():
        if name not in estimator.get_params():
            near = nearest(name, estimator.get_params())
            raise ValueError(f"{type(estimator).__name__} has no parameter {name!r}; {near}")
        if isinstance(values, str) or not isinstance(values, Sequence) or not values:
            raise ValueError(f"a space is lists of values by parameter; {name} has {values!r}")
    return space


def candidates(space: Space, count: int, seed: int) -> Iterator[dict[str, Any]]:
    """Settings to try: none that is changed, then others that are drawn."""
    yield {}
    most = math.prod(len(values) for values in space.values())
    yield from ParameterSampler(space, min(count - 1, most), random_state=seed)


def splits_of(estimator: Any, y: Any, seed: int) -> Any:
    """Of few rows three parts in turn, of many one part held out."""
    count = len(y)
    of_classes = is_classifier(estimator) and np.ndim(y) == 1
    if of_classes:
        _, sizes = np.unique(np.asarray(y), return_counts=True)
        of_classes = bool(sizes.min() >= 3)
    if count <= FEW_ROWS:
        kind = StratifiedKFold if of_classes else KFold
        return kind(3, shuffle=True, random_state=seed)
    single = StratifiedShuffleSplit if of_classes else ShuffleSplit
    return single(1, test_size=0.2, random_state=seed)


def measured(estimator: Any, X: Any, y: Any, resource: str, cores: int) -> float:
    """The seconds of an epoch while all cores train, in the processes that search afterwards."""
    each = delayed(epoch_of)(estimator, X, y, resource)
    return max(Parallel(n_jobs=cores)([each] * cores))


def epoch_of(estimator: Any, X: Any, y: Any, resource: str) -> float:
    """The seconds of an epoch, from a short training, after one in which all is loaded."""
    epochs = min(most_epochs(estimator, resource), 4 * FACTOR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        clone(estimator).set_params(**{resource: 1}).fit(X, y)
        started = time.perf_counter()
        clone(estimator).set_params(**{resource: epochs}).fit(X, y)
    return (time.perf_counter() - started) / epochs


def rounds_of(found: HalvingGridSearchCV) -> list[dict[str, Any]]:
    """What was tried in each round: epochs, settings and the mean score, the best first."""
    tried = found.cv_results_
    columns = ("iter", "n_resources", "mean_test_score", "params")
    rows = [
        {
            "round": int(at) + 1,
            "epochs": int(epochs),
            "score": float(score),
            "settings": {k: v for k, v in settings.items() if k != found.resource},
        }
        for at, epochs, score, settings in zip(*(tried[name] for name in columns), strict=True)
    ]
    return sorted(rows, key=lambda row: (-row["round"], -row["score"]))
