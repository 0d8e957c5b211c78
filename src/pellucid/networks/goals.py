"""What a network is trained for: losses of its outputs, each or several together, as one number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from pellucid.equations.choices import Maximum
from pellucid.equations.losses import Loss
from pellucid.equations.reductions import Mean
from pellucid.equations.shape import Reshape
from pellucid.networks.ends import Tree, packed, places
from pellucid.networks.network import Network
from pellucid.plan.interpret import interpret
from pellucid.plan.trace import trace
from pellucid.tensor import Tensor

#: the least share of steps with a mask that is divided by
LEAST = 1e-7


NO_LOSS = (
    "compile needs a loss, such as loss='sparse_categorical_crossentropy' for class numbers, "
    "'categorical_crossentropy' for one-hot rows or 'mse' for numbers; without one, a layer has to "
    "call add_loss"
)


class Joint(NamedTuple):
    """A loss of several outputs, in their structure, or a further one of one output."""

    loss: Loss
    outputs: Tree
    name: str
    share: float


class Goal(NamedTuple):
    """What a network is trained for: a loss for each output, and how much each counts.

    Beside these there are losses of several outputs. With `own`, a function of (x, y, y_pred,
    sample_weight) in the structures of the network, the whole loss is what it gives.
    """

    losses: Sequence[Loss | None]
    shares: Sequence[float]
    joint: Sequence[Joint] = ()
    own: Callable[..., Tensor] | None = None

    @property
    def aimed(self) -> list[bool]:
        """Which outputs have a target."""
        jointly = {at for each in self.joint for at in places(each.outputs)}
        return [
            loss is not None or at in jointly or self.own is not None
            for at, loss in enumerate(self.losses)
        ]

    def names(self, outputs: Sequence[str]) -> list[str]:
        """What the losses are called, of which the whole is made."""
        if self.own is not None:
            return []
        single = [name for name, loss in zip(outputs, self.losses, strict=True) if loss]
        return single + [each.name for each in self.joint if not isinstance(each.outputs, int)]


class Sides(NamedTuple):
    """Of each output, None where there is none: its target, itself, the weights of its rows."""

    targets: list[Tensor | None]
    outputs: list[Tensor]
    weights: list[Tensor | None]

    @classmethod
    def of(
        cls, goal: Goal, targets: list[Tensor], outputs: list[Tensor], weights: list[Tensor]
    ) -> Sides:
        left, own = iter(targets), iter(weights)
        pairs = [(next(left), next(own, None)) if aimed else (None, None) for aimed in goal.aimed]
        return cls([target for target, _ in pairs], outputs, [weight for _, weight in pairs])

    def write(self, loss: Loss, at: Tree) -> Tensor:
        """The loss of an output, or of several in their structure."""
        if isinstance(at, int):
            target, output = self.targets[at], self.outputs[at]
            assert target is not None
            return loss.write(target, output, counting(output.mask, self.weights[at]))
        weight = self.weights[places(at)[0]]
        return loss.write(packed(self.targets, at), packed(self.outputs, at), weight)


def written_losses(goal: Goal, sides: Sides) -> tuple[list[Tensor], list[Tensor]]:
    """The loss of each output that has one and those of several; and their parts of the whole."""
    found: dict[str | int, Tensor] = {}
    terms = []
    single = [(at, loss, goal.shares[at]) for at, loss in enumerate(goal.losses) if loss]
    for at, loss, share in [
        *single,
        *((each.outputs, each.loss, each.share) for each in goal.joint),
    ]:
        value = sides.write(loss, at)
        key = at if isinstance(at, int) else f"{len(found)}"
        found[key] = found[key] + value if key in found else value
        terms.append(value if share == 1 else share * value)
    return list(found.values()), terms


def loss_of(goal: Goal, y: list[Any], outputs: list[Any], weight: Any = None) -> Any:
    """The loss of outputs, written on symbolic tensors, or a number of arrays."""
    if len(y) != len(goal.losses) or len(outputs) != len(goal.losses):
        raise ValueError(
            f"compute_loss takes a target and a prediction for each of {len(goal.losses)} outputs, "
            f"got {len(y)} and {len(outputs)}"
        )
    if all(isinstance(each, Tensor) for each in outputs):
        return total_of(goal, Sides(y, outputs, [weight] * len(y)))
    arrays = [np.asarray(each) for each in (*y, *outputs)]
    tensors = [standing_for(each) for each in arrays]
    values: dict[Tensor, Any] = dict(zip(tensors, arrays, strict=True))
    w = None if weight is None else Tensor((len(weight),), role="weight")
    values |= {} if w is None else {w: np.asarray(weight)}
    total = total_of(goal, Sides([*tensors[: len(y)]], tensors[len(y) :], [w] * len(y)))
    return float(interpret(trace([total]), values, np)[total])


def total_of(goal: Goal, sides: Sides) -> Tensor:
    """All losses, each as much as it counts."""
    terms = written_losses(goal, sides)[1]
    return sum(terms[1:], terms[0])


def standing_for(array: np.ndarray) -> Tensor:
    """A tensor of an array's shape."""
    return Tensor(array.shape, dtype="int" if array.dtype.kind in "iu" else "float")


def own_loss(
    network: Network, own: Callable[..., Tensor], inputs: list[Tensor], sides: Sides
) -> Tensor:
    """What a function of one's own gives of inputs, targets and outputs, in their structures."""
    pairs = ((inputs, network.input_tree), (sides.targets, network.output_tree))
    x, y = (packed(alone(each), tree) for each, tree in pairs)
    loss = own(x, y, packed(alone(sides.outputs), network.output_tree), sides.weights[0])
    if isinstance(loss, Tensor) and not loss.shape:
        return loss.called("L")
    raise TypeError(
        "compute_loss gives one number, a mean over the rows, written on symbolic tensors, "
        f"got {loss!r}"
    )


def alone(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values


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
