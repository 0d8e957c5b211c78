"""A graph of operators, walked from its inputs: each becomes layers, by a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from pellucid.foreign import quoted
from pellucid.interop.operators.graph import Given, Graph, Operator, refused
from pellucid.interop.operators.values import (
    Extent,
    Extents,
    Value,
    as_it_is,
    check_size,
)
from pellucid.layers import Input
from pellucid.layers.base import Layer
from pellucid.models import Model
from pellucid.tensor import Tensor

#: what stands under a name: what layers give, known numbers, or a shape
Held = Value | np.ndarray | Extents
Reader = Callable[["Builder", Operator], Held | list[Held]]
READERS: dict[str, Reader] = {}
#: operators whose result is known where all that they read is
FOLDERS: dict[str, Callable[[Builder, Operator], Held]] = {}
#: operators in a graph, and known numbers that are computed, at most
MOST_OPERATORS, MOST_KNOWN = 20_000, 1 << 23


def reader(*kinds: str) -> Callable[[Reader], Reader]:
    def enter(read: Reader) -> Reader:
        READERS.update(dict.fromkeys(kinds, read))
        return read

    return enter


class Builder:
    """The layers made so far, and what stands under each name."""

    def __init__(self, graph: Graph):
        self.graph = graph
        self.values: dict[str, Held] = dict(graph.held)
        self.arrays: list[tuple[Layer, list[np.ndarray]]] = []
        self.done: set[int] = set()
        self.names: Counter[str] = Counter()
        self.count = self.folded = 0
        #: the operator that is read, and the layers of those that share their weights
        self.current: Operator | None = None
        self.by_weights: dict[tuple[str, tuple[str, ...]], Layer] = {}
        #: how many rows the graph was made for, if it says
        self.rows: int | None = None
        self.readers: dict[str, list[int]] = {}
        self.writers = {name: each for each in graph.operators for name in each.writes}
        for at, operator in enumerate(graph.operators):
            for name in operator.reads:
                self.readers.setdefault(name, []).append(at)

    def network(self) -> Model:
        """The network that the graph is, its weights set."""
        if len(self.graph.operators) > MOST_OPERATORS:
            raise ValueError(f"it has {len(self.graph.operators):,} operators")
        inputs = [self.input(each) for each in self.graph.inputs]
        for at, operator in enumerate(self.graph.operators):
            if operator.kind == "Constant":
                self.put(operator, FOLDERS["Constant"](self, operator))
                self.done.add(at)
        for at, operator in enumerate(self.graph.operators):
            if at not in self.done:
                self.put(operator, self.result(operator))
        outputs = [self.output(name) for name in self.graph.outputs]
        net = Model(inputs, outputs, dtype=self.graph.dtype)
        for layer, arrays in self.arrays:
            layer.set_weights(arrays)
        return net

    def input(self, given: Given) -> Tensor:
        open_axes = [at for at, extent in enumerate(given.shape) if extent is None]
        if not given.shape or len(open_axes) > 1:
            raise ValueError(
                f"the input {quoted(given.name)} has the shape {quoted(given.shape)}; here only "
                "the number of rows may be open"
            )
        batch = open_axes[0] if open_axes else 0
        rest = [each or 0 for at, each in enumerate(given.shape) if at != batch]
        check_size(rest)
        tensor = Input(tuple(rest), "int64" if given.whole else None, name=given.name)
        axes = [at + 1 if at < batch else at for at in range(len(given.shape))]
        axes[batch] = 0
        self.values[given.name] = Value(tensor, tuple(axes))
        self.rows = given.shape[batch]
        return tensor

    def output(self, name: str) -> Tensor:
        found = self.values.get(name)
        if not isinstance(found, Value):
            raise ValueError(f"the output {quoted(name)} does not depend on the inputs")
        return as_it_is(found).tensor

    def result(self, operator: Operator) -> Held | list[Held]:
        """What an operator comes to."""
        given = [self.values.get(name) for name in operator.reads if name]
        fold = FOLDERS.get(operator.kind)
        if fold and not any(isinstance(each, Value) for each in given):
            return fold(self, operator)
        if operator.kind not in READERS:
            raise refused(operator)
        self.current = operator
        try:
            return READERS[operator.kind](self, operator)
        except (IndexError, KeyError, TypeError, AttributeError) as error:
            raise refused(operator, f"({type(error).__name__}: {error})") from error

    def put(self, operator: Operator, found: Held | list[Held]) -> None:
        several = found if isinstance(found, list) else [found]
        for name, each in zip(operator.writes, several, strict=False):
            if isinstance(each, np.ndarray):
                self.folded += each.size
                if self.folded > MOST_KNOWN:
                    raise ValueError(f"it computes more than {MOST_KNOWN:,} numbers that are known")
            self.values[name] = each

    def value(self, operator: Operator, at: int = 0) -> Value:
        """What an operator reads, as a value of the network."""
        found = self.values.get(operator.reads[at])
        if found is None:
            raise ValueError(f"{quoted(operator.reads[at])} is read, which nothing gives")
        if not isinstance(found, Value):
            raise refused(operator, "on numbers that do not depend on the input")
        return found

    def known(self, operator: Operator, at: int) -> np.ndarray | None:
        """Known numbers that an operator reads; None where it reads nothing there."""
        name = operator.reads[at] if at < len(operator.reads) else ""
        if not name:
            return None
        found = self.values.get(name)
        if not isinstance(found, np.ndarray):
            raise refused(operator, f"whose {quoted(name)} depends on the input")
        return found

    def needed(self, operator: Operator, at: int) -> np.ndarray:
        found = self.known(operator, at)
        if found is None:
            raise refused(operator, f"without its input {at + 1}")
        return found

    def option(self, operator: Operator, name: str, at: int) -> list[int] | None:
        """Whole numbers that are an attribute in old files, and an input in newer ones."""
        if name in operator.attributes:
            return [int(each) for each in np.ravel(operator.attributes[name])]
        found = self.known(operator, at)
        return None if found is None else [int(each) for each in np.ravel(found)]

    def extents(self, operator: Operator, at: int) -> list[Extent]:
        """A shape that an operator reads."""
        found = self.values.get(operator.reads[at])
        if isinstance(found, Extents):
            return list(found.listed)
        return [int(each) for each in np.ravel(self.needed(operator, at))]

    def follower(self, name: str) -> tuple[int, Operator] | None:
        """The operator that alone reads a value, and its place."""
        found = self.readers.get(name, [])
        if len(found) != 1 or name in self.graph.outputs:
            return None
        return found[0], self.graph.operators[found[0]]

    def layer(
        self, layer: Layer, given: Any, arrays: Sequence[np.ndarray] = (), called: str = ""
    ) -> Tensor:
        """Call a layer whose weights are the arrays."""
        layer = self.shared(layer) if arrays else layer
        if called and layer.name is None:
            layer.name = self.name(layer, called)
        made: Tensor = layer(given)
        check_size(made.shape[1:])
        self.count += sum(each.size for each in layer.weights)
        if self.count > self.graph.most:
            raise ValueError(f"its layers have more than {self.graph.most:,} weights")
        if arrays and len(layer.weights):
            self.arrays.append((layer, [np.asarray(each) for each in arrays]))
        return made

    def writer(self, name: str) -> Operator | None:
        """The operator that writes a value."""
        return self.writers.get(name)

    def under(self, operator: Operator, value: Value) -> list[Held]:
        """Put a value under what an operator writes that became a part of the layer."""
        self.values[operator.writes[0]] = value
        return []

    def name(self, layer: Layer, called: str) -> str:
        """A name for a layer, which no other has."""
        name = "".join(each if each.isalnum() else "_" for each in called).strip("_")[:60]
        name = name if name[:1].isalpha() else f"{layer.layer_name}_{name}".rstrip("_")
        self.names[name] += 1
        return name if self.names[name] == 1 else f"{name}_{self.names[name]}"

    def shared(self, layer: Layer) -> Layer:
        """The layer that has the same weights, if there is one."""
        operator = self.current
        if operator is None or not self.is_shared(operator):
            return layer
        found = self.by_weights.setdefault((operator.kind, weights_of(self, operator)), layer)
        return found if same_settings(found, layer) else layer

    def is_shared(self, operator: Operator) -> bool:
        """Whether other operators of its kind read the same arrays."""
        names = weights_of(self, operator)
        return any(
            other is not operator and weights_of(self, other) == names
            for name in names[:1]
            for at in self.readers[name]
            if (other := self.graph.operators[at]).kind == operator.kind
        )

    def finished(self, operator: Operator, at: int) -> Operator:
        """Note that an operator has become a part of the layer before it."""
        self.done.add(at)
        return operator._replace(writes=self.graph.operators[at].writes)


def weights_of(to: Builder, operator: Operator) -> tuple[str, ...]:
    """The names of the arrays of the graph that an operator reads."""
    return tuple(name for name in operator.reads if name in to.graph.held)


def same_settings(one: Layer, other: Layer) -> bool:
    found, asked = (
        {key: each for key, each in layer.settings().items() if key != "name"}
        for layer in (one, other)
    )
    return type(one) is type(other) and found == asked
