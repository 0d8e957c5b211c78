"""Writing the plans of a network: to predict, to evaluate, to train."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pellucid.equations.losses import Loss
from pellucid.layers.base import Training
from pellucid.networks.network import Network
from pellucid.optimizers.base import Optimizer, Step
from pellucid.plan import Plan
from pellucid.plan.trace import mark, trace
from pellucid.tensor import Tensor


class Goal(NamedTuple):
    """What a network is trained for: a loss for each output, and how much each counts."""

    losses: Sequence[Loss | None]
    shares: Sequence[float]


def prediction_plan(network: Network) -> Plan:
    """Forward, as the network predicts."""
    inputs = fresh(network.inputs, "input")
    outputs = network.write_all(inputs, None)
    return Plan(inputs, outputs).simplified()


def evaluation_plan(network: Network, goal: Goal, weighted: bool) -> Plan:
    """Forward as the network predicts, and the loss."""
    return written(network, goal, weighted, None).simplified()


def training_plan(
    network: Network,
    goal: Goal,
    weighted: bool,
    optimizer: Optimizer,
    step: Step,
    training: Training,
) -> Plan:
    """Forward, backward and update."""
    plan = written(network, goal, weighted, training).with_gradients()
    title = type(optimizer).__name__
    return plan.with_update(step.theta, step.g, step.assignments, title).simplified()


def gradient_plan(network: Network, goal: Goal, weighted: bool) -> Plan:
    """Forward as in training, and the gradient of the loss for every array that it is made from."""
    plan = written(network, goal, weighted, Training())
    apart = {*plan.targets, *plan.weights}
    read = [tensor for line in trace([plan.total]) for tensor in line.inputs]
    given = [each for each in dict.fromkeys(read) if each.line is None and not each.is_setting]
    plan.parameters = tuple(each for each in given if each.dtype == "float" and each not in apart)
    return plan.with_gradients().simplified()


def written(network: Network, goal: Goal, weighted: bool, training: Training | None) -> Plan:
    inputs = fresh(network.inputs, "input")
    outputs = network.write_all(inputs, training)
    targets, weights, losses = [], [], []
    for loss, output in zip(goal.losses, outputs, strict=True):
        if loss is None:
            continue
        shape = loss.target_shape(output.shape)
        target = Tensor(shape, "Y", role="target", dtype="int" if loss.sparse else "float")
        weight = Tensor((None,), "w", role="weight") if weighted else None
        targets.append(target)
        weights += [weight] if weight is not None else []
        losses.append(loss.write(target, output, weight))
    shares = [share for loss, share in zip(goal.losses, goal.shares, strict=True) if loss]
    total = total_loss(network, losses, shares)
    mark([total], "loss", "forward")
    assignments = training.assignments if training else {}
    return Plan(
        inputs,
        outputs,
        targets=targets,
        weights=weights,
        loss=total,
        losses=losses,
        parameters=[weight.tensor for weight in network.trainable_weights],
        assignments=assignments,
    )


def total_loss(network: Network, losses: Sequence[Tensor], shares: Sequence[float]) -> Tensor:
    """The losses, each times its share, and the penalties on the weights."""
    terms = [
        loss if share == 1 else share * loss for loss, share in zip(losses, shares, strict=True)
    ]
    for weight in network.weights:
        if weight.regularizer is not None:
            terms.append(weight.regularizer.write(weight.tensor))
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def fresh(tensors: Sequence[Tensor], role: str) -> list[Tensor]:
    return [Tensor(tensor.shape, "X", role=role, dtype=tensor.dtype) for tensor in tensors]
