"""Layers in turn, as one layer: what is done to pictures before the layers that learn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pellucid.layers.base import Layer
from pellucid.layers.calling import is_array
from pellucid.layers.stepping import Holding
from pellucid.layers.training import Training
from pellucid.tensor import Tensor


class Pipeline(Holding):
    """Y = X through `layers` in turn; on arrays, as in training unless told otherwise"""

    layers: Sequence[Layer | dict[str, Any]]

    def __init__(self, *values: Any, **named: Any):
        super().__init__(*values, **named)
        if not isinstance(self.layers, (list, tuple)):
            raise ValueError(
                f"{self.layer_name}: layers is a list of layers, got {type(self.layers).__name__}"
            )
        self.within = [Layer.get(each) for each in self.layers]

    def __call__(self, *given: Any, training: Any = None, **named: Any) -> Any:
        data = given[0] if given else named.get("inputs")
        if not isinstance(data, Mapping) and not is_array(data):
            return super().__call__(*given, training=training, **named)
        for layer in self.within:
            data = layer(data, training=training is None or bool(training))
        return data

    def call(self, x: Tensor, training: Training | None) -> Tensor:
        for layer in self.within:
            x = layer.write(x, training)
        return x
