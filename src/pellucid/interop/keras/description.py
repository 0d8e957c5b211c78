"""A model of Keras as it describes itself, as a network here: a list of layers, or a graph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pellucid.foreign import quoted
from pellucid.interop.keras.layers import layer_of
from pellucid.layers import Input
from pellucid.layers.base import Layer
from pellucid.layers.pictures import OverPictures
from pellucid.models import Model, Sequential
from pellucid.networks.network import Network
from pellucid.tensor import Tensor

#: the name of a layer, the number of its call, the number of an output
Key = tuple[str, int, int]
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
    values: dict[Key, Tensor] = {}
    waiting = list[tuple[Key, Any, Mapping[str, Any], set[Key]]]()
    for each in config["layers"]:
        name = str(each.get("name") or each["config"]["name"])
        if each["class_name"] == "InputLayer":
            values[name, 0, 0] = input_of(each)
            continue
        made = layer(each, depth)
        for at, call in enumerate(each["inbound_nodes"]):
            reads = set(histories(call["args"])) | set(histories(named(call)))
            waiting.append(((name, at, 0), made, call, reads))
    while waiting:
        ready = [each for each in waiting if each[3] <= values.keys()]
        if not ready:
            raise ValueError(f"the layer {quoted(waiting[0][0][0])} reads what no layer gives")
        for (name, at, _), made, call, _ in ready:
            further = filled(named(call), values)
            if isinstance(made, OverPictures):  # whether it trains is up to the network there too
                further.pop("training", None)
            found = made(*filled(call["args"], values), **further)
            found = found if isinstance(found, list) else [found]
            values |= {(name, at, part): each for part, each in enumerate(found)}
        waiting = [each for each in waiting if each[0] not in values]
    ins, outs = (
        [values[key] for key in ends(config[side])] for side in ("input_layers", "output_layers")
    )
    return Model(ins, outs, name=config["name"], dtype=model_dtype(config))


def named(call: Mapping[str, Any]) -> dict[str, Any]:
    """What a call is given by name, but for what says nothing."""
    given = call.get("kwargs", {})
    return {key: each for key, each in given.items() if each is not None and each is not False}


def is_tensor(given: Any) -> bool:
    return isinstance(given, dict) and given.get("class_name") == "__keras_tensor__"


def key_of(given: Mapping[str, Any]) -> Key:
    name, node, part = given["config"]["keras_history"]
    return str(name), int(node), int(part)


def histories(given: Any) -> Iterator[Key]:
    """Which calls gave the tensors among the arguments of a call."""
    if is_tensor(given):
        yield key_of(given)
    elif isinstance(given, (list, tuple, dict)):
        for each in given.values() if isinstance(given, dict) else given:
            yield from histories(each)


def filled(given: Any, values: Mapping[Key, Tensor]) -> Any:
    """The arguments of a call, with the tensors in their places."""
    if is_tensor(given):
        return values[key_of(given)]
    if isinstance(given, dict) and "class_name" in given:
        raise ValueError(f"a layer is called on {quoted(given)}, which is no tensor")
    if isinstance(given, dict):
        return {key: filled(each, values) for key, each in given.items()}
    return [filled(each, values) for each in given] if isinstance(given, list) else given


def ends(given: Any) -> list[Key]:
    """The inputs or the outputs of a graph: ["x", 0, 0], or a list of such."""
    listed = [given] if given and isinstance(given[0], str) else given
    return [(str(name), int(node), int(part)) for name, node, part in listed]
