"""Targets and predictions as arrays that go together, or an error that says how to mend them."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from pellucid.foreign import brief

Arrays = tuple[np.ndarray, np.ndarray]


def numbers(values: ArrayLike, what: str) -> np.ndarray:
    """`values` as an array of numbers, at least one-dimensional."""
    array = np.asarray(values)
    if array.dtype.kind not in "biuf":
        raise TypeError(
            f"{what} must hold numbers, got {array.dtype} values. Turn labels into class numbers: "
            "classes, y = np.unique(labels, return_inverse=True)"
        )
    return array if array.ndim else array.reshape(1)


def check_threshold(metric: str, threshold: Any) -> None:
    if threshold is not None and not isinstance(threshold, Real):
        raise ValueError(f"{metric} takes a number as threshold, got {brief(repr(threshold))}")


def paired(y_true: ArrayLike, y_pred: ArrayLike, metric: str) -> Arrays:
    """Both as arrays of one shape (…, outputs); (n,) goes with (n, 1)."""
    truth, prediction = aligned(y_true, y_pred)
    if truth.shape != prediction.shape:
        raise mismatch(truth, prediction, metric)
    if truth.ndim == 1:
        return truth[:, None], prediction[:, None]
    return truth, prediction


def aligned(y_true: ArrayLike, y_pred: ArrayLike) -> Arrays:
    """Both as arrays, of one number of dimensions where they differ by a last dimension of 1."""
    truth, prediction = numbers(y_true, "y_true"), numbers(y_pred, "y_pred")
    if truth.shape == (*prediction.shape, 1):
        return truth, prediction[..., None]
    if prediction.shape == (*truth.shape, 1):
        return truth[..., None], prediction
    return truth, prediction


def numbered(y_true: ArrayLike, y_pred: ArrayLike, metric: str) -> Arrays:
    """Class numbers (…) and scores (…, classes)."""
    truth, prediction = numbers(y_true, "y_true"), numbers(y_pred, "y_pred")
    if prediction.shape[-1] > 1 and truth.shape == (*prediction.shape[:-1], 1):
        truth = truth[..., 0]
    if truth.shape != prediction.shape[:-1] or prediction.shape[-1] == 1:
        raise mismatch(truth, prediction, metric)
    return truth, prediction


def is_numbered(y_true: ArrayLike, y_pred: ArrayLike) -> bool:
    """Whether y_true holds class numbers for y_pred's several columns."""
    truth, columns = np.shape(y_true), np.shape(y_pred)
    return columns[-1:] not in ((), (1,)) and truth in (columns[:-1], (*columns[:-1], 1))


def mismatch(truth: np.ndarray, prediction: np.ndarray, metric: str) -> ValueError:
    return ValueError(
        f"{metric} got y_true of shape {truth.shape} and y_pred of shape {prediction.shape}: "
        + _mend(truth, prediction, metric)
    )


def _mend(truth: np.ndarray, prediction: np.ndarray, metric: str) -> str:
    if truth.shape[:1] != prediction.shape[:1]:
        return "it expects one row of y_pred for each row of y_true"
    if prediction.shape[-1] == 1 or prediction.ndim == 1:
        return (
            "it expects one column of y_pred for each class; "
            "for a single output use metrics.BinaryAccuracy()"
        )
    if is_numbered(truth, prediction):
        classes = prediction.shape[-1]
        return (
            "y_true looks like class numbers, it expects one column for each class: "
            f"y_true = utils.to_categorical(y_true, {classes}), "
            f"{_for_class_numbers(metric)}"
        )
    if truth.shape == prediction.shape:
        return (
            "y_true looks one-hot, it expects class numbers: y_true = np.argmax(y_true, axis=-1), "
            "or the metric of this name without 'Sparse'"
        )
    return "it expects equal shapes, or (n,) and (n, 1)"


def _for_class_numbers(metric: str) -> str:
    if metric in ("Precision", "Recall", "AUC"):
        return f"or metrics.{metric}(average='macro'), which takes class numbers"
    if metric in ("CategoricalAccuracy", "TopKCategoricalAccuracy"):
        return f"or metrics.Sparse{metric}()"
    return "or metrics.SparseCategoricalAccuracy()"


def row_means(values: np.ndarray) -> np.ndarray:
    """The mean over the last dimension, which for a single number is that number."""
    return values[..., 0] if values.shape[-1] == 1 else values.mean(-1)


def one_hot(labels: np.ndarray, classes: int) -> np.ndarray:
    """(…) class numbers as (…, classes) of True and False."""
    return labels[..., None] == np.arange(classes)


def each_weight(sample_weight: ArrayLike | None, scores: np.ndarray) -> np.ndarray | None:
    """Weights that go together with scores (…, outputs): of each, or (…, 1) of rows or steps."""
    if sample_weight is not None and np.ndim(sample_weight) == scores.ndim > 1:
        given = np.asarray(sample_weight, np.float64)
        if given.shape[-1] == scores.shape[-1] > 1 and fits(given, scores.shape):
            return np.broadcast_to(given, scores.shape)
    rows = spread(sample_weight, scores.shape[:-1])
    return None if rows is None else rows[..., None]


def fits(weight: np.ndarray, shape: tuple[int, ...]) -> bool:
    """Whether weights are one for each of a shape, but for axes along which they are the same.

    Of fewer axes they are those of rows, of which there is one each.
    """
    pairs = list(zip(weight.shape, shape, strict=False))
    same = 0 if weight.ndim == len(shape) > 1 else 1
    return weight.ndim <= len(shape) and all(
        given == due or (axis >= same and given == 1) for axis, (given, due) in enumerate(pairs)
    )


def spread(sample_weight: ArrayLike | None, shape: tuple[int, ...]) -> np.ndarray | None:
    """The weight of each of the values of `shape`, from one per row, per step, or one for all."""
    if sample_weight is None:
        return None
    weight = np.asarray(sample_weight, dtype=np.float64)
    while weight.ndim > len(shape) and weight.shape[-1] == 1:
        weight = weight[..., 0]
    if not fits(weight, shape):
        raise ValueError(
            f"sample_weight has shape {np.shape(sample_weight)}, expected one weight for each row: "
            f"{shape[:1]}" + (f", or for each step: {shape}" if len(shape) > 1 else "")
        )
    return np.broadcast_to(weight.reshape(weight.shape + (1,) * (len(shape) - weight.ndim)), shape)
