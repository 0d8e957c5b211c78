"""The estimators keep scikit-learn's contract, and are scikit-learn's MLP where it says so."""

from __future__ import annotations

import inspect
import pickle
import types
import warnings
from typing import Any

import numpy as np
import pytest

sklearn = pytest.importorskip("sklearn", minversion="1.6")

from sklearn import neural_network  # noqa: E402
from sklearn.base import RegressorMixin, clone  # noqa: E402
from sklearn.calibration import CalibratedClassifierCV  # noqa: E402
from sklearn.datasets import load_digits, make_classification, make_regression  # noqa: E402
from sklearn.ensemble import StackingClassifier  # noqa: E402
from sklearn.exceptions import ConvergenceWarning  # noqa: E402
from sklearn.inspection import permutation_importance  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.model_selection import GridSearchCV, cross_val_score  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402
from sklearn.utils.estimator_checks import parametrize_with_checks  # noqa: E402

import pellucid as pl  # noqa: E402
from pellucid import (  # noqa: E402
    MLPClassifier,
    MLPRegressor,
    TabularClassifier,
    TabularRegressor,
    layers,
)

pytestmark = [
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning"),
]
X, Y = make_classification(300, 8, n_informative=6, n_classes=3, random_state=0)
NUMBERS = make_regression(300, 6, noise=1.0, random_state=0)
PAIRS = [
    (MLPClassifier, neural_network.MLPClassifier),
    (MLPRegressor, neural_network.MLPRegressor),
]


def expected_failures(estimator: Any) -> dict[str, str]:
    reason = "batches of rows that are there twice are other batches; so it is in scikit-learn"
    names = ("on_dense_data", "on_sparse_data")
    return {} if estimator.solver == "lbfgs" else {
        f"check_sample_weight_equivalence_{name}": reason for name in names
    }  # fmt: skip


@parametrize_with_checks(
    [
        MLPClassifier(),
        MLPRegressor(),
        MLPClassifier(solver="lbfgs", alpha=1.0),
        MLPRegressor(solver="lbfgs"),
    ],
    expected_failed_checks=expected_failures,
)
def test_scikit_learns_checks(estimator: Any, check: Any) -> None:
    check(estimator)


@pytest.mark.parametrize(("ours", "theirs"), PAIRS)
def test_parameters_are_theirs_and_more(ours: Any, theirs: Any) -> None:
    own, known = inspect.signature(ours).parameters, inspect.signature(theirs).parameters
    assert {name: each.default for name, each in own.items() if name in known} == {
        name: each.default for name, each in known.items()
    }
    assert [name for name in own if name in known][:2] == list(known)[:2]


@pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs"])
def test_the_losses_are_those_of_scikit_learn(solver: str) -> None:
    """From the same seed the same start; with all rows in a batch, the same training."""
    settings = {"solver": solver, "random_state": 3, "max_iter": 40, "batch_size": 300}
    settings |= {"hidden_layer_sizes": (7, 5), "activation": "tanh", "alpha": 0.1}
    more = {"dtype": "float64"}
    for ours, theirs, x, y in [
        (*PAIRS[0], X, Y),
        (*PAIRS[0], X, Y > 0),
        (*PAIRS[0], X, np.column_stack([Y > 0, Y > 1]).astype(int)),
        (*PAIRS[1], NUMBERS[0], NUMBERS[1] / 100),
    ]:
        one, other = ours(**settings, **more).fit(x, y), theirs(**settings).fit(x, y)
        assert one.loss_ == pytest.approx(other.loss_, rel=1e-3)
        if solver != "lbfgs":
            np.testing.assert_allclose(one.loss_curve_, other.loss_curve_, rtol=1e-4)
            np.testing.assert_allclose(one.coefs_[0], other.coefs_[0], atol=1e-3)
        assert one.out_activation_ == other.out_activation_
        assert one.n_layers_ == other.n_layers_
        assert one.n_outputs_ == other.n_outputs_
        assert one.predict(x).shape == other.predict(x).shape


def test_more_than_one_number_and_counts() -> None:
    x, y = NUMBERS[0], np.column_stack([NUMBERS[1], -NUMBERS[1]]) / 100
    settings = {"random_state": 0, "max_iter": 30, "batch_size": 300}
    one, other = (make(**settings).fit(x, y) for make in PAIRS[1])
    np.testing.assert_allclose(one.coefs_[1], other.coefs_[1], atol=1e-4)
    counts = np.exp(NUMBERS[1] / 200).round()
    one, other = (make("poisson", **settings).fit(x, counts) for make in PAIRS[1])
    np.testing.assert_allclose(one.predict(x), other.predict(x), rtol=1e-3)


