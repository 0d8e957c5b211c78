"""A state dict of PyTorch as the weights of a network: its arrays in their order, laid out as here.

The arrays of a module follow one another, and so do layers. What each is called, and its shape,
have to be those of the layer, as `net.source("torch")` writes it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from pellucid.foreign import brief, quoted
from pellucid.glass.source.graph import Graph, Step
from pellucid.glass.source.torch_layers import made
from pellucid.layers import Dense, Flatten, Permute
from pellucid.networks.network import Network
from pellucid.weights import Weight

#: what PyTorch keeps of a BatchNorm that nothing here depends on
COUNTERS = ("num_batches_tracked",)


def set_weights(network: Network, state: Mapping[str, Any], channels_first: bool | None) -> None:
    """Put the arrays of a state dict into a network; nothing is set where one does not fit."""
    graph = Graph(network)
    flattened = order_of_flattened(graph, channels_first)
    modules = iter(by_module(state).items())
    found: list[tuple[Weight, np.ndarray]] = []
    for step in graph.once:
        if step.layer.weights:
            prefix, arrays = next(modules, ("", None))
            if arrays is None:
                raise ValueError(f"the state dict has no arrays for the layer {quoted(step.name)}")
            found += of_layer(step, prefix, arrays, flattened.get(id(step.layer)))
    if (left := next(modules, None)) is not None:
        raise ValueError(f"the state dict has {quoted(left[0])}, for which no layer is left")
    for weight, array in found:
        weight.assign(array)


def by_module(state: Mapping[str, Any]) -> dict[str, dict[str, np.ndarray]]:
    """The arrays of each module, in order."""
    found: dict[str, dict[str, np.ndarray]] = {}
    for key, tensor in state.items():
        prefix, _, name = str(key).rpartition(".")
        if name not in COUNTERS:
            array = tensor.detach().cpu().numpy() if hasattr(tensor, "detach") else tensor
            found.setdefault(prefix, {})[name] = np.asarray(array)
    return found


def of_layer(
    step: Step, prefix: str, arrays: dict[str, np.ndarray], rows: np.ndarray | None
) -> list[tuple[Weight, np.ndarray]]:
    """The weights of a layer from the arrays of a module."""
    row, weights = made(step), step.layer.weights
    biases = [name for name in row.fixed if name in arrays]
    expected = sorted({name for name, *_ in row.parts} | set(row.still))
    if sorted(arrays) != expected and sorted(arrays) != sorted({*expected, *biases}):
        held = brief(", ".join(map(str, arrays)), 200)
        raise ValueError(
            f"the module {quoted(prefix)} has {held}; the layer {quoted(step.name)} "
            f"wants {', '.join(expected) or 'nothing'}"
        )
    found = [np.full(each.shape, np.nan) for each in weights]
    for name, at, how in row.parts:
        put_back(found[at], arrays[name], how, f"{prefix}.{name}")
    for name in biases:
        other = np.full(found[-1].shape, np.nan)
        how = next(how for part, _, how in row.parts if part == name.replace("_hh_", "_ih_"))
        put_back(other, arrays[name], how, f"{prefix}.{name}")
        found[-1] += other
    if rows is not None:
        found[0] = found[0][rows]
    return list(zip(weights, found, strict=True))


def put_back(
    ours: np.ndarray, theirs: np.ndarray, how: Callable[[np.ndarray], np.ndarray], name: str
) -> None:
    """Undo what lays a weight out as PyTorch has it, which only moves its numbers."""
    places = how(np.arange(ours.size).reshape(ours.shape))
    if places.shape != theirs.shape:
        raise ValueError(f"{quoted(name)} is {theirs.shape}, expected {places.shape}")
    ours.reshape(-1)[np.ravel(places)] = np.ravel(theirs)


def order_of_flattened(graph: Graph, channels_first: bool | None) -> dict[int, np.ndarray]:
    """For dense layers behind images that are flattened, where each of their rows stands there."""
    writers = {step.writes: step for step in graph.steps}
    found: dict[int, np.ndarray] = {}
    for step in graph.steps:
        if not isinstance(step.layer, Dense):
            continue
        shape = flattened_shape(step, writers)
        if shape is None:
            continue
        if channels_first is None:
            raise ValueError(
                f"the layer {quoted(step.name)} reads images {shape} that are flattened: say "
                "channels_first=True if the module flattens (c, h, w), as PyTorch's do, or False"
            )
        if channels_first:
            order = np.arange(math.prod(shape)).reshape(shape[-1], *shape[:-1])
            found[id(step.layer)] = np.moveaxis(order, 0, -1).reshape(-1)
    return found


def flattened_shape(step: Step, writers: dict[Any, Step]) -> tuple[int, ...] | None:
    """The shape of the rows that a layer reads flattened, if their order is in question."""
    before = writers.get(step.reads[0])
    while before is not None and not before.layer.weights:
        if isinstance(before.layer, Flatten):
            shape = tuple(each or 1 for each in before.reads[0].shape[1:])
            source = writers.get(before.reads[0])
            turned = source is not None and isinstance(source.layer, Permute)
            asked = len(shape) > 1 and shape[-1] > 1 and math.prod(shape[:-1]) > 1
            return shape if asked and not turned else None
        before = writers.get(before.reads[0])
    return None
