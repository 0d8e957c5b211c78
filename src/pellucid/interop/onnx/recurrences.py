"""Recurrences as the operators RNN, LSTM and GRU, whose gates stand in an order of their own."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.equations import activations as plain
from pellucid.equations import rectifiers
from pellucid.equations.gated import GatedRecurrence
from pellucid.equations.linear import Affine, Product
from pellucid.equations.recurrent import LongShortTerm, SimpleRecurrence
from pellucid.interop.onnx.wholes import Whole, whole
from pellucid.interop.onnx.writer import Writer
from pellucid.tensor import Line, Operation, Tensor

#: equations, their operators, and which of our gates stands at each place of theirs:
#: (i, f, c̃, o) → (i, o, f, c̃) for the LSTM; (z, r, c) is the same for the GRU
OPERATORS: dict[type[Operation], tuple[str, tuple[int, ...]]] = {
    SimpleRecurrence: ("RNN", (0,)),
    LongShortTerm: ("LSTM", (0, 3, 1, 2)),
    GatedRecurrence: ("GRU", (0, 1, 2)),
}
FUNCTIONS: dict[type[Operation], str] = {
    plain.Tanh: "Tanh",
    plain.Sigmoid: "Sigmoid",
    rectifiers.Relu: "Relu",
    rectifiers.Softsign: "Softsign",
    rectifiers.Softplus: "Softplus",
}


def reordered(array: np.ndarray, order: tuple[int, ...]) -> np.ndarray:
    """The gates, side by side along the last axis, in another order."""
    pieces = np.split(array, len(order), axis=-1)
    return np.concatenate([pieces[at] for at in order], axis=-1)


def functions(equation: Any, operator: str) -> list[str] | None:
    """The activations in the order of the operator, if it has them."""
    f = FUNCTIONS.get(type(equation.activation))
    if operator == "RNN":
        return [f] if f else None
    gates = FUNCTIONS.get(type(equation.recurrent_activation))
    if f is None or gates is None:
        return None
    return [gates, f, f] if operator == "LSTM" else [gates, f]


@whole(*OPERATORS)
def recurrence(to: Writer, line: Line) -> Whole | None:
    operator, _ = OPERATORS[type(line.equation)]
    names = functions(line.equation, operator)
    z, u, *b = line.inputs
    if names is None or any(each not in to.known for each in (u, *b)):
        return None
    x, w, of_input = fed(to, z)
    attributes: dict[str, Any] = {"hidden_size": u.shape[0], "activations": names}
    if operator == "GRU":
        attributes["linear_before_reset"] = 1

    def write() -> None:
        width = z.shape[-1] or 1
        of_state = to.value(b[0]) if b else np.zeros(width)
        bias = to.value(of_input) if of_input is not None else np.zeros(width)
        kernel = to.value(w) if w is not None else np.eye(width)
        put_recurrence(to, line, operator, [x, kernel, to.value(u), bias, of_state], attributes)

    return Whole((x,), write)


def fed(to: Writer, z: Tensor) -> tuple[Tensor, Tensor | None, Tensor | None]:
    """X, W and b of Z = X·W + b; Z itself where it comes from elsewhere."""
    line = to.lines.get(z)
    known = line is not None and all(each in to.known for each in line.inputs[1:])
    if line is not None and known and isinstance(line.equation, Affine):
        return line.inputs[0], line.inputs[1], line.inputs[2]
    if line is not None and known and line.equation.key() == Product().key():
        return line.inputs[0], line.inputs[1], None
    return z, None, None


def put_recurrence(
    to: Writer, line: Line, operator: str, given: list[Any], attributes: dict[str, Any]
) -> None:
    """The operator between the axes that it has: steps, rows, numbers."""
    (x, *arrays), graph = given, to.graph
    order = OPERATORS[type(line.equation)][1]
    kernel, state, *biases = (reordered(np.asarray(each), order) for each in arrays)
    held = {"W": kernel.T, "R": state.T, "B": np.concatenate(biases)}
    names = [
        graph.array(np.ascontiguousarray(each[None], np.float32), f"{operator.lower()}_{letter}")
        for letter, each in held.items()
    ]
    turned = graph.node("Transpose", [to.read(x)], perm=(1, 0, 2))
    states = graph.node(operator, [turned, *names], **attributes)
    alone = graph.node("Squeeze", [states, graph.whole(1)])
    h = graph.node("Transpose", [alone], to.wanted(line.output), perm=(1, 0, 2))
    to.put(line.output, h)