#: scikit-learn's own tests that are not for us, and why
NOT_OURS = {
    "test_fit": "sets private attributes",
    "test_gradient": "calls private methods",
    "test_learning_rate_warmstart": "reads a private attribute",
    "test_adaptive_learning_rate": "reads a private attribute",
    "test_early_stopping_stratified": "expects the encoding of the classes in a message",
    "test_mlp_diverging_loss": "expects to go on with NaN, which is an error that says where",
    "test_warm_start": "the same for many classes, long",
}


def their_tests() -> dict[str, Any]:
    module = pytest.importorskip("sklearn.neural_network.tests.test_mlp")
    source = inspect.getsource(module).replace(
        "from sklearn.neural_network import MLPClassifier", "from pellucid import MLPClassifier"
    )
    assert "from pellucid import MLPClassifier, MLPRegressor" in source
    ours = types.ModuleType("theirs")
    exec(compile(source, module.__file__, "exec"), ours.__dict__)
    return {
        f"test_theirs_{name.removeprefix('test_')}": each
        for name, each in vars(ours).items()
        if name.startswith("test_") and name not in NOT_OURS
    }


globals().update(their_tests())


@pytest.fixture
def global_random_seed() -> int:
    return 0


def test_where_estimators_go() -> None:
    net = MLPClassifier((8,), max_iter=100, learning_rate_init=0.02, random_state=0)
    scaled = make_pipeline(StandardScaler(), net)
    search = GridSearchCV(scaled, {"mlpclassifier__alpha": [1e-4, 1e-1]}, cv=2, n_jobs=2)
    assert search.fit(X, Y).best_score_ > 0.5
    assert cross_val_score(scaled, X, Y, cv=2).mean() > 0.5
    assert CalibratedClassifierCV(net, cv=2).fit(X, Y).predict_proba(X).shape == (300, 3)
    stack = StackingClassifier([("net", net), ("line", LogisticRegression())], cv=2)
    assert stack.fit(X, Y).score(X, Y) > 0.5
    found = permutation_importance(scaled.fit(X, Y), X, Y, n_repeats=1, random_state=0)
    assert found.importances_mean.shape == (8,)
    assert scaled.set_output(transform="pandas").fit(X, Y).score(X, Y) > 0.5


def test_metadata_goes_its_way() -> None:
    with sklearn.config_context(enable_metadata_routing=True):
        net = MLPClassifier(max_iter=5).set_fit_request(sample_weight=True)
        piped = make_pipeline(StandardScaler().set_fit_request(sample_weight=False), net)
        piped.fit(X, Y, sample_weight=np.ones(len(X)))
        assert {"sample_weight", "X_val", "y_val", "sample_weight_val"} <= set(
            net.get_metadata_routing().fit.requests
        )


def test_a_pickle_is_small_and_predicts_the_same_bits() -> None:
    x, y = load_digits(return_X_y=True)
    net = MLPClassifier(max_iter=5, random_state=0).fit(x, y)
    held = pickle.dumps(net)
    assert len(held) < 5 * sum(each.nbytes for each in net.coefs_)
    assert np.array_equal(pickle.loads(held).predict_proba(x), net.predict_proba(x))
    for each in (pickle.loads(held), clone(net)):
        assert np.array_equal(each.fit(x, y).predict_proba(x), net.fit(x, y).predict_proba(x))


def test_other_random_numbers_are_left_alone() -> None:
    def drawn() -> np.ndarray:
        return pl.Sequential([layers.Input((3,)), layers.Dense(2)]).get_weights()[0]

    pl.set_random_seed(1)
    expected = drawn()
    pl.set_random_seed(1)
    MLPClassifier(max_iter=2, network=of_any_kind).fit(X, Y)
    assert np.array_equal(drawn(), expected)


def of_any_kind(features: int, ending: Any) -> Any:
    return pl.Sequential([
        layers.Dense(16, "gelu", input_shape=(features,)), layers.LayerNormalization(),
        layers.Dense(ending.units, ending.activation),
    ])  # fmt: skip


@pytest.mark.parametrize(
    "more",
    [
        {"dropout": 0.2, "batch_normalization": True},
        {"activation": ["gelu", "tanh"], "hidden_layer_sizes": (20, 10)},
        {"solver": "nadam"},
        {"solver": pl.optimizers.AdamW(0.01)},
        {"loss": "categorical_focal_crossentropy"},
        {"class_weight": "balanced"},
        {"class_weight": {0: 2.0, 1: 1.0, 2: 1.0}},
        {"network": of_any_kind},
        {"scoring": "balanced_accuracy", "early_stopping": True},
    ],
)
def test_what_is_ours(more: dict[str, Any]) -> None:
    net = MLPClassifier(random_state=0, **more).fit(X, Y)
    again = MLPClassifier(random_state=0, **more).fit(X, Y)
    assert net.score(X, Y) > 0.6
    assert np.array_equal(net.predict_proba(X), again.predict_proba(X))


