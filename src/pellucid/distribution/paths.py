"""What each weight of a network is called, by layers: what the layouts of a mesh name it by."""

from __future__ import annotations

from pellucid.networks.network import Network
from pellucid.tensor import Tensor


def paths(network: Network, prefix: str = "") -> dict[Tensor, str]:
    """The path of each weight, such as "dense/kernel"; one more of a name has a number after it."""
    found: dict[Tensor, str] = {}
    for layer in network.layers:
        here = f"{prefix}{layer.layer_name}/"
        if isinstance(layer, Network):
            own = paths(layer, here)
        else:
            own = {each.tensor: f"{here}{each.name}" for each in layer.weights}
        for tensor, path in own.items():
            if tensor not in found:
                count = sum(each == path for each in found.values())
                found[tensor] = f"{path}_{count}" if count else path
    return found
