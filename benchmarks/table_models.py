"""What is measured on tables: our estimators, scikit-learn's, and those of others that are there.

All have their defaults, and one thread. Networks and linear models of scikit-learn stand behind the
usual preparation: medians, standardised numbers, a column for each category.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from sklearn import ensemble, linear_model, neural_network
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import pellucid

#: makes a model from a seed
Made = Callable[[int], Any]


def models(task: str) -> dict[str, Made]:
    """What is measured, by name, made for a seed; only what is installed."""
    own = getattr(pellucid, f"Tabular{kind(task)}")
    return {
        "pellucid": lambda seed: own(random_state=seed, threads=1),
        "pellucid strong": lambda seed: own(preset="strong", random_state=seed, threads=1),
        **(of_classes() if task == "classes" else of_numbers()),
        **trees(task),
        **realmlp(task),
    }


def kind(task: str) -> str:
    return "Classifier" if task == "classes" else "Regressor"


def of_classes() -> dict[str, Made]:
    ours, theirs = pellucid.MLPClassifier, neural_network.MLPClassifier
    return {
        "pellucid MLP": lambda seed: prepared(ours(random_state=seed, threads=1)),
        "scikit-learn MLP": lambda seed: prepared(theirs(random_state=seed)),
        "linear": lambda seed: prepared(linear_model.LogisticRegression(max_iter=1000)),
    }


def of_numbers() -> dict[str, Made]:
    ours, theirs = pellucid.MLPRegressor, neural_network.MLPRegressor
    return {
        "pellucid MLP": lambda seed: scaled(ours(random_state=seed, threads=1)),
        "scikit-learn MLP": lambda seed: scaled(theirs(random_state=seed)),
        "linear": lambda seed: scaled(linear_model.Ridge()),
    }


def trees(task: str) -> dict[str, Made]:
    boosted = getattr(ensemble, f"HistGradientBoosting{kind(task)}")
    found: dict[str, Made] = {
        "HistGradientBoosting": lambda seed: boosted(
            random_state=seed, categorical_features="from_dtype"
        )
    }
    if lightgbm := room("lightgbm"):
        light = getattr(lightgbm, f"LGBM{kind(task)}")
        found["LightGBM"] = lambda seed: light(random_state=seed, n_jobs=1, verbose=-1)
    if xgboost := room("xgboost"):
        extreme = getattr(xgboost, f"XGB{kind(task)}")
        found["XGBoost"] = lambda seed: extreme(
            random_state=seed, n_jobs=1, enable_categorical=True
        )
    if catboost := room("catboost"):
        cat = getattr(catboost, f"CatBoost{kind(task)}")
        found["CatBoost"] = lambda seed: Told(
            cat(random_seed=seed, thread_count=1, silent=True, allow_writing_files=False)
        )
    return found


class Told:
    """CatBoost, which has to be told which columns are categories, and wants them as text."""

    def __init__(self, model: Any):
        self.model = model

    def fit(self, x: pd.DataFrame, y: np.ndarray) -> Told:
        self.model.fit(as_words(x), y, cat_features=list(others(x)))
        return self

    def predict(self, x: pd.DataFrame) -> np.ndarray:
        return np.ravel(self.model.predict(as_words(x)))


def realmlp(task: str) -> dict[str, Made]:
    """The networks of pytabkit, on numbers without gaps, which they do not take."""
    pytabkit = room("pytabkit")
    if pytabkit is None:
        return {}
    names = {
        "RealMLP-TD-S": f"RealMLP_TD_S_{kind(task)}",
        "RealMLP-TD": f"RealMLP_TD_{kind(task)}",
        "TabM": f"TabM_D_{kind(task)}",
    }
    return {name: behind_medians(getattr(pytabkit, of)) for name, of in names.items()}


def behind_medians(of: Any) -> Made:
    return lambda seed: make_pipeline(
        without_gaps(), of(random_state=seed, n_threads=1, device="cpu")
    )


def room(name: str) -> Any:
    """A module that may be installed, or None."""
    return importlib.import_module(name) if importlib.util.find_spec(name) else None


def version(of: Any) -> str:
    """The library that a model is of, and its version."""
    last = getattr(of, "regressor", getattr(of, "model", of))
    last = last.steps[-1][1] if hasattr(last, "steps") else last
    name = type(last).__module__.partition(".")[0]
    return f"{name} {getattr(sys.modules[name], '__version__', '')}".strip()


def prepared(model: Any) -> Any:
    """The usual preparation before a model."""
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    names = make_pipeline(
        SimpleImputer(strategy="most_frequent"),
        OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=4),
    )
    columns = [("numbers", numbers, numeric), ("names", names, others)]
    return make_pipeline(ColumnTransformer(columns, sparse_threshold=0.0), model)


def scaled(model: Any) -> Any:
    return TransformedTargetRegressor(prepared(model), transformer=StandardScaler())


def numeric(x: pd.DataFrame) -> Any:
    return x.select_dtypes("number").columns


def others(x: pd.DataFrame) -> Any:
    return x.select_dtypes(exclude="number").columns


def as_words(x: pd.DataFrame) -> pd.DataFrame:
    return x.assign(**{name: x[name].astype(object).fillna("") for name in others(x)})


def without_gaps() -> Any:
    """Medians in the place of gaps, all other columns as they are."""
    columns = [("numbers", SimpleImputer(strategy="median"), numeric)]
    kept = ColumnTransformer(columns, remainder="passthrough", verbose_feature_names_out=False)
    return kept.set_output(transform="pandas")
