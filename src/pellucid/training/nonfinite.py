"""Where the first NaN or infinity of a step came from."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.data import CSR, Batch
from pellucid.executors.numpy import NumpyExecutor
from pellucid.plan import sentence
from pellucid.tensor import Tensor


class NonFiniteError(ArithmeticError):
    """Training met a NaN or an infinity. The weights are those from before that step.

    `equation`, `layer`, `epoch` and `batch` (both counted from 0) and `sample` (the row of the data
    where it is known) say where it first appeared; `history` holds the epochs before.
    """

    def __init__(self, message: str, **where: Any):
        super().__init__(message)
        self.equation: str = where["equation"]
        self.layer: str | None = where["layer"]
        self.epoch: int = where["epoch"]
        self.batch: int = where["batch"]
        self.sample: int | None = where["sample"]
        self.history: Any = None


def explain_nonfinite(
    executor: NumpyExecutor, batch: Batch, epoch: int, number: int
) -> NonFiniteError:
    """Walk the recorded arrays in the order of the plan, up to the first that is not finite."""
    plan, names = executor.plan, executor.plan.names
    for tensor in (*plan.inputs, *plan.targets, *plan.weights):
        if (at := first_nonfinite(executor.value(tensor))) is not None:
            return given(names[tensor], executor.value(tensor), at, batch, epoch, number)
    for line in plan.lines:
        if line.section == "update":
            break
        for tensor in line.outputs:
            value = executor.value(tensor)
            if value is None or (at := first_nonfinite(value)) is None:
                continue
            sample = row_of(at, tensor, batch)
            what = kind(np.asarray(value)[at])
            return error(
                f"{what} in {sentence(plan, line)}", sentence(plan, line), line.layer, epoch,
                number, sample, "Lower the learning rate, or scale the inputs to about 1",
            )  # fmt: skip
    return error(
        f"the update ({plan.title}) would make a weight infinite or NaN", plan.title, None, epoch,
        number, None, "Lower the learning rate, or clip the gradient: clipnorm=1.0",
    )  # fmt: skip


def given(
    name: str, array: np.ndarray, at: tuple[int, ...], batch: Batch, epoch: int, number: int
) -> NonFiniteError:
    letter = "x" if name.startswith("X") else "y" if name.startswith("Y") else "sample_weight"
    column = f", column {at[1]}" if len(at) > 1 else ""
    sample = row_number(at[0], batch)
    return error(
        f"{kind(array[at])} in the data: {name}{column}", name, None, epoch, number, sample,
        f"Look at the rows it stands in: {search(letter, batch)}. Drop or fill them",
    )  # fmt: skip


def search(letter: str, batch: Batch) -> str:
    """Words of Python that find what is not finite."""
    if letter == "x" and any(isinstance(x, CSR) for x in batch.x):
        return "np.flatnonzero(~np.isfinite(x.sum(axis=1)))"
    return f"np.argwhere(~np.isfinite({letter}))"


def error(
    what: str, equation: str, layer: str | None, epoch: int, number: int, sample: int | None,
    mend: str,
) -> NonFiniteError:  # fmt: skip
    where = [f"layer {layer}"] if layer else []
    where += [f"epoch {epoch + 1}", f"batch {number + 1}"]
    where += [f"sample {sample}"] if sample is not None else []
    return NonFiniteError(
        f"training stopped at {what} ({', '.join(where)}). "
        f"The weights are those from before this step. {mend}",
        equation=equation, layer=layer, epoch=epoch, batch=number, sample=sample,
    )  # fmt: skip


def first_nonfinite(value: Any) -> tuple[int, ...] | None:
    wrong = ~np.isfinite(np.asarray(value))
    if not wrong.any():
        return None
    return tuple(int(i) for i in np.unravel_index(int(np.argmax(wrong)), wrong.shape))


def row_of(at: tuple[int, ...], tensor: Tensor, batch: Batch) -> int | None:
    if not tensor.shape or tensor.shape[0] is not None:
        return None
    return row_number(at[0], batch)


def row_number(row: int, batch: Batch) -> int:
    return int(batch.rows[row]) if batch.rows is not None else row


def kind(value: Any) -> str:
    return "NaN" if np.isnan(value) else "an infinity"
