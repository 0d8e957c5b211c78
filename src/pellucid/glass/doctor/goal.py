"""What a network is for: the kind of its targets, its ending, and how well its outputs hit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from pellucid.equations.activations import HardSigmoid, LogSoftmax, Sigmoid, Softmax, Tanh
from pellucid.equations.losses import Loss
from pellucid.glass.doctor.patient import Patient
from pellucid.tensor import Operation

#: whole numbers of up to so many values are classes, if each stands in several rows
MOST_CLASSES = 100
#: rows of each value, on average, that whole numbers need to be classes
ROWS_OF_CLASS = 4
#: up to so many integers, each in as many rows on average, are classes however far they lie apart
CODED = 20
#: by how much a row of probabilities may miss 1
ROUNDING = 1e-3
#: the least share of the variance of the targets, as a divisor
TINY = 1e-12
#: the least probability that a row's class is taken to be given, as losses clip theirs
LEAST = 1e-7

KINDS = ("classes", "one-hot", "several", "probabilities", "sign", "numbers", "text", "nothing")


class Ending(NamedTuple):
    """The equations at the end: the last, and the one before it; the loss; units of the output."""

    last: Operation | None
    before: Operation | None
    loss: Loss | None
    width: int

    @property
    def logits(self) -> bool:
        """Whether the loss takes scores."""
        return bool(getattr(self.loss, "from_logits", False))

    @property
    def of_classes(self) -> bool:
        """Whether the loss is one for classes."""
        expects = "any" if self.loss is None else self.loss.expects
        return expects in ("classes", "one-hot", "probability", "sign")


def ending(net: Patient, at: int | None = None) -> Ending:
    """How the network ends: at an output, or at the first that has a loss."""
    goal = net.engine.aim.goal
    if at is None:
        at = next((at for at, loss in enumerate(goal.losses) if loss is not None), 0)
    plan = net.engine.plan("predict")
    output = plan.outputs[at]
    width = int(output.shape[-1] or 1) if len(output.shape) > 1 else 1
    writer = plan.writers.get(output)
    if writer is None:
        return Ending(None, None, goal.losses[at], width)
    above = plan.writers.get(writer.inputs[0])
    return Ending(writer.equation, above.equation if above else None, goal.losses[at], width)


def kind_of(y: Any) -> str:
    """What targets are, from the numbers alone; see KINDS."""
    if y is None:
        return "nothing"
    if y.dtype.kind in "OUST":
        return "text"
    if y.dtype.kind not in "biuf" or not y.size:
        return "nothing"
    if y.ndim == 1 or y.shape[1:] == (1,):
        return kind_of_column(y.reshape(-1))
    return kind_of_rows(y)


def kind_of_column(y: np.ndarray) -> str:
    finite = y[np.isfinite(y)] if y.dtype.kind == "f" else y
    if not len(finite):
        return "numbers"
    values = np.unique(finite)
    if list(values) == [-1, 1]:
        return "sign"
    whole = y.dtype.kind in "biu" or bool(np.array_equal(values, np.round(values)))
    few = len(values) <= min(MOST_CLASSES, max(2, len(finite) // ROWS_OF_CLASS))
    coded = y.dtype.kind in "iu" and len(values) <= CODED and len(finite) >= CODED * len(values)
    width = float(values[-1]) - float(values[0])
    near = coded or (whole and width < 2 * len(values) + 2)
    return "classes" if whole and few and near else "numbers"


def numbers_of_units(end: Ending | None, y: Any) -> bool:
    """Whether each target is the number of an output, by a loss that takes such numbers."""
    if end is None or end.loss is None or not end.loss.sparse or y.dtype.kind not in "iu":
        return False
    return bool(y.size and y.min() >= 0 and y.max() < end.width)


def kind_of_rows(y: np.ndarray) -> str:
    rows = y.reshape(-1, y.shape[-1])
    low, high = rows.min(), rows.max()
    if not (low >= 0 and high <= 1):
        return "sign" if set(np.unique(rows).tolist()) == {-1, 1} else "numbers"
    only = bool(np.isin(rows, (0, 1)).all())
    sums = rows.sum(axis=-1, dtype=np.float64)
    if np.abs(sums - 1).max() <= ROUNDING:
        return "one-hot" if only else "probabilities"
    return "several" if only else "numbers"


def classes_in(y: np.ndarray, kind: str) -> np.ndarray | None:
    """The class of each row, where rows have one."""
    if kind in ("one-hot", "probabilities"):
        return y.argmax(axis=-1)
    if kind in ("classes", "sign"):
        return np.unique(y.reshape(-1), return_inverse=True)[1]
    return None


def is_a(equation: Operation | None, *kinds: type) -> bool:
    return isinstance(equation, kinds)


def bounds(equation: Operation | None) -> tuple[float, float]:
    """Between which numbers the outputs lie."""
    if equation is None or is_a(equation, LogSoftmax):
        return -np.inf, np.inf
    if is_a(equation, Sigmoid, Softmax, HardSigmoid):
        return 0.0, 1.0
    if is_a(equation, Tanh):
        return -1.0, 1.0
    name = type(equation).__name__.lower()
    return BOUNDS.get(name, (-np.inf, np.inf))


BOUNDS = {
    "relu": (0.0, np.inf),
    "relu6": (0.0, 6.0),
    "softplus": (0.0, np.inf),
    "softsign": (-1.0, 1.0),
    "exponential": (0.0, np.inf),
    "elu": (-1.0, np.inf),
    "selu": (-1.76, np.inf),
    "silu": (-0.28, np.inf),
    "gelu": (-0.17, np.inf),
    "mish": (-0.31, np.inf),
}


class Figure(NamedTuple):
    """How well each row is hit: `each` from its outputs and its target; 1 is best."""

    name: str
    each: Callable[[Ending, np.ndarray, np.ndarray], np.ndarray]


def hits(end: Ending, outputs: np.ndarray, y: np.ndarray) -> np.ndarray:
    """1 for each row whose class is found, else 0."""
    truth = truths(outputs, y).reshape(len(outputs), -1)
    guess = guessed(end, outputs, y)
    found = guess.reshape(len(outputs), -1) == np.reshape(truth, (len(outputs), -1))
    return found.mean(axis=1)


def truths(outputs: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The class of each row, or of each place of one, by its number or its column."""
    numbers = y.ndim < 2 or y.shape[-1] == 1 or y.shape == outputs.shape[:-1]
    return y if numbers else np.asarray(y.argmax(axis=-1))


