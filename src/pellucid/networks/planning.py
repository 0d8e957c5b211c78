"""Writing the plans of a network: to predict, to evaluate, to train."""

from __future__ import annotations

from collections.abc import Sequence

from pellucid.layers.keeping import carried_by, forget_carried
from pellucid.layers.training import Training
from pellucid.networks.goals import NO_LOSS, Goal, Sides, own_loss, written_losses
from pellucid.networks.network import Network
from pellucid.optimizers.base import Optimizer, Step
from pellucid.plan import Plan
from pellucid.plan.trace import mark, trace
from pellucid.tensor import Tensor


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
    sides = Sides.of(goal, targets, outputs, weights)
    losses, terms = written_losses(goal, sides)
    if goal.own is not None:
        losses, terms = [], [own_loss(network, goal.own, inputs, sides)]
    total = total_loss(network, terms)
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


def total_loss(network: Network, losses: Sequence[Tensor]) -> Tensor:
    """The losses and the penalties on the weights."""
    terms = list(losses)
    for weight in network.weights:
        if weight.regularizer is not None:
            terms.append(weight.regularizer.write(weight.tensor))
    terms += network.penalties
    if not terms:
        raise ValueError(NO_LOSS)
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def fresh_inputs(network: Network) -> list[Tensor]:
    pairs = zip(network.inputs, network.input_kinds, strict=True)
    return [Tensor(tensor.shape, "X", role="input", dtype=kind) for tensor, kind in pairs]


def fresh_targets(network: Network, goal: Goal) -> list[Tensor]:
    """A target for each output that has a loss, also one of several outputs."""
    return [
        Tensor(
            loss.target_shape(output.shape) if loss else output.shape,
            "Y",
            role="target",
            dtype="int" if loss and loss.sparse else "float",
        )
        for loss, output, aimed in zip(goal.losses, network.outputs, goal.aimed, strict=True)
        if aimed
    ]
