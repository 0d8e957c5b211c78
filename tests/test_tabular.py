"""The estimators for tables: scikit-learn's contract, tables as people have them, their recipe."""

from __future__ import annotations

import pickle
import signal
from typing import Any

import numpy as np
import pytest

sklearn = pytest.importorskip("sklearn", minversion="1.6")

from sklearn.base import clone  # noqa: E402
from sklearn.datasets import load_breast_cancer, make_classification, make_regression  # noqa: E402
from sklearn.model_selection import GridSearchCV  # noqa: E402
from sklearn.utils.estimator_checks import parametrize_with_checks  # noqa: E402

from pellucid import TabularClassifier, TabularRegressor  # noqa: E402
from pellucid.data import ArrayData  # noqa: E402
from pellucid.estimators.members import Member  # noqa: E402
from pellucid.estimators.turns import folds_of, held_out, in_turn  # noqa: E402
from pellucid.layers import Dense  # noqa: E402

SMALL = {"hidden_layer_sizes": (32,), "max_epochs": 40, "random_state": 0}


def frame(count: int = 120) -> Any:
    """A table as people have them: numbers, text, categories, dates, truth values, gaps."""
    pandas, rng = pytest.importorskip("pandas"), np.random.default_rng(0)
    return pandas.DataFrame(
        {
            "size": rng.normal(size=count),
            "kind": rng.choice(["x", "y", "z"], count),
            "grade": pandas.Categorical(rng.integers(0, 4, count)),
            "day": pandas.date_range("2024-01-01", periods=count),
            "open": rng.random(count) > 0.5,
            "gaps": np.where(rng.random(count) > 0.7, np.nan, rng.normal(size=count)),
            "void": np.nan,
            "same": 3,
            "town": [f"v{at % 90}" for at in range(count)],
        }
    )


def answers(table: Any) -> np.ndarray:
    return np.where((table["kind"] == "x") & table["open"], "yes", "no")


def classifier(**changed: Any) -> TabularClassifier:
    return TabularClassifier(**SMALL | changed)


def regressor(**changed: Any) -> TabularRegressor:
    return TabularRegressor(**SMALL | changed)


EXPECTED = {
    "check_sample_weight_equivalence_on_dense_data": "batches of rows that are there twice are "
    "other batches; so it is in scikit-learn's own networks",
}


@parametrize_with_checks(
    [
        TabularClassifier(hidden_layer_sizes=(64,), max_epochs=64),
        TabularRegressor(hidden_layer_sizes=(64,), max_epochs=64),
    ],
    expected_failed_checks=lambda estimator: EXPECTED,
)
def test_scikit_learns_checks(estimator: Any, check: Any) -> None:
    check(estimator)


PANDAS, POLARS, ARROW = (
    lambda table: table,
    lambda table: pytest.importorskip("polars").from_pandas(table),
    lambda table: pytest.importorskip("pyarrow").Table.from_pandas(table),
)


@pytest.mark.parametrize("preset", ["standard", "realmlp"])
@pytest.mark.parametrize("as_kind", [PANDAS, POLARS, ARROW])
def test_a_table_of_everything(as_kind: Any, preset: str) -> None:
    table = frame()
    model = classifier(preset=preset).fit(as_kind(table), answers(table))
    assert model.score(as_kind(table), answers(table)) > 0.7
    assert model.columns_.dropped == {"void": "it has no values", "same": "it is always 3.0"}
    assert model.columns_.sizes == ([81] if preset == "realmlp" else [])
    assert {"kind = x", "open = True", "gaps has no value"} <= {*model.columns_.features}
    chances = model.predict_proba(as_kind(table))
    np.testing.assert_allclose(chances.sum(axis=1), 1.0)


def test_labels_of_rows_are_no_column() -> None:
    table = frame().sample(frac=1, random_state=0)
    model = classifier(max_epochs=2).fit(table, answers(table))
    assert not any("index" in name for name in model.columns_.features)
    again = classifier(max_epochs=2).fit(table.reset_index(drop=True), answers(table))
    np.testing.assert_array_equal(model.predict_proba(table), again.predict_proba(table))


def test_only_numbers_are_embedded() -> None:
    table = frame()
    model = classifier(preset="realmlp", max_epochs=1).fit(table, answers(table))
    columns, net = model.columns_, model.networks_[0]
    names = columns.features[: columns.numbers]
    assert names[:2] == ["size", "gaps"]
    assert all(each.startswith("day ") for each in names[2:])
    assert [each.shape[1:] for each in net.inputs] == [(columns.width,), (1,)]
    (embedding,) = [each for each in net.nodes if type(each.layer).__name__ == "PeriodicEmbedding"]
    assert embedding.inputs[0].shape[1] == len(names) < columns.width


