"""Networks of one's own class: layers as attributes, and a `call` that is traced once.

`call` runs on symbolic tensors when the shape of the input is known. Python's control flow on
shapes works in it; on numbers, which are not known yet, it is refused. Whether the network trains
is settled by fit and predict, so that `training` is handed on to layers and cannot be asked.
"""

from __future__ import annotations

from typing import Any

from pellucid.layers.base import Layer
from pellucid.layers.calling import parameters_of
from pellucid.layers.holding import held_layers
from pellucid.layers.training import UNSETTLED
from pellucid.networks.ends import listed, packed
from pellucid.tensor import Tensor


def adopt(cls: Any) -> None:
    """Take the `call` of a user's class for what is traced; it is the graph that is called."""
    if "call" in vars(cls) and not cls.__module__.startswith("pellucid."):
        cls.traced_call = vars(cls)["call"]
        del cls.call


def traced(model: Any, shape: Any) -> tuple[list[Tensor], Any]:
    """Inputs of a shape, or of several, and what the model's own `call` gives for them."""
    shapes = listed(shape)
    inputs = [Tensor((None, *each[1:]), role="input") for each in shapes]
    call = type(model).traced_call
    given = {"training": UNSETTLED} if "training" in parameters_of(call) else {}
    alone = model.input_tree is None and shapes == [shape]
    outputs = call(model, inputs[0] if alone else packed(inputs, model.input_tree), **given)
    for each in listed(outputs):
        if not isinstance(each, Tensor):
            raise TypeError(
                "call must give a symbolic tensor, or a list or dictionary of them, got "
                f"{type(each).__name__}"
            )
    return inputs, outputs


def in_order(model: Any, layers: list[Layer]) -> list[Layer]:
    """The layers in the order in which they were set as attributes, then others."""
    held = [layer for layer in held_layers(model) if layer in layers]
    return list(dict.fromkeys([*held, *layers]))
