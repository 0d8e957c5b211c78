"""A network: layers called on one another, which together are a layer again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from pellucid.foreign import check_name, quoted
from pellucid.layers.base import Layer
from pellucid.layers.calling import Call
from pellucid.layers.operation import operation_of
from pellucid.layers.training import Training
from pellucid.networks.ends import (
    Tree,
    listed,
    names_in,
    packed,
    tree_of_inputs,
    unpacked,
)
from pellucid.plan.trace import mark
from pellucid.settings import nearest, option
from pellucid.tensor import Shape, Tensor, show_shape
from pellucid.weights import Weight

#: the kinds of number that a network computes with
DTYPES = ("float32", "float64")


class Network(Layer, abstract=True):
    """A graph of layer calls, from input tensors to output tensors."""

    dtype: str = option(default="float32", kw_only=True)

    supports_masking = True

    def __init__(self, **named: Any):
        super().__init__(**named)
        self.inputs: tuple[Tensor, ...] = ()
        self.outputs: tuple[Tensor, ...] = ()
        self.nodes: tuple[Call, ...] = ()
        self._layers: list[Layer] = []
        #: how its inputs and outputs were given, where they are more than a list
        self.input_tree: Tree | None = None
        self.output_tree: Tree | None = None

    def __call__(self, *given: Any, training: Any = None, **named: Any) -> Any:
        if given and not self.built:
            self.input_tree = tree_of_inputs(given[0])
            self.several_inputs = len(listed(given[0])) > 1  # type: ignore[misc]
        if given:
            given = (self._taken(given[0]), *given[1:])
        return packed(super().__call__(*given, training=training, **named), self.output_tree)

    def _taken(self, given: Any) -> Any:
        """What it is called on, as a list where that is a dictionary or nested."""
        if not isinstance(given, (Mapping, list, tuple)):
            return given
        if self.input_tree is not None:
            return unpacked(given, self.input_tree, "input")
        if isinstance(given, Mapping):
            return unpacked(given, {name: at for at, name in enumerate(self.input_names)}, "input")
        if self.inputs and len(given) != len(self.inputs):
            expected = f"{len(self.inputs)} input{'s' * (len(self.inputs) != 1)}"
            raise ValueError(f"{self.layer_name} expects {expected}, got {len(given)}")
        return given

    def connect(self, inputs: Iterable[Tensor], outputs: Iterable[Tensor]) -> None:
        """Find the calls that lead from `inputs` to `outputs`, and name the layers."""
        if self.dtype not in DTYPES:
            raise ValueError(f"unknown dtype {self.dtype!r}: {nearest(str(self.dtype), DTYPES)}")
        check_name(self.name, "network")
        for tensor in inputs:
            if not isinstance(tensor, Tensor):
                raise ValueError(
                    f"a network begins at symbolic tensors, from Input or a layer; got {tensor!r}"
                )
            check_name(tensor.name, "input")
        self.inputs, self.outputs = tuple(inputs), tuple(outputs)
        self.nodes = tuple(by_depth(calls_between(self.inputs, self.outputs), self.outputs))
        self._layers = list(dict.fromkeys(node.layer for node in self.nodes))
        self.several_inputs = len(self.inputs) > 1  # type: ignore[misc]
        self.input_dtype = self.input_kinds[0]  # type: ignore[misc]
        name_layers(self._layers)
        self.built = True

    def get_config(self) -> dict[str, Any]:
        return self.config()

    @property  # type: ignore[misc]
    def input_shape(self) -> Any:
        """The shape of the input, with None for the batch; a list of them for several."""
        return alone([tensor.shape for tensor in self.inputs])

    @input_shape.setter
    def input_shape(self, given: Any) -> None:
        """A network's shape is that of its inputs, not a setting."""

    @property
    def output_shape(self) -> Any:
        """The shape of the output, with None for the batch; a list of them for several."""
        return alone([tensor.shape for tensor in self.outputs])

    @property
    def given_shape(self) -> Shape | None:
        return self.inputs[0].shape if len(self.inputs) == 1 else None

    @property
    def layers(self) -> list[Layer]:
        """The layers, each once, in the order in which they are first called: Keras's."""
        return list(self._layers)

    @property
    def weights(self) -> list[Weight]:
        return unique(weight for layer in self.layers for weight in layer.weights)

    @property
    def trainable_weights(self) -> list[Weight]:
        if not self.trainable:
            return []
        return unique(weight for layer in self.layers for weight in layer.trainable_weights)

    @property
    def own_loss(self) -> Callable[..., Tensor] | None:
        """What a class of one's own makes smaller in place of the loss, if it says so."""
        return None

    @property
    def input_names(self) -> list[str]:
        """What its inputs are called: by their keys, or as the tensors are."""
        names = [tensor.name or f"input_{at}" for at, tensor in enumerate(self.inputs)]
        return names if self.input_tree is None else names_in(self.input_tree, names)

    @property
    def output_names(self) -> list[str]:
        """The keys of the outputs, or the names of the layers that give them."""
        writers = {each: node.layer.layer_name for node in self.nodes for each in node.outputs}
        names = [writers.get(tensor, "input") for tensor in self.outputs]
        return names if self.output_tree is None else names_in(self.output_tree, names)

    @property
    def input_kinds(self) -> list[str]:
        """The kind of each input: "int" also where all that read it want whole numbers."""
        kinds = []
        for tensor in self.inputs:
            readers = {
                reads(node.layer, at)
                for node in self.nodes
                for at, each in enumerate(node.inputs)
                if each is tensor
            }
            kinds.append("int" if readers == {"int"} else tensor.dtype)
        return kinds

    def call(self, x: Any, training: Training | None) -> Any:
        values = self.write_all(list(x) if isinstance(x, (list, tuple)) else [x], training)
        return values if len(values) > 1 else values[0]

    def write_all(self, inputs: Sequence[Tensor], training: Training | None) -> list[Tensor]:
        """Write the equations of every layer on `inputs`, and give the outputs."""
        if training is not None and not self.trainable:
            training = training.for_frozen()
        values = dict(zip(self.inputs, inputs, strict=True))
        for node in self.nodes:
            x, further = node.arguments(values)
            value = node.layer.write(x, training, **further)
            written = value if isinstance(value, list) else [value]
            mark(
                [*written, *beside(node.layer, written, training)], node.layer.layer_name, "forward"
            )
            values.update(zip(node.outputs, written, strict=True))
        return [values[tensor] for tensor in self.outputs]

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """The layers within say which steps of the outputs count."""
        return None

    @property
    def parts(self) -> list[Layer]:
        return self.layers

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """A layer by its name or by its number."""
        if index is not None:
            return self.layers[index]
        known = {layer.layer_name: layer for layer in self.layers}
        if name not in known:
            raise ValueError(f"no layer is called {quoted(name)}: {nearest(str(name), known)}")
        return known[name]


