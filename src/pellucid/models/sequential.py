"""A network of layers in a row."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

from pellucid.layers.base import Layer
from pellucid.models.model import Model
from pellucid.networks.network import Network, name_layers
from pellucid.tensor import Shape, Tensor, show_shape


class Sequential(Model):
    """Layers in a row, each reading what the one before it writes.

    The width of the input comes from `input_shape` on the first layer, from an `Input` before it,
    or from the first data that the network sees.
    """

    def __init__(
        self,
        layers: Iterable[Any] | None = None,
        *,
        name: str | None = None,
        dtype: str = "float32",
        trainable: bool = True,
    ):
        Network.__init__(self, name=name, trainable=trainable, dtype=dtype)
        self._start()
        self._first: Tensor | None = None
        for layer in layers or ():
            self._put(layer)
        self._settle()

    def add(self, layer: Any) -> None:
        """Put a layer at the end."""
        self._put(layer)
        self._settle()

    def _put(self, layer: Any) -> None:
        if isinstance(layer, Tensor) and layer.role == "input" and not self._layers:
            if self._first is not None:
                raise ValueError("the Sequential has an Input already")
            self._first = layer
            return
        if not isinstance(layer, Layer):
            raise TypeError(
                f"a Sequential is made of layers, got {layer!r}. "
                "Lists of layers go in as Sequential([...]); functions as layers.Activation(f)"
            )
        if layer in self._layers:
            raise ValueError(
                f"{layer.layer_name} is in this Sequential already; "
                "to use a layer twice, write the network as Model(inputs, outputs)"
            )
        self._layers.append(layer)

    def pop(self) -> Layer:
        """Take the last layer off."""
        if not self._layers:
            raise ValueError("there is no layer to take off")
        layer = self._layers.pop()
        self._settle()
        return layer

    def build(self, shape: Shape) -> None:
        """Make the weights, for rows of `shape` (with None for the batch in front)."""
        if not self._layers:
            raise ValueError("the Sequential has no layers yet; add some with net.add(...)")
        first = self._first
        if first is not None:
            agree(first.shape, tuple(shape))
        if first is None:
            first = Tensor(tuple(shape), "X", role="input", dtype=self._layers[0].input_dtype)
        output = first
        for layer in self._layers:
            output = layer(output)
        self.connect([first], [output])

    def config(self) -> dict[str, Any]:
        shape = self.inputs[0].shape if self.built else self._known_shape()
        return {
            "layers": [layer.described() for layer in self._layers],
            "name": self.name,
            "dtype": self.dtype,
            "trainable": self.trainable,
            "input": None if shape is None else list(shape[1:]),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        network = cls(
            [Layer.get(each) for each in config["layers"]],
            name=config["name"],
            dtype=config["dtype"],
            trainable=config["trainable"],
        )
        if config["input"] is not None and not network.built:
            network.build_for((None, *config["input"]))
        return network

    def _known_shape(self) -> Shape | None:
        if self._first is not None:
            return self._first.shape
        return self._layers[0].given_shape if self._layers else None

    def _settle(self) -> None:
        """Name the layers, and connect them if the shape of the input is known."""
        name_layers(self._layers)
        self._forget()
        shape = self._known_shape()
        if self._layers and shape is not None:
            self.build(shape)


def agree(first: Shape, other: Shape) -> None:
    """Whether the shape of the Input and one to build for are equal, as far as they are known."""
    pairs = list(zip(first[1:], other[1:], strict=False))
    if len(first) != len(other) or any(None not in pair and pair[0] != pair[1] for pair in pairs):
        raise ValueError(
            f"the Sequential begins with an Input of {show_shape(first)}, and is to be built for "
            f"{show_shape(other)}: leave out one of them"
        )
