"""The error of a step that is not finite. Where it came from is read in `glass/blame.py`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid.data import Batch
from pellucid.plan import Plan
from pellucid.plan.step import Values
from pellucid.tensor import Tensor

if TYPE_CHECKING:
    from pellucid.glass.explanation import Explanation
    from pellucid.glass.recording import Recording


class NonFiniteError(ArithmeticError, RuntimeError):
    """Training met a NaN or an infinity. The weights are those from before that step.

    `equation`, `layer`, `epoch` and `batch` (both counted from 0) and `sample` (the row of the data
    where it is known) say where it first appeared; `history` holds the epochs before.
    `replay` gives every number of the step that failed.
    """

    def __init__(self, message: str, **where: Any):
        super().__init__(message)
        self.equation: str = where["equation"]
        self.layer: str | None = where["layer"]
        self.epoch: int = where["epoch"]
        self.batch: int = where["batch"]
        self.sample: int | None = where["sample"]
        self.history: Any = None
        self.failed: tuple[Plan, Values] | None = None

    def replay(self) -> Recording:
        """Every value of the step that failed, by its printed name."""
        from pellucid.glass.recording import replayed

        if self.failed is None:
            raise ValueError("this error was not raised by training: there is no step to replay")
        return replayed(*self.failed)

    def explain(self) -> Explanation:
        """The step that failed, to be printed and asked."""
        from pellucid.glass.explanation import Explanation

        return Explanation(self.replay())


def explain_nonfinite(
    plan: Plan, given: Mapping[Tensor, Any], batch: Batch, epoch: int, number: int
) -> NonFiniteError:
    """Take the step once more, and say where the first number came from that is not finite."""
    from pellucid.glass.blame import first_cause
    from pellucid.glass.recording import replayed

    plain = (int, float)
    kept = {
        tensor: value if isinstance(value, plain) else np.array(value)[()]
        for tensor, value in given.items()
    }
    what, equation, mend, layer, sample = first_cause(replayed(plan, kept), batch)
    where = [f"layer {layer}"] if layer else []
    where += [f"epoch {epoch + 1}", f"batch {number + 1}"]
    where += [f"sample {sample}"] if sample is not None else []
    error = NonFiniteError(
        f"training stopped at {what} ({', '.join(where)}). "
        f"The weights are those from before this step. {mend}",
        equation=equation,
        layer=layer,
        epoch=epoch,
        batch=number,
        sample=sample,
    )
    error.failed = plan, kept
    return error
