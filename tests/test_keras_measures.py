"""Losses, metrics, activations and optimizers beside Keras's: the same numbers to 1e-6."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest

import pellucid
from pellucid import losses, metrics, optimizers, utils
from pellucid.weights import Weight
from tests.contract.rows import draw
from tests.measures import LOSSES, METRICS, UPRIGHT, UPRIGHT_LABELS

os.environ.setdefault("KERAS_BACKEND", "jax")
keras = pytest.importorskip("keras", exc_type=ImportError)
jax = pytest.importorskip("jax")

pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Explicitly requested dtype int64:UserWarning"),
]
WEIGHT = np.array([1.0, 0.5, 2.0, 0.0, 1.5, 1.0, 0.2, 1.0, 3.0, 1.0, 0.7, 1.0])
REDUCTIONS = ("sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", None)


def narrow(array: np.ndarray) -> np.ndarray:
    return array.astype("float32") if array.dtype == np.float64 else array


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(("name", "settings", "y", "p"), LOSSES, ids=lambda each: str(each)[:40])
def test_loss(name: str, settings: Any, y: Any, p: Any, weighted: bool, reduction: Any) -> None:
    w = narrow(WEIGHT) if weighted else None
    if w is not None and y.ndim > 2:
        # of a column of weights Keras adds up one for each row, also where a row has several losses
        w = np.repeat(w[:, None], y.shape[2 if settings.get("axis") == 1 else 1], axis=1)
    given = narrow(y), narrow(p), w
    with jax.enable_x64(True):
        theirs = getattr(keras.losses, name)(**settings, reduction=reduction, dtype="float64")
        expected = np.asarray(theirs(y, p, None if w is None else w.astype("float64")))
    ours = getattr(losses, name)(**settings, reduction=reduction)
    wide = ours(y, p, None if w is None else w.astype("float64"))
    np.testing.assert_allclose(wide, expected, rtol=5e-7, atol=5e-7)
    np.testing.assert_allclose(ours(*given), expected, rtol=1e-6, atol=1e-6)


def test_classes_along_another_axis() -> None:
    """Keras on JAX knows no class numbers there; those along the last are the same."""
    p, y = narrow(UPRIGHT), UPRIGHT_LABELS
    last = losses.SparseCategoricalCrossentropy(reduction=None)(y, np.moveaxis(p, 1, -1))
    loss = losses.SparseCategoricalCrossentropy(axis=1, reduction=None)
    np.testing.assert_array_equal(loss(y, p), last)
    np.testing.assert_array_equal(loss(y[:, None], p), last)
    smooth = losses.CategoricalCrossentropy(label_smoothing=0.3, reduction=None)
    hot, turned = (
        np.eye(3)[y],
        losses.CategoricalCrossentropy(label_smoothing=0.3, reduction=None, axis=1),
    )
    expected = smooth(hot, np.moveaxis(p, 1, -1))
    np.testing.assert_array_equal(turned(np.moveaxis(hot, -1, 1), p), expected)


@pytest.mark.parametrize("executor", ["numpy", "native"])
def test_a_network_with_classes_along_another_axis_that_ignores_one(executor: str) -> None:
    x, y = draw(9, 2).astype("float32"), np.random.default_rng(3).integers(-1, 3, (9, 2))
    found = []
    for axis in (1, -1):
        pellucid.set_random_seed(1)
        net = pellucid.Sequential(
            [
                pellucid.layers.Dense(6, "tanh", input_shape=(2,)),
                pellucid.layers.Reshape((2, 3)),
                *([pellucid.layers.Permute((2, 1))] if axis == 1 else []),
            ]
        )
        loss = losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=-1, axis=axis)
        net.compile("sgd", loss, executor=executor)
        seen = net.fit(x, y, epochs=2, batch_size=4, shuffle=False, verbose=0).history["loss"]
        whole = float(loss(y, net.predict(x, verbose=0)))
        found.append([*seen, *net.get_weights()[0].ravel(), whole])
    np.testing.assert_allclose(found[0], found[1], rtol=1e-6)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(("name", "settings", "y", "p"), METRICS, ids=lambda each: str(each)[:40])
def test_metric(name: str, settings: Any, y: Any, p: Any, weighted: bool) -> None:
    w = narrow(WEIGHT) if weighted else None
    if w is not None and "IoU" in name and y.ndim > 1 and y.shape[1] == 4:
        w = np.repeat(w[:, None], 4, axis=1)
    if name == "MeanRelativeError":
        pytest.skip("Keras 3 has it no longer")
    ours = getattr(metrics, name)(**settings)
    with jax.enable_x64(True):
        kind = "float32" if "IoU" in name else "float64"
        theirs = getattr(keras.metrics, name)(**settings, dtype=kind)
        for metric in (ours, theirs):
            for some in (slice(0, 5), slice(5, 12)):
                part = None if w is None else w[some]
                given = (p[some],) if name == "Sum" else (y[some], p[some])
                metric.update_state(*given, part)
        expected = np.asarray(theirs.result())
    np.testing.assert_allclose(ours.result(), expected, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("name", ["glu", "sparse_plus", "sparse_sigmoid"])
def test_activation(name: str) -> None:
    x = draw(5, 6, seed=3).astype("float32")
    expected = np.asarray(getattr(keras.activations, name)(x))
    np.testing.assert_allclose(getattr(pellucid.activations, name)(x), expected, atol=1e-6)


def test_sparsemax_is_the_nearest_point_of_the_simplex() -> None:
    """Keras 3.15 adds up the sums of the support, and gives rows that do not sum to 1."""
    x = draw(50, 6, seed=3)
    a = pellucid.activations.sparsemax(x)
    np.testing.assert_allclose(a.sum(-1), 1, rtol=1e-12)
    assert (a == 0).any()
    tau = (x - a).max(-1, keepdims=True)
    np.testing.assert_allclose(a, np.maximum(x - tau, 0), atol=1e-12)


def test_activations_take_their_settings_in_order() -> None:
    x = draw(3, 4).astype("float32")
    for name, given in (("threshold", (0.5, -2.0)), ("elu", (0.3,)), ("celu", (0.5,))):
        expected = np.asarray(getattr(keras.activations, name)(x, *given))
        np.testing.assert_allclose(
            getattr(pellucid.activations, name)(x, *given), expected, atol=1e-6
        )


RULES = [
    ("SGD", {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True}),
    ("RMSprop", {"learning_rate": 0.01, "centered": True, "momentum": 0.5}),
    ("Adagrad", {"learning_rate": 0.1}),
    ("Adadelta", {"learning_rate": 0.5}),
    ("Adamax", {"learning_rate": 0.1}),
    ("Lion", {"learning_rate": 0.01, "weight_decay": 0.1}),
    ("Ftrl", {"learning_rate": 0.1}),
    ("Ftrl", {"learning_rate": 0.1, "l1_regularization_strength": 0.2, "beta": 0.3,
              "l2_regularization_strength": 0.1, "l2_shrinkage_regularization_strength": 0.05}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "settings"), RULES, ids=str)
def test_steps_on_arrays(name: str, settings: Any) -> None:
    """Of matrices that one holds, a non-negative one among them."""
    starts = [draw(3, 2), draw(4, seed=1)]
    ours, theirs = (getattr(lib.optimizers, name)(**settings) for lib in (pellucid, keras))
    mine = [Weight(x.shape, pellucid.initializers.Zeros(), "w", letter="W",
                   constraint=pellucid.constraints.NonNeg() if x.ndim == 1 else None)
            for x in starts]  # fmt: skip
    others = [keras.Variable(x.astype("float32")) for x in starts]
    others[1].constraint = keras.constraints.NonNeg()
    for weight, x in zip(mine, starts, strict=True):
        weight.assign(x.astype("float32"))
    for seed in range(4):
        grads = [draw(*x.shape, seed=seed + 5).astype("float32") for x in starts]
        ours.apply_gradients(zip(grads, mine, strict=True))
        theirs.apply([keras.ops.convert_to_tensor(g) for g in grads], others)
    assert ours.iterations == 4
    for weight, other in zip(mine, others, strict=True):
        np.testing.assert_allclose(weight.value, np.asarray(other), rtol=2e-5, atol=2e-6)


def test_optimizers_by_name() -> None:
    assert isinstance(optimizers.get("ftrl"), optimizers.Ftrl)
    adam = optimizers.get({"class": "Adam", "config": {"learning_rate": 0.3}})
    assert optimizers.deserialize(optimizers.serialize(adam)).learning_rate == 0.3
    with pytest.raises(AttributeError, match="it is left out; use AdamW"):
        optimizers.Muon  # noqa: B018
    with pytest.raises(ValueError, match="apply needs the variables"):
        optimizers.SGD().apply([np.ones(2)])


class Share(metrics.Metric):
    """A metric of one's own in Keras's form: the share of targets that are 1."""

    def __init__(self, name: str = "share", **named: Any):
        super().__init__(name=name, **named)
        self.ones = self.add_weight(name="ones", initializer="zeros")
        self.rows = self.add_variable((), "zeros", name="rows")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        self.ones.assign_add(np.sum(y_true))
        self.rows.assign_add(len(y_true))

    def result(self) -> Any:
        return self.ones / self.rows


def test_a_metric_of_ones_own_keeps_variables() -> None:
    metric, x = Share(), draw(10, 3)
    y = np.arange(10) % 2
    net = pellucid.Sequential([pellucid.layers.Dense(1, "sigmoid")])
    net.compile("sgd", "binary_crossentropy", metrics=[metric])
    history = net.fit(x, y, epochs=2, batch_size=3, verbose=0).history
    assert history["share"] == [0.5, 0.5]
    other = Share()
    other.load(metric.record())
    assert float(other.result()) == 0.5
    metric.reset_state()
    assert float(metric.ones) == 0


PADDED = [{}, {"maxlen": 3}, {"maxlen": 5, "padding": "post"}, {"maxlen": 2, "truncating": "post"}]


@pytest.mark.parametrize("settings", PADDED, ids=str)
def test_padded_sequences(settings: Any) -> None:
    given = [[1], [2, 3, 4], [], [5, 6]]
    expected = keras.utils.pad_sequences(given, **settings)
    np.testing.assert_array_equal(utils.pad_sequences(given, **settings), expected)


def test_windows_over_a_series() -> None:
    series = np.arange(12.0)
    windows = utils.timeseries_dataset_from_array(series, series[4:], 4, 2, batch_size=3)
    (x, y), (more, _) = windows
    np.testing.assert_array_equal(x, [[0, 1, 2, 3], [2, 3, 4, 5], [4, 5, 6, 7]])
    np.testing.assert_array_equal(y, [4, 6, 8])
    assert len(windows) == 2
    assert more.shape == (1, 4)
    left, right = utils.split_dataset((series, -series), left_size=0.75)
    np.testing.assert_array_equal(left[1], -series[:9])
    np.testing.assert_array_equal(right[0], series[9:])
    np.testing.assert_allclose(
        utils.normalize(draw(3, 4)), keras.utils.normalize(draw(3, 4)), rtol=1e-12
    )


REFUSED: dict[str, Any] = {
    "unknown reduction": lambda: losses.Huber(reduction="men"),
    "gives a number for each row": lambda: losses.Huber(reduction=None).write(
        pellucid.Input((2,)), pellucid.Input((2,))
    ),
    "thresholds are from 0 to 1": lambda: metrics.TruePositives(thresholds=[1.2]),
    "specificity is from 0 to 1": lambda: metrics.SensitivityAtSpecificity(2.0),
    "is not among 2": lambda: metrics.IoU(2, [2]),
    "beta must be above 0": lambda: metrics.FBetaScore(beta=-1.0),
    "starts with 'zeros' or 'ones'": lambda: Share().add_weight((), "normal"),
    "padding is at one end": lambda: utils.pad_sequences([[1]], padding="front"),
    "cannot be cut": lambda: utils.split_dataset(np.ones(4), left_size=4),
}


@pytest.mark.parametrize("words", REFUSED)
def test_refused(words: str) -> None:
    with pytest.raises(ValueError, match=words):
        REFUSED[words]()
