"""Pictures of how good predictions are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid.plots.style import AMOUNTS, COLOURS, GUIDE, axes, label

#: curves of more classes than this are not told apart
MOST_CURVES = 7
#: of fewer predictions no share is taken
FEW = 4


def confusion(truth: Any, guess: Any, names: Sequence[str] | None = None, ax: Any = None) -> Any:
    """How often each class (down) was taken for each (across).

    The colour is the share of the row; what never happened is left empty.
    """
    from sklearn.metrics import confusion_matrix

    truth, guess = np.asarray(truth), np.asarray(guess)
    classes = len(names) if names else int(max(truth.max(), guess.max())) + 1
    counts = confusion_matrix(truth, guess, labels=range(classes))
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    side = min(2.4 + 0.26 * classes, 9.0)
    ax = axes(ax, (side, side * 0.92))
    ax.imshow(np.ma.masked_equal(share, 0), cmap=AMOUNTS, vmin=0, vmax=1)
    labels = [label(name) for name in names] if names else [str(each) for each in range(classes)]
    turned = 45 if max(map(len, labels)) > 3 else 0
    ax.set_xticks(range(classes), labels, rotation=turned, ha="right" if turned else "center")
    ax.set_yticks(range(classes), labels)
    ax.set(xlabel="predicted", ylabel="true")
    if classes <= 25:
        for (row, column), count in np.ndenumerate(counts):
            colour = "#1a1a1a" if share[row, column] > 0.5 else "#f2f2f2"
            if count:
                ax.text(column, row, str(count), ha="center", va="center", color=colour, fontsize=8)
    return ax


def roc(truth: Any, probabilities: Any, names: Sequence[str] | None = None, ax: Any = None) -> Any:
    """True against false positives as the threshold moves; one curve for each class."""
    from sklearn.metrics import roc_auc_score, roc_curve

    ax = axes(ax)
    ax.plot([0, 1], [0, 1], ":", color=GUIDE)
    for (name, positive, score), colour in zip(
        _one_against_rest(truth, probabilities, names), COLOURS, strict=False
    ):
        if 0 < positive.mean() < 1:
            false, true, _ = roc_curve(positive, score)
            area = roc_auc_score(positive, score)
            ax.plot(false, true, color=colour, label=f"{label(name)}  area {area:.3f}")
    ax.set(xlabel="false positives", ylabel="true positives")
    ax.legend(loc="lower right")
    return ax


def calibration(truth: Any, probabilities: Any, bins: int = 10, ax: Any = None) -> Any:
    """How often the predicted class is right, against the probability that it was given."""
    ax = axes(ax)
    sure, right = _confidence(truth, probabilities)
    ax.plot([0, 1], [0, 1], ":", color=GUIDE, label="as sure as right")
    place = np.minimum((sure * bins).astype(int), bins - 1)
    filled = [at for at in range(bins) if (place == at).sum() >= FEW]
    given = [sure[place == at].mean() for at in filled]
    found = [right[place == at].mean() for at in filled]
    areas = [12 + 240 * (place == at).mean() for at in filled]
    ax.plot(given, found, color=COLOURS[0])
    ax.scatter(given, found, areas, color=COLOURS[0], label="predictions (area: how many)")
    ax.set(xlabel="probability given", ylabel="share right", xlim=(0, 1.03), ylim=(0, 1.05))
    ax.legend(loc="upper left")
    return ax


def predicted(truth: Any, guess: Any, logarithmic: bool = False, ax: Any = None) -> Any:
    """Predicted numbers against the true ones; `logarithmic` for amounts of many sizes."""
    truth, guess = np.ravel(truth), np.ravel(guess)
    ax = axes(ax)
    ax.scatter(truth, guess, 10, color=COLOURS[0], alpha=0.6, linewidths=0)
    ends = [min(truth.min(), guess.min()), max(truth.max(), guess.max())]
    ax.plot(ends, ends, ":", color=GUIDE)
    ax.set(xlabel="true", ylabel="predicted")
    if logarithmic:
        ax.set(xscale="symlog", yscale="symlog")
    return ax


def residuals(truth: Any, guess: Any, ax: Any = None) -> Any:
    """What is left, truth − prediction, against the prediction."""
    truth, guess = np.ravel(truth), np.ravel(guess)
    ax = axes(ax)
    ax.axhline(0, linestyle=":", color=GUIDE)
    ax.scatter(guess, truth - guess, 10, color=COLOURS[1], alpha=0.6, linewidths=0)
    ax.set(xlabel="predicted", ylabel="true − predicted")
    return ax


def _one_against_rest(
    truth: Any, probabilities: Any, names: Sequence[str] | None
) -> list[tuple[str, np.ndarray, np.ndarray]]:
    """(name, is it this class?, probability); one for two classes, at most the hardest seven."""
    truth, p = np.ravel(truth), _per_class(probabilities)
    names = list(names) if names else [f"class {at}" for at in range(p.shape[1])]
    chosen = [1] if p.shape[1] == 2 else list(range(p.shape[1]))
    if len(chosen) > MOST_CURVES:
        error = [np.abs((truth == at) - p[:, at]).sum() for at in chosen]
        chosen = sorted(np.argsort(error)[-MOST_CURVES:].tolist())
    return [(names[at], truth == at, p[:, at]) for at in chosen]


def _confidence(truth: Any, probabilities: Any) -> tuple[np.ndarray, np.ndarray]:
    p = _per_class(probabilities)
    return p.max(axis=1), p.argmax(axis=1) == np.ravel(truth)


def _per_class(probabilities: Any) -> np.ndarray:
    p = np.asarray(probabilities)
    p = p.reshape(len(p), -1)
    return np.concatenate([1 - p, p], axis=1) if p.shape[1] == 1 else p
