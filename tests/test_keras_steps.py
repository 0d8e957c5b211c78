"""Whole networks beside Keras's from the same weights: predictions, and a step of training.

Masks, states, constraints, penalties on what layers give, and attention.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import pellucid
from pellucid.models import load_model
from tests.contract.rows import draw

os.environ.setdefault("KERAS_BACKEND", "jax")
keras = pytest.importorskip("keras", exc_type=ImportError)

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

WORDS = np.array([[3, 1, 2, 0, 0], [4, 4, 0, 0, 0], [1, 2, 3, 4, 1], [0, 0, 2, 1, 0]])
STEPS = draw(4, 5, 3).astype("float32")
STEPS[0, 3:] = STEPS[1, 1:] = STEPS[3, :2] = 0
ROWS = draw(4, 6).astype("float32")

#: makes a model of the library that it is given, and says what goes in
Case = Callable[[Any], tuple[Any, Any]]
CASES: dict[str, Case] = {}


def case(function: Case) -> Case:
    CASES[function.__name__] = function
    return function


def through(lib: Any, x: Any, *layers: Any) -> Any:
    y = x
    for layer in layers:
        y = layer(y)
    return lib.Model(x, y)


@case
def words_with_padding(lib: Any) -> tuple[Any, Any]:
    x, la = lib.Input((5,), dtype="int32"), lib.layers
    return through(lib, x, la.Embedding(5, 3, mask_zero=True), la.LSTM(4), la.Dense(2)), WORDS


@case
def every_step_with_padding(lib: Any) -> tuple[Any, Any]:
    x, la = lib.Input((5, 3)), lib.layers
    both = la.Bidirectional(la.GRU(3, return_sequences=True))
    return through(lib, x, la.Masking(), both, la.Dropout(0.0), la.Dense(2)), STEPS


@case
def simple_steps_with_padding(lib: Any) -> tuple[Any, Any]:
    x, la = lib.Input((5, 3)), lib.layers
    rnn = la.SimpleRNN(3, return_sequences=True, go_backwards=True, zero_output_for_mask=True)
    return through(lib, x, la.Masking(), rnn, la.GlobalAveragePooling1D(), la.Dense(2)), STEPS


@case
def encoder_and_decoder(lib: Any) -> tuple[Any, Any]:
    la = lib.layers
    x, z = lib.Input((5, 3), name="x"), lib.Input((4, 2), name="z")
    _, h, c = la.LSTM(3, return_state=True)(x)
    y = la.LSTM(3, return_sequences=True)(z, initial_state=[h, c])
    return lib.Model([x, z], la.Dense(2)(y)), [STEPS, draw(4, 4, 2).astype("float32")]


@case
def states_of_both_ways(lib: Any) -> tuple[Any, Any]:
    x, la = lib.Input((5, 3)), lib.layers
    y, *states = la.Bidirectional(la.GRU(2, return_state=True, return_sequences=True))(x)
    last = la.Concatenate()([*states, la.SimpleRNN(2)(y, initial_state=states[0])])
    return lib.Model(x, la.Dense(2)(last)), STEPS


@case
def normalised_steps_with_padding(lib: Any) -> tuple[Any, Any]:
    x, la = lib.Input((5, 3)), lib.layers
    norm = la.BatchNormalization(momentum=0.5)
    return through(lib, x, la.Masking(), norm, la.GRU(3), la.Dense(2)), STEPS


@case
def bounded_weights(lib: Any) -> tuple[Any, Any]:
    x, la, co = lib.Input((6,)), lib.layers, lib.constraints
    hidden = la.Dense(3, "tanh", kernel_constraint=co.MaxNorm(0.7), bias_constraint="non_neg")
    last = la.Dense(2, kernel_constraint=co.MinMaxNorm(0.2, 0.9, 0.7, axis=1))
    return through(lib, x, hidden, la.Dense(4, kernel_constraint="unit_norm"), last), ROWS


@case
def penalised_activity(lib: Any) -> tuple[Any, Any]:
    x, la = lib.Input((6,)), lib.layers
    hidden = la.Dense(3, "tanh", activity_regularizer=lib.regularizers.L2(0.1))
    return through(lib, x, hidden, la.ActivityRegularization(0.05, 0.02), la.Dense(2)), ROWS


@case
def attention_over_words(lib: Any) -> tuple[Any, Any]:
    x, la = lib.Input((5,), dtype="int32"), lib.layers
    e = la.Embedding(5, 4, mask_zero=True)(x)
    y = la.MultiHeadAttention(2, 3)(e, e, use_causal_mask=True)
    y = la.LayerNormalization()(la.Add()([e, y]))
    return lib.Model(x, la.Dense(2)(la.GlobalAveragePooling1D()(y))), WORDS


@case
def attention_of_two(lib: Any) -> tuple[Any, Any]:
    la = lib.layers
    # as many steps each: of others Keras 3.15 announces another shape of the scores than it gives
    x, z = lib.Input((5, 3), name="x"), lib.Input((5, 3), name="z")
    y, scores = la.MultiHeadAttention(2, 3, value_dim=2, use_bias=False, output_shape=4)(
        x, z, return_attention_scores=True
    )
    one = la.Attention(use_scale=True)([x, z, z])
    other = la.AdditiveAttention()([x, z])
    concat = la.Attention(score_mode="concat")([x, z], use_causal_mask=True)
    joined = la.Concatenate()([y, one, other, concat])
    flat = la.Flatten()(scores)
    return lib.Model([x, z], la.Dense(2)(la.Concatenate()([la.Flatten()(joined), flat]))), [
        STEPS,
        draw(4, 5, 3, seed=1).astype("float32"),
    ]


def numbers(model: Any) -> list[np.ndarray]:
    return [np.asarray(each) for each in model.get_weights()]


def made(name: str) -> tuple[Any, Any, Any]:
    """The model here and in Keras, with the same weights, and what goes in."""
    theirs, x = CASES[name](keras)
    ours, _ = CASES[name](pellucid)
    given = [draw(*w.shape, seed=at, low=-0.9, high=0.9) for at, w in enumerate(numbers(theirs))]
    kinds = [each.path for each in theirs.weights]
    given = [np.abs(w) if "variance" in k else w for w, k in zip(given, kinds, strict=True)]
    for model in (ours, theirs):
        model.set_weights(given)
    return ours, theirs, x


@pytest.mark.parametrize("name", CASES)
def test_a_step(name: str) -> None:
    ours, theirs, x = made(name)
    expected = np.asarray(theirs.predict(x, verbose=0))
    found = ours.predict(x, verbose=0)
    assert found.shape == expected.shape
    assert abs(found - expected).max() <= 1e-6 * max(1.0, abs(expected).max())
    y = draw(*expected.shape, seed=3).astype("float32")
    ours.compile("sgd", "mse")
    theirs.compile("sgd", "mse", jit_compile=False)
    losses = [model.train_on_batch(x, y) for model in (ours, theirs)]
    assert losses[0] == pytest.approx(float(losses[1]), rel=1e-5)
    for one, other in zip(numbers(ours), numbers(theirs), strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-5, atol=2e-6)
    tested = [float(np.ravel(model.test_on_batch(x, y))[0]) for model in (ours, theirs)]
    assert tested[0] == pytest.approx(tested[1], rel=1e-5)


@pytest.mark.parametrize("executor", ["numpy", "native", "jax"])
@pytest.mark.parametrize("name", CASES)
def test_every_executor_trains_alike(name: str, executor: str) -> None:
    if executor == "jax":
        pytest.importorskip("jax")
    trained = []
    for choice in ("numpy", executor):
        model, x = CASES[name](pellucid)
        model.set_weights([draw(*w.shape, seed=5, low=0.1, high=0.9) for w in numbers(model)])
        # by the gradient itself: that of the keys' bias is 0 up to rounding, which Adam makes large
        model.compile(
            pellucid.optimizers.SGD(0.01), "mse", executor={"native": "auto"}.get(choice, choice)
        )
        model.fit(x, draw(*model.predict(x, verbose=0).shape), epochs=3, batch_size=3, verbose=0,
                  shuffle=False)  # fmt: skip
        trained.append(numbers(model))
    for one, other in zip(*trained, strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-4, atol=2e-5)


@pytest.mark.parametrize("name", CASES)
def test_it_comes_back_from_a_file_and_from_plain_data(name: str, tmp_path: Any) -> None:
    model, x = CASES[name](pellucid)
    again = type(model).from_config(json.loads(json.dumps(model.config())))
    again.set_weights(model.get_weights())
    model.save(tmp_path / "net.safetensors")
    read = load_model(tmp_path / "net.safetensors")
    expected = model.predict(x, verbose=0)
    for each in (again, read):
        np.testing.assert_array_equal(each.predict(x, verbose=0), expected)


def test_weights_of_steps_go_with_their_mask() -> None:
    """Rows with a weight of their own: the mean over steps that count, each times its row's."""
    ours, theirs, x = made("every_step_with_padding")
    y, w = draw(4, 5, 2).astype("float32"), np.array([1.0, 0.5, 2.0, 0.0], "float32")
    for model in (ours, theirs):
        model.compile("sgd", "mse")
    losses = [ours.train_on_batch(x, y, sample_weight=w)]
    losses.append(theirs.train_on_batch(x, y, sample_weight=w[:, None]))
    assert losses[0] == pytest.approx(float(losses[1]), rel=1e-5)


