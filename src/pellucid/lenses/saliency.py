"""What of an input made a number what it is: by its gradient, and by the gradients on the way."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from pellucid.glass.elements import StepElements
from pellucid.lenses.asking import (
    Asked,
    asked_by_row,
    given_inputs,
    input_named,
    of_a_network,
    with_input,
)
from pellucid.lenses.gradient import gradient, gradient_of
from pellucid.models.seeing import Seeing


@of_a_network
def saliency(net: Seeing, x: Any, of: str | None = None, by: str = "X") -> np.ndarray:
    """|∂ of/∂ by|: how much the number moves with each number of an input, whichever way."""
    return np.abs(gradient(net, x, of=of, by=by))


class Attribution(NamedTuple):
    """What each number of an input adds, `values`, on the way from `start` to `end`, row by row."""

    values: np.ndarray
    start: np.ndarray
    end: np.ndarray

    @property
    def missing(self) -> np.ndarray:
        """What the values lack to add up to end − start: the error of the sum over steps."""
        return self.end - self.start - self.values.reshape(len(self.values), -1).sum(axis=1)


@of_a_network
def integrated_gradients(
    net: Seeing,
    x: Any,
    of: str | None = None,
    by: str = "X",
    baseline: float | np.ndarray = 0.0,
    steps: int = 64,
) -> Attribution:
    """(x − x₀)⊙∫ ∂of/∂x dt along the straight line from the baseline x₀ to x.

    The values add up to what the number is at x, less what it is at x₀, as far as `steps` places
    on the line (Gauss and Legendre's) tell; `missing` is what is left.
    """
    here = net.record(x)
    number, at = asked_by_row(StepElements(here), of), input_named(here, by)
    inputs = given_inputs(here)
    end, base = (
        inputs[at],
        np.broadcast_to(np.asarray(baseline, inputs[at].dtype), inputs[at].shape),
    )
    there = net.record(with_input(inputs, at, base))
    values = np.zeros(end.shape)
    for row in range(len(end)):
        alone = [each[row : row + 1] for each in inputs]
        mean = mean_gradient(net, alone, at, base[row], number.of_row(row), by, steps)
        values[row] = (end[row] - base[row]) * mean
    return Attribution(values, number.per_row(there), number.per_row(here))


def mean_gradient(
    net: Seeing,
    inputs: list[np.ndarray],
    at: int,
    base: np.ndarray,
    number: Asked,
    by: str,
    steps: int,
) -> np.ndarray:
    """∫ ∂number/∂x dt from the baseline to one row."""
    nodes, shares = np.polynomial.legendre.leggauss(steps)
    t = ((nodes + 1) / 2).reshape(-1, *(1 for _ in base.shape))
    way = (base + t * (inputs[at] - base)).astype(base.dtype)
    found = StepElements(net.record(with_input(inputs, at, way)))
    slopes = gradient_of(found, number.repeated(steps), by, "the number")
    return np.tensordot(shares / 2, slopes.astype(float), axes=1)
