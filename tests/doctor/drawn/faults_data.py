"""Variations of broken data."""

from __future__ import annotations

import numpy as np

from pellucid.layers import Dense
from pellucid.optimizers import SGD, Adam
from tests.doctor.drawn.draw import Draw, Task
from tests.doctor.drawn.entries import varied
from tests.doctor.faults import data
from tests.doctor.faults.case import Given


@varied("NaN or infinity in the data")
def not_finite(d: Draw, mended: bool) -> Given:
    task = d.table()
    x, y, _ = task.rows
    x, y = x.copy(), y.astype("float32") if not task.count else y.copy()
    every, column = d.whole(7, 60), d.whole(0, task.wide - 1)
    bad = d.of(np.nan, np.inf, -np.inf)
    if not mended and not task.count and d.of(True, False):
        y[::every] = np.nan
    elif not mended:
        x[3::every, column] = bad
    return d.well(task.with_rows(x, y))


@varied("constant column", also=["unscaled inputs", "saturated units"])
def constant(d: Draw, mended: bool) -> Given:
    task = d.table()
    value = d.of(2017.0, 100.0, -350.0, 1e4)
    at = d.whole(0, task.wide)

    def add(x):
        return x if mended else np.insert(x, at, value, axis=1).astype("f")

    return d.well(task.changed(x=add))


ALSO = ["rate too high", "saturated units", "dead units", "weights start too large"]


@varied("unscaled inputs", also=ALSO)
def all_large(d: Draw, mended: bool) -> Given:
    task = d.until(d.labelled, lambda t: t.name != "words")
    scale, off = d.of((255.0, 0.0), (100.0, 0.0), (50.0, 300.0), (1000.0, 0.0))
    hidden = d.hidden(1, d.of("sigmoid", "tanh", "relu"))
    optimizer = d.of(SGD(0.1), Adam(0.005), Adam(0.001)) if not mended else None
    changed = task if mended else task.changed(x=lambda x: scale * x + off)
    steps = d.course(task, 600)
    return d.well(changed, hidden=hidden, optimizer=optimizer, **({} if mended else steps))


@varied("unscaled inputs", also=[*ALSO, "targets far from unit size"])
def scales_apart(d: Draw, mended: bool) -> Given:
    task = d.table()
    sizes = np.array([d.between(0.01, 1e6) for _ in range(task.wide)])
    sizes[d.whole(0, task.wide - 1)] = d.between(1e4, 1e6)
    changed = task if mended else task.changed(x=lambda x: (x * sizes).astype("f"))
    return d.well(changed, optimizer=Adam(d.of(0.003, 0.005)))


@varied("unscaled inputs", also=[*ALSO, "rate too low", "ends before it converged"])
def all_tiny(d: Draw, mended: bool) -> Given:
    task = d.until(d.labelled, lambda t: t.name != "words")
    scale = d.of(1e-3, 1e-4)
    changed = task if mended else task.changed(x=lambda x: scale * x)
    return d.well(changed, optimizer=d.of(Adam(0.002), SGD(0.05)) if not mended else Adam(0.005))


@varied("targets far from unit size", also=["rate too high", "rate too low", "exploding gradients"])
def far_targets(d: Draw, mended: bool) -> Given:
    task = d.numbers()
    scale, off = d.of((40_000, 150_000), (2000.0, 5000.0), (15.0, 60.0), (1.0, 300.0), (1e-4, 0.0))
    changed = task if mended else task.changed(y=lambda y: (scale * y + off).astype("f"))
    return d.well(changed, optimizer=Adam(d.between(0.002, 0.01)) if scale == 1e-4 else None)


@varied("outliers", also=["targets far from unit size", "unscaled inputs", "rate too high"])
def outliers(d: Draw, mended: bool) -> Given:
    task = d.numbers()
    x, y, _ = task.rows
    x, y, every = x.copy(), y.copy(), d.whole(50, 120)
    if not mended and d.of(True, False):
        y[5::every] = d.of(999, -9999, 500)
    elif not mended:
        x[5::every, d.whole(0, task.wide - 1)] = d.of(9999, -999, 1e6)
    return d.well(task.with_rows(x, y))


@varied("identifier or date as a number", also=["unscaled inputs", "memorises"])
def identifier(d: Draw, mended: bool) -> Given:
    task = d.table()
    kind = d.of("in turn", "mixed", "date", "seconds", "in steps")

    def numbers(count, later):
        if kind == "date":
            day = d.rng.integers(1, 29, count) + 100 * d.rng.integers(1, 13, count)
            return 20_000_000 + 10_000 * d.rng.integers(5, 24, count) + day
        if kind == "seconds":
            return 1_500_000_000 + np.sort(d.rng.integers(0, 10**8, count)) + later
        if kind == "mixed":
            return d.rng.permutation(count) + 10_000 + later
        return 50_000 + np.arange(count) * (7 if kind == "in steps" else 1) + later

    x, y, (x_new, y_new) = task.rows
    if not mended:
        x = np.c_[x, numbers(len(x), 0)].astype("f8")
        x_new = np.c_[x_new, numbers(len(x_new), 10**4)].astype("f8")
    return d.well(Task(task.name, (x, y, (x_new, y_new)), task.count, task.good, task.straight))


