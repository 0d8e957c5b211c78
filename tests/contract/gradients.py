"""Checking a gradient numerically: random upstream gradient, float64, every index."""

from __future__ import annotations

import numpy as np

from pellucid.equations.reductions import Sum
from pellucid.plan.derive import derive
from pellucid.plan.interpret import interpret
from pellucid.plan.trace import trace
from pellucid.tensor import Tensor

STEP = 1e-5


def check_gradients(write, arrays, *, constant=(), tolerance=1e-6):
    """Compare the derived gradient of Σ R ⊙ write(*tensors) with central differences.

    `write` makes a tensor of tensors; `arrays` are their values. Integer arrays and those numbered
    in `constant` are not differentiated.
    """
    arrays = [np.array(a, dtype=None if is_integer(a) else np.float64) for a in arrays]
    tensors = [symbol(a) for a in arrays]
    y = write(*tensors)
    values = interpret(trace([y]), dict(zip(tensors, arrays, strict=True)), np)
    upstream = np.asarray(np.random.default_rng(7).normal(size=np.shape(values[y])))
    assert np.shape(upstream) == y.shape, f"shape() said {y.shape}, run gave {upstream.shape}"
    upstream_tensor = Tensor(y.shape, "R", role="weight")
    total = Sum()(y * upstream_tensor)
    wanted = [
        t for at, (t, a) in enumerate(zip(tensors, arrays, strict=True))
        if at not in constant and not is_integer(a)
    ]  # fmt: skip
    given = {**dict(zip(tensors, arrays, strict=True)), upstream_tensor: upstream}
    lines = trace([total])
    gradients = derive(lines, total, wanted)
    backward = trace(gradients.values(), [t for line in lines for t in line.outputs])
    found = interpret(backward, interpret(lines, given, np), np)

    def loss(changed):
        return float(interpret(lines, {**given, **changed}, np)[total])

    for tensor, array in zip(tensors, arrays, strict=True):
        if tensor in wanted:
            derived = found[gradients[tensor]] if tensor in gradients else np.zeros_like(array)
            assert derived.shape == array.shape, (tensor, derived.shape, array.shape)
            compare(derived, central_differences(loss, tensor, array), tolerance)
    return found


def check_row(row):
    """The gradient of a row of the contract; its plain numbers are held."""

    def write(*tensors):
        pairs = zip(row.arrays, tensors, strict=True)
        return row.equation.line(*(a if isinstance(a, float) else t for a, t in pairs))

    check_gradients(write, row.arrays, constant=row.constant, tolerance=row.tolerance)


def central_differences(loss, tensor, array):
    slopes = np.empty_like(array)
    for index in np.ndindex(array.shape):
        ends = []
        for side in (1, -1):
            moved = array.copy()
            moved[index] += side * STEP
            ends.append(loss({tensor: moved}))
        slopes[index] = (ends[0] - ends[1]) / (2 * STEP)
    return slopes


def compare(derived, numeric, tolerance):
    error = np.abs(derived - numeric) / np.maximum(1.0, np.abs(numeric))
    worst = np.unravel_index(np.argmax(error), error.shape)
    assert error[worst] <= tolerance, (
        f"at {worst}: derived {derived[worst]}, by differences {numeric[worst]}"
    )


def symbol(array):
    """A tensor for an array; every extent is known."""
    kind = "int" if is_integer(array) else "float"
    return Tensor(array.shape, "x", role="parameter", dtype=kind)


def is_integer(array):
    return np.asarray(array).dtype.kind in "iu"
