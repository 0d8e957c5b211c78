"""What a model of Keras is compiled for, and where its optimizer is: taken over, and given back.

Adam and its relatives add ε elsewhere in Keras (`optimizers/adam.py`): the first steps show it.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from pellucid.equations.losses import Loss
from pellucid.executors.memory import Memory, views
from pellucid.foreign import brief, quoted
from pellucid.interop.keras.layers import check_rest
from pellucid.metrics import Metric
from pellucid.networks.network import Network
from pellucid.optimizers import Optimizer
from pellucid.schedules import Schedule
from pellucid.settings import Named
from pellucid.training.engine import Engine
from pellucid.weights import Weight

#: gives an array that an optimizer keeps, of a shape, by its number
Kept = Callable[[int, tuple[int, ...]], np.ndarray]
#: what an optimizer keeps for each parameter, by our names: one list after the other, each by
#: parameters, and the setting without which there is none
LISTS: dict[str, list[tuple[tuple[str, ...], str | None]]] = {
    "SGD": [(("v",), "momentum")],
    "Lion": [(("m",), None)],
    "Adam": [(("m", "v"), None), (("v_max",), "amsgrad")],
    "AdamW": [(("m", "v"), None), (("v_max",), "amsgrad")],
    "Adamax": [(("m", "u"), None)],
    "Adagrad": [(("G",), None)],
    "Adadelta": [(("G", "D"), None)],
    "Ftrl": [(("G", "z"), None)],
    "Lamb": [(("m", "v"), None)],
    "ScheduleFreeAdamW": [(("z", "v"), None)],
    "RMSprop": [(("v",), None), (("b",), "momentum"), (("ḡ",), "centered")],
}
#: what compile is told; the rest is about how Keras runs
ASKED = ("optimizer", "loss", "loss_weights", "metrics", "weighted_metrics")
FAMILIES: dict[str, type[Named]] = {
    "optimizer": Optimizer,
    "loss": Loss,
    "metrics": Metric,
    "weighted_metrics": Metric,
}
#: settings without meaning here
SILENT = ("name", "dtype", "reduction", "ema_momentum")
#: the most letters about compiling
LONGEST = 20_000
WRONG = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)


def take_training(net: Any, described: Mapping[str, Any], kept: Kept) -> None:
    """Compile the network as the model was, and go on where its optimizer was; or say why not."""
    config = described.get("compile_config")
    if not config:
        return
    try:
        if len(json.dumps(config)) > LONGEST:
            raise ValueError("it says more of compiling than is read")
        net.compile(**{key: of_keras(FAMILIES.get(key), config.get(key)) for key in ASKED})
        take_state(net, list(in_order(net, described["config"])), kept)
    except WRONG as error:
        net._start()
        warn(f"the network is not compiled as the model of Keras was: {brief(str(error), 300)}")


def warn(why: str) -> None:
    printable = "".join(letter if letter.isprintable() else " " for letter in why)
    warnings.warn(f"{printable}. Compile it before it is trained", stacklevel=5)


def of_keras(family: type[Named] | None, value: Any) -> Any:
    """What Keras describes: names, objects, lists and dictionaries of them."""
    if isinstance(value, list):
        return [of_keras(family, each) for each in value]
    if not isinstance(value, dict):
        return value
    if "class_name" not in value:
        return {key: of_keras(family, each) for key, each in value.items()}
    kind, config = value["class_name"], value["config"]
    if kind == "function":
        return str(config)
    known = {each.__name__: each for each in (family.members() if family else ())}
    if kind not in known:
        raise ValueError(f"Keras's {quoted(kind)} is not carried over")
    return known[kind](**dict(settings_of(kind, known[kind], config)))


def settings_of(
    kind: str, ours: type[Named], config: Mapping[str, Any]
) -> Iterator[tuple[str, Any]]:
    """The settings that are here too; the others must be as if they were not there."""
    taken = [key for key in config if key in ours._fields and key not in SILENT]
    rest = {key: each for key, each in config.items() if key not in (*taken, *SILENT)}
    check_rest(kind, {key: each for key, each in rest.items() if (key, each) != ("axis", -1)})
    for key in taken:
        yield key, of_keras(Schedule, config[key])


def in_order(network: Network, config: Mapping[str, Any]) -> Iterator[Weight]:
    """The weights that are trained, in the order of Keras's layers."""
    named = {str(each.name): each for each in network.layers}
    for each in config["layers"]:
        layer = named.get(str(each.get("name") or each["config"]["name"]))
        if isinstance(layer, Network):
            yield from in_order(layer, each["config"])
        elif layer is not None:
            yield from layer.trainable_weights