def test_a_layer_that_knows_no_masks_says_so() -> None:
    x = pellucid.Input((5, 3))
    with pytest.warns(UserWarning, match="flatten was given steps with a mask"):
        pellucid.layers.Flatten()(pellucid.layers.Masking()(x))


def test_layers_on_arrays_while_training() -> None:
    layer = pellucid.layers.BatchNormalization()
    layer(ROWS, training=True)
    expected = 0.01 * ROWS.mean(0)
    np.testing.assert_allclose(layer.get_weights()[2], expected, rtol=1e-5)
    dropped = pellucid.layers.Dropout(0.5)(np.ones((50, 50), "float32"), training=True)
    assert set(np.unique(dropped)) == {0.0, 2.0}


REFUSED: dict[str, Callable[[], Any]] = {
    "initial_state is a list of 2 states": lambda: pellucid.layers.LSTM(3)(
        pellucid.Input((5, 3)), initial_state=pellucid.Input((3,))
    ),
    "is called with": lambda: pellucid.layers.Dense(3)(pellucid.Input((3,)), state=3),
    "must be 0 or more and below 1": lambda: pellucid.layers.GRU(2, dropout=1.0).build(
        (None, 2, 3)
    ),
    "a query, and a value": lambda: pellucid.layers.Attention()([pellucid.Input((3,))] * 2),
    "unknown score_mode": lambda: pellucid.layers.Attention(score_mode="dott")(
        [pellucid.Input((3, 2))] * 2
    ),
    "num_heads must be a whole number": lambda: pellucid.layers.MultiHeadAttention(0, 2)(
        pellucid.Input((3, 2)), pellucid.Input((3, 2))
    ),
    "unknown constraint": lambda: pellucid.layers.Dense(2, kernel_constraint="maxnrm"),
}


@pytest.mark.parametrize("words", REFUSED)
def test_refused(words: str) -> None:
    with pytest.raises((ValueError, TypeError), match=words):
        REFUSED[words]()


def test_a_constraint_of_ones_own_must_keep_the_shape() -> None:
    la = pellucid.layers
    net = pellucid.Sequential([la.Input((3,)), la.Dense(2, kernel_constraint=lambda w: w[0])])
    with pytest.raises(ValueError, match="must keep the shape"):
        net.compile("sgd", "mse")


def test_constraints_on_arrays() -> None:
    w = draw(4, 3)
    for name in ("max_norm", "unit_norm", "non_neg", "min_max_norm"):
        expected = np.asarray(getattr(keras.constraints, name)()(w.astype("float32")))
        np.testing.assert_allclose(getattr(pellucid.constraints, name)()(w), expected, atol=1e-6)
