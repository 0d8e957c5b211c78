"""A network as a person would write it: its layers by their settings, their calls, its compilation.

A blueprint can be changed and built; `writing.py` writes the program of one.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from pellucid import layers
from pellucid.glass.doctor.patient import Patient, face, in_a_row
from pellucid.glass.doctor.ways import losses_with, way_to
from pellucid.layers.base import Layer
from pellucid.networks.network import Network
from pellucid.optimizers import Optimizer
from pellucid.settings import REQUIRED, snake_case
from pellucid.tensor import Shape, Tensor

#: settings by which a layer says the shape of the input, which the blueprint says itself
SHAPES = ("input_shape", "input_dim")
#: shape, kind and name of each input; the part that each call calls, and what it reads
Inputs = tuple[tuple[Shape | None, str, str], ...]
Calls = tuple[tuple[int, tuple[int, ...]], ...]


@dataclass(frozen=True, eq=False)
class Part:
    """A layer: its class and settings; or, where these do not make it, the layer itself.

    `origin` is its number among the layers of the network that was read, None for a new one. A
    new layer that needs more than one line is `text`, which the lines of `before` make.
    """

    kind: type[Layer]
    settings: dict[str, Any]
    origin: int | None = None
    layer: Layer | None = None
    text: str = ""
    before: tuple[str, ...] = ()

    def made(self) -> Layer:
        if self.layer is not None:
            return copy.deepcopy(self.layer)
        return self.kind(**self.settings)

    def changed(self, **settings: Any) -> Part:
        return replace(self, settings=self.settings | settings, layer=None)

    def get(self, name: str, default: Any = None) -> Any:
        """A setting, or the default where the layer has none of this name."""
        return self.settings.get(name, default)


@dataclass(frozen=True, eq=False)
class Blueprint:
    """`calls` says of each call which part it calls and what that reads.

    What is read is an input (−1, −2, … for the first, the second) or what a call gives (0, 1, …).
    """

    parts: tuple[Part, ...]
    inputs: Inputs
    calls: Calls
    outputs: tuple[int, ...]
    face: Callable[..., Patient]
    chain: bool
    dtype: str
    trainable: bool = True
    compiled: dict[str, Any] | None = None
    running: dict[str, Any] | None = None
    #: the output that a mend is of, where there are several
    focus: int | None = None

    def changed(self, at: int, **settings: Any) -> Blueprint:
        """With other settings of one part."""
        parts = list(self.parts)
        parts[at] = parts[at].changed(**settings)
        return replace(self, parts=tuple(parts))

    def each(self, change: Callable[[Part], Part]) -> Blueprint:
        return replace(self, parts=tuple(map(change, self.parts)))

    def row(self, parts: Sequence[Part]) -> Blueprint:
        """With other parts in a row; only of a chain."""
        calls = tuple((at, (at - 1,)) for at in range(len(parts)))
        return replace(self, parts=tuple(parts), calls=calls, outputs=(len(parts) - 1,))

    @property
    def straight(self) -> bool:
        """Whether each call reads what the one before it gives, as in a row."""
        return len(self.inputs) == 1 and all(
            call == (at, (at - 1,)) for at, call in enumerate(self.calls)
        )

    def without(self, *gone: int) -> Blueprint:
        """Without some parts: what they gave is what they read."""
        if self.chain:
            return self.row([part for at, part in enumerate(self.parts) if at not in gone])
        kept = [at for at in range(len(self.parts)) if at not in gone]
        calls: list[tuple[int, tuple[int, ...]]] = []
        gives = {-1 - at: -1 - at for at in range(len(self.inputs))}
        for at, (called, read) in enumerate(self.calls):
            gives[at] = gives[read[0]] if called in gone else len(calls)
            if called not in gone:
                calls.append((kept.index(called), tuple(gives[each] for each in read)))
        outputs = tuple(gives[each] for each in self.outputs)
        parts = tuple(self.parts[at] for at in kept)
        return replace(self, parts=parts, calls=tuple(calls), outputs=outputs)

    def inserted(self, at: int, part: Part) -> Blueprint:
        """With another part before one: before every call of it."""
        if self.chain:
            return self.row([*self.parts[:at], part, *self.parts[at:]])
        calls: list[tuple[int, tuple[int, ...]]] = []
        gives = {-1 - at: -1 - at for at in range(len(self.inputs))}
        for number, (called, read) in enumerate(self.calls):
            given = tuple(gives[each] for each in read)
            if called == at:
                calls.append((at, given[:1]))
                given = (len(calls) - 1, *given[1:])
            calls.append((called + (called >= at), given))
            gives[number] = len(calls) - 1
        outputs = tuple(gives[each] for each in self.outputs)
        parts = (*self.parts[:at], part, *self.parts[at:])
        return replace(self, parts=parts, calls=tuple(calls), outputs=outputs)

    def in_front(self, part: Part) -> Blueprint:
        """With another part between the first input and all that reads it."""
        if self.chain:
            kinds = (layers.InputLayer,)
            first = (at for at, each in enumerate(self.parts) if each.kind not in kinds)
            return self.inserted(next(first, 0), part)
        calls: list[tuple[int, tuple[int, ...]]] = [(0, (-1,))]
        for called, read in self.calls:
            calls.append((called + 1, tuple(0 if each == -1 else moved(each) for each in read)))
        outputs = tuple(0 if each == -1 else moved(each) for each in self.outputs)
        parts = (part, *self.parts)
        return replace(self, parts=parts, calls=tuple(calls), outputs=outputs)

    def aimed(self, **asked: Any) -> Blueprint:
        """Compiled otherwise; of several outputs with another loss for the one that is meant."""
        before = self.compiled or {}
        if self.focus is not None and "loss" in asked:
            given, names = before.get("loss"), self.output_names()
            asked["loss"] = losses_with(given, asked["loss"], self.focus, names)
        return replace(self, compiled={**before, **asked})

    def path_to(self, output: int) -> list[int]:
        """The parts in a row that end in an output, the last one first."""
        return way_to(self.calls, self.outputs[output])

    def output_names(self) -> list[str]:
        """The names of the layers that give the outputs, as far as they were given."""
        return [str(self.parts[self.path_to(at)[0]].get("name")) for at in range(len(self.outputs))]

    def built(self) -> Patient:
        """A fresh network."""
        net = self._row() if self.chain else self._graph()
        net.trainable = self.trainable
        if self.compiled is not None:
            self.compile(net)
        return net

    def compile(self, net: Patient) -> None:
        """Compile a network as this one is."""
        assert self.compiled is not None
        asked = self.compiled | {"optimizer": copy.copy(self.compiled["optimizer"])}
        net.compile(**copied(asked), **self._executor())

    def _executor(self) -> dict[str, Any]:
        running = self.running or {}
        return {"executor": running.get("choice", "auto"), "threads": running.get("threads")}

    def _row(self) -> Patient:
        made = [part.made() for part in self.parts]
        shape, kind, name = self.inputs[0]
        first = [] if shape is None else [input_tensor(shape, kind, name)]
        return self.face([*first, *made], dtype=self.dtype)

    def _graph(self) -> Patient:
        made = [part.made() for part in self.parts]
        inputs = [input_tensor(shape or (None,), kind, name) for shape, kind, name in self.inputs]
        values: list[Tensor] = []
        for at, read in self.calls:
            given = [inputs[-1 - each] if each < 0 else values[each] for each in read]
            values.append(made[at](given if made[at].several_inputs else given[0]))
        outputs = [inputs[-1 - each] if each < 0 else values[each] for each in self.outputs]
        return self.face(inputs, outputs, dtype=self.dtype)


def moved(value: int) -> int:
    """The number of a value behind a call that was put in front; inputs keep theirs."""
    return value if value < 0 else value + 1


def copied(asked: dict[str, Any]) -> dict[str, Any]:
    """Metrics and losses hold what they have seen, so that each network needs its own."""
    kept = {name: value for name, value in asked.items() if name != "optimizer"}
    return {"optimizer": asked.get("optimizer", "rmsprop"), **copy.deepcopy(kept)}


def input_tensor(shape: Shape, kind: str, name: str) -> Tensor:
    return Tensor(tuple(shape), name, role="input", dtype=kind)


def blueprint(net: Patient) -> Blueprint:
    """The blueprint of a network, compiled or not."""
    chain = in_a_row(net)
    found = chain_of(net) if chain else graph_of(net)
    asked = None if net._asked is None else dict(net._asked)
    running = dict(net._running)
    parts = tuple(part_of(layer, at) for at, layer in enumerate(net.layers))
    return Blueprint(
        parts=parts,
        inputs=found.inputs,
        calls=found.calls,
        outputs=found.outputs,
        face=face(net),
        chain=chain,
        dtype=net.dtype,
        trainable=net.trainable,
        compiled=asked,
        running=running,
    )


class Graph(NamedTuple):
    """The inputs, calls and outputs of a blueprint."""

    inputs: Inputs
    calls: Calls
    outputs: tuple[int, ...]


def chain_of(net: Any) -> Graph:
    first = net.inputs[0] if net.built else net._first
    shape = first.shape if first is not None else net._known_shape()
    kind = net.input_kinds[0] if net.built else (first.dtype if first is not None else "float")
    inputs = ((shape, kind, ""),)
    count = len(net.layers)
    return Graph(inputs, tuple((at, (at - 1,)) for at in range(count)), (count - 1,))


def graph_of(net: Patient) -> Graph:
    numbers = {tensor: -1 - at for at, tensor in enumerate(net.inputs)}
    listed, calls = net.layers, []
    for at, node in enumerate(net.nodes):
        calls.append((listed.index(node.layer), tuple(numbers[each] for each in node.inputs)))
        numbers[node.output] = at
    inputs = tuple((each.shape, each.dtype, each.name) for each in net.inputs)
    return Graph(inputs, tuple(calls), tuple(numbers[each] for each in net.outputs))


def part_of(layer: Layer, at: int) -> Part:
    needed = {name for name, default in layer._fields.items() if default is REQUIRED}
    given = layer.settings().items()
    settings = {name: value for name, value in given if name not in SHAPES or name in needed}
    if automatic(layer):
        settings.pop("name", None)
    kept = layer if holds_more(layer) else None
    return Part(type(layer), settings, at, kept)


def automatic(layer: Layer) -> bool:
    """Whether the name of a layer is the one that a model gives it."""
    kind = snake_case(type(layer).__name__)
    return layer.name is None or re.fullmatch(rf"{kind}(_\d+)?", layer.name) is not None


def holds_more(layer: Layer) -> bool:
    """Whether there is more to a layer than its settings: weights that training does not fit."""
    adapted = isinstance(layer, layers.Normalization) and layer.mean is None and layer.built
    frozen = bool(layer.weights) and not layer.trainable
    own = type(layer).__init__ is not Layer.__init__
    return isinstance(layer, Network) or adapted or frozen or own


def part(kind: type[Layer], **settings: Any) -> Part:
    """A new layer."""
    return Part(kind, settings)


def optimizer_of(found: Blueprint) -> Optimizer:
    assert found.compiled is not None
    return found.compiled["optimizer"]