def test_what_training_had_not() -> None:
    table = frame()
    model = classifier().fit(table, answers(table))
    assert set(model.predict(table.assign(kind="new", town=None))) <= {"yes", "no"}
    empty = model.predict_proba(table.assign(**dict.fromkeys(table.columns)))
    assert (empty == empty[0]).all()
    with pytest.raises(ValueError, match=r"now missing:\n- kind"):
        model.predict(table.drop(columns="kind"))
    with pytest.raises(ValueError, match="'size' was made of numbers in training; row 0 has 'hi'"):
        model.predict(table.assign(size="hi"))


MIXED = np.array([[1, "a", None], [2.5, "b", True], ["x", "a", 3]] * 20, dtype=object)
WIDE = np.random.default_rng(0).normal(size=(40, 10_000))


@pytest.mark.parametrize(
    ("X", "y", "expected"),
    [
        (np.zeros((8, 2)) + np.arange(8)[:, None], ["k"] * 8, {"k"}),
        ([[1.0, 2.0]], ["k"], {"k"}),
        ([[1.0, 2.0], [2.0, 1.0]], ["k", "l"], {"k", "l"}),
        (MIXED, [*"abc"] * 20, {"a", "b", "c"}),
        ([[1, "a"], [2, "b"]] * 20, [0, 1] * 20, {0, 1}),
        (WIDE, (WIDE[:, 0] > 0).astype(int), {0, 1}),
    ],
    ids=["one class", "one row", "two rows", "mixed", "lists", "wide"],
)
def test_odd_rows(X: Any, y: Any, expected: set[Any]) -> None:
    assert {*classifier(max_epochs=60).fit(X, y).predict(X)} == expected


def test_objects_of_several_types_in_a_table() -> None:
    table = pytest.importorskip("pandas").DataFrame(MIXED, columns=["p", "q", "r"])
    assert classifier().fit(table, [*"abc"] * 20).score(table, [*"abc"] * 20) == 1.0


def test_nothing_to_learn_from_is_said() -> None:
    with pytest.warns(UserWarning, match="no column tells rows apart, .* x1: it has no values"):
        model = classifier().fit(np.full((50, 2), np.nan), [0, 1, 1, 1, 1] * 10)
    np.testing.assert_allclose(model.predict_proba([[1.0, 2.0]]), [[0.24, 0.76]], atol=0.06)


def test_a_target_that_is_always_the_same() -> None:
    assert regressor(max_epochs=5).fit(WIDE[:, :3], np.full(40, 7.0)).predict(WIDE[:1, :3]) == 7.0


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int8", "uint64", "bool"])
def test_targets_of_any_kind_of_number(dtype: str) -> None:
    x, y = np.arange(60.0)[:, None], (np.arange(60) % 2).astype(dtype)
    net = TabularRegressor(hidden_layer_sizes=(4,), max_epochs=2).fit(x, y)
    assert np.isfinite(net.predict(x)).all()


def test_predictions_stay_within_the_targets() -> None:
    x = np.linspace(0, 1, 200)[:, None]
    model = regressor().fit(x, 5 * x[:, 0])
    assert 0 <= model.predict([[-9.0], [9.0]]).min() <= model.predict([[9.0]])[0] <= 5.0


def spread(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, (count, 1))
    return x, x[:, 0] + rng.normal(size=count) * (0.2 + 0.5 * (x[:, 0] > 0))


def test_quantiles_and_intervals_hold_what_they_promise() -> None:
    (x, y), (new, truth) = spread(2000, 0), spread(2000, 1)
    model = regressor(loss="pinball", quantiles=(0.9, 0.5, 0.1)).fit(x, y)
    found = model.predict_quantiles(new)
    assert (found[:, 0] >= found[:, 1]).all()
    assert (found[:, 1] >= found[:, 2]).all()
    np.testing.assert_array_equal(model.predict(new), found[:, 1])
    below = (truth[:, None] <= found).mean(axis=0)
    np.testing.assert_allclose(below, [0.9, 0.5, 0.1], atol=0.06)
    for each in (model, regressor().fit(x, y)):
        low, high = each.predict_interval(new, 0.8).T
        assert abs(((low <= truth) & (truth <= high)).mean() - 0.8) < 0.05
    with pytest.raises(ValueError, match="quantiles are predicted with loss='pinball'"):
        regressor(max_epochs=1).fit(x, y).predict_quantiles(new)


