"""A network: layers called on one another, which together are a layer again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from pellucid.foreign import check_name, quoted
from pellucid.layers.base import Call, Layer, Training
from pellucid.layers.operation import operation_of
from pellucid.plan.trace import mark
from pellucid.settings import nearest, option
from pellucid.tensor import Shape, Tensor, show_shape
from pellucid.weights import Weight

#: the kinds of number that a network computes with
DTYPES = ("float32", "float64")


class Node(NamedTuple):
    """One call of a layer: the tensors it reads and the tensor it writes."""

    layer: Layer
    inputs: tuple[Tensor, ...]
    output: Tensor


class Network(Layer, abstract=True):
    """A graph of layer calls, from input tensors to output tensors."""

    dtype: str = option(default="float32", kw_only=True)

    def __init__(self, **named: Any):
        super().__init__(**named)
        self.inputs: tuple[Tensor, ...] = ()
        self.outputs: tuple[Tensor, ...] = ()
        self.nodes: tuple[Node, ...] = ()
        self._layers: list[Layer] = []

    def connect(self, inputs: Iterable[Tensor], outputs: Iterable[Tensor]) -> None:
        """Find the calls that lead from `inputs` to `outputs`, and name the layers."""
        if self.dtype not in DTYPES:
            raise ValueError(f"unknown dtype {self.dtype!r}: {nearest(str(self.dtype), DTYPES)}")
        check_name(self.name, "network")
        for tensor in inputs:
            check_name(tensor.name, "input")
        self.inputs, self.outputs = tuple(inputs), tuple(outputs)
        self.nodes = tuple(by_depth(calls_between(self.inputs, self.outputs), self.outputs))
        self._layers = list(dict.fromkeys(node.layer for node in self.nodes))
        self.several_inputs = len(self.inputs) > 1  # type: ignore[misc]
        self.input_dtype = self.input_kinds[0]  # type: ignore[misc]
        name_layers(self._layers)
        self.built = True

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
    def output_names(self) -> list[str]:
        """The names of the layers that give the outputs."""
        writers = {node.output: node.layer.layer_name for node in self.nodes}
        return [writers.get(tensor, "input") for tensor in self.outputs]

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
            read = [values[tensor] for tensor in node.inputs]
            value = node.layer.write(read if node.layer.several_inputs else read[0], training)
            moved = training.assignments.values() if training else ()
            mark([value, *moved], node.layer.layer_name, "forward")
            values[node.output] = value
        return [values[tensor] for tensor in self.outputs]

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


def calls_between(inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...]) -> list[Node]:
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
        nodes.append(Node(*tensor.source, tensor))
        done.add(tensor)
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


def by_depth(nodes: Sequence[Node], outputs: Sequence[Tensor]) -> list[Node]:
    """The calls, those furthest from the outputs first; the equally far as one meets them."""
    depth: Counter[Tensor] = Counter()
    of_layer: Counter[Layer] = Counter()
    for node in reversed(nodes):
        here = max(depth[node.output], of_layer[node.layer])
        depth[node.output] = of_layer[node.layer] = here
        for tensor in node.inputs:
            depth[tensor] = max(depth[tensor], here + 1)
    met = {layer: at for at, layer in enumerate(met_from(outputs, nodes))}
    return sorted(nodes, key=lambda node: (-depth[node.output], met[node.layer]))


def met_from(outputs: Sequence[Tensor], nodes: Sequence[Node]) -> list[Layer]:
    """The layers as one meets them on the way from the outputs to the inputs."""
    writers = {node.output: node for node in nodes}
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
