"""A graph of layer calls as plain data, and back."""

from __future__ import annotations

from typing import Any

from pellucid.layers.base import Layer
from pellucid.networks.network import Network
from pellucid.tensor import Tensor


def graph_config(network: Network) -> dict[str, Any]:
    """The layers, each once, and their calls: which layer reads which tensors, by number."""
    layers = network.layers
    numbers = {tensor: at for at, tensor in enumerate(network.inputs)}
    calls = []
    for node in network.nodes:
        numbers[node.output] = len(numbers)
        calls.append([layers.index(node.layer), [numbers[tensor] for tensor in node.inputs]])
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
    for layer, read in config["calls"]:
        given = [tensors[at] for at in read]
        tensors.append(layers[layer](given if layers[layer].several_inputs else given[0]))
    return inputs, [tensors[at] for at in config["outputs"]]
