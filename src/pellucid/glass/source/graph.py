"""A network as calls of layers, one after the other: what programs of other libraries list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from pellucid import activations
from pellucid.equations.activations import Activation
from pellucid.foreign import quoted
from pellucid.glass.source.spelling import Names
from pellucid.layers import InputLayer
from pellucid.layers.base import Layer
from pellucid.layers.operation import Operation
from pellucid.networks.goals import Goal
from pellucid.networks.network import Network
from pellucid.settings import Settings
from pellucid.tensor import Tensor
from pellucid.weights import Weight

OTHERWISE = 'net.source("numpy") and net.source("jax") write it, equation by equation'


class Step(NamedTuple):
    """One call of a layer: its name in the program, what it reads and what it writes.

    Of a `bare` one the activation at its end is left out.
    """

    layer: Layer
    name: str
    trained: bool
    reads: tuple[Tensor, ...]
    read: tuple[str, ...]
    writes: Tensor
    written: str
    bare: bool = False


class Graph:
    """The calls of a network, those of networks within it in their place.

    Where each reads what the one before it wrote, and none is an operator, they are a `chain`, and
    all is called x.
    """

    def __init__(self, network: Network):
        self.network, self.names = network, Names()
        self.layer_names: dict[Layer, str] = {}
        self.found: list[tuple[Layer, bool, tuple[Tensor, ...], Tensor]] = []
        values = {each: each for each in network.inputs}
        self.walk(network, values, network.trainable)
        self.outputs = [values[each] for each in network.outputs]
        self.chain = self.is_chain()
        self.variables = self.named()

    def walk(self, network: Network, values: dict[Tensor, Tensor], trained: bool) -> None:
        for node in network.nodes:
            if node.further or len(node.outputs) > 1:
                what = f"the layer {quoted(node.layer.layer_name)}, which reads or gives states,"
                raise ValueError(f"{what} has no line in such a program; {OTHERWISE}")
            read = tuple(values[each] for each in node.inputs)
            values[node.output] = self.call(node.layer, read, node.output, trained)

    def call(self, layer: Layer, read: tuple[Tensor, ...], output: Tensor, trained: bool) -> Tensor:
        if isinstance(layer, InputLayer):
            return read[0]
        if isinstance(layer, Network):
            within = dict(zip(layer.inputs, read, strict=True))
            self.walk(layer, within, trained and layer.trainable)
            return within[layer.outputs[0]]
        self.layer_names.setdefault(layer, self.names.new(layer.layer_name))
        made = Tensor(output.shape, dtype=output.dtype)
        self.found.append((layer, trained and layer.trainable, read, made))
        return made

    def is_chain(self) -> bool:
        last: tuple[Tensor, ...] = self.network.inputs
        for *_, read, made in self.found:
            if read != last:
                return False
            last = (made,)
        alone = not any(isinstance(layer, Operation) for layer in self.layer_names)
        return alone and self.outputs == list(last) and len(self.layer_names) == len(self.found)

    def named(self) -> dict[Tensor, str]:
        """The variable of each value."""
        inputs, single = self.network.inputs, len(self.network.inputs) == 1
        names = {each: "x" if single else f"x{at}" for at, each in enumerate(inputs, 1)}
        called = Counter(layer for layer, *_ in self.found)
        for layer, _, _, made in self.found:
            name = self.layer_names[layer]
            name = name if called[layer] == 1 else self.names.new(f"{name}_out")
            names[made] = "x" if self.chain else name
        return names

    @property
    def steps(self) -> list[Step]:
        names, variables = self.layer_names, self.variables
        return [
            Step(
                layer,
                names[layer],
                trained,
                reads,
                tuple(map(variables.__getitem__, reads)),
                made,
                variables[made],
            )
            for layer, trained, reads, made in self.found
        ]

    @property
    def once(self) -> list[Step]:
        """The steps, but of a layer that is called again only the first."""
        return list({each.layer: each for each in reversed(self.steps)}.values())[::-1]

    def weights(self) -> list[Weight]:
        return [weight for step in self.once for weight in step.layer.weights]


def activation_of(identifier: Any, library: str) -> Activation:
    """The activation that a layer names, if it is one of the table."""
    found = activations.get(identifier)
    if isinstance(found, Activation):
        return found
    name = getattr(found, "__name__", repr(found))
    raise refused(f"an activation of your own, {name}", library)


def refused(what: str, library: str, instead: str = "") -> ValueError:
    """The error for what has no equivalent."""
    mend = f"{instead}, or " if instead else ""
    return ValueError(f"{library} has no equivalent of {what}; {mend}{OTHERWISE}")


def row_of(table: dict[str, Any], thing: object, what: str, library: str) -> Any:
    """The row of a table for an object of a family, or the error that says what to do."""
    ours = type(thing).__module__.startswith("pellucid.")
    row = table.get(type(thing).__name__) if ours else None
    if row is None or isinstance(row, Refused):
        name = f"the {what} {quoted(type(thing).__name__)}"
        raise refused(name, library, row.instead if row else "")
    return row


#: layers of Keras that PyTorch has no module for, or one that computes something else, or is not
#: written: volumes, cells, and what is made of parts
NO_MODULE = (
    "GroupedQueryAttention",
    "ReversibleEmbedding",
    *("ActivityRegularization", "AdditiveAttention", "Attention", "Lambda", "Masking"),
    *("MultiHeadAttention", "EinsumDense", "RNN", "StackedRNNCells"),
    *("SimpleRNNCell", "LSTMCell", "GRUCell"),
    *("Conv3D", "Conv3DTranspose", "Cropping3D", "ZeroPadding3D", "UpSampling3D"),
    *("SpatialDropout3D", "MaxPooling3D", "AveragePooling3D"),
    *("GlobalMaxPooling3D", "GlobalAveragePooling3D"),
    *(f"Adaptive{kind}Pooling{rank}D" for kind in ("Average", "Max") for rank in (1, 2, 3)),
    *("AutoContrast", "CenterCrop", "Pipeline", "Resizing", "Solarization"),
    *(
        f"Random{each}"
        for each in (
            "Brightness",
            "ColorDegeneration",
            "ColorJitter",
            "Contrast",
            "Crop",
            "ElasticTransform",
            "Erasing",
            "Flip",
            "GaussianBlur",
            "Grayscale",
            "Hue",
            "Invert",
            "Perspective",
            "Posterization",
            "Rotation",
            "Saturation",
            "Sharpness",
            "Shear",
            "Translation",
            "Zoom",
        )
    ),
)


class Refused(NamedTuple):
    """Stands in a table for what has no equivalent, with what to use in place of it."""

    instead: str


def changed(thing: Settings, names: Sequence[str]) -> dict[str, Any]:
    """The settings of these names that are not as they are by default."""
    given, default = thing.settings(), type(thing)._fields
    return {name: given[name] for name in names if not same(given[name], default[name])}


def only(thing: Settings, names: Sequence[str], what: str, library: str) -> None:
    """Refuse a setting that is not among those that the library has too."""
    apart = [name for name in thing.settings() if name not in (*names, "name")]
    others = changed(thing, apart)
    if others:
        name, value = next(iter(others.items()))
        raise refused(f"the {what} {type(thing).__name__} with {name}={value!r}", library)


def check_goal(goal: Goal, library: str) -> None:
    """Refuse what is no loss of one output each."""
    if goal.own is not None:
        raise refused("compute_loss of your own", library)
    if goal.joint:
        raise refused("several losses of the same outputs", library)


def same(one: Any, other: Any) -> bool:
    return one is other or (type(one) is type(other) and bool(np.all(one == other)))
