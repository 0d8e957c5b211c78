"""Whether a loss suits the activation that the network ends with."""

from __future__ import annotations

import warnings

from pellucid.equations.activations import HardSigmoid, Sigmoid, Softmax
from pellucid.equations.losses import Loss
from pellucid.networks.network import Network
from pellucid.networks.planning import Goal, prediction_plan
from pellucid.tensor import Operation

PROBABILITIES: tuple[type[Operation], ...] = (Sigmoid, Softmax, HardSigmoid)
#: what the targets of a loss on probabilities are, and the activation that gives such
ENDINGS = {"probability": "sigmoid", "one-hot": "softmax", "classes": "softmax"}


def check_suited(network: Network, goal: Goal) -> None:
    """Warn of a loss that is given raw scores as probabilities, or the reverse."""
    plan = prediction_plan(network)
    for loss, output in zip(goal.losses, plan.outputs, strict=True):
        if loss is None:
            continue
        writer = plan.writers.get(output)
        ending = writer.equation if writer is not None else None
        problem = misfit(loss, ending, output.shape[-1] if output.shape else 1)
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
