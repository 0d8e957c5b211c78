"""A callback that notes, after each epoch, how large activations and gradients are."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.plan.interpret import interpret
from pellucid.plan.plan import Plan
from pellucid.tensor import Tensor
from pellucid.training.callbacks import Callback
from pellucid.training.feeding import fed_input, fed_target


class Sizes(Callback, hidden=True):
    """√mean(v²) of the output of each layer and of the gradient of each weight matrix.

    The equations of the plan are run on the same rows after each epoch, whichever executor trains.
    """

    x: Any
    y: Any

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        self.plan: Plan | None = None
        self.epochs: list[int] = []
        self.activations: dict[str, list[float]] = {}
        self.gradients: dict[str, list[float]] = {}

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        plan = self.model.plan
        if plan is not self.plan:
            self.plan, self.outputs, self.matrices = plan, layer_outputs(plan), matrices(plan)
        values = recorded(plan, self.model, self.x, self.y)
        self.epochs.append(epoch + 1)
        for name, tensor in self.outputs.items():
            self.activations.setdefault(name, []).append(rms(values[tensor]))
        for name, tensor in self.matrices.items():
            self.gradients.setdefault(name, []).append(rms(values[tensor]))


def recorded(plan: Plan, model: Any, x: Any, y: Any) -> dict[Tensor, Any]:
    """The value of every tensor of a step, forward and backward."""
    given: dict[Tensor, Any] = {weight.tensor: weight.value for weight in model.weights}
    given[plan.inputs[0]] = fed_input(np.asarray(x), plan.inputs[0], model.dtype)
    given[plan.targets[0]] = fed_target(np.asarray(y), plan.targets[0], model.dtype)
    lines = [line for line in plan.lines if line.section != "update"]
    written = {tensor for line in lines for tensor in line.outputs}
    counters = [
        tensor
        for line in lines
        for tensor in line.inputs
        if tensor.is_setting and tensor.value is None and tensor not in written
    ]
    with np.errstate(all="ignore"):
        return interpret(lines, given | dict.fromkeys(counters, 0), np)


def layer_outputs(plan: Plan) -> dict[str, Tensor]:
    """What each layer with a named result gives, by its name in the plan."""
    names = plan.names
    last = {line.layer: line.output for line in plan.section("forward") if line.layer != "loss"}
    return {names[tensor]: tensor for tensor in last.values() if tensor in names}


def matrices(plan: Plan) -> dict[str, Tensor]:
    """The gradient of each parameter that is more than a vector, by the parameter's name."""
    names = plan.names
    return {
        names[parameter]: gradient
        for parameter, gradient in reversed(plan.gradients.items())
        if len(parameter.shape) > 1
    }


def rms(values: Any) -> float:
    array = np.asarray(values, dtype=np.float64)
    return float(np.sqrt(np.mean(array * array)))
