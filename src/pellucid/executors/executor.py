"""What an executor is: it runs the steps of a plan over rows, many at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

if TYPE_CHECKING:
    from pellucid.data import Features
    from pellucid.plan import Plan


class Asked(NamedTuple):
    """Steps on the rows `first` to `last` (of `order`), until done or `seconds` have passed.

    A plan that trains needs the learning rate of each step. To `losses`, the whole and then that of
    every output, those of each step are added, times its rows. Now and then it is asked whether it
    `stops`, which leaves nothing of an unfinished step.
    """

    order: np.ndarray | None
    first: int
    last: int
    batch: int
    rates: np.ndarray | None = None
    losses: np.ndarray | None = None
    seconds: float = 0.0
    wants_outputs: bool = True
    stops: Callable[[], bool] | None = None

    @property
    def height(self) -> int:
        """How many rows there are."""
        return self.last - self.first


class Done(NamedTuple):
    """How many steps were done, and the outputs for their rows.

    Where the step after them is not `finite`, nothing of it was kept. What is `told` are the
    targets and weights of the rows, where other processes have read some of them.
    """

    steps: int
    finite: bool
    outputs: list[np.ndarray]
    told: list[np.ndarray] | None = None


class LeftError(Exception):
    """What was going on is left unfinished, because it was said to stop."""


class Executor(Protocol):
    """Runs a plan on the arrays of a network's memory."""

    name: str
    plan: Plan

    def fed(self, arrays: Sequence[Features], look: bool = True) -> Any:
        """Inputs, targets and weights in the form in which `run` reads them.

        Whether they are mostly zeros, by a `look` at some rows, may decide the form.
        """

    def run(self, given: Any, asked: Asked) -> Done:
        """The steps that are asked for; `given` is what `fed` made."""

    def report(self) -> str:
        """How the plan is run."""
