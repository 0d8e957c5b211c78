"""Which of its terms made a number NaN or infinite: the product that overflowed, the log of −1."""

from __future__ import annotations

import math

import numpy as np

from pellucid.elements.element import Element, Place
from pellucid.elements.terms import label
from pellucid.glass.elements import StepElements
from pellucid.glass.figures import figure
from pellucid.glass.recording import Recording
from pellucid.glass.why import bracketed, short
from pellucid.tensor import Tensor


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