def test_rows_to_look_at() -> None:
    settings = {"max_iter": 20, "random_state": 0}
    seen = MLPClassifier(**settings).fit(X[:200], Y[:200], X_val=X[200:], y_val=Y[200:])
    assert len(seen.validation_loss_curve_) == seen.n_iter_
    assert len(seen.validation_scores_) == seen.n_iter_
    assert seen.validation_scores_[-1] == seen.score(X[200:], Y[200:])
    blind = MLPClassifier(**settings).fit(X[:200], Y[:200])
    assert np.array_equal(seen.coefs_[0], blind.coefs_[0])
    with pytest.raises(ValueError, match="give both X_val and y_val"):
        seen.fit(X, Y, X_val=X)


def test_callbacks_and_the_network() -> None:
    ends = pl.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(epoch))
    seen: list[int] = []
    net = MLPClassifier(max_iter=3, callbacks=ends).fit(X, Y)
    assert seen == [0, 1, 2]
    assert "softmax" in str(net.network_.plan)
    assert net.coefs_[0].shape == net.network_.get_weights()[0].shape


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"activation": ["relu"], "hidden_layer_sizes": (3, 3)}, "1 for 2 hidden layers"),
        ({"activation": "rleu"}, "did you mean 'relu'"),
        ({"solver": "adan"}, "did you mean 'adam'"),
        ({"solver": "lbfgs", "dropout": 0.5}, "always the same"),
        ({"network": lambda features, ending: 3}, "gives a pellucid network"),
        ({"network": of_any_kind, "dropout": 0.5}, "dropout= is for one that is made here"),
        ({"hidden_layer_sizes": (3, -1)}, "must be > 0"),
        ({"alpha": -1}, "'alpha' parameter"),
        ({"loss": "log_los"}, "unknown loss 'log_los': did you mean 'log_loss'"),
    ],
)
def test_mistakes_are_told(settings: dict[str, Any], message: str) -> None:
    with pytest.raises((ValueError, TypeError), match=message):
        MLPClassifier(**settings).fit(X, Y)


def test_the_end_of_patience_is_told() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        with pytest.raises(ConvergenceWarning, match="hasn't converged"):
            MLPClassifier(max_iter=2).fit(X, Y)


FOUR = [
    MLPClassifier(max_iter=5), MLPRegressor(max_iter=5),
    TabularClassifier(max_epochs=5, hidden_layer_sizes=8),
    TabularRegressor(max_epochs=5, hidden_layer_sizes=8),
]  # fmt: skip


@pytest.mark.parametrize("estimator", FOUR, ids=lambda each: type(each).__name__)
def test_callbacks_of_scikit_learn(estimator: Any) -> None:
    callback = pytest.importorskip("sklearn.callback")
    x, y = NUMBERS if isinstance(estimator, RegressorMixin) else (X, Y)
    score = "r2" if isinstance(estimator, RegressorMixin) else "accuracy"
    monitor, told = callback.ScoringMonitor(scoring=score), Told()
    net = clone(estimator).set_callbacks(monitor, told)
    make_pipeline(StandardScaler(), net).fit(x, y)
    assert told.seen == ["begins"] + ["epoch begins", "epoch ends"] * 5 + ["ends"]
    assert "_skl_callbacks" in net.__dict__
    stopped = clone(estimator).set_callbacks(Told(after=2)).fit(x, y)
    assert stopped.n_iter_ == 2
    assert all(0 <= each <= 1 or isinstance(net, RegressorMixin) for each in told.scores)
    assert len({*told.scores}) > 1


class Told:
    """A callback of scikit-learn's protocol that notes what it is told, and may ask for the end."""

    def __init__(self, after: int | None = None) -> None:
        self.after, self.seen, self.scores = after, list[str](), list[float]()

    def setup(self, estimator: Any, context: Any) -> None: ...

    def teardown(self, estimator: Any, context: Any) -> None: ...

    def on_fit_task_begin(self, estimator: Any, context: Any) -> None:
        self.seen.append(f"{context.task_name} begins".replace("fit ", "").strip())

    def on_fit_task_end(
        self, estimator: Any, context: Any, *, X: Any, y: Any, fitted_estimator: Any
    ) -> bool:
        self.seen.append(f"{context.task_name} ends".replace("fit ", "").strip())
        if context.task_name != "epoch":
            return False
        self.scores.append(fitted_estimator.score(X, y))
        return len(self.scores) == self.after
