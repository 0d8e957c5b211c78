"""What made a number of a step NaN or infinite.

Where such a number stands first, and which of its terms it was: the product that overflowed, the
logarithm of −1.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from pellucid.data import CSR, Batch
from pellucid.elements.element import Element, Place
from pellucid.elements.terms import label
from pellucid.glass.elements import StepElements
from pellucid.glass.figures import figure
from pellucid.glass.recording import Recording
from pellucid.glass.why import bracketed, short
from pellucid.plan import sentence
from pellucid.tensor import Line, Tensor


class Cause(NamedTuple):
    """What was not finite, in words; the equation or the data where it stood; and the mend."""

    what: str
    equation: str
    mend: str
    layer: str | None = None
    sample: int | None = None


def first_cause(found: Recording, batch: Batch) -> Cause:
    """The first number of a step that is not finite, walking from the data to the update."""
    plan, values = found.plan, found.by_tensor
    for tensor in (*plan.inputs, *plan.targets, *plan.weights):
        if (at := first_nonfinite(values[tensor])) is not None:
            return in_data(plan.names[tensor], values[tensor], at, batch)
    for line in plan.lines:
        for tensor in line.outputs:
            if (at := first_nonfinite(values[tensor])) is not None:
                return in_line(found, line, tensor, at, batch)
    what = f"a number that is finite in a step by itself ({plan.title})"
    return Cause(what, plan.title, "Lower the learning rate, or scale the inputs to about 1")


def in_line(
    found: Recording, line: Line, tensor: Tensor, at: tuple[int, ...], batch: Batch
) -> Cause:
    plan = found.plan
    what, shown = kind(np.asarray(found.by_tensor[tensor])[at]), sentence(plan, line)
    mend = f"{blamed(found, tensor, at)}Lower the learning rate, or "
    if line.section == "update":
        what = f"{what} in the update: {shown} ({plan.title})"
        return Cause(what, f"{plan.title}: {shown}", f"{mend}clip the gradient: clipnorm=1.0")
    of_row = tensor.shape and tensor.shape[0] is None
    sample = row_number(at[0], batch) if of_row else None
    mend += "scale the inputs to about 1"
    return Cause(f"{what} in {shown}", shown, mend, line.layer, sample)


def in_data(name: str, array: np.ndarray, at: tuple[int, ...], batch: Batch) -> Cause:
    letter = "x" if name.startswith("X") else "y" if name.startswith("Y") else "sample_weight"
    column = f", column {at[1]}" if len(at) > 1 else ""
    what = f"{kind(array[at])} in the data: {name}{column}"
    mend = f"Look at the rows it stands in: {search(letter, batch)}. Drop or fill them"
    return Cause(what, name, mend, sample=row_number(at[0], batch))


def search(letter: str, batch: Batch) -> str:
    """Words of Python that find what is not finite."""
    if letter == "x" and any(isinstance(x, CSR) for x in batch.x):
        return "np.flatnonzero(~np.isfinite(x.sum(axis=1)))"
    return f"np.argwhere(~np.isfinite({letter}))"


def first_nonfinite(value: Any) -> tuple[int, ...] | None:
    wrong = ~np.isfinite(np.asarray(value))
    if not wrong.any():
        return None
    return tuple(int(i) for i in np.unravel_index(int(np.argmax(wrong)), wrong.shape))


def row_number(row: int, batch: Batch) -> int:
    return int(batch.rows[row]) if batch.rows is not None else row


def kind(value: Any) -> str:
    return "NaN" if np.isnan(value) else "an infinity"


def blamed(found: Recording, tensor: Tensor, at: tuple[int, ...]) -> str:
    """A sentence on the terms of the number, where its equation can be read number by number."""
    try:
        return f"{blame(found, tensor, at)}. "
    except Exception:  # a user's own equation may use what elements lack; the NaN is the news
        return ""


def blame(recording: Recording, tensor: Tensor, at: tuple[int, ...]) -> str:
    """A number and what made it so: Z1[0, 0] is NaN: log(X[0, 1]) = log(−2) is not a number"""
    found, place = StepElements(recording), Place(tensor, at)
    terms = found.terms_at(place)
    most = float(np.finfo(terms.dtype).max)
    cause = first_beyond(terms.number, most)
    names = short(label(cause, found.named))
    numbers = bracketed(short(label(cause, lambda each: figure(found.number(each)))))
    what = (
        "is not a number"
        if math.isnan(cause)
        else f"is beyond {most:.2g}, the largest {terms.dtype}"
    )
    whole = found.named(place) if tensor in found.names else short(terms.text(found.named))
    return f"{whole} is {figure(terms.value)}: {names} = {numbers} {what}"


def first_beyond(number: Element, most: float) -> Element:
    """What is too large or not a number, though nothing that it is made of is."""
    for part in number.parts:
        if not abs(part) <= most and part.operation is not None:
            return first_beyond(part, most)
    return number
