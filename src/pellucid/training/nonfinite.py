"""Where the first NaN or infinity of a step came from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pellucid.data import CSR, Batch
from pellucid.equations.base import Line
from pellucid.plan import Plan, sentence
from pellucid.plan.step import Taken, Values, step
from pellucid.tensor import Tensor

if TYPE_CHECKING:
    from pellucid.glass.explanation import Explanation
    from pellucid.glass.recording import Recording


class NonFiniteError(ArithmeticError):
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
        from pellucid.glass.recording import recording

        if self.failed is None:
            raise ValueError("this error was not raised by training: there is no step to replay")
        plan, given = self.failed
        return recording(plan, taken_step(plan, given))

    def explain(self) -> Explanation:
        """The step that failed, to be printed and asked."""
        from pellucid.glass.explanation import Explanation

        return Explanation(self.replay())


class Cause(NamedTuple):
    """What was not finite, in words; the equation or the data where it stood; and the mend."""

    what: str
    equation: str
    mend: str
    layer: str | None = None
    sample: int | None = None


def explain_nonfinite(
    plan: Plan, given: Mapping[Tensor, Any], batch: Batch, epoch: int, number: int
) -> NonFiniteError:
    """Take the step once more and walk its values, up to the first that is not finite."""
    plain = (int, float)
    kept = {
        tensor: value if isinstance(value, plain) else np.array(value)[()]
        for tensor, value in given.items()
    }
    what, equation, mend, layer, sample = first_cause(plan, kept, batch)
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


@np.errstate(all="ignore")
def taken_step(plan: Plan, given: Values, xp: Any = np) -> Taken:
    """The step by NumPy, of which nothing is kept; whatever is not finite stays in its values."""
    return step(plan, given, xp)


def first_cause(plan: Plan, given: Values, batch: Batch) -> Cause:
    names = plan.names
    for tensor in (*plan.inputs, *plan.targets, *plan.weights):
        if (at := first_nonfinite(given[tensor])) is not None:
            return in_data(names[tensor], given[tensor], at, batch)
    again = taken_step(plan, given)
    for line in plan.lines:
        for tensor in line.outputs:
            if (at := first_nonfinite(again.values[tensor])) is not None:
                return in_line(plan, again, line, tensor, at, batch)
    what = f"a number that is finite in a step by itself ({plan.title})"
    return Cause(what, plan.title, "Lower the learning rate, or scale the inputs to about 1")


def in_line(
    plan: Plan, again: Taken, line: Line, tensor: Tensor, at: tuple[int, ...], batch: Batch
) -> Cause:
    what, shown = kind(np.asarray(again.values[tensor])[at]), sentence(plan, line)
    mend = f"{terms_of(plan, again, tensor, at)}Lower the learning rate, or "
    if line.section == "update":
        what = f"{what} in the update: {shown} ({plan.title})"
        return Cause(what, f"{plan.title}: {shown}", f"{mend}clip the gradient: clipnorm=1.0")
    of_row = tensor.shape and tensor.shape[0] is None
    sample = row_number(at[0], batch) if of_row else None
    return Cause(
        f"{what} in {shown}", shown, f"{mend}scale the inputs to about 1", line.layer, sample
    )


def terms_of(plan: Plan, again: Taken, tensor: Tensor, at: tuple[int, ...]) -> str:
    """A sentence on the terms of the number, where its equation can be read number by number."""
    from pellucid.glass.blame import blame
    from pellucid.glass.recording import recording

    try:
        return f"{blame(recording(plan, again), tensor, at)}. "
    except Exception:  # a user's own equation may use what elements lack; the NaN is the news
        return ""


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
