"""What `compile` settles: a loss for each output, an optimizer, and the metrics to report."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pellucid import losses
from pellucid.equations.activations import HardSigmoid, Sigmoid, Softmax
from pellucid.equations.facing import class_axis
from pellucid.equations.losses import Loss
from pellucid.metrics import ACCURACY_NAMES, MeanMetricWrapper, Metric, resolve_accuracy
from pellucid.networks.goals import Goal
from pellucid.networks.network import Network
from pellucid.networks.planning import prediction_plan
from pellucid.networks.sized import is_open
from pellucid.optimizers import Optimizer
from pellucid.tensor import Operation
from pellucid.training.aiming import goal_of, per_output

PROBABILITIES: tuple[type[Operation], ...] = (Sigmoid, Softmax, HardSigmoid)
#: what the targets of a loss on probabilities are, and the activation that gives such
ENDINGS = {"probability": "sigmoid", "one-hot": "softmax", "classes": "softmax"}


class Reported(NamedTuple):
    """A metric, the output it looks at, its name in the logs, and whether row weights count."""

    metric: Metric
    output: int
    name: str
    weighted: bool


class Compiled(NamedTuple):
    """What a network is trained for and how; and what was `asked`, as `compile` takes it."""

    optimizer: Optimizer
    goal: Goal
    metrics: list[Reported]
    asked: dict[str, Any]


def compiled(network: Network, asked: dict[str, Any]) -> Compiled:
    goal = goal_of(network, asked["loss"], asked["loss_weights"])
    goal = goal._replace(own=network.own_loss)
    check_suited(network, goal)
    reported = reports(network, goal, asked["metrics"])
    reported += reports(network, goal, asked["weighted_metrics"], reported)
    return Compiled(Optimizer.get(asked["optimizer"]), goal, reported, asked)


def check_names(loss: Any, *metrics: Any) -> None:
    """Refuse what is no loss or no metric, also while the network is not built."""
    for each in leaves(loss):
        losses.get(each)
    for each in leaves(metrics):
        if not (isinstance(each, str) and (each.lower() in ACCURACY_NAMES or is_loss(each))):
            Metric.get(each)


def leaves(given: Any) -> Iterator[Any]:
    """What stands in lists and dictionaries by output name, without None."""
    if isinstance(given, Mapping) and "class" not in given:
        given = list(given.values())
    if isinstance(given, (list, tuple)):
        for each in given:
            yield from leaves(each)
    elif given is not None:
        yield given


def reports(
    network: Network, goal: Goal, metrics: Any, others: Sequence[Reported] | None = None
) -> list[Reported]:
    """The metrics of all outputs; beside `others`, weights of rows count for them.

    They are named so where one without weights has the name.
    """
    names = network.output_names
    unweighted = {each.name for each in others or ()}
    reported = []
    for output, wanted in enumerate(metrics_per_output(metrics, names)):
        loss = goal.losses[output]
        for each in wanted if isinstance(wanted, (list, tuple)) else [wanted]:
            metric = as_metric(each, network.outputs[output].shape, loss)
            before = "" if len(names) == 1 else f"{names[output]}_"
            twice = f"{before}{metric.name}" in unweighted
            name = f"{before}{'weighted_' * twice}{metric.name}"
            reported.append(Reported(metric, output, name, others is not None))
    taken = [each.name for each in reported]
    for name in taken:
        if taken.count(name) > 1:
            raise ValueError(f"two metrics are called {name!r}; give one of them a name=")
    return reported


def metrics_per_output(metrics: Any, names: Sequence[str]) -> list[Any]:
    if metrics is None:
        return [[] for _ in names]
    if isinstance(metrics, Mapping):
        return [each or [] for each in per_output(metrics, names, "metrics")]
    listed = list(metrics) if isinstance(metrics, (list, tuple)) else [metrics]
    if len(names) > 1 and listed and all(isinstance(each, (list, tuple)) for each in listed):
        return per_output(listed, names, "metrics")
    if len(names) > 1 and len(listed) == len(names):
        return listed
    if len(names) > 1 and listed:
        raise ValueError(
            f"metrics: say which of the outputs each belongs to, {{{names[0]!r}: [...], …}}"
        )
    return [listed]


def is_loss(name: str) -> bool:
    """Whether a metric of this name is the mean of a loss."""
    return name not in Metric.table and name in Loss.table


def as_metric(identifier: Any, shape: Sequence[int | None], loss: Loss | None) -> Metric:
    if isinstance(identifier, str) and identifier.lower() in ACCURACY_NAMES:
        return resolve_accuracy(
            shape,
            "" if loss is None else loss.registered_name(),
            loss is not None and loss.sparse,
            from_logits=bool(getattr(loss, "from_logits", False)),
            name=identifier,
        )
    if isinstance(identifier, str) and is_loss(identifier):
        return MeanMetricWrapper(losses.get(identifier).rows, name=identifier)
    metric = Metric.get(identifier)
    if isinstance(identifier, str):
        metric.name = identifier
    metric.reset_state()
    return metric


def check_suited(network: Network, goal: Goal) -> None:
    """Warn of a loss that is given raw scores as probabilities, or the reverse.

    Of a network of open extents, which has no equations yet, it is asked again for rows of a size.
    """
    if is_open(network):
        return
    plan = prediction_plan(network)
    for loss, output in zip(goal.losses, plan.outputs[: len(network.outputs)], strict=True):
        if loss is None:
            continue
        writer = plan.writers.get(output)
        ending = writer.equation if writer is not None else None
        axis, rank = class_axis(loss), len(output.shape)
        problem = misfit(loss, ending, output.shape[axis] if -rank <= axis < rank else 1)
        if problem:
            warnings.warn(problem, stacklevel=5)


def misfit(loss: Loss, ending: Operation | None, width: int | None) -> str:
    """What is wrong with `loss` after `ending`, and the mend; nothing where they suit."""
    name, wanted = type(loss).__name__, ENDINGS.get(loss.expects)
    if isinstance(ending, Softmax) and width == 1:
        return (
            "softmax over a single unit is always 1, so nothing can be learnt: "
            "end with Dense(1, activation='sigmoid') and loss='binary_crossentropy'"
        )
    from_logits = getattr(loss, "from_logits", None)
    if from_logits and isinstance(ending, PROBABILITIES):
        return (
            f"{name}(from_logits=True) turns scores into probabilities, but the network ends with "
            f"{type(ending).__name__.lower()}, which has done so already: "
            "leave out one of the two"
        )
    if from_logits is False and wanted and not isinstance(ending, PROBABILITIES):
        return (
            f"{name} takes probabilities, but the network ends with raw scores: end with "
            f"activation={wanted!r}, or use loss=losses.{name}(from_logits=True)"
        )
    return ""
