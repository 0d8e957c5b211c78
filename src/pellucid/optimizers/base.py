"""What an optimizer is: an update rule, written as equations on one vector of all parameters."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Self

import numpy as np

from pellucid.equations.arithmetic import Remainder
from pellucid.equations.choices import Minimum
from pellucid.equations.clipping import Clip, ClipEachNorm, ClipNorm
from pellucid.optimizers.accumulating import accumulated
from pellucid.optimizers.applying import Applied, applied, move, with_gradients
from pellucid.optimizers.checking import check, checked_rate
from pellucid.optimizers.constraining import Bound, constrained
from pellucid.optimizers.rates import Rate
from pellucid.schedules import Schedule
from pellucid.settings import Named, option
from pellucid.tensor import Symbolic, Tensor, setting

AVERAGE = "θ̄"


class Step:
    """What an update rule reads and writes.

    θ are all parameters as one vector, g their gradient; η is the learning rate of this step and
    t its number, counted from 1. `sizes` are the lengths of the parts of θ, one a parameter;
    `rates` and `decays` are what multiplies the learning rate and the weight decay of each;
    `bounds` are what is done to each after it has moved: its shape, and its constraint.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        rates: Sequence[float] = (),
        decays: Sequence[float] = (),
        bounds: Sequence[Bound] = (),
    ):
        self.bounds = tuple(bounds)
        self.sizes = tuple(sizes)
        self.rates = tuple(rates) or (1.0,) * len(self.sizes)
        self.decays = tuple(decays) or (1.0,) * len(self.sizes)
        shape = (sum(sizes),)
        self.theta = Tensor(shape, "θ", role="parameter")
        self.g = Tensor(shape, "g", role="gradient")
        self.eta, self.t = changing("η"), changing("t")
        self.states: dict[str, Tensor] = {}
        self.initial: dict[str, float | str | np.ndarray] = {}
        self.assignments: dict[Tensor, Tensor] = {}
        self.later: dict[Tensor, Tensor] = {}

    def constant(self, name: str, value: float) -> Tensor:
        """A number that the plan shows by its name."""
        return setting(float(value), name)

    def state(self, name: str, initial: float | str = 0.0) -> Tensor:
        """A vector like θ that is kept between steps; `initial` is a number, or "θ" for a copy."""
        return self._keep(Tensor(self.theta.shape, name, role="state"), initial)

    def number(self, name: str, initial: float) -> Tensor:
        """A plain number that is kept between steps."""
        return self._keep(changing(name), initial)

    def assign(self, state: Tensor, value: Tensor) -> Tensor:
        """state ← value; what reads `value` reads the new state."""
        self.assignments[state] = value
        return value

    def assign_last(self, state: Tensor, value: Tensor) -> None:
        """state ← value, written after θ has moved, for a rule that moves θ by the old state."""
        self.later[state] = value

    def running_mean(
        self, name: str, beta: Tensor, value: Tensor, start: float | str = 0.0
    ) -> Tensor:
        """mean ← β·mean + (1 − β)·value, kept under `name`."""
        kept = self.state(name, start)
        return self.assign(kept, beta * kept + (1 - beta) * value)

    def reading(self, theta: Tensor, g: Tensor) -> Step:
        """The same step, for a rule that reads `theta` and `g` in place of θ and g, and ρ·η for η.

        ρ are the multipliers of the learning rate, where they are not all 1.
        """
        other = copy.copy(self)
        other.theta, other.g = theta, g
        other.eta = self.rate("ρ", self.rates)
        return other

    def rate(self, name: str, multipliers: Sequence[float]) -> Tensor:
        """η times a number for each part of θ, kept as a vector; η itself if all are 1."""
        if all(number == 1 for number in multipliers):
            return self.eta
        vector = np.repeat(np.array(multipliers, np.float64), self.sizes)
        kept = self._keep(Tensor(self.theta.shape, name, role="state"), vector)
        return self.eta * kept

    def _keep(self, tensor: Tensor, initial: float | str | np.ndarray) -> Tensor:
        self.states[tensor.name], self.initial[tensor.name] = tensor, initial
        return tensor


