"""Recurrent modules of torch.nn as operators: layer upon layer, one way or both.

PyTorch has the gates of an LSTM as (i, f, c̃, o), of a GRU as (r, z, c); ONNX as (i, o, f, c̃) and
(z, r, c). It has two biases for every gate; of an RNN and an LSTM their sum is the bias here, which
therefore moves at twice the rate.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.interop.torch.modules import only
from pellucid.interop.torch.translating import RECURRENT, Translation, module

ORDER = {"RNN": (0,), "LSTM": (0, 3, 1, 2), "GRU": (1, 0, 2)}


@module(*RECURRENT)
def recurrent(to: Translation, made: Any, x: Any, called: str) -> Any:
    only(made, proj_size=0)
    steps = to.emit("Transpose", [x], perm=[1, 0, 2]) if made.batch_first else x
    lasts: list[list[str]] = []
    for layer in range(made.num_layers):
        if layer and made.dropout:
            steps = to.emit("Dropout", [steps], ratio=made.dropout)
        name = f"{called}_{layer}" if made.num_layers > 1 else called
        steps, *last = one_layer(to, made, steps, layer, name)
        lasts.append(last)
    if made.batch_first:
        steps = to.emit("Transpose", [steps], perm=[1, 0, 2])
    count = 2 if type(made).__name__ == "LSTM" else 1
    states = [joined(to, [each[at] for each in lasts]) for at in range(count)]
    return steps, tuple(states) if count == 2 else states[0]


def joined(to: Translation, names: list[str]) -> Any:
    return names[0] if len(names) == 1 else to.emit("Concat", names, axis=0)


def one_layer(to: Translation, made: Any, x: str, layer: int, called: str) -> list[Any]:
    """All H (steps, n, …), the last H and the last C."""
    kind, ways = type(made).__name__, 2 if made.bidirectional else 1
    given: dict[str, Any] = {"hidden_size": made.hidden_size, "two_biases": True}
    if made.bidirectional:
        given["direction"] = "bidirectional"
    if kind == "GRU":
        given["linear_before_reset"] = 1
    if kind == "RNN" and made.nonlinearity == "relu":
        given["activations"] = ["Relu"] * ways
    reads = [x, *(to.array(each, f"{called}.{name}") for name, each in arrays(made, layer, ways))]
    written = to.emit(kind, reads, called=called, writes=3 if kind == "LSTM" else 2, **given)
    if ways == 1:
        return [to.emit("Squeeze", [written[0]], axes=[1]), *written[1:]]
    turned = to.emit("Transpose", [written[0]], perm=[0, 2, 1, 3])
    side_by_side = to.emit("Reshape", [turned, to.numbers(0, 0, -1)])
    return [side_by_side, *written[1:]]


def arrays(made: Any, layer: int, ways: int) -> list[tuple[str, np.ndarray]]:
    """W, R and B of one layer, the gates in ONNX's order."""
    order = ORDER[type(made).__name__]

    def of(name: str) -> list[np.ndarray]:
        found = []
        for way in ("", "_reverse")[:ways]:
            array = getattr(made, f"{name}_l{layer}{way}").detach().cpu().numpy()
            pieces = np.split(array, len(order))
            found.append(np.concatenate([pieces[at] for at in order]))
        return found

    held = [("W", np.stack(of("weight_ih"))), ("R", np.stack(of("weight_hh")))]
    if made.bias:
        pairs = zip(of("bias_ih"), of("bias_hh"), strict=True)
        held.append(("B", np.stack([np.concatenate(both) for both in pairs])))
    return held
