"""Arrays that are odd, lie about themselves, or change while they are read.

Whatever is given as rows, targets or weights comes to an answer or to a sentence of the library's;
where it has a plain meaning, to the answer for that. What was given is never written to.
"""

from __future__ import annotations

import array
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import pellucid as keras
from pellucid import Sequential, layers
from pellucid.training.nonfinite import NonFiniteError
from tests.attack.judging import MOST_MEMORY, ROOM, peak
from tests.attack.mutating import NUMBERS, TEXTS, pick
from tests.attack.sentences import assert_sentence

LIMIT = 10.0
ROWS, WIDTH, CLASSES, WORDS = 24, 4, 3, 7
KINDS = [
    "?", "i1", "u1", "i2", ">i2", "u2", "i4", ">u4", "i8", ">i8", "u8", "f2", ">f2", "f4", ">f4",
    "f8", ">f8", "g", "c8", "c16", "G", "O", "S8", "U8", "M8[s]", "m8[D]", "V8", "f8,f8", "T",
]  # fmt: skip


def case(rng: np.random.Generator, folder: Path) -> str:
    if rng.random() < 0.15:
        return while_they_change(rng)
    reads_words = bool(rng.random() < 0.15)
    net, act = network(rng, reads_words), pick(rng, ACTS)
    given, plain = rows(rng, reads_words), rows(rng, reads_words)
    plain.update({name: each.copy() for name, each in given.items()})
    slot = pick(rng, ["x", "x", "x", "y", "y", "weight"])
    make = pick(rng, MAKERS)
    given[slot], meaning = make(rng, given[slot], folder)
    word = outcome(net, act, given, plain | {slot: meaning})
    return f"{slot} {word}"


def outcome(net: Any, act: Callable[..., Any], given: dict[str, Any], meant: dict[str, Any]) -> str:
    before, weights, held = peak(), net.get_weights(), snapshot(given)
    try:
        found = act(net, **given)
    except (ValueError, TypeError, ArithmeticError, MemoryError, RuntimeError) as error:
        if not isinstance(error, (NonFiniteError, MemoryError)):
            assert_ours(error)
        found, word = None, "refused"
    assert snapshot(given) == held, "what was given has been written to"
    assert all(np.isfinite(each).all() for each in net.get_weights())
    assert peak() - before < MOST_MEMORY, f"it took {(peak() - before) >> 10} MiB"
    if found is None:
        return word
    if any(each is None for each in meant.values()):
        return "taken"
    net = again(net, weights)
    for one, other in zip(found, act(net, **meant), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-8)
    return "right"


def assert_ours(error: Exception) -> None:
    """A sentence, and no other library's, unless it is that of the object which was given."""
    assert_sentence(error)
    frame = error.__traceback__
    while frame and frame.tb_next:
        frame = frame.tb_next
    where = frame.tb_frame.f_code.co_filename if frame else ""
    assert where.startswith(ROOM) or "of my own" in str(error), f"raised in {where}: {error!r}"


def snapshot(given: dict[str, Any]) -> list[bytes]:
    """The bytes of all arrays, and of those that they are views of."""
    held = []
    for value in given.values():
        while isinstance(value, np.ndarray):
            if value.nbytes < 1 << 20 and value.dtype.kind not in "OT":
                held.append(np.asarray(value).tobytes())
            value = value.base
    return held


def rows(rng: np.random.Generator, reads_words: bool) -> dict[str, Any]:
    x = rng.normal(size=(ROWS, WIDTH)).round(2)
    return {
        "x": rng.integers(0, WORDS, (ROWS, WIDTH)) if reads_words else x,
        "y": rng.integers(0, CLASSES, ROWS),
        "weight": rng.integers(0, 3, ROWS).astype(float),
    }


def network(rng: np.random.Generator, reads_words: bool) -> Any:
    keras.set_random_seed(0)
    first: list[Any] = [layers.Dense(6, "tanh", input_shape=(WIDTH,))]
    if reads_words:
        first = [layers.Embedding(WORDS, 3, input_shape=(WIDTH,)), layers.Flatten()]
    net = Sequential([*first, layers.Dense(CLASSES, "softmax")], dtype="float64")
    executor, threads = str(pick(rng, ["auto", "numpy"])), int(rng.integers(1, 3))
    loss = "sparse_categorical_crossentropy"
    net.compile("adam", loss, metrics=["accuracy"], executor=executor, threads=threads)
    return net


