"""Optimizers: how the parameters follow their gradient."""

from typing import Any, NoReturn

from pellucid import schedules
from pellucid.absent import refused
from pellucid.optimizers.adam import Adam, AdamW
from pellucid.optimizers.adaptive import Adadelta, Adagrad, RMSprop
from pellucid.optimizers.averaged import Lamb, ScheduleFreeAdamW
from pellucid.optimizers.base import Optimizer
from pellucid.optimizers.ftrl import Ftrl
from pellucid.optimizers.nadam import Adamax, Nadam
from pellucid.optimizers.sgd import SGD, Lion
from pellucid.wording import tell


def get(identifier: Any) -> Optimizer:
    """The optimizer of a name, an object, a class or a configuration."""
    return Optimizer.get(identifier)


def serialize(optimizer: Optimizer) -> dict[str, Any]:
    """The optimizer as plain data, which `deserialize` takes back."""
    return optimizer.described()


def deserialize(config: dict[str, Any]) -> Optimizer:
    """The optimizer that `serialize` wrote as plain data."""
    return Optimizer.get(config)


def __getattr__(name: str) -> NoReturn:
    raise refused("optimizers", name, __all__)


__all__ = [
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Ftrl",
    "Lamb",
    "Lion",
    "Nadam",
    "Optimizer",
    "RMSprop",
    "ScheduleFreeAdamW",
    "deserialize",
    "get",
    "schedules",
    "serialize",
]

tell(globals(), "optimizers")
