"""Members of a network under Keras's names that only read it: its ends, JSON, metrics, copies."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from pellucid.layers.base import Layer
from pellucid.networks.ends import packed
from pellucid.networks.network import Network
from pellucid.tensor import Tensor


class Members(Network, abstract=True):
    """What a network says of itself."""

    @property
    def input(self) -> Any:
        """The symbolic tensor that it begins with, or a list or dictionary of them."""
        return packed(self._ends(self.inputs), self.input_tree)

    @property
    def output(self) -> Any:
        """The symbolic tensor that it ends with, or a list or dictionary of them."""
        return packed(self._ends(self.outputs), self.output_tree)

    @property
    def compiled(self) -> bool:
        """Whether it was told what to train for."""
        return vars(self).get("_asked") is not None

    @property
    def metrics(self) -> list[Any]:
        """The metrics that it was compiled with."""
        engine = vars(self).get("_engine")
        held = None if engine is None else engine.compiled
        return [] if held is None else [each.metric for each in held.metrics]

    def reset_metrics(self) -> None:
        if (engine := vars(self).get("_engine")) is not None:
            engine.meters.reset()

    def to_json(self, **options: Any) -> str:
        """The architecture as text, without the weights; `models.model_from_json` reads it."""
        return json.dumps(self.described(), **options)

    def get_compile_config(self) -> dict[str, Any]:
        """What `compile` was asked for."""
        return dict(vars(self).get("_asked") or {})

    def _ends(self, tensors: tuple[Tensor, ...]) -> Any:
        if not tensors:
            raise ValueError(
                "the network does not know its shape yet: say input_shape=(…,) on its first "
                "layer, or call net.build((None, …))"
            )
        return tensors[0] if len(tensors) == 1 else list(tensors)


def model_from_json(text: str, custom_objects: dict[str, Any] | None = None) -> Any:
    """The network that `to_json` described, with fresh weights."""
    from pellucid.settings import known_objects

    with known_objects(custom_objects or {}):
        return Layer.get(json.loads(text))


def clone_model(
    model: Network,
    input_tensors: Any = None,
    clone_function: Callable[[Layer], Layer] | None = None,
) -> Any:
    """The same layers with fresh weights, or what `clone_function` makes of each."""
    if input_tensors is not None:
        raise ValueError(
            "clone_model keeps the inputs: call clone_model(model)(x) on other tensors"
        )
    described = model.described()
    if clone_function is None:
        return Layer.get(described)
    layers = [clone_function(layer) for layer in model.layers]
    for layer in layers:
        if not isinstance(layer, Layer):
            raise TypeError(f"clone_function must give a layer for each layer, got {layer!r}")
    config = described["config"] | {"layers": layers}
    return type(model).from_config(config)
