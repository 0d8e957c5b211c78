"""How good a network is on rows that training never saw: larger is better, for any loss alike.

A figure depends neither on the loss nor on the scale of the targets, so that a network and its
mended version can be compared, whatever the mend changed.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.doctor.faults.case import Case

#: what a network is worth that cannot be trained, or gives no finite number
WORTHLESS = -1.0


def trained(case: Case) -> tuple[float, Exception | None]:
    """Train the case's network as its user would; its figure, or what `fit` raised."""
    try:
        case.net.fit(case.x, case.y, **{"verbose": 0, **case.fit})
        return measured(case.net, *case.held, case.figure, case.fit), None
    except Exception as error:  # a fault may stop training in any way
        return WORTHLESS, error


def measured(net: Any, x: Any, y: Any, figure: str, fit: dict[str, Any]) -> float:
    """The figure of a name, between −1 and 1."""
    said = np.asarray(net.predict(x, verbose=0), np.float64)
    if not np.isfinite(said).all():
        return WORTHLESS
    if figure == "honest":
        return honest(net, x, y, fit)
    return float(max(WORTHLESS, FIGURES[figure](net, said, np.asarray(y))))


def honest(net: Any, x: Any, y: Any, fit: dict[str, Any]) -> float:
    """1 less the distance of what the validation says (accuracy or R²) from the held-out rows."""
    x_val, y_val = fit["validation_data"]
    floating = np.asarray(y).dtype.kind == "f" and np.ndim(y) == 1
    figure = "r2" if floating and len(np.unique(y)) > 20 else "accuracy"
    said = measured(net, x_val, y_val, figure, fit)
    return 1 - abs(said - measured(net, x, y, figure, fit))


def classes(net: Any, said: np.ndarray) -> np.ndarray:
    """The class that each row is put in: the largest output, or what is beyond the middle."""
    if said.ndim > 1 and said.shape[-1] > 1:
        return said.argmax(-1)
    scores = getattr(net._asked["loss"], "from_logits", False)
    low, middle = (-1, 0) if net_of_hinge(net) else (0, 0 if scores else 0.5)
    return np.where(said.reshape(len(said)) > middle, 1, low)


def net_of_hinge(net: Any) -> bool:
    return "hinge" in str(net._asked["loss"]).lower()


def truth(y: np.ndarray) -> np.ndarray:
    return y.argmax(-1) if y.ndim > 1 and y.shape[-1] > 1 else y.reshape(len(y))


def accuracy(net: Any, said: np.ndarray, y: np.ndarray) -> float:
    return float(np.mean(classes(net, said) == truth(y)))


def balanced(net: Any, said: np.ndarray, y: np.ndarray) -> float:
    """The mean over the classes of the share that is found."""
    found, right = classes(net, said), truth(y)
    return float(np.mean([np.mean(found[right == each] == each) for each in np.unique(right)]))


def r2(net: Any, said: np.ndarray, y: np.ndarray) -> float:
    """1 less the squared error, in variances of the targets."""
    target = y.astype(np.float64).reshape(len(y), -1)
    error = np.mean((said.reshape(target.shape) - target) ** 2)
    return float(1 - error / np.mean((target - target.mean(0)) ** 2))


def labels(net: Any, said: np.ndarray, y: np.ndarray) -> float:
    """F1 over all labels of rows that may have several."""
    found, right = said > 0.5, y > 0.5
    return float(2 * np.sum(found & right) / max(1, np.sum(found) + np.sum(right)))


def sure(net: Any, said: np.ndarray, y: np.ndarray) -> float:
    """How well the probabilities fit: 1 less the mean loss of the true class, in nats."""
    said = said if said.shape[-1] > 1 else np.concatenate([1 - said, said], axis=-1)
    said = np.clip(said / said.sum(-1, keepdims=True), 1e-7, 1)
    return float(1 + np.mean(np.log(said[np.arange(len(y)), truth(y).astype(int)])))


def poorest(net: Any, said: np.ndarray, y: np.ndarray) -> float:
    """R² of the output, of several, that is told worst."""
    return min(r2(net, *each) for each in zip(said, y, strict=True))


FIGURES = {each.__name__: each for each in (accuracy, balanced, r2, labels, sure, poorest)}
