"""Writing the plans of a network: to predict, to evaluate, to train."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple

from pellucid.equations.choices import Maximum
from pellucid.equations.losses import Loss
from pellucid.equations.reductions import Mean
from pellucid.equations.shape import Reshape
from pellucid.layers.keeping import carried_by, forget_carried
from pellucid.layers.training import Training
from pellucid.networks.network import Network
from pellucid.optimizers.base import Optimizer, Step
from pellucid.plan import Plan
from pellucid.plan.trace import mark, trace
from pellucid.tensor import Tensor

#: the least share of steps with a mask that is divided by
LEAST = 1e-7


class Goal(NamedTuple):
    """What a network is trained for: a loss for each output, and how much each counts."""

    losses: Sequence[Loss | None]
    shares: Sequence[float]


def prediction_plan(network: Network) -> Plan:
    """Forward, as the network predicts."""
    inputs = fresh_inputs(network)
    forget_carried(network)
    outputs = network.write_all(inputs, None)
    return Plan(*with_states(network, inputs, outputs)).simplified()


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
    network.forget_penalties()
    forget_carried(network)
    inputs, targets = fresh_inputs(network), fresh_targets(network, goal)
    outputs = network.write_all(inputs, training)
    weights = [Tensor((None,), "w", role="weight") for _ in targets if weighted]
    used = [(loss, output) for loss, output in zip(goal.losses, outputs, strict=True) if loss]
    losses = [
        loss.write(target, output, counting(output.mask, weight))
        for (loss, output), target, weight in zip_longest(used, targets, weights)
    ]
    shares = [share for loss, share in zip(goal.losses, goal.shares, strict=True) if loss]
    total = total_loss(network, losses, shares)
    mark([total], "loss", "forward")
    assignments = training.assignments if training else {}
    return Plan(
        *with_states(network, inputs, outputs),
        targets=targets,
        weights=weights,
        loss=total,
        losses=losses,
        parameters=[weight.tensor for weight in network.trainable_weights],
        assignments=assignments,
    )


def with_states(
    network: Network, inputs: Sequence[Tensor], outputs: Sequence[Tensor]
) -> tuple[list[Tensor], list[Tensor]]:
    """What a plan reads and gives: behind the rows, the states that layers keep between batches."""
    carried = carried_by(network)
    return [*inputs, *(each.start for each in carried)], [*outputs, *(each.end for each in carried)]


def counting(mask: Tensor | None, weight: Tensor | None) -> Tensor | None:
    """The weights of rows, or of steps with a mask: a mean is then one over the steps that count.

    Where none counts at all, the loss is 0.
    """
    if mask is None:
        return weight
    share = (mask / Maximum()(Mean()(mask), LEAST)).called("k")
    if weight is None or len(weight.shape) == len(mask.shape):
        return share if weight is None else weight * share
    return Reshape((-1, *(1,) * (len(mask.shape) - 1)))(weight) * share


def total_loss(network: Network, losses: Sequence[Tensor], shares: Sequence[float]) -> Tensor:
    """The losses, each times its share, and the penalties on the weights."""
    terms = [
        loss if share == 1 else share * loss for loss, share in zip(losses, shares, strict=True)
    ]
    for weight in network.weights:
        if weight.regularizer is not None:
            terms.append(weight.regularizer.write(weight.tensor))
    terms += network.penalties
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def fresh_inputs(network: Network) -> list[Tensor]:
    pairs = zip(network.inputs, network.input_kinds, strict=True)
    return [Tensor(tensor.shape, "X", role="input", dtype=kind) for tensor, kind in pairs]


def fresh_targets(network: Network, goal: Goal) -> list[Tensor]:
    """A target for each output that has a loss."""
    return [
        Tensor(
            loss.target_shape(output.shape),
            "Y",
            role="target",
            dtype="int" if loss.sparse else "float",
        )
        for loss, output in zip(goal.losses, network.outputs, strict=True)
        if loss
    ]
