"""Estimators for tables, side by side: test error and seconds on public tables and random splits.

TabularClassifier and TabularRegressor against scikit-learn's networks behind the usual preparation,
its gradient boosting, linear models, and whichever of LightGBM, XGBoost and pytabkit's RealMLP-TD-S
are installed, all with their defaults. Errors are of classes, or the root mean square over the
deviation of the test targets; means are geometric, shifted by 0.01. Seconds are of CPU, on one
thread, for each 1,000 rows of training. With --defaults it is MLPClassifier() beside
scikit-learn's.

    export OMP_NUM_THREADS=1
    python benchmarks/tables.py FOLDER [--splits 5] [--rows N] [--tables A,B] [--defaults]

FOLDER holds the wheels that `table_sets.py` names.
"""

from __future__ import annotations

import argparse
import importlib.util
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn import ensemble, linear_model, neural_network
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.impute import SimpleImputer
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import LabelEncoder, OneHotEncoder, StandardScaler

from pellucid import MLPClassifier, TabularClassifier, TabularRegressor

if __package__:
    from benchmarks.table_sets import SETS, load
else:
    from table_sets import SETS, load

SHIFT = 0.01
Made = Callable[[int], Any]


def prepared(model: Any) -> Any:
    """The usual preparation before a model: medians, standardised numbers, a column a category."""
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    names = make_pipeline(
        SimpleImputer(strategy="most_frequent"),
        OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=4),
    )
    is_number, is_name = (lambda x: x.select_dtypes("number").columns,
                          lambda x: x.select_dtypes(exclude="number").columns)  # fmt: skip
    columns = [("numbers", numbers, is_number), ("names", names, is_name)]
    return make_pipeline(ColumnTransformer(columns, sparse_threshold=0.0), model)


def scaled(model: Any) -> Any:
    return TransformedTargetRegressor(prepared(model), transformer=StandardScaler())


def models(task: str) -> dict[str, Made]:
    """What is measured, made for a seed."""
    if task == "classes":
        ours, mlp = TabularClassifier, neural_network.MLPClassifier
        forest, line = ensemble.HistGradientBoostingClassifier, linear_model.LogisticRegression
        rivals: dict[str, Made] = {
            "scikit-learn MLP": lambda seed: prepared(mlp(random_state=seed)),
            "logistic": lambda seed: prepared(line(max_iter=1000)),
        }
    else:
        ours, mlp = TabularRegressor, neural_network.MLPRegressor
        forest, line = ensemble.HistGradientBoostingRegressor, linear_model.Ridge
        rivals = {
            "scikit-learn MLP": lambda seed: scaled(mlp(random_state=seed)),
            "ridge": lambda seed: scaled(line()),
        }
    return {
        "pellucid": lambda seed: ours(random_state=seed, threads=1),
        "pellucid, strong": lambda seed: ours(preset="strong", random_state=seed, threads=1),
        **rivals,
        "HistGradientBoosting": lambda seed: forest(
            random_state=seed, categorical_features="from_dtype"
        ),
        **installed(task),
    }


def installed(task: str) -> dict[str, Made]:
    """The rivals that are not asked for, but measured where they are there."""
    kind = "Classifier" if task == "classes" else "Regressor"
    known = {
        "lightgbm": ("LGBM", {"n_jobs": 1, "verbose": -1}),
        "xgboost": ("XGB", {"n_jobs": 1, "enable_categorical": True}),
        "pytabkit": ("RealMLP_TD_S_", {"n_threads": 1, "device": "cpu"}),
    }
    found: dict[str, Made] = {}
    for room, (name, settings) in known.items():
        if importlib.util.find_spec(room):
            made = getattr(importlib.import_module(room), f"{name}{kind}")
            found[room] = lambda seed, made=made, settings=settings: made(
                random_state=seed, **settings
            )
    return found


def columns_typed(x: pd.DataFrame) -> pd.DataFrame:
    """Text as categories, of which gradient boosting takes 255 at most."""
    others = x.select_dtypes(exclude="number").columns
    common = {name: x[name].astype(str).where(x[name].notna()) for name in others}
    for name, column in common.items():
        most = column.value_counts().index[:200]
        common[name] = column.where(column.isin(most)).astype("category")
    return x.assign(**common)


