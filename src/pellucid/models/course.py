"""What a call of fit is to go over, checked before its first step."""

from __future__ import annotations

from typing import Any

from pellucid.models import preparing
from pellucid.models.preparing import whole
from pellucid.training.epochs import Epochs, looked_at
from pellucid.training.honest import again
from pellucid.training.loop import Course


def course(
    model: Any,
    x: Any = None,
    y: Any = None,
    batch_size: int | None = None,
    epochs: int = 1,
    validation_split: float = 0.0,
    validation_data: Any = None,
    shuffle: bool = True,
    class_weight: Any = None,
    sample_weight: Any = None,
    initial_epoch: int = 0,
    steps_per_epoch: int | None = None,
    validation_steps: int | None = None,
    validation_batch_size: int | None = None,
    validation_freq: int = 1,
    honest: bool = False,
) -> Course:
    """The course of `model.fit` with these arguments; nothing is run yet."""
    model._need_compiled("cannot fit")
    data = model._data(x, y, sample_weight)
    engine = model._ready(data)
    data = preparing.checked(data, engine, to_fit=True)
    data, held = preparing.split(data, validation_split, engine)
    if validation_data is not None:
        held = preparing.checked(model._validation(validation_data), engine)
    data = preparing.with_class_weight(data, class_weight)
    size = whole(32 if batch_size is None else batch_size, "batch_size")
    training = Epochs(engine, "train", data, size, steps_per_epoch, goes_on=True)
    validation = looked_at(engine, held, validation_batch_size, validation_steps)
    count = whole(epochs, "epochs", 0)
    return Course(
        training,
        validation,
        count,
        initial_epoch,
        shuffle,
        validation_freq,
        again(engine, data, honest),
    )
