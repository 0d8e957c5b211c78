"""A graph of layer calls as plain data, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pellucid.layers.base import Layer
from pellucid.layers.calling import At
from pellucid.networks.ends import listed
from pellucid.networks.network import Network
from pellucid.settings import plain
from pellucid.tensor import Tensor


def graph_config(network: Network) -> dict[str, Any]:
    """The layers, each once, and their calls: which layer reads which tensors, by number."""
    layers = network.layers
    numbers = {tensor: at for at, tensor in enumerate(network.inputs)}
    calls = []
    for node in network.nodes:
        for tensor in node.outputs:
            numbers[tensor] = len(numbers)
        read = [numbers[tensor] for tensor in node.inputs]
        further = [as_data(node.further, read)] if node.further else []
        own = read[: len(node.own_inputs)]
        calls.append([layers.index(node.layer), own, *further])
    return {
        "inputs": [
            {"shape": list(each.shape[1:]), "dtype": each.dtype, "name": each.name}
            for each in network.inputs
        ],
        "layers": [layer.described() for layer in layers],
        "calls": calls,
        "outputs": [numbers[tensor] for tensor in network.outputs],
    }


def graph_from_config(config: dict[str, Any]) -> tuple[list[Tensor], list[Tensor]]:
    """The inputs and the outputs of the graph, its layers called anew."""
    tensors = [
        Tensor((None, *each["shape"]), each["name"], role="input", dtype=each["dtype"])
        for each in config["inputs"]
    ]
    inputs = list(tensors)
    layers = [Layer.get(each) for each in config["layers"]]
    for layer, read, *further in config["calls"]:
        given = [tensors[at] for at in read]
        named = from_data(further[0], tensors) if further else {}
        several = layers[layer].several_inputs or len(given) > 1
        found = layers[layer](given if several else given[0], **named)
        tensors += listed(found)
    return inputs, [tensors[at] for at in config["outputs"]]


def as_data(value: Any, read: list[int]) -> Any:
    """What a call is given by name, its tensors as {"at": number}."""
    if isinstance(value, At):
        return {"at": read[value.number]}
    if isinstance(value, Mapping):
        return {name: as_data(each, read) for name, each in value.items()}
    return [as_data(each, read) for each in value] if isinstance(value, list) else plain(value)


def from_data(value: Any, tensors: Sequence[Tensor]) -> Any:
    """What `as_data` wrote, with the tensors in their places."""
    if isinstance(value, dict) and set(value) == {"at"}:
        return tensors[value["at"]]
    if isinstance(value, dict):
        return {name: from_data(each, tensors) for name, each in value.items()}
    return [from_data(each, tensors) for each in value] if isinstance(value, list) else value