def error(task: str, y: np.ndarray, predicted: np.ndarray) -> float:
    if task == "classes":
        return float(np.mean(predicted != y))
    return float(np.sqrt(np.mean((predicted - y) ** 2)) / np.std(y))


def measured(made: Made, task: str, parts: list[Any], seed: int) -> tuple[float, float]:
    """The error on the rows to test on, and the seconds for each 1,000 rows to train on."""
    x, other, y, truth = parts
    start = time.process_time()
    model = made(seed).fit(x, y)
    seconds = time.process_time() - start
    return error(task, truth, model.predict(other)), 1000 * seconds / len(x)


def tables(asked: argparse.Namespace, task: str) -> Iterator[tuple[str, pd.DataFrame, np.ndarray]]:
    for each in SETS[task]:
        if not asked.tables or each.name in asked.tables.split(","):
            found = load(each, Path(asked.folder))
            if found is None:
                print(f"{each.name}: no wheel of {each.wheel} in {asked.folder}")
                continue
            x, y = found
            if asked.rows and len(x) > asked.rows:
                x = x.sample(asked.rows, random_state=0)
                y = y.loc[x.index]
            codes = LabelEncoder().fit_transform(y.astype(str)) if task == "classes" else y
            yield each.name, columns_typed(x.reset_index(drop=True)), np.asarray(codes)


def suite(asked: argparse.Namespace, task: str) -> None:
    """A line for each table and model, then the means of all."""
    known = models(task)
    rows: dict[str, list[tuple[float, float]]] = {name: [] for name in known}
    for table, x, y in tables(asked, task):
        for name, made in known.items():
            found = []
            for seed in range(asked.splits):
                parts = train_test_split(x, y, test_size=0.2, random_state=seed)
                found.append(measured(made, task, parts, seed))
            rows[name].append(tuple(np.mean(found, axis=0)))
            print(f"{table:16} {len(x):6} {name:22} {rows[name][-1][0]:.4f} "
                  f"{rows[name][-1][1]:8.2f} s", flush=True)  # fmt: skip
    for name, found in rows.items():
        if found:
            errors, seconds = np.array(found).T
            mean = np.exp(np.mean(np.log(errors + SHIFT))) - SHIFT
            print(f"mean of {len(found):2} {task:8}   {name:22} {mean:.4f} "
                  f"{np.exp(np.mean(np.log(seconds))):8.2f} s", flush=True)  # fmt: skip


def defaults(asked: argparse.Namespace) -> None:
    """MLPClassifier() and scikit-learn's on the same standardised rows."""
    for table, x, y in tables(asked, "classes"):
        first = x.iloc[: max(1, len(x))]
        parts = train_test_split(first, y, test_size=0.2, random_state=0)
        ready = prepared("passthrough").fit(parts[0])
        numbers = [ready.transform(each).astype(np.float64) for each in parts[:2]]
        rivals: dict[str, Made] = {
            "ours": lambda seed: MLPClassifier(random_state=seed, threads=1),
            "theirs": lambda seed: neural_network.MLPClassifier(random_state=seed),
        }
        found = {
            name: np.mean(
                [
                    measured(made, "classes", [*numbers, *parts[2:]], seed)
                    for seed in range(asked.splits)
                ],
                axis=0,
            )
            for name, made in rivals.items()
        }
        (own, mine), (other, theirs) = found["ours"], found["theirs"]
        print(f"{table:16} {len(numbers[0]):6} × {numbers[0].shape[1]:4}   error {own:.4f} / "
              f"{other:.4f}   {theirs / mine:5.1f} × as fast", flush=True)  # fmt: skip


def main() -> None:
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("--splits", type=int, default=5)
    parser.add_argument("--rows", type=int)
    parser.add_argument("--tables", default="")
    parser.add_argument("--defaults", action="store_true")
    asked = parser.parse_args()
    if asked.defaults:
        defaults(asked)
    else:
        suite(asked, "classes")
        suite(asked, "numbers")


if __name__ == "__main__":
    main()
