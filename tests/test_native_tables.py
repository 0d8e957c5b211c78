"""The native executor on tables: rows looked up, summed, and updated as soon as it is known how."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import pellucid as pl
from pellucid import layers, models, ops, optimizers
from pellucid.executors.native.library import problem
from pellucid.training.nonfinite import NonFiniteError
from tests.native import at_every_level, check, rows

if problem() is not None:
    pytest.skip(str(problem()), allow_module_level=True)

from pellucid.executors.native import executor as executor_module

pytestmark = at_every_level
D, E = layers.Dense, layers.Embedding


class Over(layers.Layer):
    """A reduction over some axes of a row."""

    how: str = "mean"
    axis: int | tuple[int, ...] = 1

    def call(self, x: Any) -> Any:
        return getattr(ops, self.how)(x, axis=self.axis)


def twice(words: Any) -> Any:
    """Two readers of one table, and one that reads its rows as they are."""
    read = E(9, 4)
    return layers.Concatenate()([Over("mean")(read(words)), layers.Flatten()(read(words))])


BODIES: dict[str, Any] = {
    "mean": lambda x: Over("mean")(E(70, 5)(x)),
    "sum": lambda x: Over("sum")(E(70, 33)(x)),
    "shares": lambda x: layers.Flatten()(Over("softmax")(E(9, 3)(x))),
    "as they are": lambda x: layers.Flatten()(E(200, 2)(x)),
    "twice": twice,
    "wide": lambda x: Over("mean")(E(3, 2100)(x)),
    "then a function": lambda x: Over("mean")(D(4, "tanh")(E(9, 6)(x))),
}
OPTIMIZERS: dict[str, Any] = {
    "sgd": lambda: optimizers.SGD(0.01),
    "momentum": lambda: optimizers.SGD(0.01, momentum=0.9),
    "adam": optimizers.Adam,
    "clipped": lambda: optimizers.Adam(clipnorm=0.1),
}


def made(body: Any, optimizer: Any, words: int, threads: int | None = None) -> Any:
    def make(executor: str, dtype: str) -> Any:
        given = layers.Input((words,), dtype="int32")
        net = models.Model(given, D(3)(body(given)), dtype=dtype)
        net.compile(optimizer(), "mse", executor=executor, threads=threads)
        return net

    return make


def words(count: int, each: int, rows: int) -> np.ndarray:
    """Numbers of rows of a table, small ones more often."""
    draw = np.random.default_rng(2)
    return (rows * draw.random((count, each)) ** 3).astype("int32")


@pytest.mark.parametrize("batch_size", [7, 300])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("body", BODIES)
def test_tables(body: str, optimizer: str, batch_size: int, level: str) -> None:
    make = made(BODIES[body], OPTIMIZERS[optimizer], 11)
    check(make, words(400, 11, 3 if body == "wide" else 9), rows(400, 3), "float32",
          batch_size=batch_size, epochs=1)  # fmt: skip


def test_more_words_than_are_summed_at_a_time(level: str) -> None:
    make = made(BODIES["mean"], optimizers.Adam, 150)
    check(make, words(60, 150, 70), rows(60, 3), batch_size=20)


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_threads_share_a_table_with_the_same_bits(
    optimizer: str, level: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executor_module, "CHOOSES", False)
    x, y = words(300, 40, 3000), rows(300, 3)

    def trained(threads: int) -> bytes:
        pl.utils.set_random_seed(3)
        body = lambda given: Over("mean")(E(3000, 24)(given))  # noqa: E731
        net = made(body, OPTIMIZERS[optimizer], 40, threads)("native", "float32")
        net.fit(x, y, batch_size=128, epochs=2, verbose=0)
        return b"".join(each.tobytes() for each in net.get_weights()) + net.predict(x).tobytes()

    one = trained(1)
    assert all(trained(threads) == one for threads in (2, 3, 8))


def test_a_row_has_the_same_sum_in_any_company(level: str) -> None:
    net = made(BODIES["sum"], optimizers.Adam, 11)("native", "float32")
    x = words(50, 11, 70)
    whole = net.predict(x, verbose=0)
    assert all(np.array_equal(net.predict(x[at : at + 3], verbose=0), whole[at : at + 3])
               for at in range(0, 48, 3))  # fmt: skip


def test_rows_that_no_word_names_stay_as_they_are(level: str) -> None:
    net = made(BODIES["sum"], OPTIMIZERS["sgd"], 11)("native", "float32")
    before = net.get_weights()[0].copy()
    net.fit(words(40, 11, 9), rows(40, 3), batch_size=8, verbose=0)
    after = net.get_weights()[0]
    assert np.array_equal(after[9:], before[9:])
    assert (after[0] != before[0]).all()


AXES = {
    "first": ((6, 5), 1), "middle": ((3, 4, 5), 2), "several": ((3, 4, 5, 2), (2, 3)),
    "last": ((3, 5), 2), "first of pictures": ((4, 5, 3), (1, 2)), "all": ((4, 3), (1, 2)),
    "wide": ((3, 70), 1),
}  # fmt: skip


@pytest.mark.parametrize("how", ["sum", "mean", "softmax"])
@pytest.mark.parametrize("axes", AXES)
def test_reductions_over_any_neighbouring_axes(axes: str, how: str, level: str) -> None:
    shape, axis = AXES[axes]
    if how == "softmax" and not isinstance(axis, int):
        axis = axis[0]

    def make(executor: str, dtype: str) -> Any:
        given = layers.Input(shape)
        hidden = D(shape[-1], "tanh")(given)
        net = models.Model(given, D(2)(layers.Flatten()(Over(how, axis)(hidden))), dtype=dtype)
        net.compile("adam", "mse", executor=executor)
        return net

    net = make("native", "float32")
    assert "NumPy" not in net.executor_report()
    check(make, rows(30, int(np.prod(shape))).reshape(30, *shape), rows(30, 2), epochs=3)


@pytest.mark.parametrize("bad", [np.inf, -np.inf, np.nan])
@pytest.mark.parametrize("rule", optimizers.Optimizer.members(), ids=lambda each: each.__name__)
def test_what_is_not_finite_is_noticed_by_any_rule(
    rule: type[optimizers.Optimizer], bad: float, level: str
) -> None:
    net = models.Sequential([layers.Input((3,)), D(2)])
    net.compile(rule(), "mse", executor="native")
    x, y = rows(8, 3), rows(8, 2)
    y[5, 1] = bad
    before = [each.copy() for each in net.get_weights()]
    with pytest.raises(NonFiniteError):
        net.fit(x, y, batch_size=8, verbose=0)
    assert all(map(np.array_equal, net.get_weights(), before))
