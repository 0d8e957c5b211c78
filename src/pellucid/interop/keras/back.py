"""A network as a model of Keras, with its weights."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid import activations
from pellucid.constraints import Constraint
from pellucid.equations.activations import Activation
from pellucid.extras import needed
from pellucid.foreign import quoted
from pellucid.initializers import Initializer
from pellucid.interop.keras.layers import ALONE, LAYERS, WITHIN
from pellucid.interop.keras.training import give_training
from pellucid.layers import InputLayer
from pellucid.layers.base import Layer
from pellucid.layers.einsum import EinsumDense
from pellucid.layers.preprocessing import Normalization
from pellucid.networks.network import Network
from pellucid.regularizers import Regularizer
from pellucid.settings import REQUIRED, Settings
from pellucid.tensor import Tensor
from pellucid.training.engine import Engine
from pellucid.weights import Weight

FAMILIES: tuple[tuple[Any, str], ...] = (
    (Regularizer, "regularizers"),
    (Constraint, "constraints"),
    (Initializer, "initializers"),
)


def to_keras(engine: Engine) -> Any:
    """The model, a graph of the same layers, compiled if the network is."""
    making = Making(engine.network)
    model = making.model(engine.network)
    give_training(making.keras, model, engine, making.matched())
    return model


class Making:
    """Layers of Keras, made once each."""

    def __init__(self, network: Network):
        self.keras = needed("keras")
        self.dtype = network.dtype
        self.made: dict[Layer, Any] = {}

    def model(self, network: Network) -> Any:
        inputs = [
            self.input(*each) for each in zip(network.inputs, network.input_kinds, strict=True)
        ]
        values: dict[Tensor, Any] = dict(zip(network.inputs, inputs, strict=True))
        for node in network.nodes:
            x, further = node.arguments(values)
            further |= {"training": False} if further.pop("always", None) is False else {}
            if isinstance(node.layer, InputLayer):
                values[node.output] = x
                continue
            found = self.layer(node.layer)(x, **further)
            found = found if isinstance(found, (list, tuple)) else [found]
            values.update(zip(node.outputs, found, strict=True))
        outputs = [values[each] for each in network.outputs]
        one = len(outputs) == 1
        model = self.keras.Model(inputs, outputs[0] if one else outputs, name=network.name)
        self.set_weights(network)
        model.trainable = network.trainable
        return model

    def input(self, tensor: Tensor, kind: str) -> Any:
        dtype = "int64" if kind == "int" else self.dtype
        return self.keras.Input(tensor.shape[1:], dtype=dtype, name=tensor.name or None)

    def layer(self, layer: Layer) -> Any:
        if type(layer).__name__ in ALONE:
            raise refused(layer)
        if layer not in self.made:
            self.made[layer] = self.new(layer)
        return self.made[layer]

    def new(self, layer: Layer) -> Any:
        if isinstance(layer, Network):
            return self.model(layer)
        name = type(layer).__name__
        kind = getattr(self.keras.layers, name, None)
        if LAYERS.get(name) is not type(layer) or kind is None:
            raise refused(layer)
        given = {key: self.setting(key, each) for key, each in changed(layer).items()}
        if isinstance(layer, EinsumDense):
            given["output_shape"] = layer.row
        if isinstance(layer, Normalization):
            given |= {"mean": layer.m.value, "variance": layer.v.value}
        made = kind(**given, name=layer.name, dtype=self.dtype)
        made.trainable = layer.trainable
        return made

    def setting(self, key: str, value: Any) -> Any:
        if key in WITHIN and value is not None:
            several = value if isinstance(value, (list, tuple)) else [value]
            made = [self.new(Layer.get(each)) for each in several]
            return made if several is value else made[0]
        if key.endswith("activation"):
            return self.activation(value)
        for family, room in FAMILIES:
            if key.endswith(f"_{room[:-1]}"):
                if value is None:
                    return None
                found: Any = family.get(value)
                return getattr(getattr(self.keras, room), type(found).__name__)(**changed(found))
        return list(value) if isinstance(value, tuple) else value

    def activation(self, value: Any) -> Any:
        """An activation by its name in Keras; with settings of its own as a function."""
        found: Any = activations.get(value)
        if not isinstance(found, Activation):
            raise ValueError("an activation of your own has no match in Keras: export it as .onnx")
        name = type(found).registered_name()
        function, given = getattr(self.keras.activations, name), found.settings()
        if given == type(found)().settings():
            return name
        return lambda x: function(x, **given)

    def matched(self) -> dict[int, Weight]:
        """Our weights, by the `id` of what they are in Keras."""
        return {
            id(theirs): ours
            for layer, made in self.made.items()
            if not isinstance(layer, Network)
            for ours, theirs in zip(layer.weights, made.weights, strict=False)
        }

    def set_weights(self, network: Network) -> None:
        for layer in network.layers:
            if layer.weights and not isinstance(layer, (Network, Normalization)):
                values = [np.asarray(each.value) for each in layer.weights]
                self.made[layer].set_weights(values)


def refused(layer: Layer) -> ValueError:
    name = quoted(type(layer).__name__)
    return ValueError(f"the layer {name} is not carried over to Keras: export it as .onnx")


def changed(thing: Settings) -> dict[str, Any]:
    """What is not as by default, which is the same in Keras."""
    apart = ("name", "trainable", "input_shape", "mean", "variance", "seed")
    fields = type(thing)._fields
    return {
        key: value
        for key, value in thing.settings().items()
        if key not in apart and (fields[key] is REQUIRED or value != fields[key])
    }
