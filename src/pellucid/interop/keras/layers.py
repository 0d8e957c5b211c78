"""Layers of Keras by their configuration: which settings mean the same here, and which must be so.

Weights need no table: kernels, gates (`reset_after` too), γ and β stand as they do in Keras.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pellucid.constraints import Constraint
from pellucid.foreign import quoted
from pellucid.initializers import Initializer
from pellucid.layers.base import Layer
from pellucid.regularizers import Regularizer

#: settings that say nothing about what a layer computes or trains
SILENT = frozenset(
    ["name", "trainable", "dtype", "implementation", "unroll", "seed", "renorm_momentum"]
)
#: settings that Keras has and we have not, and the only values of each that we have
FIXED: dict[str, Any] = {
    "data_format": ("channels_last",),
    "groups": (1,),
    "dilation_rate": (1, [1], [1, 1]),
    "reset_after": (True,),
    "use_cudnn": ("auto",),
    "attention_axes": (None, [1]),
}
#: settings that are layers
WITHIN = ("layer", "backward_layer", "cell", "cells")
#: layers that are carried over within others alone, or not at all: called by themselves they take
#: other arguments there, or give pictures of another size outside of training
ALONE = (
    *("SimpleRNNCell", "LSTMCell", "GRUCell", "StackedRNNCells"),
    *("Pipeline", "RandomCrop", "RandomPosterization"),
)
#: layers that are functions, which are not carried over
FUNCTIONS = ("Lambda",)
#: families of what stands as an object in a setting
FAMILIES: dict[str, Any] = {
    "_initializer": Initializer,
    "_regularizer": Regularizer,
    "_constraint": Constraint,
}


def layer_of(kind: str, config: Mapping[str, Any]) -> Layer:
    """The layer that a class of Keras with this configuration is."""
    if kind not in LAYERS:
        raise ValueError(f"Keras's layer {quoted(kind)} is not carried over")
    made = LAYERS[kind](**settings(kind, LAYERS[kind], config))
    made.name, made.trainable = str(config["name"]), bool(config.get("trainable", True))
    return made


LAYERS = {
    each.__name__: each
    for each in Layer.members()
    if each.__module__.startswith("pellucid.layers") and each.__name__ not in FUNCTIONS
}


def settings(kind: str, ours: type[Layer], config: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that the layer here takes; others must be as if they were not there."""
    taken = [key for key in config if key in ours._fields and key not in SILENT]
    check_rest(kind, {key: each for key, each in config.items() if key not in taken})
    return {key: setting(kind, key, config[key]) for key in taken}


def check_rest(kind: str, rest: Mapping[str, Any]) -> None:
    for key, value in rest.items():
        usual = FIXED.get(key, (None, False, 0))
        if key not in SILENT and value not in usual:
            raise refused(kind, key, value)


def refused(kind: str, key: str, value: object) -> ValueError:
    return ValueError(f"Keras's {kind} with {quoted(key)} = {quoted(value)} has no equations here")


def setting(kind: str, key: str, value: Any) -> Any:
    """A setting as it is here: objects of Keras's are described by class_name and config."""
    if key.endswith("activation"):
        if value is not None and not isinstance(value, str):
            raise refused(kind, key, value)
        return value
    if isinstance(value, (dict, list)) and key in WITHIN:
        several = value if isinstance(value, list) else [value]
        found = [layer_of(each["class_name"], each["config"]) for each in several]
        return found if isinstance(value, list) else found[0]
    if isinstance(value, dict):
        family = next((each for end, each in FAMILIES.items() if key.endswith(end)), None)
        if family is None:
            raise refused(kind, key, value)
        return described(family, value, kind, key)
    return tuple(value) if isinstance(value, list) else value


def described(family: Any, value: dict[str, Any], kind: str, key: str) -> Any:
    name, config = value.get("class_name"), value.get("config")
    known = {each.__name__: each for each in family.members()}
    if name not in known or not isinstance(config, dict):
        raise refused(kind, key, name)
    return known[name](**{k: v for k, v in config.items() if k in known[name]._fields})
