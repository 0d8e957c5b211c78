"""A network as a module of PyTorch, with its weights, from the tables of `net.source("torch")`."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.extras import needed
from pellucid.glass.source.graph import Graph, Step
from pellucid.glass.source.torch_layers import made
from pellucid.glass.source.torch_parts import Made
from pellucid.interop.torch.expressions import parsed, value
from pellucid.networks.network import Network


def to_torch(network: Network) -> Any:
    """The module: it takes and gives rows laid out as the network does, images channels last."""
    torch = needed("torch")
    from pellucid.interop.torch.net import net_of

    graph = Graph(network)
    rows = {id(step.layer): made(step) for step in graph.once}
    inputs = [graph.variables[each] for each in network.inputs]
    outputs = [graph.variables[each] for each in graph.outputs]
    calls = [call for step in graph.steps if (call := call_of(step, rows[id(step.layer)]))]
    net = net_of(len(inputs))
    net.settle(inputs, calls, outputs)
    net.dtype = getattr(torch, network.dtype)
    for step in graph.once:
        add(net, step, rows[id(step.layer)], network.dtype)
    net.train(False)
    return net


def call_of(step: Step, row: Made) -> tuple[str, Any] | None:
    """The variable that a step writes, and the expression of it."""
    fixed = {name: f"self.{step.name}_{name}" for name in row.fixed}
    text = made(step).call.format(m=f"self.{step.name}", fixed=fixed)
    return None if text == step.written else (step.written, parsed(text))


def add(net: Any, step: Step, row: Made, dtype: str) -> None:
    """The module of a layer, or its arrays, with the weights that it has."""
    from pellucid.interop.torch.net import KNOWN

    torch = needed("torch")
    kind = getattr(torch, dtype)

    def tensor(array: np.ndarray) -> Any:
        return torch.tensor(np.ascontiguousarray(array), dtype=kind)

    arrays = {name: how(step.layer.weights[at].value) for name, at, how in row.parts} | row.fixed
    if not row.module:
        for name, array in row.fixed.items():
            net.register_buffer(f"{step.name}_{name}", tensor(array))
        return
    module = value(parsed(row.module), KNOWN).to(kind)
    held = dict(module.named_parameters()) | dict(module.named_buffers())
    with torch.no_grad():
        for name, array in arrays.items():
            held[name].copy_(tensor(array))
    for name in row.still:
        held[name].requires_grad_(False)
    if step.layer.weights and not step.trained:
        module.requires_grad_(False)
        net.still.append(step.name)
    net.add_module(step.name, module)
