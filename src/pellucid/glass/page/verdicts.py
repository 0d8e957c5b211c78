"""What the network says of each row, beside what is true."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid.glass.recording import Recording
from pellucid.plan import Plan

Data = dict[str, Any]


def verdicts(recording: Recording, classes: Sequence[str] | None = None) -> list[Data]:
    """For each row the class or the number that is said, how sure, and the truth where it is known.

    Empty for a network of several outputs.
    """
    if not speaks(recording.plan):
        return []
    said, truth = said_and_true(recording)
    names = numbered(classes, said, truth)
    if names is None:
        return [quantity(row, truth, at) for at, row in enumerate(said)]
    true = None if truth is None else class_numbers(truth.reshape(len(said), -1))
    return [choice(row, None if true is None else true[at], names) for at, row in enumerate(said)]


def speaks(plan: Plan) -> bool:
    """Whether there is one output, of which something can be said."""
    return len(plan.outputs) == 1 and len(plan.targets) <= 1


def said_and_true(recording: Recording) -> tuple[np.ndarray, np.ndarray | None]:
    """What is put out for each row, and the targets where they are known."""
    plan = recording.plan
    said = np.asarray(recording.by_tensor[plan.outputs[0]])
    truth = np.asarray(recording.by_tensor[plan.targets[0]]) if plan.targets else None
    return said.reshape(len(said), -1), truth


def class_names(recording: Recording, classes: Sequence[str] | None) -> Sequence[str] | None:
    """The names of the classes that the output is about; None where it is about numbers."""
    return numbered(classes, *said_and_true(recording))


def numbered(
    classes: Sequence[str] | None, said: np.ndarray, truth: np.ndarray | None
) -> Sequence[str] | None:
    """The names of the classes; None where numbers are predicted."""
    count = max(said.shape[1], 2)
    if classes is not None:
        if len(classes) != count:
            raise ValueError(f"classes has {len(classes)} names for {count} classes: one for each")
        return list(map(str, classes))
    shares = bool(np.all((said >= 0) & (said <= 1)))
    sums_to_one = said.shape[1] == 1 or np.allclose(said.sum(axis=1), 1, atol=1e-3)
    fits = truth is None or are_choices(truth.reshape(len(said), -1), count)
    return list(map(str, range(count))) if shares and sums_to_one and fits else None


def are_choices(truth: np.ndarray, count: int) -> bool:
    """Whether each row is a class number, or a 1 among zeros."""
    if truth.shape[1] > 1:
        return bool(np.all((truth == 0) | (truth == 1)) and np.all(truth.sum(axis=1) == 1))
    return bool(np.all(np.isin(truth, range(count))))


def class_numbers(truth: np.ndarray) -> np.ndarray:
    return truth.argmax(axis=1) if truth.shape[1] > 1 else truth[:, 0].astype(int)


def choice(row: np.ndarray, true: int | None, names: Sequence[str]) -> Data:
    shares = np.array([1 - row[0], row[0]]) if len(row) == 1 else row
    best = int(np.argmax(shares))
    found: Data = {"said": names[best]}
    if 0 <= shares[best] <= 1:
        found["sure"] = float(shares[best])
    if true is not None and 0 <= true < len(names):
        found |= {"truth": names[true], "right": bool(best == true)}
    return found


def quantity(row: np.ndarray, truth: np.ndarray | None, at: int) -> Data:
    found: Data = {"said": few(row)}
    return found if truth is None else found | {"truth": few(truth[at].reshape(-1))}


def few(numbers: np.ndarray) -> str:
    shown = ", ".join(f"{each:.4g}".replace("-", "−") for each in numbers[:3].tolist())
    return f"{shown}, …" if len(numbers) > 3 else shown
