"""Honest curves: the training rows measured again, by weights that stand still."""

from __future__ import annotations

from pellucid.data import StreamData
from pellucid.layers.noise import Chance
from pellucid.layers.normalisation import BatchNormalization
from pellucid.networks.network import Network
from pellucid.training.callbacks.base import CallbackList
from pellucid.training.engine import Engine
from pellucid.training.epochs import Data, Epochs, evaluate, looked_at

#: what stands before the name of a quantity that was measured so
HONEST = "honest_"
MOVING = "the weights move on from step to step while it is measured"
#: why else a step measures otherwise than the network predicts, by the kind of a layer
REASONS = {
    Chance: "dropout and noise are at work only while training",
    BatchNormalization: "batch normalization goes by the batch while training",
}


def again(engine: Engine, data: Data, honest: bool) -> Epochs | None:
    """The training rows, to be gone over once more after each epoch, if that is asked for."""
    if not honest:
        return None
    if isinstance(data, StreamData):
        raise ValueError(
            "honest=True measures the training rows again after each epoch, for which they must be "
            "arrays; of a stream, give some rows as validation_data"
        )
    return looked_at(engine, data)


def honestly(model: object, engine: Engine, rows: Epochs | None) -> dict[str, float]:
    """Loss and metrics of the training rows, as the network predicts at the end of an epoch."""
    if rows is None:
        return {}
    with CallbackList([], model, {}) as nobody:
        logs = evaluate(engine, rows, nobody)
    return {f"{HONEST}{name}": value for name, value in logs.items()}


def why_they_differ(network: object) -> list[str]:
    """What makes the running mean of an epoch another number than a look at its end."""
    held = every_layer(network) if isinstance(network, Network) else []
    kinds = {type(layer) for layer in held}
    found = [why for kind, why in REASONS.items() if any(issubclass(each, kind) for each in kinds)]
    return [MOVING, *found]


def every_layer(network: Network) -> list[object]:
    """The layers, those of networks within too."""
    found: list[object] = []
    for layer in network.layers:
        found += every_layer(layer) if isinstance(layer, Network) else [layer]
    return found
