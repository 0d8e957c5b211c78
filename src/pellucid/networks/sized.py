"""A network of open extents for rows of a size: the same layers on inputs of known shapes."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from pellucid.extents import any_open
from pellucid.layers.calling import Call
from pellucid.layers.opening import penalties_of, put_back
from pellucid.networks.network import Network
from pellucid.tensor import Shape, Tensor, show_shape


def is_open(network: Network) -> bool:
    """Whether the rows that it reads have extents that are not known yet."""
    return any_open(each.shape for each in network.inputs)


def of_size(network: Network, shapes: Sequence[Shape]) -> Network:
    """The network on inputs of these shapes, with the same layers and weights."""
    found = copy.copy(network)
    pairs = zip(network.inputs, shapes, strict=True)
    found.inputs = tuple(Tensor(shape, each.name, "input", each.dtype) for each, shape in pairs)
    before = penalties_of(network)
    values: dict[Tensor, Any] = dict(zip(network.inputs, found.inputs, strict=True))
    found.nodes = tuple(called_again(node, values) for node in network.nodes)
    found.outputs = tuple(values[each] for each in network.outputs)
    put_back(before)
    return found


def called_again(node: Call, values: dict[Tensor, Any]) -> Call:
    """A call on the tensors that stand for those of `node`, whose outputs join them."""
    x, further = node.arguments(values)
    written = node.layer.write(x, None, **further)
    outputs = []
    for each in written if isinstance(written, list) else [written]:
        fresh = Tensor(each.shape, each.name, dtype=each.dtype)
        fresh.mask = each.mask
        outputs.append(fresh)
    call = Call(node.layer, tuple(values[each] for each in node.inputs), (*outputs,), node.further)
    for fresh, old in zip(outputs, node.outputs, strict=True):
        fresh.source = call
        values[old] = fresh
    return call


def no_size(network: Network) -> ValueError:
    """What is said where the extents must be known, and are not."""
    listed = ", ".join(show_shape(each.shape) for each in network.inputs)
    return ValueError(
        f"the network reads rows of open extents, {listed}, so that its equations are written when "
        "it sees rows of a size: call predict, evaluate or fit first, or give it one, as in "
        "x = Input(shape=(28, 28, 3)), sized = Model(x, net(x))"
    )
