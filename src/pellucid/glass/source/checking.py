"""A few rows, and what the network gives for them: how a program in another library is checked."""

from __future__ import annotations

import numpy as np

from pellucid.data import Batch
from pellucid.glass.recorder import start
from pellucid.layers import Embedding
from pellucid.networks.network import every_layer
from pellucid.plan.step import step
from pellucid.tensor import Tensor
from pellucid.training.engine import Engine

ROWS = 3
CLOSE = '''
def close(found, expected):
    """The outputs are those of the network that this program was written from."""
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
'''


def checked(engine: Engine) -> dict[str, np.ndarray]:
    """Rows of every input and the outputs for them, by the names of the plan: check_X, check_Ŷ."""
    plan, random = engine.plan("predict"), np.random.default_rng(0)
    embeddings = [each for each in every_layer(engine.network) if isinstance(each, Embedding)]
    below = min([each.input_dim for each in embeddings], default=2)
    x = tuple(drawn(each, random, below, engine.memory.dtype) for each in plan.inputs)
    values = step(*start(engine, Batch(x, (), None, None)), np).values
    pairs = [*zip(plan.inputs, x, strict=True), *((each, values[each]) for each in plan.outputs)]
    return {f"check_{plan.names[tensor]}": np.asarray(array) for tensor, array in pairs}


def drawn(tensor: Tensor, random: np.random.Generator, below: int, dtype: np.dtype) -> np.ndarray:
    shape = (ROWS, *(extent or 1 for extent in tensor.shape[1:]))
    if tensor.dtype == "int":
        return random.integers(0, below, shape)
    return random.normal(size=shape).round(3).astype(dtype)
