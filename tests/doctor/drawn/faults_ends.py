"""Variations of wrong outputs, losses and targets."""

from __future__ import annotations

import numpy as np

from pellucid import losses, ops
from pellucid.layers import Activation, Dense
from pellucid.utils import to_categorical
from tests.doctor.drawn.draw import BINARY, ONE_HOT, SPARSE, Draw
from tests.doctor.drawn.entries import varied
from tests.doctor.faults import data
from tests.doctor.faults.case import Given


def onehot(task):
    return task.changed(y=lambda y: to_categorical(y, task.count))


@varied("softmax over one unit", also=["regression loss for classes"])
def one_softmax(d: Draw, mended: bool) -> Given:
    task = d.binary()
    end = "sigmoid" if mended else "softmax"
    tail = d.of([Dense(1, end)], [Dense(1), Activation(end)])
    loss = BINARY if mended else d.of(BINARY, BINARY, "mse")
    return d.well(task, inner=[*d.hidden(), *tail], loss=loss)


@varied("scores taken for probabilities", also=["output cannot reach the targets"])
def scores(d: Draw, mended: bool) -> Given:
    task = d.labelled()
    units, right = task.end
    wrong = d.of(None, None, "relu", "tanh")
    return d.well(task, inner=[*d.hidden(), Dense(units, right if mended else wrong)])


@varied("softmax or sigmoid twice")
def twice(d: Draw, mended: bool) -> Given:
    task = d.labelled()
    units, right = task.end
    if task.count > 2 and d.of(True, False):
        tail = [Dense(units, right)] + ([] if mended else [Activation("softmax")])
        return d.well(task, inner=[*d.hidden(), *tail])
    kind = losses.BinaryCrossentropy if units == 1 else losses.SparseCategoricalCrossentropy
    tail = [Dense(units, None if mended else right)]
    return d.well(task, inner=[*d.hidden(), *tail], loss=kind(from_logits=True))


@varied("sigmoids for exclusive classes", also=["regression loss for classes"])
def sigmoids(d: Draw, mended: bool) -> Given:
    task = d.classes()
    loss = d.of(BINARY, ONE_HOT, "mse", SPARSE)
    rows = task.rows if loss == SPARSE else onehot(task).rows
    right = SPARSE if loss == SPARSE else ONE_HOT
    tail = [Dense(task.count, "softmax" if mended else "sigmoid")]
    return d.well(task, rows=rows, inner=[*d.hidden(), *tail], loss=right if mended else loss)


@varied("softmax for labels that are not exclusive", also=["targets do not fit the loss"])
def softmax_of_several(d: Draw, mended: bool) -> Given:
    count = d.whole(3, 8)
    task = d.numbers().__class__("several", data.several(800, count, d.seed()), count, 0.7)
    inner = [*d.hidden(), Dense(count, "sigmoid" if mended else "softmax")]
    loss = BINARY if mended else d.of(ONE_HOT, BINARY)
    return d.well(task, inner=inner, loss=loss, figure="labels", metrics=None)


@varied("output cannot reach the targets", also=["targets far from unit size"])
def out_of_reach(d: Draw, mended: bool) -> Given:
    task = d.numbers()
    end = d.of("relu", "sigmoid", "tanh", "softplus", "softsign")
    scale, off = (1.0, 0.0) if end == "relu" else d.of((1.0, 0.0), (3.0, 1.0))
    task = task.changed(y=lambda y: scale * y + off)
    return d.well(task, inner=[*d.hidden(), Dense(1, None if mended else end)])


@varied(
    "regression loss for classes",
    also=["output cannot reach the targets", "accuracy for regression", "too few outputs"],
)
def squares_of_classes(d: Draw, mended: bool) -> Given:
    task = d.labelled()
    units, end = task.end
    loss = d.of("mse", "mae", losses.Huber())
    if mended:
        return d.well(task)
    if d.of(True, False) or task.count == 2:
        rows = onehot(task).rows if task.count > 2 else task.rows
        return d.well(task, rows=rows, inner=[*d.hidden(), Dense(units, end)], loss=loss)
    return d.well(task, inner=[*d.hidden(), Dense(1)], loss=loss, metrics=["accuracy"])


