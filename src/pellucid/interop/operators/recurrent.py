"""RNN, LSTM and GRU, whose gates stand in an order of their own, one way or both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid import layers, ops
from pellucid.equations.shape import pick
from pellucid.interop.operators.builder import Builder, Held, reader
from pellucid.interop.operators.graph import Operator, refused
from pellucid.interop.operators.values import Value, rows_first
from pellucid.tensor import Tensor

#: layers, which of their gates stands at each of our places, and their activations:
#: (i, o, f, c̃) → (i, f, c̃, o) for the LSTM; (z, r, c) is the same for the GRU
KINDS: dict[str, tuple[Any, tuple[int, ...], list[str]]] = {
    "RNN": (layers.SimpleRNN, (0,), ["Tanh"]),
    "LSTM": (layers.LSTM, (0, 2, 3, 1), ["Sigmoid", "Tanh", "Tanh"]),
    "GRU": (layers.GRU, (0, 1, 2), ["Sigmoid", "Tanh"]),
}
FUNCTIONS = {
    "Tanh": "tanh",
    "Sigmoid": "sigmoid",
    "Relu": "relu",
    "Softsign": "softsign",
    "Softplus": "softplus",
}
DIRECTIONS = {"forward": 1, "reverse": 1, "bidirectional": 2}


@reader(*KINDS)
def recurrence(to: Builder, operator: Operator) -> list[Held]:
    """X (steps, n, k); Y (steps, ways, n, units) and the last H (ways, n, units)"""
    x, (w, u) = to.value(operator), (to.needed(operator, at) for at in (1, 2))
    way = operator.attributes.get("direction", "forward")
    check(to, operator, x, w, u)
    steps = rows_first(x)
    wanted = [bool(name) and used(to, name) for name in (*operator.writes, "", "")[:3]]
    if wanted[2]:
        raise refused(operator, "whose last C is used")
    made = [
        layer_of(to, operator, at, wanted[0], turned=way == "reverse" or at == 1)
        for at in range(DIRECTIONS[way])
    ]
    if len(made) == 1:
        return one_way(to, operator, steps, *made[0], wanted)
    return both_ways(to, operator, steps, made, wanted)


def used(to: Builder, name: str) -> bool:
    return bool(to.readers.get(name)) or name in to.graph.outputs


def check(to: Builder, operator: Operator, x: Value, w: np.ndarray, u: np.ndarray) -> None:
    given = operator.attributes
    if len(x.axes) != 3 or x.batch != 1 or given.get("layout"):
        raise refused(operator, f"on {x.shape}, which is not (steps, n, numbers),")
    if given.get("clip") or given.get("input_forget"):
        raise refused(operator, "with clip or input_forget")
    if given.get("direction", "forward") not in DIRECTIONS:
        raise refused(operator, "with this direction")
    if w.ndim != 3 or u.ndim != 3 or w.shape[2] != x.shape[2] or w.shape[0] != u.shape[0]:
        raise refused(operator, f"with kernels {w.shape} and {u.shape} on {x.shape}")
    if operator.kind == "GRU" and not given.get("linear_before_reset"):
        raise refused(operator, "that resets the state before its product (linear_before_reset=0)")
    lengths = to.known(operator, 4)
    if lengths is not None and set(np.ravel(lengths).tolist()) != {x.shape[0]}:
        raise refused(operator, "with sequences of different lengths")
    for at in (5, 6):
        first = to.known(operator, at)
        if first is not None and np.any(first):
            raise refused(operator, "that starts from a state other than 0")
    if to.known(operator, 7) is not None and np.any(to.needed(operator, 7)):
        raise refused(operator, "with peepholes")


def layer_of(
    to: Builder, operator: Operator, way: int, sequences: bool, turned: bool
) -> tuple[Any, list[np.ndarray]]:
    """The layer of one way, and its arrays."""
    kind, order, usual = KINDS[operator.kind]
    w, u, b = (to.known(operator, at) for at in (1, 2, 3))
    assert w is not None
    assert u is not None
    units = u.shape[2]
    names = [str(each) for each in operator.attributes.get("activations", [])]
    names = (names or usual * DIRECTIONS[operator.attributes.get("direction", "forward")])[
        way * len(usual) : (way + 1) * len(usual)
    ]
    if len(names) < len(usual) or any(each not in FUNCTIONS for each in names):
        raise refused(operator, f"with activations {', '.join(names)}")
    if operator.kind == "LSTM" and names[1] != names[2]:
        raise refused(operator, f"with activations {', '.join(names)}")
    gates = {"recurrent_activation": FUNCTIONS[names[0]]} if len(usual) > 1 else {}
    layer = kind(
        units,
        activation=FUNCTIONS[names[-1]],
        use_bias=b is not None,
        return_sequences=sequences,
        go_backwards=turned,
        **gates,
    )
    arrays = [reordered(each[way].T, order) for each in (w, u)]
    if b is not None:
        of_input, of_state = (reordered(each, order) for each in np.split(b[way], 2))
        twice = operator.kind == "GRU"
        arrays.append(np.stack([of_input, of_state]) if twice else of_input + of_state)
        if operator.attributes.get("two_biases") and not twice:
            layer.rates = {"bias": 2.0}
    return layer, arrays


def reordered(array: np.ndarray, order: Sequence[int]) -> np.ndarray:
    """The gates, side by side along the last axis, in another order."""
    pieces = np.split(array, len(order), axis=-1)
    return np.concatenate([pieces[at] for at in order], axis=-1)


def one_way(
    to: Builder,
    operator: Operator,
    steps: Tensor,
    layer: Any,
    arrays: list[np.ndarray],
    wanted: list[bool],
) -> list[Held]:
    h = to.layer(layer, steps, arrays, operator.called)
    if not wanted[0]:
        alone = Value(h, (None, 0, 1))
        return [alone, alone]
    last = pick(h, (slice(None), -1)) if wanted[1] else h
    if layer.go_backwards:
        h = ops.flip(h, 1)
    return [Value(h, (1, None, 0, 2)), Value(last, (None, 0, 1))]


def both_ways(
    to: Builder,
    operator: Operator,
    steps: Tensor,
    made: list[tuple[Any, list[np.ndarray]]],
    wanted: list[bool],
) -> list[Held]:
    if wanted[0] and wanted[1]:
        raise refused(operator, "both ways, all of whose H and whose last H are used,")
    (first, one), (second, other) = made
    layer = layers.Bidirectional(first, backward_layer=second)
    h = to.layer(layer, steps, [*one, *other], operator.called)
    units = first.units
    if wanted[0]:
        apart = layers.Reshape((steps.shape[1] or 1, 2, units))(h)
        found = Value(apart, (1, 2, 0, 3))
        return [found, found]
    found = Value(layers.Reshape((2, units))(h), (1, 0, 2))
    return [found, found]
