"""What the doctor asks of a network; it knows the face of networks, `models/`, by this alone."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from pellucid.layers.base import Layer
from pellucid.tensor import Tensor
from pellucid.training.engine import Engine
from pellucid.training.history import History
from pellucid.weights import Weight

#: parameters of which one network at a time is trained
LARGE = 500_000


class Patient(Protocol):
    """A network that can be compiled, trained, and made again."""

    built: bool
    trainable: bool
    dtype: str
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    nodes: tuple[Any, ...]
    history: History | None
    _asked: dict[str, Any] | None
    _running: dict[str, Any]
    _engine: Engine | None

    @property
    def engine(self) -> Engine: ...
    @property
    def layers(self) -> list[Layer]: ...
    @property
    def weights(self) -> list[Weight]: ...
    @property
    def trainable_weights(self) -> list[Weight]: ...
    @property
    def input_kinds(self) -> list[str]: ...
    @property
    def output_names(self) -> list[str]: ...
    def build_for(self, shape: Sequence[int | None]) -> None: ...
    def compile(self, **asked: Any) -> None: ...
    def fit(self, x: Any, y: Any, **arguments: Any) -> History: ...
    def predict(self, x: Any, **arguments: Any) -> np.ndarray: ...


def is_large(net: Patient) -> bool:
    """Whether a network by itself takes much memory."""
    return sum(weight.size for weight in net.weights) > LARGE


def copy_of(net: Patient) -> Patient:
    """A copy that is looked at, and not trained.

    A large one shares the arrays of the network, which nobody writes to.
    """
    kept: dict[int, Any] = {}
    engine = net._engine
    if engine is not None and is_large(net):
        memory = engine.memory
        arrays = (memory.parameters.vector, *memory.optimizer.values(), *values_of(net))
        kept = {id(each): each for each in arrays}
    return copy.deepcopy(net, kept)


def to_train(net: Patient) -> Patient:
    """A copy with the same weights that is to be compiled anew, and then has numbers of its own."""
    kept: dict[int, Any] = {id(each): each for each in values_of(net)}
    return copy.deepcopy(net, kept | {id(net._engine): None})


def values_of(net: Patient) -> list[np.ndarray]:
    """The arrays of the weights, of those that have one."""
    return [weight._value for weight in net.weights if weight._value is not None]


def face(net: Patient) -> type[Any]:
    """The class of the library that a network is of: Sequential or Model."""
    kinds = type(net).__mro__
    return next(kind for kind in kinds if kind.__module__.startswith("pellucid.models"))


def in_a_row(net: Patient) -> bool:
    """Whether it is a Sequential, whose layers are a row."""
    return face(net).__name__ == "Sequential"