@varied(
    "classification loss for regression",
    also=[
        "output cannot reach the targets",
        "targets do not fit the loss",
        "accuracy for regression",
        "softmax over one unit",
    ],
)
def entropy_of_numbers(d: Draw, mended: bool) -> Given:
    task = d.numbers()
    if mended:
        return d.well(task)
    units, end, loss = d.of((1, "sigmoid", BINARY), (1, "softmax", ONE_HOT), (3, "softmax", SPARSE))
    return d.well(task, inner=[*d.hidden(), Dense(units, end)], loss=loss)


@varied("accuracy for regression")
def accuracy_of_numbers(d: Draw, mended: bool) -> Given:
    return d.well(d.numbers(), metrics=["mae"] if mended else ["accuracy"])


@varied("targets do not fit the loss", also=["shapes of target and output differ"])
def unfit_targets(d: Draw, mended: bool) -> Given:
    task = d.classes()
    rows, loss = d.of((onehot(task).rows, SPARSE), (task.rows, ONE_HOT))
    right = ONE_HOT if loss == SPARSE else SPARSE
    return d.well(task, rows=rows, loss=right if mended else loss)


@varied(
    "shapes of target and output differ",
    also=["targets do not fit the loss", "too few outputs", "too many outputs"],
)
def another_shape(d: Draw, mended: bool) -> Given:
    task = d.numbers()
    count = d.of(2, 3)
    several = task.changed(y=lambda y: np.stack([y] + [y * y] * (count - 1), axis=1))
    wrong, rows = d.of((1, several.rows), (count, task.rows))
    right = count if rows is several.rows else 1
    hidden = d.hidden(activation="relu")
    return d.well(task, rows=rows, inner=[*hidden, Dense(right if mended else wrong)])


@varied("labels do not start at 0", also=["too few outputs"])
def labels_from_one(d: Draw, mended: bool) -> Given:
    task = d.classes()
    more = 0 if mended else d.of(0, 1)
    changed = task.changed(y=lambda y: y + (0 if mended else 1))
    return d.well(changed, inner=[*d.hidden(), Dense(task.count + more, "softmax")])


@varied("labels with gaps", also=["too few outputs", "labels do not start at 0"])
def gaps(d: Draw, mended: bool) -> Given:
    task = d.classes()
    factor = 1 if mended else d.of(2, 3)
    changed = task.changed(y=lambda y: y * factor)
    units = task.count if mended else d.of(task.count, (task.count - 1) * factor + 1)
    return d.well(changed, inner=[*d.hidden(), Dense(units, "softmax")])


@varied("labels are text", also=["targets do not fit the loss"])
def text(d: Draw, mended: bool) -> Given:
    task = d.labelled()
    words = np.array([f"class {each}" for each in "hgfedcbaij"])
    texts = d.of(lambda y: words[y], lambda y: y.astype(str), lambda y: words[y].astype(object))
    return d.well(task if mended else task.changed(y=texts))


@varied("too few outputs", also=["targets do not fit the loss", "output cannot reach the targets"])
def few_outputs(d: Draw, mended: bool) -> Given:
    task = d.classes()
    units, end, loss = d.of((task.count - 1, "softmax", SPARSE), (1, "sigmoid", BINARY))
    if mended:
        return d.well(task)
    return d.well(task, inner=[*d.hidden(), Dense(units, end)], loss=loss)


@varied("too many outputs")
def many_outputs(d: Draw, mended: bool) -> Given:
    task = d.classes()
    more = 0 if mended else d.of(1, 5, 90)
    return d.well(task, inner=[*d.hidden(), Dense(task.count + more, "softmax")])


@varied("loss does not depend on the network")
def constant_loss(d: Draw, mended: bool) -> Given:
    task = d.numbers()

    def error(y_true, y_pred):
        said = y_pred if mended else d.of(1, 1) * ops.minimum(ops.maximum(y_pred, 0.0), 0.0)
        return ops.mean(ops.square(y_true - said), axis=-1)

    return d.well(task, loss=error)


@varied("everything is frozen")
def frozen(d: Draw, mended: bool) -> Given:
    task = d.table()
    inner = [*d.hidden(), d.last(task)]
    for layer in inner:
        layer.trainable = mended
    return d.well(task, inner=inner)