def again(net: Any, weights: list[np.ndarray]) -> Any:
    other = Sequential.from_config(net.config())
    keras.set_random_seed(1)
    other.compile("adam", net.loss, metrics=["accuracy"], executor=net._running["choice"])
    other.set_weights(weights)
    return other


# ---- what is done with them


def fit(net: Any, x: Any, y: Any, weight: Any) -> Any:
    history = net.fit(x, y, 7, 2, sample_weight=weight, shuffle=False, verbose=0)
    return [history.history["loss"], *net.get_weights()]


def split(net: Any, x: Any, y: Any, weight: Any) -> Any:
    net.fit(x, y, 7, validation_split=0.2, sample_weight=weight, class_weight="balanced", verbose=0)
    return []


def validated(net: Any, x: Any, y: Any, weight: Any) -> Any:
    good = np.ones((ROWS, WIDTH), int), np.zeros(ROWS, int)
    history = net.fit(*good, validation_data=(x, y, weight), verbose=0)
    return [history.history["val_loss"]]


def streamed(net: Any, x: Any, y: Any, weight: Any) -> Any:
    net.fit(iter([(x, y, weight)]), verbose=0)
    return net.get_weights()


def evaluate(net: Any, x: Any, y: Any, weight: Any) -> Any:
    return [net.evaluate(x, y, sample_weight=weight, verbose=0)]


def predict(net: Any, x: Any, y: Any, weight: Any) -> Any:
    return [net.predict(x, verbose=0)]


def predict_at_once(net: Any, x: Any, y: Any, weight: Any) -> Any:
    return [net.predictor()(x)]


def train_on_batch(net: Any, x: Any, y: Any, weight: Any) -> Any:
    return [net.train_on_batch(x, y, weight), *net.get_weights()]


def record(net: Any, x: Any, y: Any, weight: Any) -> Any:
    return [net.record(x, y, weight)["g"]]


def step(net: Any, x: Any, y: Any, weight: Any) -> Any:
    return [net.step(x, y, weight)["g"], *net.get_weights()]


def explain(net: Any, x: Any, y: Any, weight: Any) -> Any:
    some = [each[:2] if isinstance(each, np.ndarray) and each.ndim else each for each in (x, y)]
    str(net.explain(*some))
    return []


ACTS = [
    fit, fit, fit, split, validated, streamed, evaluate, predict, predict, predict_at_once,
    train_on_batch, record, step, explain,
]  # fmt: skip

# ---- what they are; each gives it, and what it means, if that is plain


def of_a_kind(rng: np.random.Generator, plain: Any, folder: Path) -> Any:
    kind = pick(rng, KINDS)
    with np.errstate(all="ignore"):
        made = np.zeros(plain.shape, kind) if kind == "f8,f8" else plain.astype(kind)
    if made.dtype.kind not in "biuf":
        return made, None
    return made, made.astype(plain.dtype if kind == "g" else float)


def strided(rng: np.random.Generator, plain: Any, folder: Path) -> Any:
    """The same numbers in another order in memory, or the same memory several times."""
    doubled = np.repeat(plain, 2, axis=0)
    wide = np.repeat(plain[..., None], 3, axis=-1)
    padded = np.zeros(plain.nbytes + 1, "u1")
    unaligned = padded[1:].view(plain.dtype).reshape(plain.shape)
    unaligned[...] = plain
    made = pick(rng, [
        plain[::-1], np.asfortranarray(plain), plain[..., ::-1], doubled[::2], doubled[::-2],
        wide[..., 1], unaligned, np.broadcast_to(plain[:1], plain.shape),
        np.lib.stride_tricks.as_strided(plain, plain.shape, plain.strides[1:] + plain.strides[1:])
        if plain.ndim == 2 else plain, plain.T.copy().T, plain[rng.integers(0, ROWS, ROWS)],
    ])  # fmt: skip
    return made, np.array(made)


def guarded(rng: np.random.Generator, plain: Any, folder: Path) -> Any:
    """Read-only, in a file, of another class, or through a buffer."""
    path = folder / "numbers"
    plain.tofile(path)
    frozen = plain.copy()
    frozen.flags.writeable = False
    held: list[Any] = [
        frozen, np.memmap(path, plain.dtype, "r", shape=plain.shape),
        np.memmap(path, plain.dtype, "c", shape=plain.shape), plain.view(Own), plain.view(Liar),
        memoryview(plain), plain.tolist(), plain.view(np.recarray), np.ma.array(plain),
        np.ma.array(plain, mask=plain > 1), tuple(plain), list(plain), iter(plain.tolist()),
    ]  # fmt: skip
    if plain.ndim == 2:
        held.append(np.matrix(plain))
    made = pick(rng, held)
    return made, plain


