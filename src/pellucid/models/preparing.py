"""What fit makes of its arguments: checked data, class weights, the part to validate on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from pellucid.data import ArrayData, StreamData, as_data, holdout
from pellucid.equations.facing import class_axis
from pellucid.models.slots import input_slots, target_slots
from pellucid.networks.network import Network
from pellucid.sparse import by_rows, is_sparse
from pellucid.training.compiled import Compiled
from pellucid.training.engine import Engine
from pellucid.training.epochs import WHOLE, Data, Epochs
from pellucid.training.feeding import (
    check_targets,
    shaped_input,
    target_in_shape,
    whole_numbers,
)
from pellucid.training.loop import Course
from pellucid.training.own import epochs_of

#: what a loss expects, where the rows have classes
WITH_CLASSES = ("classes", "one-hot", "probability")
COMPILE_FIRST = (
    "Call, for example, net.compile(optimizer='adam', loss='sparse_categorical_crossentropy', "
    "metrics=['accuracy']) first"
)


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
    steps_per_epoch: int | str | None = None,
    validation_steps: int | None = None,
    validation_batch_size: int | None = None,
    validation_freq: int = 1,
    honest: bool = False,
) -> Course:
    """The course of `model.fit` with these arguments; nothing is run yet."""
    model._need_compiled("cannot fit")
    data = model._data(x, y, sample_weight)
    engine = model._ready(data)
    data = checked(data, engine, to_fit=True)
    data, held = split(data, validation_split, engine)
    if validation_data is not None:
        held = checked(held_out(model, validation_data), engine)
    data = with_class_weight(data, class_weight)
    batch = whole(32 if batch_size is None else batch_size, "batch_size")
    held_batch = whole_or_none(validation_batch_size, "validation_batch_size")
    steps = batches(steps_per_epoch, "steps_per_epoch")
    held_steps = whole_or_none(validation_steps, "validation_steps")
    return Course(
        epochs_of(model, engine, "train", data, batch, steps, shuffle),
        None
        if held is None
        else epochs_of(model, engine, "evaluate", held, held_batch, held_steps),
        Epochs(engine, "evaluate", to_measure_again(data)) if honest else None,
        whole(epochs, "epochs", 0),
        initial_epoch,
        validation_freq,
    )


def prediction(
    model: Any, x: Any, batch_size: int | None = None, steps: int | None = None
) -> Epochs:
    """What `model.predict` goes over with these arguments; nothing is run yet."""
    data = model._data(x)
    engine = model._ready(data)
    return Epochs(engine, "predict", data, whole_or_none(batch_size, "batch_size"), steps)


def held_out(model: Any, given: Any) -> Data:
    """What `validation_data` stands for: (x, y), (x, y, sample_weight), or a stream."""
    pair = isinstance(given, (tuple, list)) and len(given) in (2, 3)
    return model._data(*given) if pair else model._data(given)


def checked(data: Data, engine: Engine, to_fit: bool = False) -> Data:
    """The data, if the network can read them and the losses expect such targets.

    Those `to_fit` it to are tried with the metrics too, which would refuse them after some steps.
    """
    seen = data.first() if isinstance(data, StreamData) else data
    targets = seen.y
    if isinstance(data, ArrayData) and data.rows is not None:
        targets = tuple(target[data.rows] for target in data.y)
    engine = engine.at(seen.x)
    goal = engine.aim.goal
    ends = zip(goal.losses, engine.network.outputs, goal.aimed, strict=True)
    used = [(loss, tensor.shape[class_axis(loss)] or 1) for loss, tensor, aimed in ends if aimed]
    check_targets([loss for loss, _ in used], [width for _, width in used], targets)
    if isinstance(data, ArrayData):
        check_shapes(data, engine)
        if to_fit and len(data):
            check_metrics(data, engine)
    return data


def check_metrics(data: ArrayData, engine: Engine) -> None:
    """Give the metrics a row and zeros for its outputs."""
    targets = engine.by_output(data.between(0, 1).y)
    outputs = [
        np.zeros((1, *(extent or 1 for extent in tensor.shape[1:])))
        for tensor in engine.network.outputs
    ]
    engine.meters.check(targets, outputs)


def check_shapes(data: ArrayData, engine: Engine) -> None:
    """Refuse arrays of the wrong shape or kind before the first batch is taken from them."""
    for x, tensor in zip(data.x, engine.inputs, strict=True):
        shaped_input(x, tensor)
    for y, tensor in zip(data.y, engine.targets, strict=True):
        target_in_shape(y, tensor)


def with_class_weight(data: Data, class_weight: Any) -> Data:
    """The data with each row weighted by its class, on top of its own weight."""
    if class_weight is None:
        return data
    if isinstance(data, StreamData):
        raise ValueError(
            "class_weight needs arrays, whose classes can be counted; "
            "let the stream yield (x, y, sample_weight) instead"
        )
    if len(data.y) != 1:
        raise ValueError("class_weight needs a network with one output; use sample_weight instead")
    weights = class_weights(class_weight, data.y[0])
    return replace(data, weight=weights if data.weight is None else weights * data.weight)


def class_weights(class_weight: Any, labels: np.ndarray) -> np.ndarray:
    """A weight for each row from the weight of its class; "balanced" counts classes equally."""
    numbers = labels.argmax(axis=-1) if labels.ndim > 1 and labels.shape[-1] > 1 else labels
    numbers = whole_numbers(numbers.reshape(-1), "y, by which class_weight weighs the rows,")
    classes, places, counts = np.unique(numbers, return_inverse=True, return_counts=True)
    if isinstance(class_weight, str):
        if class_weight != "balanced":
            raise ValueError(f"class_weight is 'balanced' or a dictionary, got {class_weight!r}")
        share = len(numbers) / (len(classes) * counts)
        class_weight = dict(zip(classes.tolist(), share.tolist(), strict=True))
    weights = {int(each): weight for each, weight in class_weight.items()}
    missing = [each for each in classes.tolist() if each not in weights]
    if missing:
        raise ValueError(f"class_weight has no entry for the classes {missing}")
    return np.array([weights[each] for each in classes.tolist()], np.float64)[places]


def split(data: Data, fraction: float, engine: Engine) -> tuple[Data, Data | None]:
    """The rows to train on and, if a fraction is asked for, those to validate on."""
    if not fraction:
        return data, None
    if isinstance(data, StreamData):
        raise ValueError(
            "validation_split needs arrays; give a second stream as validation_data instead"
        )
    kept, held = holdout(len(data), fraction, engine.memory.seed, classes_of(data, engine.aim))
    return data.subset(kept), data.subset(held)


def classes_of(data: ArrayData, compiled: Compiled) -> np.ndarray | None:
    """The class of each row, by which the validation part is drawn; None where there is none."""
    loss = compiled.goal.losses[0]
    if loss is None or len(data.y) != 1 or loss.expects not in WITH_CLASSES:
        return None
    target = data.y[0]
    if target.ndim == 1 or target.shape[1:] == (1,):
        return target.reshape(-1)
    return target.argmax(axis=-1) if target.ndim == 2 else None


def to_measure_again(data: Data) -> ArrayData:
    """The training rows, as `honest` goes over them after each epoch."""
    if isinstance(data, StreamData):
        raise ValueError(
            "honest=True measures the training rows again after each epoch, for which they must be "
            "arrays; of a stream, give some rows as validation_data"
        )
    return data


def data_for(
    network: Network, asked: dict[str, Any] | None, x: Any, y: Any, sample_weight: Any
) -> Data:
    """Whatever holds the data, taken apart by the inputs of the network and by its targets."""
    if not network.built and getattr(network, "traced_call", None) and (several := shapes_of(x)):
        network.build_for(several)
    slots = input_slots(network), target_slots(network, asked)
    return as_data(x, y, sample_weight, *slots)


def one_batch(data: Data) -> ArrayData:
    if isinstance(data, StreamData):
        raise TypeError(
            f"expected the arrays of one batch, got batches from a {type(data.source).__name__}"
        )
    return data


def shapes_of(x: Any) -> Any:
    """The shapes of a dictionary of arrays, or of a list of arrays of rows; else nothing."""
    if isinstance(x, Mapping) and not is_sparse(x):
        return {name: shape_of(each) for name, each in x.items()}
    arrays = isinstance(x, (list, tuple)) and len(x) > 1
    if arrays and all(hasattr(each, "shape") and len(each.shape) > 1 for each in x):
        return [shape_of(each) for each in x]
    return None


def shape_of(rows: Any) -> tuple[int | None, ...]:
    """The shape of an array of rows, whose number is open."""
    return (None, *np.shape(rows)[1:])


def as_list(given: Any) -> list[Any]:
    return list(given) if isinstance(given, (list, tuple)) else [given]


def as_asked(logs: dict[str, float], return_dict: bool) -> Any:
    if return_dict:
        return logs
    return logs["loss"] if len(logs) == 1 else list(logs.values())


def whole(number: Any, name: str, least: int = 1) -> int:
    """`number`, if it is a whole number of at least `least`."""
    if isinstance(number, bool) or not isinstance(number, (int, np.integer)) or number < least:
        raise ValueError(f"{name} must be a whole number of {least} or more, got {number!r}")
    return int(number)


def whole_or_none(number: Any, name: str) -> int | None:
    return None if number is None else whole(number, name)


def batches(number: Any, name: str) -> int | str | None:
    """So many batches; `WHOLE` ones; None for all there are."""
    return WHOLE if isinstance(number, str) and number == WHOLE else whole_or_none(number, name)


def row_or_rows(network: Any) -> Any:
    """A function that predicts a row, or rows, by the network's `predict`."""

    def predict(x: Any) -> Any:
        if is_sparse(x):
            x = by_rows(x, "x").dense().reshape(x.shape)  # a predictor is given few
        elif not isinstance(x, np.ndarray):
            x = np.asarray(x)
        if x.ndim < len(network.inputs[0].shape):
            return network.predict(x[None], verbose=0)[0]
        return network.predict(x, verbose=0)

    return predict


def check_running(run_eagerly: Any, steps_per_execution: Any, jit_compile: Any) -> None:
    """Whether what `compile` is told of running are such values as Keras takes."""
    whole(steps_per_execution, "steps_per_execution")
    if not isinstance(run_eagerly, (bool, type(None))):
        raise ValueError(f"run_eagerly must be True or False, got {run_eagerly!r}")
    if jit_compile not in ("auto", True, False, None):
        raise ValueError(f"jit_compile must be 'auto', True or False, got {jit_compile!r}")
