"""`pellucid train --search`: the settings of a table's network, found before it is trained."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np

from pellucid.cli.choices import Choices
from pellucid.foreign import quoted
from pellucid.preprocessing import Rows

UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}
#: choices by the parameters of estimators that they are
PARAMETERS = {
    "hidden": "hidden_layer_sizes",
    "learning_rate": "learning_rate",
    "batch_size": "batch_size",
}


def seconds_of(text: str) -> float:
    """60s, 5m or 1h in seconds."""
    found = re.fullmatch(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([smh]?)\s*", text)
    if found is None or not float(found[1]):
        raise ValueError(f"--search is {quoted(text)}; expected how long, such as 60s, 5m or 1h")
    return float(found[1]) * UNITS[found[2]]


def searched(
    choices: Choices, parts: list[Rows], target: str, task: str
) -> tuple[Choices, list[dict[str, Any]]]:
    """The choices with the best settings that were found, and all that was tried.

    What was chosen by hand stays as it is.
    """
    from pellucid.estimators import TabularClassifier, TabularRegressor, search
    from pellucid.estimators.searching import rounds_of, space_of

    kind = TabularClassifier if task == "classification" else TabularRegressor
    known = {name: value for name, value in asked(choices).items() if value is not None}
    course = {"max_epochs": choices.epochs, "random_state": choices.seed}
    estimator: Any = kind(n_members=1, **course | known)
    free = [name for name in PARAMETERS.values() if name not in known]
    space = {name: values for name, values in space_of(estimator).items() if name in free}
    if not space:
        raise ValueError(
            "--search finds --hidden, --learning-rate and --batch-size, and all of them are given. "
            "Leave one out"
        )
    columns = [name for name in parts[0].x if name != target]
    X = np.stack([joined([each.x[name] for each in parts]) for name in columns], axis=1)
    y = np.concatenate([each.x[target] for each in parts])
    found = search(estimator, X, y, seconds=seconds_of(choices.search or ""), space=space)
    best = {name: found.best_params_.get(of) for name, of in PARAMETERS.items()}
    if best["hidden"] is not None:
        best["hidden"] = ",".join(map(str, best["hidden"]))
    changed = {name: value for name, value in best.items() if value is not None}
    return replace(choices, search=None, **changed), rounds_of(found)


def asked(choices: Choices) -> dict[str, Any]:
    """What was chosen by hand, by the parameters of estimators."""
    return {
        "hidden_layer_sizes": None if choices.hidden is None else tuple(choices.widths),
        "learning_rate": choices.learning_rate,
        "batch_size": choices.batch_size,
    }


def joined(columns: list[np.ndarray]) -> np.ndarray:
    """A column of several tables, its values as objects."""
    return np.concatenate([np.array(each.tolist(), dtype=object) for each in columns])