def shaped(rng: np.random.Generator, plain: Any, folder: Path) -> Any:
    row, rest = plain[:1], plain.shape[1:]
    endless = plain.dtype.kind == "f"  # all whole numbers are looked at, which takes its time
    huge = [np.broadcast_to(row, (rows, *rest)) for rows in (50_000, *[2**45, 2**55] * endless)]
    return pick(rng, [
        plain[:0], plain[..., :0], plain[0, ...].reshape(-1)[0], np.array(3.0), np.array(None),
        plain[None], plain[..., None], plain.reshape(-1), plain[0], row, plain[:-1],
        np.zeros((ROWS,) + (1,) * 30), np.zeros((0, 0, 0)), *huge, np.empty((2**50, 0)),
        np.empty((0, 2**50)),
    ]), None  # fmt: skip


def numbered(rng: np.random.Generator, plain: Any, folder: Path) -> Any:
    """One number, or all, at the margin of what can be computed."""
    made = plain.astype(pick(rng, ["f4", "f8", "f8", "g"]))
    margins = [np.nan, np.inf, -np.inf, 1e308, -1e308, 1e39, 1e-320, -0.0, 0.5, -1, 3, 2**53, 7]
    with np.errstate(all="ignore"):
        made[... if rng.random() < 0.3 else rng.integers(ROWS)] = pick(rng, margins)
    return made, None


def whole(rng: np.random.Generator, plain: Any, folder: Path) -> Any:
    """Whole numbers that are no class and no word."""
    made = plain.astype(pick(rng, ["i8", "i8", "i4", "u8", "u1"]))
    numbers = [-1, CLASSES, WORDS, 100, 2**31, 2**62, -(2**62)]
    made[rng.integers(ROWS)] = np.array(pick(rng, numbers)).astype(made.dtype)
    return made, None


def listed(rng: np.random.Generator, plain: Any, folder: Path) -> Any:
    numbers: list[Any] = plain.tolist()
    endless: list[Any] = []
    endless.append(endless)
    deep: Any = 1.0
    for _ in range(int(pick(rng, [3, 70, 2000]))):
        deep = [deep]
    odd = pick(rng, [*NUMBERS, *TEXTS, None, [], [1], {}, object(), b"", 1j, endless, deep])
    numbers[rng.integers(ROWS)] = odd
    return pick(rng, [
        numbers, numbers, [numbers], endless, deep, [odd] * ROWS, {"x": plain}, {1, 2}, range(ROWS),
        "rows.csv", b"rows", bytearray(b"rows"), array.array("d", [1.0] * ROWS), object, len, 7,
        None, [], [[]], (), {}, [None], [[None]], folder, np.array([odd] * ROWS, object), slice(3),
        (x for x in ()), iter([]), [plain, plain], (plain, plain), [(plain,)], [()], NotImplemented,
    ]), None  # fmt: skip


class Own(np.ndarray):
    """A class of arrays that does nothing of its own."""


class Liar(np.ndarray):
    """One that gives something else than it holds."""

    def __getitem__(self, key: Any) -> Any:
        return np.zeros((2, 2, 2))

    def take(self, *given: Any, **named: Any) -> Any:
        raise KeyError("an error of my own")

    def __len__(self) -> int:
        return 10**9


OWN_ERRORS = [kind("an error of my own") for kind in (ValueError, RuntimeError, TypeError)]


class Told:
    """An object that says this of itself."""

    def __init__(self, **said: Any):
        for name, each in said.items():
            setattr(self, name, each)
        if "array" in said:
            self.__class__ = Arrayed


class Arrayed(Told):
    array: Any

    def __array__(self, *given: Any, **named: Any) -> Any:
        if isinstance(self.array, Exception):
            raise self.array
        return self.array

    def __len__(self) -> int:
        return 10**6

    def __getitem__(self, key: Any) -> Any:
        return self