def take_state(net: Any, weights: Sequence[Weight], kept: Kept) -> None:
    """The number of the step, perhaps the learning rate, and what is kept for each weight."""
    memory: Memory = net.engine.memory
    steps = int(kept(0, ()))
    if steps == 0:
        return
    if not 0 <= steps < 1 << 53:
        raise ValueError(f"its optimizer is at step {quoted(steps)}")
    for at, array in places(net.optimizer, memory, weights):
        array[...] = kept(at, array.shape)
    memory.steps = steps


def places(
    optimizer: Optimizer, memory: Memory, weights: Sequence[Weight]
) -> Iterator[tuple[int, np.ndarray]]:
    """The number of each array in Keras, and ours."""
    known = memory.parameters.weights
    if set(weights) != set(known) or type(optimizer).__name__ not in LISTS or optimizer.use_ema:
        raise ValueError(f"what its {type(optimizer).__name__} keeps is not carried over")
    shapes, place = [each.shape for each in known], {each: at for at, each in enumerate(known)}
    number = 1 if isinstance(optimizer.learning_rate, Schedule) else 2
    for names, asked in LISTS[type(optimizer).__name__]:
        if asked is not None and not optimizer.settings()[asked]:
            continue
        held = [views(memory.optimizer[name], shapes) for name in names]
        for weight in weights:
            for each in held:
                yield number, each[place[weight]]
                number += 1


def give_training(keras: Any, model: Any, engine: Engine, matched: Mapping[int, Weight]) -> None:
    """The same for a model of Keras; `matched` are our weights by the `id` of its variables."""
    if engine.compiled is None:
        return
    try:
        asked = engine.compiled.asked
        rooms = {"optimizer": keras.optimizers, "loss": keras.losses}
        given = {key: in_keras(keras, rooms.get(key, keras.metrics), asked[key]) for key in ASKED}
        model.compile(**given)
        model.optimizer.build(model.trainable_variables)
        variables = model.optimizer.variables
        weights = [matched[id(each)] for each in model.trainable_variables]
        for at, array in places(engine.optimizer, engine.memory, weights):
            variables[at].assign(array)
        variables[0].assign(engine.memory.steps)
    except WRONG as error:
        model.compiled = False
        warn(f"the model of Keras is not compiled as the network is: {brief(str(error), 300)}")


def in_keras(keras: Any, room: Any, value: Any) -> Any:
    """What `compile` was told, as Keras takes it."""
    if isinstance(value, (list, tuple)):
        return [in_keras(keras, room, each) for each in value]
    if isinstance(value, dict):
        return {key: in_keras(keras, room, each) for key, each in value.items()}
    if isinstance(value, Schedule):
        room = keras.optimizers.schedules
    if callable(value) and not isinstance(value, Named):
        raise ValueError("a function of your own has no match in Keras")
    if not isinstance(value, Named):
        return value
    fields, given = type(value)._fields, value.settings()
    changed = {key: each for key, each in given.items() if each is not None and each != fields[key]}
    kind = getattr(room, type(value).__name__)
    return kind(**{key: in_keras(keras, room, each) for key, each in changed.items()})
