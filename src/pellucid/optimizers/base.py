"""What an optimizer is: an update rule, written as equations on one vector of all parameters."""

from __future__ import annotations

from typing import Any, ClassVar

from pellucid.schedules import Schedule
from pellucid.settings import Named, option
from pellucid.tensor import Tensor, setting


class Step:
    """What an update rule reads and writes.

    θ are all parameters as one vector, g their gradient; η is the learning rate of this step and
    t its number, counted from 1.
    """

    def __init__(self, sizes: list[int]):
        self.sizes = sizes
        shape = (sum(sizes),)
        self.theta = Tensor(shape, "θ", role="parameter")
        self.g = Tensor(shape, "g", role="gradient")
        self.eta, self.t = setting(0.0, "η"), setting(0.0, "t")
        self.eta.value = self.t.value = None
        self.states: dict[str, Tensor] = {}
        self.initial: dict[str, Any] = {}
        self.assignments: dict[Tensor, Tensor] = {}

    def constant(self, name: str, value: float) -> Tensor:
        """A number that the plan shows by its name."""
        return setting(value, name)

    def state(self, name: str, initial: float | str = 0.0) -> Tensor:
        """A vector like θ that is kept between steps; `initial` is a number, or "θ" for a copy."""
        return self._keep(Tensor(self.theta.shape, name, role="state"), initial)

    def number(self, name: str, initial: float) -> Tensor:
        """A plain number that is kept between steps."""
        kept = setting(0.0, name)
        kept.value = None
        return self._keep(kept, initial)

    def assign(self, state: Tensor, value: Tensor) -> Tensor:
        """After the step, state ← value."""
        self.assignments[state] = value
        return value

    def _keep(self, tensor: Tensor, initial: float | str) -> Tensor:
        self.states[tensor.name], self.initial[tensor.name] = tensor, initial
        return tensor


class Optimizer(Named, family="optimizer"):
    """An update rule. The learning rate is a number, or a `Schedule` of the step."""

    learning_rate: Any
    weight_decay: float | None = option(default=None, kw_only=True)
    clipnorm: float | None = option(default=None, kw_only=True)
    clipvalue: float | None = option(default=None, kw_only=True)
    global_clipnorm: float | None = option(default=None, kw_only=True)
    use_ema: bool = option(default=False, kw_only=True)
    ema_momentum: float = option(default=0.99, kw_only=True)
    ema_overwrite_frequency: int | None = option(default=None, kw_only=True)

    #: whether the rule writes the weight decay itself
    decays: ClassVar[bool] = False

    def update(self, step: Step) -> Tensor:
        """Write the rule: assign the states, and give the new θ."""
        raise NotImplementedError

    def write(self, step: Step) -> Step:
        """Write the whole update: clipping, weight decay, the rule, averaged weights."""
        step.assign(step.theta, self.update(step))
        return step

    def rate(self, step: Any) -> Any:
        """The learning rate of step number `step`, counted from 0; of several for an array."""
        if isinstance(self.learning_rate, Schedule):
            return self.learning_rate(step)
        return float(self.learning_rate)