def test_members_are_averaged_and_differ() -> None:
    X, y = make_classification(200, 8, random_state=0)
    model = classifier(n_members=3).fit(X, y)
    inputs = model.columns_.inputs({f"x{at + 1}": X[:, at] for at in range(8)})
    each = [net.predict(inputs, verbose=0).astype(float) for net in model.networks_]
    np.testing.assert_allclose(model.predict_proba(X), np.mean(each, axis=0), atol=1e-7)
    assert not np.array_equal(each[0], each[1])
    assert model.validation_curve_[model.best_iter_ - 1] == min(model.validation_curve_)
    assert min(model.validation_curve_) not in model.validation_curve_[model.best_iter_ :]


@pytest.mark.parametrize("count", [2, 4, 12])
def test_each_row_is_held_out_for_some_of_the_networks(count: int) -> None:
    """What they say of it there chooses the best epoch; no network has rows of its own."""
    X, y = make_classification(101, 5, n_redundant=0, weights=[0.8], random_state=0)
    rows = ArrayData((np.arange(101.0)[:, None],), (y,), np.arange(101.0))
    turns = in_turn(rows, folds_of(y, 101, min(count, 10), np.random.RandomState(0)))
    assert sorted(np.concatenate([turn.at for turn in turns])) == [*range(101)]
    for turn in turns:
        kept, held = (part.between(0, 101) for part in (turn.rows, turn.held))
        assert abs(len(held.rows) - 101 / len(turns)) < 1
        assert abs(held.y[0].sum() - y.sum() / len(turns)) < 1
        assert {*kept.weight} == {*range(101)} - {*turn.at}
        assert np.array_equal(held.y[0], y[turn.at])
        assert turn.rows.x[0] is turn.held.x[0] is rows.x[0]
    model = classifier(n_members=count, metric="log_loss").fit(X, y)
    assert len(model.networks_) == count
    assert not np.isnan(model.validation_curve_).any()
    assert model.validation_curve_[model.best_iter_ - 1] < 0.9 * model.validation_curve_[0]


def test_a_share_is_held_out_of_all_networks() -> None:
    """The curve is the error, on the share, of what they predict together."""
    X, y = make_classification(200, 5, n_redundant=0, random_state=0)
    found = {}
    for share in (None, 0.25):
        model = classifier(n_members=2, validation_fraction=share, max_epochs=3).fit(X, y)
        rng = np.random.RandomState(0)
        out = held_out(y, 200, share, rng) if share else np.ones(200, dtype=bool)
        found[share] = np.mean(model.predict(X[out]) != y[out])
        assert (found[share] == min(model.validation_curve_)) == (share is not None)


def test_one_network_is_of_the_published_size() -> None:
    X, y = make_regression(700, 3, random_state=0)
    for changed in ({"n_members": 1}, {"preset": "realmlp"}):
        model = TabularRegressor(max_epochs=1, random_state=0, **changed).fit(X, y)
        (net,) = model.networks_
        sizes = [each.units for each in net.layers if isinstance(each, Dense)]
        assert sizes == [256, 256, 256, 1]
        assert net.engine.meters.rows == 2 * 256
    strong = TabularRegressor(max_epochs=1, preset="strong").fit(X[:50], y[:50])
    assert len(strong.networks_) == 10


def test_same_seed_same_bits_and_small_pickles() -> None:
    X, y = (each[:400] for each in load_breast_cancer(return_X_y=True))
    small = {"hidden_layer_sizes": 8}
    one, other = (classifier(**small).fit(X, y).predict_proba(X) for _ in range(2))
    np.testing.assert_array_equal(one, other)
    model = classifier(**small).fit(X, y)
    data = pickle.dumps(model)
    np.testing.assert_array_equal(pickle.loads(data).predict_proba(X), one)
    assert len(data) < X.nbytes


def test_time_and_stopping() -> None:
    X, y = make_classification(300, 8, flip_y=0.4, random_state=0)
    assert classifier(max_seconds=1e-3).fit(X, y).n_iter_ == 1
    stopped = classifier(early_stopping=True, max_epochs=400).fit(X, y)
    assert stopped.n_iter_ == 2 * (stopped.best_iter_ - 1) + 22 or stopped.n_iter_ == 400


