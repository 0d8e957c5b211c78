"""Messy tables: `pellucid train` against scikit-learn's MLP in a pipeline, on the same rows.

Built-in sets and generated tables with missing values, text, dates, booleans, a column of many
categories, skewed columns, constant columns and identifiers. Held-out accuracy or R², mean and
standard deviation over seeds, each a split of its own.

    python benchmarks/train_tables.py [SEEDS]
"""

from __future__ import annotations

import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.datasets import load_digits, make_classification, make_friedman1
from sklearn.impute import SimpleImputer
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from pellucid.cli.choices import Choices
from pellucid.cli.training import divided, train

SCIKIT = ("iris", "wine", "breast_cancer", "diabetes")


def messy(rows: int, seed: int, target: str) -> pd.DataFrame:
    """Customers: every kind of mess in one table."""
    rng = np.random.default_rng(seed)
    city, income = rng.integers(0, 60, rows), np.exp(rng.normal(10, 1.2, rows))
    age, member = rng.normal(45, 12, rows), rng.random(rows) < 0.4
    colour = rng.choice(["red", "green", "blue", "mauve"], rows, p=[0.4, 0.3, 0.28, 0.02])
    joined = np.datetime64("2020-01-01") + rng.integers(0, 1400, rows).astype("timedelta64[D]")
    season = np.sin(2 * np.pi * (joined - np.datetime64("2020-01-01")).astype(int) / 365.25)
    score = (age - 45) / 12 + 0.8 * (np.log(income) - 10) + rng.normal(size=60)[city] + season
    score += (colour == "red") - 0.8 * member + rng.normal(0, 0.5, rows)
    outcome = {
        "two classes": np.where(score > np.median(score), "yes", "no"),
        "four classes": np.array(["a", "b", "c", "d"])[np.digitize(score, [-1.5, 0.2, 1.8])],
        "an amount": np.exp(score) * 1000,
    }[target]
    return pd.DataFrame({
        "customer_id": np.arange(rows) + 1000,
        "age": np.where(rng.random(rows) < 0.1, np.nan, age),
        "income": income,
        "colour": np.where(rng.random(rows) < 0.05, None, colour),
        "city": [f"city {each}" for each in city],
        "member": member,
        "joined": joined.astype(str),
        "country": "NL",
        "outcome": outcome,
    })  # fmt: skip


def plain() -> dict[str, pd.DataFrame]:
    """Tables of numbers alone."""
    digits = load_digits(as_frame=True).frame.drop(columns="target")
    digits["target"] = [f"digit {each}" for each in load_digits().target]
    x, y = make_classification(1500, 20, n_informative=10, n_classes=3, random_state=0)
    x2, y2 = make_friedman1(1200, 10, noise=1.0, random_state=0)
    return {
        "digits as a table": digits,
        "make_classification": pd.DataFrame(x).add_prefix("f").assign(target=y),
        "make_friedman1": pd.DataFrame(x2).add_prefix("f").assign(target=y2),
    }


def rival(train_rows: dict[str, Any], test_rows: dict[str, Any], target: str, task: str,
          seed: int) -> float:  # fmt: skip
    """The held-out score of scikit-learn's MLP behind its usual preprocessing."""
    x, x_test = pd.DataFrame(train_rows), pd.DataFrame(test_rows)
    y, y_test = x.pop(target), x_test.pop(target)
    numbers = x.select_dtypes(["number", "bool"]).columns
    dates = x.select_dtypes("datetime").columns
    x[dates], x_test[dates] = (each[dates].astype("int64") for each in (x, x_test))
    others = [name for name in x.columns if name not in {*numbers, *dates}]
    scaled = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    hot = make_pipeline(
        SimpleImputer(strategy="constant", fill_value="none"),
        OneHotEncoder(handle_unknown="ignore"),
    )
    columns = ColumnTransformer([("numbers", scaled, [*numbers, *dates]), ("text", hot, others)])
    if task == "classification":
        model: Any = MLPClassifier(max_iter=500, random_state=seed)
        y, y_test = y.astype(str), y_test.astype(str)
    else:
        network = MLPRegressor(max_iter=500, random_state=seed)
        model = TransformedTargetRegressor(network, transformer=StandardScaler())
    return make_pipeline(columns, model).fit(x, y).score(x_test, y_test)


def ours(choices: Choices) -> float:
    scores = train(choices).scores
    return scores.get("accuracy", scores.get("r2", 0.0))


def compared(data: str, seeds: int) -> tuple[str, np.ndarray]:
    """The task, and (our score, the rival's) for each seed."""
    pairs = []
    for seed in range(seeds):
        choices = Choices(data=data, seed=seed)
        parts = divided(choices)
        both = {
            name: np.concatenate([column, parts.validation.x[name]])
            for name, column in parts.train.x.items()
        }
        score = rival(both, parts.test.x, parts.target, parts.task, seed)
        pairs.append((ours(choices), score))
    return parts.task, np.array(pairs)


def main() -> None:
    warnings.simplefilter("ignore")
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    tables = plain() | {
        f"messy, {target}": messy(1500, 0, target)
        for target in ("two classes", "four classes", "an amount")
    }
    print(f"{'table':24} {'score':9} {'pellucid':>16} {'scikit-learn':>16}   difference")
    with tempfile.TemporaryDirectory() as folder:
        paths = {name: Path(folder) / f"{at}.csv" for at, name in enumerate(tables)}
        for name, table in tables.items():
            table.to_csv(paths[name], index=False)
        for name, data in {**{each: each for each in SCIKIT}, **paths}.items():
            task, pairs = compared(str(data), seeds)
            mean, spread = pairs.mean(axis=0), pairs.std(axis=0, ddof=1)
            gap = pairs[:, 0] - pairs[:, 1]
            error = gap.std(ddof=1) / np.sqrt(len(gap))
            print(
                f"{name:24} {'accuracy' if task == 'classification' else 'R²':9} "
                f"{mean[0]:8.4f} ± {spread[0]:.3f} {mean[1]:8.4f} ± {spread[1]:.3f}   "
                f"{gap.mean():+.4f} ± {error:.4f}", flush=True,
            )  # fmt: skip


if __name__ == "__main__":
    main()