def guessed(end: Ending, outputs: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The class that the outputs of each row say."""
    if outputs.shape[-1] > 1:
        return outputs.argmax(axis=-1)
    values = np.unique(y)
    flat = outputs.reshape(len(outputs), -1)
    if len(values) > 2:
        return np.round(flat)
    low, high = (float(values[0]), float(values[-1])) if len(values) > 1 else (0.0, 1.0)
    signed = end.logits or (end.loss is not None and end.loss.expects == "sign")
    limit = 0.0 if signed else (low + high) / 2
    return np.where(flat > limit, high, low)


def agreements(end: Ending, outputs: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Of classes that can hold together, the share that is said rightly."""
    limit = 0.0 if end.logits else 0.5
    said, truth = (each.reshape(len(outputs), -1) for each in (outputs, y))
    return ((said > limit) == (truth > 0.5)).mean(axis=1)


def explained(end: Ending, outputs: np.ndarray, y: np.ndarray) -> np.ndarray:
    """1 − Σ (y − ŷ)²/Σ σ²: their mean is R², the share of the variance that is explained."""
    rows = len(outputs)
    truth, guess = y.reshape(rows, -1).astype(float), outputs.reshape(rows, -1).astype(float)
    spread = max(float(truth.var(axis=0).mean()), TINY)
    with np.errstate(all="ignore"):
        return 1 - ((truth - guess) ** 2).mean(axis=1) / spread


def balanced(end: Ending, outputs: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Hits, in which every class counts alike: their mean is that of the classes' recalls."""
    truth = truths(outputs, y).reshape(-1)
    codes = np.unique(truth, return_inverse=True)[1]
    count = np.bincount(codes)
    return hits(end, outputs, y) * (len(codes) / (len(count) * count))[codes]


def likelihoods(end: Ending, outputs: np.ndarray, y: np.ndarray) -> np.ndarray:
    """1 + log p, for the probability p that the row's own class is given."""
    p = probabilities(end, outputs.reshape(len(outputs), -1))
    truth = truths(outputs, y).reshape(-1)
    if p.shape[1] == 1:
        high = truth == (truth.max() if len(np.unique(truth)) > 1 else 1)
        p, truth = np.concatenate([1 - p, p], axis=1), high
    own = p[np.arange(len(p)), truth.astype(np.intp)]
    return 1 + np.log(np.clip(own, LEAST, 1))


def probabilities(end: Ending, flat: np.ndarray) -> np.ndarray:
    """Outputs as probabilities: of scores the softmax or sigmoid, of others their shares."""
    flat = flat.astype(np.float64)
    if end.logits and flat.shape[1] == 1:
        return 1 / (1 + np.exp(-np.clip(flat, -50, 50)))
    if end.logits:
        powers = np.exp(flat - flat.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)
    shares = np.clip(flat, LEAST, 1)
    return shares if flat.shape[1] == 1 else shares / shares.sum(axis=1, keepdims=True)


FIGURES = {
    "classes": Figure("accuracy", hits),
    "several": Figure("share of labels right", agreements),
    "numbers": Figure("R²", explained),
    "balanced": Figure("mean recall of the classes", balanced),
    "likelihood": Figure("1 + log-likelihood", likelihoods),
    "outputs": Figure("mean over the outputs of accuracy or R²", hits),
}


def task_of(kind: str, end: Ending | None) -> str:
    """What is to be learnt: classes, several labels at once, or numbers."""
    if kind in ("one-hot", "probabilities", "sign"):
        return "classes"
    if kind == "several":
        return "several"
    if kind == "classes":
        return "classes" if end is None or end.of_classes or looks_like_classes(end) else "numbers"
    if end is not None and end.loss is not None and end.loss.expects == "classes":
        return "classes"
    return "numbers"


def looks_like_classes(end: Ending) -> bool:
    """Whether the ending says classes, though the loss does not."""
    return end.width > 1 or is_a(end.last, Sigmoid, Softmax)
