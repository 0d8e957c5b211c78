"""A few rows, and what the network gives for them: how a program in another library is checked."""

from __future__ import annotations

from typing import TypeVar

import numpy as np

from pellucid.data import Batch
from pellucid.glass.recorder import start
from pellucid.layers import Embedding
from pellucid.layers.base import Layer
from pellucid.networks.network import Network
from pellucid.plan.step import step
from pellucid.tensor import Tensor
from pellucid.training.engine import Engine

ROWS = 3
CLOSE = '''
def close(found, expected):
    """The outputs are those of the network that this program was written from."""
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
'''
L = TypeVar("L", bound=Layer)


def checked(engine: Engine) -> dict[str, np.ndarray]:
    """Rows of every input and the outputs for them, by the names of the plan: check_X, check_Ŷ."""
    plan, random = engine.plan("predict"), np.random.default_rng(0)
    below = min([each.input_dim for each in every_layer(engine.network, Embedding)], default=2)
    x = tuple(drawn(each, random, below, engine.memory.dtype) for each in plan.inputs)
    values = step(*start(engine, Batch(x, (), None, None)), np).values
    pairs = [*zip(plan.inputs, x, strict=True), *((each, values[each]) for each in plan.outputs)]
    return {f"check_{plan.names[tensor]}": np.asarray(array) for tensor, array in pairs}


def drawn(tensor: Tensor, random: np.random.Generator, below: int, dtype: np.dtype) -> np.ndarray:
    shape = (ROWS, *(extent or 1 for extent in tensor.shape[1:]))
    if tensor.dtype == "int":
        return random.integers(0, below, shape)
    return random.normal(size=shape).round(3).astype(dtype)


def every_layer(network: Network, kind: type[L]) -> list[L]:
    """The layers of a kind, those of networks within too."""
    found: list[L] = []
    for layer in network.layers:
        found += every_layer(layer, kind) if isinstance(layer, Network) else []
        found += [layer] if isinstance(layer, kind) else []
    return found