@pytest.mark.parametrize("pressed_in", [1, 3])
def test_ctrl_c_keeps_the_best_epoch(pressed_in: int, monkeypatch: pytest.MonkeyPatch) -> None:
    X, y = make_regression(200, 4, random_state=0)
    one_epoch = Member.one_epoch

    def pressed(member: Member, epoch: int, interrupt: Any) -> float:
        if epoch + 1 == pressed_in:
            signal.raise_signal(signal.SIGINT)
        return one_epoch(member, epoch, interrupt)

    monkeypatch.setattr(Member, "one_epoch", pressed)
    before = signal.getsignal(signal.SIGINT)
    if pressed_in == 1:
        with pytest.raises(KeyboardInterrupt):
            regressor(n_members=1).fit(X, y)
    else:
        with pytest.warns(UserWarning, match="Training interrupted by user"):
            model = regressor(n_members=1).fit(X, y)
        assert model.n_iter_ == len(model.validation_curve_) == 2
        assert model.best_iter_ == 1 + int(np.argmin(model.validation_curve_))
        assert np.isfinite(model.predict(X)).all()
    assert signal.getsignal(signal.SIGINT) is before


def test_what_is_alone_in_its_class_is_held_out_of_no_network() -> None:
    X = np.arange(40.0)[:, None]
    X[39] = 90
    y = np.where(np.arange(40) == 39, "last", np.where(np.arange(40) < 20, "low", "high"))
    model = TabularClassifier(metric="log_loss", random_state=0).fit(X, y)
    assert model.predict([[90.0], [0.0]]).tolist() == ["last", "low"]
    fold = folds_of(np.unique(y, return_inverse=True)[1], 40, 4, np.random.RandomState(0))
    assert np.flatnonzero(fold < 0).tolist() == [39]
    turns = in_turn(ArrayData((X,)), fold)
    assert all(39 in turn.rows.rows for turn in turns)
    assert sorted(np.concatenate([turn.at for turn in turns])) == [*range(39)]


def test_of_very_few_rows_all_are_trained_on() -> None:
    few = TabularClassifier(random_state=0).fit(np.arange(3.0)[:, None], ["a", "b", "c"])
    assert few.predict([[0.0], [1.0], [2.0]]).tolist() == ["a", "b", "c"]


def test_rows_that_all_weigh_nothing_are_told() -> None:
    X, y = make_classification(60, 4, random_state=0)
    with pytest.raises(ValueError, match="no row weighs anything"):
        classifier(class_weight={0: 0, 1: 0}).fit(X, y)


def test_weights_and_metrics_count() -> None:
    X, y = make_classification(300, 4, n_informative=2, weights=[0.9], random_state=0)
    plain, even = classifier().fit(X, y), classifier(class_weight="balanced").fit(X, y)
    assert even.predict_proba(X)[:, 1].mean() > plain.predict_proba(X)[:, 1].mean()
    odd = np.arange(300) % 2
    noisy = classifier().fit(X, np.where(odd, y, 1 - y), sample_weight=odd)
    assert noisy.score(X[odd == 1], y[odd == 1]) > 0.85
    sharp = classifier(metric="log_loss").fit(X, y).predict_proba(X)
    assert sharp.max() > plain.predict_proba(X).max()


def test_importance_names_the_column() -> None:
    table = frame()
    model = classifier(max_epochs=80).fit(table.drop(columns="town"), answers(table))
    found = model.feature_importance(table.drop(columns="town"), answers(table))
    assert {*[*found][:2]} == {"kind", "open"}


def test_in_a_search() -> None:
    X, y = make_regression(120, 4, random_state=0)
    search = GridSearchCV(regressor(), {"learning_rate": [1e-4, 0.07]}, cv=2).fit(X, y)
    assert search.best_params_ == {"learning_rate": 0.07}
    assert clone(search.best_estimator_).get_params() == search.best_estimator_.get_params()


@pytest.mark.parametrize(("batch_size", "steps"), [("auto", 3), (240, 1), (1000, 1), (40, 6)])
def test_every_step_is_on_a_whole_batch(batch_size: Any, steps: int) -> None:
    """Few rows that are left over would move the weights as far as many."""
    X, y = make_regression(300, 6, random_state=0)
    engine = regressor(batch_size=batch_size, max_epochs=3).fit(X, y).networks_[0].engine
    assert engine.memory.steps == 3 * steps
    rows = {"auto": 64}.get(batch_size, min(240, batch_size) if batch_size != "auto" else 0)
    assert engine.meters.rows == steps * rows