def lying(rng: np.random.Generator, plain: Any, folder: Path) -> Any:
    """Objects that are not what they say."""
    said: dict[str, list[Any]] = {
        "array": [plain, plain[:3], plain.astype(object), 3, None, "text", plain.T, *OWN_ERRORS],
        "shape": [(ROWS, WIDTH), (2**60, 2**60), (-1, 3), None, "ab", (ROWS,), ()],
        "dtype": [np.dtype("f8"), "f8", None, np.dtype("O"), 7],
        "ndim": [0, 2, 10**9, None, "two"],
        "tocsr": [lambda: plain, None, lambda: None],
        "toarray": [lambda: plain, None],
        "format": ["csr", "coo", "bsr", None],
        "columns": [["a"], None],
        "__dlpack__": [lambda **named: None],
    }  # fmt: skip
    names = [name for name in said if rng.random() < 0.4] or ["array"]
    return Told(**{name: pick(rng, said[name]) for name in names}), None


def tabled(rng: np.random.Generator, plain: Any, folder: Path) -> Any:
    """Tables and columns of pandas and polars, most of them odd."""
    if os.environ.get("WATCHED") == "thread":  # polars itself ends by a signal there
        return plain, plain
    try:
        import pandas as pd
        import polars as pl
    except ImportError:
        return plain, plain
    words = np.array(["a", "b", None] * (ROWS // 3), object)
    whole = np.arange(ROWS)
    names = [f"c{at}" for at in range(WIDTH)]
    frame = pd.DataFrame(plain if plain.ndim == 2 else plain[:, None])
    odd = [
        words, pd.Categorical(words), pd.array([1, None] * (ROWS // 2), "Int64"), whole > 3,
        pd.date_range("2020", periods=ROWS), pd.array(whole, "Int8"), [[1]] * ROWS, [None] * ROWS,
        pd.arrays.SparseArray([0.0] * ROWS), pd.timedelta_range(0, periods=ROWS), [1j] * ROWS,
        pd.interval_range(0, ROWS), [10**30] * ROWS, [2.5, np.inf] * (ROWS // 2),
    ]  # fmt: skip
    with_odd = frame.copy()
    with_odd[frame.columns[0]] = pd.Series(pick(rng, odd))
    twice = frame.copy()
    twice.columns = ["same"] * frame.shape[1]
    several = frame.copy()
    several.columns = pd.MultiIndex.from_tuples([("a", at) for at in range(frame.shape[1])])
    table = pl.DataFrame({name: plain.reshape(ROWS, -1)[:, 0] for name in names})
    nested = [[1, 2]] * ROWS
    odd_of_polars = [
        pl.Series(nested), pl.Series([None] * ROWS), pl.Series(["a"] * ROWS, dtype=pl.Categorical),
        pl.Series([{"a": 1}] * ROWS), pl.Series(whole).cast(pl.Decimal(20, 2)),
        pl.Series([b"a"] * ROWS), pl.Series([object()] * ROWS), pl.Series(whole).cast(pl.Date),
    ]  # fmt: skip
    series = pick(rng, odd_of_polars)
    return pick(rng, [
        frame, frame.iloc[::-1], frame.iloc[:0], frame.iloc[:, :0], frame[0], frame.T, frame.index,
        with_odd, with_odd, with_odd, with_odd[frame.columns[0]], twice, several, frame.columns,
        frame.astype(object), frame.astype("string"), frame.astype("Float64"), frame.groupby(0),
        table, table.lazy(), table["c0"], table.with_columns(c1=series), series, table[:0],
        table.lazy().select(pl.col("nowhere")),
    ]), None  # fmt: skip


MAKERS = [
    of_a_kind, of_a_kind, strided, strided, guarded, guarded, shaped, numbered, numbered, whole,
    listed, listed, lying, lying, tabled,
]  # fmt: skip


def while_they_change(rng: np.random.Generator) -> str:
    """Numbers may then be wrong, or refused; they are read nowhere but in the arrays."""
    reads_words = bool(rng.random() < 0.5)
    net, given = network(rng, reads_words), rows(rng, reads_words)
    given = {name: np.repeat(each, 20, axis=0) for name, each in given.items()}
    over, seed = threading.Event(), int(rng.integers(1000))
    numbers = [0, 1, -1, 100, 2**31, 2**40, -(2**40), 2**62]

    def change() -> None:
        mine = np.random.default_rng(seed)
        while not over.is_set():
            for each in given.values():
                each.flat[mine.integers(each.size)] = pick(mine, numbers)

    changer = threading.Thread(target=change)
    changer.start()
    try:
        for act in (fit, pick(rng, [evaluate, predict, train_on_batch, record])):
            act(net, **given)
    except (ValueError, TypeError, IndexError, ArithmeticError) as error:
        assert_sentence(error)
        return "changed and refused"
    finally:
        over.set()
        changer.join()
    assert all(np.isfinite(each).all() for each in net.get_weights())
    return "changed meanwhile"
