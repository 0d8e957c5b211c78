"""The parameters of the multi-layer estimators: which values each may have.

They have scikit-learn's names, defaults and meaning; those of `OWN` are ours.
"""

from __future__ import annotations

from collections.abc import Callable
from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import validation
from sklearn.utils._param_validation import Interval, Options, StrOptions

ConstraintList = dict[str, list[Any] | str]

FROM_0 = Interval(Real, 0, None, closed="left")
ABOVE_0 = Interval(Real, 0, None, closed="neither")
SHARE = Interval(Real, 0, 1, closed="left")
COUNT = Interval(Integral, 1, None, closed="left")

SKLEARN: ConstraintList = {
    "hidden_layer_sizes": ["array-like", COUNT],
    "activation": "no_validation",
    "solver": "no_validation",
    "alpha": [FROM_0],
    "batch_size": [StrOptions({"auto"}), COUNT],
    "learning_rate": [StrOptions({"constant", "invscaling", "adaptive"})],
    "learning_rate_init": [ABOVE_0],
    "power_t": [FROM_0],
    "max_iter": [COUNT],
    "shuffle": ["boolean"],
    "random_state": ["random_state"],
    "tol": [FROM_0],
    "verbose": ["verbose"],
    "warm_start": ["boolean"],
    "momentum": [Interval(Real, 0, 1, closed="both")],
    "nesterovs_momentum": ["boolean"],
    "early_stopping": ["boolean"],
    "validation_fraction": [SHARE],
    "beta_1": [SHARE],
    "beta_2": [SHARE],
    "epsilon": [ABOVE_0],
    "n_iter_no_change": [COUNT, Options(Real, {np.inf})],
    "max_fun": [COUNT],
}
OWN: ConstraintList = {
    "loss": "no_validation",
    "dropout": [SHARE],
    "batch_normalization": ["boolean"],
    "scoring": [None, str, callable],
    "callbacks": "no_validation",
    "network": [None, callable],
    "threads": [None, COUNT],
    "dtype": [StrOptions({"auto", "float32", "float64"})],
}


class Storing(BaseEstimator):
    """An estimator whose constructor stores its parameters, and does nothing else."""

    def _store(self, parameters: dict[str, Any]) -> None:
        names = type(self)._get_param_names()
        self.__dict__.update({name: parameters[name] for name in names})


Check = Callable[..., Any]
check_sample_weight: Check = validation._check_sample_weight
