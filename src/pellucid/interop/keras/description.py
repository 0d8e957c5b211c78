"""A model of Keras as it describes itself, as a network here: a list of layers, or a graph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pellucid.foreign import quoted
from pellucid.interop.keras.layers import layer_of
from pellucid.layers import Input
from pellucid.layers.base import Layer
from pellucid.models import Model, Sequential
from pellucid.networks.network import Network
from pellucid.tensor import Tensor

NESTED = ("Sequential", "Functional", "Model")
#: networks in networks, at most
DEEPEST = 20


def network_of(described: Mapping[str, Any], depth: int = 0) -> Network:
    """The network; its weights are not set."""
    kind, config = described["class_name"], described["config"]
    if kind not in NESTED or depth > DEEPEST:
        raise ValueError(f"a {quoted(kind)} is no Sequential and no functional model of Keras")
    made = sequential(config, depth) if kind == "Sequential" else functional(config, depth)
    made.trainable = bool(config.get("trainable", True))
    return made


def dtype_of(config: Mapping[str, Any]) -> str:
    """The kind of number that a model computes with."""
    given = config.get("dtype", "float32")
    name = given["config"]["name"] if isinstance(given, dict) else given
    if name not in ("float32", "float64"):
        raise ValueError(f"Keras's dtype {quoted(name)} has no match here: float32 or float64 has")
    return str(name)


def model_dtype(config: Mapping[str, Any]) -> str:
    if "dtype" in config:
        return dtype_of(config)
    kinds = [each["config"] for each in config["layers"] if each["class_name"] not in NESTED]
    found = {dtype_of(each) for each in kinds if isinstance(each.get("dtype"), dict)}
    return "float64" if found == {"float64"} else "float32"


def sequential(config: Mapping[str, Any], depth: int) -> Sequential:
    parts: list[Any] = []
    for each in config["layers"]:
        parts.append(input_of(each) if each["class_name"] == "InputLayer" else layer(each, depth))
    net = Sequential(parts, name=config["name"], dtype=model_dtype(config))
    shape = config.get("build_input_shape")
    if not net.built and shape:
        net.build_for((None, *shape[1:]))
    if not net.built:
        raise ValueError("the model was never built: give it an Input, or call it once")
    return net


def input_of(each: Mapping[str, Any]) -> Tensor:
    given = each["config"]
    kind = given.get("dtype", "float32")
    whole = isinstance(kind, str) and "int" in kind
    shape = given["batch_shape"][1:]
    return Input(tuple(shape), dtype="int64" if whole else None, name=given["name"])


def layer(each: Mapping[str, Any], depth: int) -> Layer:
    if each["class_name"] in NESTED:
        return network_of(each, depth + 1)
    return layer_of(each["class_name"], each["config"])


def functional(config: Mapping[str, Any], depth: int) -> Model:
    """Layers are called in order, each as soon as all that it reads is there."""
    values: dict[tuple[str, int], Tensor] = {}
    waiting = list[tuple[str, int, Any, list[tuple[str, int]]]]()
    for each in config["layers"]:
        name = str(each.get("name") or each["config"]["name"])
        if each["class_name"] == "InputLayer":
            values[name, 0] = input_of(each)
            continue
        made = layer(each, depth)
        calls = enumerate(each["inbound_nodes"])
        waiting += [(name, at, made, list(histories(call["args"]))) for at, call in calls]
    while waiting:
        ready = [each for each in waiting if all(key in values for key in each[3])]
        if not ready:
            raise ValueError(f"the layer {quoted(waiting[0][0])} reads what no layer gives")
        for name, at, made, reads in ready:
            given = [values[key] for key in reads]
            values[name, at] = made(given if made.several_inputs else given[0])
        waiting = [each for each in waiting if (each[0], each[1]) not in values]
    ins, outs = (
        [values[key] for key in ends(config[side])] for side in ("input_layers", "output_layers")
    )
    return Model(ins, outs, name=config["name"], dtype=model_dtype(config))


def histories(given: Any) -> Iterator[tuple[str, int]]:
    """Which calls gave the arguments of a call."""
    if isinstance(given, dict) and given.get("class_name") == "__keras_tensor__":
        name, node, part = given["config"]["keras_history"]
        if part:
            raise ValueError(
                f"a layer reads output {part} of {quoted(name)}: only the first is here"
            )
        yield str(name), int(node)
    elif isinstance(given, (list, tuple)):
        for each in given:
            yield from histories(each)
    else:
        raise ValueError(f"a layer is called on {quoted(given)}, which is no tensor")


def ends(given: Any) -> list[tuple[str, int]]:
    """The inputs or the outputs of a graph: ["x", 0, 0], or a list of such."""
    listed = [given] if given and isinstance(given[0], str) else given
    return [(str(name), int(node)) for name, node, _ in listed]