class Optimizer(Named, family="optimizer"):
    """g ← clip(g) ;  θ ← (1 − λ·η)·θ ;  θ ← update(θ, g) ;  θ̄ ← α·θ̄ + (1 − α)·θ

    The update rule is always there, the others where they are asked for. Weights with a constraint
    are brought back to it after the update.

    The learning rate η is a number, or a `Schedule` of the step. One of three settings clips g:
    `clipvalue` each element, `clipnorm` the norm of each parameter's gradient, `global_clipnorm`
    the norm of all of g. `weight_decay` is λ, a number or a schedule that writes equations, and
    decays every parameter. The learning rate of each parameter is ρ·η, and its decay λ·κ·η, where
    layers give their weights `rates` (ρ) and `decays` (κ/ρ).

    Weights of which the name has one of the names in `undecayed` in it are not decayed.

    With `gradient_accumulation_steps`, the gradients of so many steps are added up, and θ moves by
    their mean; the steps in between move nothing, and η and t count the others.

    With `use_ema` the mean θ̄ ← α·θ̄ + (1 − α)·θ is kept, α being `ema_momentum`, but 0 at the first
    step. Every `ema_overwrite_frequency` steps, and when training ends, θ ← θ̄.
    """

    learning_rate: Any
    weight_decay: Any = option(default=None, kw_only=True)
    clipnorm: float | None = option(default=None, kw_only=True)
    clipvalue: float | None = option(default=None, kw_only=True)
    global_clipnorm: float | None = option(default=None, kw_only=True)
    use_ema: bool = option(default=False, kw_only=True)
    ema_momentum: float = option(default=0.99, kw_only=True)
    ema_overwrite_frequency: int | None = option(default=None, kw_only=True)
    gradient_accumulation_steps: int | None = option(default=None, kw_only=True)
    undecayed: Sequence[str] | None = option(default=None, kw_only=True)

    def __init__(self, *values: Any, **named: Any):
        super().__init__(*values, **named)
        self._applied: Applied | None = None
        self._variables: list[Any] = []
        self._spared: list[Any] = []
        if isinstance(self.learning_rate, dict):
            self.learning_rate = Schedule.get(self.learning_rate)
        if isinstance(self.weight_decay, dict):
            self.weight_decay = Schedule.get(self.weight_decay)
        check(self)
        self.check_settings()

    def __setattr__(self, name: str, value: Any) -> None:
        number = isinstance(value, (float, int)) and not isinstance(value, bool)
        if name == "learning_rate" and number:
            value = Rate.of(value, self)
        super().__setattr__(name, value)

    def __copy__(self) -> Self:
        """A copy whose rate is its own."""
        found = type(self).__new__(type(self))
        found.__dict__ |= self.__dict__
        found.learning_rate = self.settings()["learning_rate"]
        return found

    def settings(self) -> dict[str, Any]:
        """The settings as they were given."""
        found = super().settings()
        rate = found["learning_rate"]
        return found | {"learning_rate": rate.value if isinstance(rate, Rate) else rate}

    def check_settings(self) -> None:
        """Raise an error if a setting of the rule makes no sense."""

    def update(self, step: Step) -> Tensor:
        """Write the rule: assign the states, and give the new θ."""
        raise NotImplementedError(f"{type(self).__name__} needs a method `update(self, step)`")

    def write(self, step: Step) -> Step:
        """Write the whole update: clipping, weight decay, the rule, averaged weights."""
        if self.gradient_accumulation_steps is None:
            return self._written(step)
        accumulated(step, self.gradient_accumulation_steps, self._written)
        return step

    def _written(self, step: Step) -> Step:
        theta = self.update(step.reading(self._decayed(step), self._clipped(step)))
        theta = constrained(theta, step.bounds)
        step.assign(step.theta, self._averaged(step, theta) if self.use_ema else theta)
        step.assignments |= step.later
        return step

    def decay_of(self, weight: Any) -> float:
        """What multiplies the weight decay of a weight, or of a variable that has a name."""
        spared = any(name in (getattr(weight, "name", None) or "") for name in self.undecayed or ())
        return 0.0 if spared or any(weight is each for each in self._spared) else decay_of(weight)

    def exclude_from_weight_decay(
        self, var_list: Sequence[Any] | None = None, var_names: Sequence[str] | None = None
    ) -> None:
        """Do not decay these variables, nor those of which the name has one of the names in it."""
        if self._applied is not None:
            raise ValueError("say what is not decayed before the first step")
        if any(isinstance(each, Symbolic) for each in var_list or ()):
            raise TypeError(
                "weights of a network are named, so that a file of it says so too: "
                'exclude_from_weight_decay(var_names=["bias"]), or a layer with '
                'decays={"kernel": 0.0}'
            )
        self._spared += list(var_list or ())
        self.undecayed = [*(self.undecayed or ()), *(var_names or ())] or None

    def build(self, variables: Sequence[Any]) -> None:
        """Settle what `apply` moves: things with a `shape`, a `value` and `assign`."""
        self._applied = applied(Step, self, variables)
        self._variables = list(variables)

    def apply(self, grads: Sequence[Any], trainable_variables: Sequence[Any] | None = None) -> None:
        """Take a step on variables that one holds, by their gradients, with NumPy."""
        if trainable_variables is not None and self._applied is None:
            self.build(list(trainable_variables))
        if self._applied is None:
            raise ValueError("apply needs the variables in its first call: apply(grads, variables)")
        move(self._applied, grads, trainable_variables or self._variables)

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Any, Any]]) -> None:
        """`apply`, of pairs (gradient, variable)."""
        pairs = with_gradients(list(grads_and_vars))
        self.apply([g for g, _ in pairs], [variable for _, variable in pairs])

    @property
    def iterations(self) -> int:
        """The steps that `apply` has taken."""
        steps = 0 if self._applied is None else self._applied.steps
        return steps // (self.gradient_accumulation_steps or 1)

    def rate(self, step: Any) -> Any:
        """The learning rate of step number `step`, counted from 0."""
        if isinstance(self.learning_rate, Schedule):
            return self.learning_rate(step // (self.gradient_accumulation_steps or 1))
        return checked_rate(self.learning_rate)

    def rates(self, first: int, count: int) -> np.ndarray:
        """The learning rates of `count` steps, from step number `first` on."""
        if not isinstance(self.learning_rate, Schedule):
            return constant(checked_rate(self.learning_rate), count)
        rates = np.empty(count)
        rates[:] = self.rate(np.arange(first, first + count))
        return rates

    @property
    def average(self) -> str | None:
        """The name of the state to copy into θ when training ends, if there is one."""
        return AVERAGE if self.use_ema else None

    def _clipped(self, step: Step) -> Tensor:
        if self.clipvalue is not None:
            return Clip(-self.clipvalue, self.clipvalue)(step.g).called("ĝ")
        if self.clipnorm is not None:
            return ClipEachNorm(self.clipnorm, step.sizes)(step.g).called("ĝ")
        if self.global_clipnorm is not None:
            return ClipNorm(self.global_clipnorm)(step.g).called("ĝ")
        return step.g

    def _decayed(self, step: Step) -> Tensor:
        if not self.weight_decay:
            return step.theta
        if isinstance(self.weight_decay, Schedule):
            decay = self.weight_decay.write(step.t - 1).called("λ")
        else:
            decay = step.constant("λ", self.weight_decay)
        together = [rate * own for rate, own in zip(step.rates, step.decays, strict=True)]
        return ((1 - decay * step.rate("κ", together)) * step.theta).called("θ′")

    def _averaged(self, step: Step, theta: Tensor) -> Tensor:
        alpha = step.constant("α", self.ema_momentum) * (step.t > 1)
        average = step.running_mean(AVERAGE, alpha, theta, start="θ")
        if self.ema_overwrite_frequency is None:
            return theta
        theta.called("θ″")
        kept = Minimum()(Remainder()(step.t, self.ema_overwrite_frequency), 1)
        return kept * theta + (1 - kept) * average


def decay_of(weight: Any) -> float:
    """What a weight itself says of its decay."""
    return float(getattr(weight, "decay", 1.0))


def changing(name: str) -> Tensor:
    """A plain number that is another at each step."""
    number = setting(0.0, name)
    number.value = None
    return number


@lru_cache(maxsize=1)
def constant(rate: float, count: int) -> np.ndarray:
    """An array for many calls, which is not to be written to."""
    rates = np.full(count, rate)
    rates.flags.writeable = False
    return rates
