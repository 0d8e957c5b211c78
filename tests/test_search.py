"""The search for settings: halving in the time that there is, and what is not searched."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("sklearn", minversion="1.6")

from sklearn.datasets import make_classification, make_regression
from sklearn.linear_model import LogisticRegression

import pellucid
from pellucid.estimators import searching
from pellucid.estimators.searching import Cost, candidates, planned, rounds_of


@pytest.mark.parametrize("seconds", [0.1, 1, 10, 100, 1e4])
@pytest.mark.parametrize("cost", [Cost(0.001, 3, 1), Cost(0.02, 1, 8), Cost(0.3, 3, 2)])
def test_plans_keep_to_the_time(cost: Cost, seconds: float) -> None:
    epochs, count = planned(cost, seconds, 256)
    spent = cost.of(count, epochs) + searching.LONGER * cost.epoch * epochs
    assert 2 <= count <= searching.MOST_CANDIDATES
    assert spent <= seconds or (epochs, count) == (32, 2)
    if count < searching.MOST_CANDIDATES and epochs == 256:
        assert cost.of(count + 1, epochs) + searching.LONGER * cost.epoch * epochs > seconds


#: all that a space of two has, in any order
TWO = ([{"alpha": 1}, {"alpha": 2}], [{"alpha": 2}, {"alpha": 1}])


def test_the_first_candidate_is_the_estimator_as_it_is() -> None:
    space = searching.space_of(pellucid.TabularClassifier())
    found = [*candidates(space, 20, 0)]
    assert found[0] == {}
    assert len(found) == 20
    assert all({*each} == {*space} for each in found[1:])
    assert [*candidates({"alpha": [1, 2]}, 20, 0)][1:] in TWO


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_better_settings_are_found_and_trained_on_all_rows() -> None:
    X, y = make_classification(200, 6, random_state=0)
    bad = pellucid.MLPClassifier((8,), learning_rate_init=1e-7, max_iter=40, random_state=0)
    space = {"learning_rate_init": [1e-7, 1e-6, 0.01], "hidden_layer_sizes": [(8,), (16,)]}
    found = pellucid.search(bad, X, y, seconds=8, space=space, cores=1)
    assert found.best_params_["learning_rate_init"] == 0.01
    assert found.best_params_["max_iter"] <= 40
    assert found.predict(X).shape == y.shape
    rows = rounds_of(found)
    assert {} in [row["settings"] for row in rows]
    assert rows[0]["epochs"] >= rows[-1]["epochs"]
    assert bad.learning_rate_init == 1e-7


def test_numbers_in_tables() -> None:
    X, y = make_regression(80, 3, random_state=0)
    model = pellucid.TabularRegressor(hidden_layer_sizes=(16,), max_epochs=16, random_state=0)
    space = {"learning_rate": [1e-6, 0.07]}
    found = pellucid.search(model, X, y, seconds=5, space=space, cores=1)
    assert found.best_params_.get("learning_rate") != 1e-6
    assert found.best_estimator_.n_iter_ <= 16


@pytest.mark.parametrize(
    ("estimator", "given", "words"),
    [
        (LogisticRegression(), {}, "search is for MLPClassifier.*got LogisticRegression"),
        (pellucid.MLPClassifier(), {"seconds": 0}, "seconds is how long to search, above 0"),
        (pellucid.MLPClassifier(), {"space": {"alhpa": [1]}}, "no parameter 'alhpa'.*'alpha'"),
        (pellucid.MLPClassifier(), {"space": {"alpha": 1}}, "lists of values.*alpha has 1"),
    ],
)
def test_what_is_not_searched(estimator: Any, given: dict[str, Any], words: str) -> None:
    with pytest.raises((TypeError, ValueError), match=words):
        pellucid.search(estimator, np.zeros((4, 1)), [0, 1, 0, 1], **given)