@varied("column gives the target away")
def given_away(d: Draw, mended: bool) -> Given:
    task = d.table()
    kind = d.of("itself", "coded", "paid")

    def told(y):
        if not task.count:
            return y if kind == "itself" else 3.6 * y + 12
        if kind == "coded":
            return np.array([4, 0, 7, 2, 1, 9, 3, 6, 5, 8])[y]
        if kind == "paid" and task.count == 2:
            return y * d.rng.uniform(0.5, 2.0, len(y))
        return y * 1.0

    x, y, (x_new, y_new) = task.rows
    if not mended:
        x = np.c_[x, told(y)].astype("f")
        x_new = np.c_[x_new, np.zeros(len(x_new))].astype("f")
    return d.well(Task(task.name, (x, y, (x_new, y_new)), task.count, task.good, task.straight))


@varied("same rows with different labels", also=["wrong labels"])
def contradictions(d: Draw, mended: bool) -> Given:
    task = d.classes()
    x, y, _ = task.rows
    share = d.of(0.3, 0.6, 1.0)
    some = np.arange(round(share * len(x)))
    if not mended:
        x, y = np.concatenate([x, x[some]]), np.concatenate([y, (y[some] + 1) % task.count])
    return d.well(task.with_rows(x, y))


@varied("rows in both training and validation", also=["memorises"], mends=False)
def in_both(d: Draw, mended: bool) -> Given:
    task = d.any()
    x, y, _ = task.rows
    cut, shared = round(0.8 * len(x)), d.of(0.3, 1.0)
    rng = np.random.default_rng(1)
    twice = rng.choice(cut, round(shared * (len(x) - cut)), replace=False)
    x_val, y_val = x[cut:].copy(), y[cut:].copy()
    if not mended:
        x_val[: len(twice)], y_val[: len(twice)] = x[twice], y[twice]
    kept = task.with_rows(x[:cut], y[:cut])
    return d.well(kept, validation_split=None, validation_data=(x_val, y_val), figure="honest")


@varied("sorted rows without shuffling", also=["oscillates"])
def in_order(d: Draw, mended: bool) -> Given:
    task = d.any()
    x, y, _ = task.rows
    order = np.argsort(y, kind="stable")[:: d.of(1, -1)]
    sorted_ = task.with_rows(x[order], y[order])
    return d.well(sorted_, shuffle=None if mended else False, optimizer=SGD(d.of(0.05, 0.1)))


@varied("validation from another distribution", mends=False)
def another_distribution(d: Draw, mended: bool) -> Given:
    task = d.table()
    x, y, _ = task.rows
    cut = round(0.75 * len(x))
    kind, at = d.of("scaled", "moved", "part", "column"), d.whole(0, task.wide - 1)
    x_val = x[cut:].copy()
    if not mended and kind == "scaled":
        x_val = x_val * d.of(16, 255, 0.1)
    elif not mended and kind == "moved":
        x_val = x_val + d.of(2.0, 5.0)
    elif not mended and kind == "column":
        x_val[:, at] = x_val[:, at] * 100 + 20
    elif not mended:
        order = np.argsort(x[:, int(np.argmax(x.std(axis=0)))], kind="stable")
        x, y = x[order], y[order]
        x_val = x[cut:].copy()
    kept = task.with_rows(x[:cut], y[:cut])
    return d.well(kept, validation_split=None, validation_data=(x_val, y[cut:]), figure="honest")


@varied("imbalanced classes", also=["a baseline is as good"])
def imbalance(d: Draw, mended: bool) -> Given:
    share = d.of(0.03, 0.05, 0.08)
    rows = data.rare(d.whole(1200, 2500), share, d.seed(), d.of(1.4, 1.8))
    task = Task("rare", rows, 2, 0.6)
    weights = {0: 0.5 / (1 - share), 1: 0.5 / share} if mended else None
    return d.well(task, figure="balanced", class_weight=weights, optimizer=Adam(0.003))


@varied("class missing in a part", also=["validation from another distribution"], mends=False)
def class_missing(d: Draw, mended: bool) -> Given:
    task = d.classes()
    x, y, _ = task.rows
    gone = d.whole(0, task.count - 1)
    part = (
        np.arange(len(y)) % 5 == 0
        if mended
        else d.of(y == gone, (y != gone) & (np.arange(len(y)) % 4 == 0))
    )
    kept = task.with_rows(x[~part], y[~part])
    return d.well(kept, validation_split=None, validation_data=(x[part], y[part]))


@varied("wrong labels", also=["memorises", "trained too long", "overconfident"])
def wrong_labels(d: Draw, mended: bool) -> Given:
    task = d.classes()
    x, y, _ = task.rows
    wrong = d.rng.random(len(y)) < d.of(0.2, 0.3, 0.4)
    y = y if mended else np.where(wrong, d.rng.integers(0, task.count, len(y)), y)
    optimizer = Adam(0.005)
    return d.well(task.with_rows(x, y), optimizer=optimizer, hidden=[Dense(64, "relu")])


@varied("too few rows for the parameters", also=["memorises", "trained too long"], mends=False)
def few_rows(d: Draw, mended: bool) -> Given:
    task = d.any()
    x, y, _ = task.rows
    some = d.rng.permutation(len(x))[: len(x) if mended else d.whole(4, 9) * max(task.count, 3)]
    hidden = [Dense(d.of(256, 512), "relu"), Dense(128, "relu")]
    return d.well(task.with_rows(x[some], y[some]), hidden=hidden, epochs=40)