def reads(layer: Layer, at: int) -> str:
    """The kind of number that a layer wants for its input of this place."""
    return layer.input_kinds[at] if isinstance(layer, Network) else layer.input_dtype


def beside(layer: Layer, written: Sequence[Tensor], training: Training | None) -> list[Tensor]:
    """What a layer has written beside its outputs: new states, masks and penalties."""
    masks = [each.mask for each in written if each.mask is not None]
    moved = list(training.assignments.values()) if training else []
    return [*moved, *masks, *layer.penalties]


def calls_between(inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...]) -> list[Call]:
    """Every call that `outputs` depend on, after the calls that it depends on itself."""
    done, nodes = set(inputs), []
    stack = list(reversed(outputs))
    while stack:
        tensor = stack[-1]
        if tensor in done:
            stack.pop()
            continue
        if isinstance(tensor, Tensor) and tensor.source is None:
            tensor.source = operation_of(tensor)
        if not isinstance(tensor, Tensor) or not isinstance(tensor.source, Call):
            raise ValueError(
                f"the outputs depend on {tensor!r}, which is not among the inputs "
                f"({', '.join(show_shape(each.shape) for each in inputs)}) and comes from no layer"
            )
        waiting = [each for each in tensor.source.inputs if each not in done]
        if waiting:
            stack.extend(reversed(waiting))
            continue
        nodes.append(tensor.source)
        done.update(tensor.source.outputs)
        stack.pop()
    return nodes


def every_layer(network: Network) -> list[Layer]:
    """The layers, those of networks within in place of these."""
    found: list[Layer] = []
    for layer in network.layers:
        found += every_layer(layer) if isinstance(layer, Network) else [layer]
    return found


def alone(shapes: list[Shape]) -> Any:
    """The shapes; the only one by itself; None where nothing is known yet."""
    return None if not shapes else shapes[0] if len(shapes) == 1 else shapes


def by_depth(nodes: Sequence[Call], outputs: Sequence[Tensor]) -> list[Call]:
    """The calls, those furthest from the outputs first; the equally far as one meets them."""
    depth: Counter[Tensor] = Counter()
    of_layer: Counter[Layer] = Counter()
    for node in reversed(nodes):
        here = max(*(depth[each] for each in node.outputs), of_layer[node.layer])
        of_layer[node.layer] = here
        for each in node.outputs:
            depth[each] = here
        for tensor in node.inputs:
            depth[tensor] = max(depth[tensor], here + 1)
    met = {layer: at for at, layer in enumerate(met_from(outputs, nodes))}
    return sorted(nodes, key=lambda node: (-depth[node.output], met[node.layer]))


def met_from(outputs: Sequence[Tensor], nodes: Sequence[Call]) -> list[Layer]:
    """The layers as one meets them on the way from the outputs to the inputs."""
    writers = {each: node for node in nodes for each in node.outputs}
    stack, met, seen = list(reversed(outputs)), dict[Layer, None](), set[Tensor]()
    while stack:
        node = writers.get(tensor := stack.pop())
        if node is not None and tensor not in seen:
            seen.add(tensor)
            met[node.layer] = None
            stack.extend(reversed(node.inputs))
    return list(met)


def name_layers(layers: Sequence[Layer]) -> None:
    """Give each unnamed layer the name of its kind, numbered where there are several."""
    for layer in layers:
        check_name(layer.name, "layer")
    taken = Counter(layer.name for layer in layers if layer.name)
    twice = [name for name, count in taken.items() if count > 1]
    if twice:
        raise ValueError(f"two layers are called {twice[0]!r}; give each a name of its own")
    numbers: Counter[str] = Counter()
    for layer in layers:
        if not layer.name:
            kind = layer.layer_name
            while (name := f"{kind}_{numbers[kind]}" if numbers[kind] else kind) in taken:
                numbers[kind] += 1
            layer.name = name
            taken[name] += 1


def unique(weights: Iterable[Weight]) -> list[Weight]:
    return list(dict.fromkeys(weights))
