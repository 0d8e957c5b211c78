"""What stands in a plan: its lines in order, what goes in, what comes out, and what moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise

from pellucid.plan.trace import mark, trace
from pellucid.tensor import Line, Tensor, size

SECTIONS = ("forward", "backward", "update")


class Listing:
    """An ordered list of equations, and what goes in and comes out.

    `gradients` maps each parameter to its gradient, `assignments` each state to its new value:
    after the step `target ← value` for each. θ (`theta`) are all parameters as one vector, in the
    `layout` that says which part is which parameter, and g is its gradient.
    """

    def __init__(
        self,
        inputs: Sequence[Tensor],
        outputs: Sequence[Tensor],
        *,
        targets: Sequence[Tensor] = (),
        weights: Sequence[Tensor] = (),
        loss: Tensor | None = None,
        losses: Sequence[Tensor] = (),
        parameters: Sequence[Tensor] = (),
        assignments: Mapping[Tensor, Tensor] | None = None,
    ):
        self.inputs, self.outputs = tuple(inputs), tuple(outputs)
        self.targets, self.weights = tuple(targets), tuple(weights)
        self.loss, self.losses = loss, tuple(losses)
        self.parameters = tuple(parameters)
        self.assignments = dict(assignments or {})
        self.gradients: dict[Tensor, Tensor] = {}
        self.theta: Tensor | None = None
        self.g: Tensor | None = None
        self.title = "update"
        self.notes: list[str] = []
        mark(self._kept(), "model", "forward")
        self.lines = trace(self._kept())

    def section(self, name: str) -> list[Line]:
        return [line for line in self.lines if line.section == name]

    @property
    def layout(self) -> dict[Tensor, slice]:
        """Which part of θ, and of g, is which parameter."""
        ends = accumulate((size(each.shape) for each in self.parameters), initial=0)
        parts = (slice(*pair) for pair in pairwise(ends))
        return dict(zip(self.parameters, parts, strict=True))

    @property
    def flat(self) -> tuple[Tensor, Tensor] | None:
        """The pair (θ, g), of a plan that has an update."""
        return None if self.theta is None or self.g is None else (self.theta, self.g)

    @property
    def numbers(self) -> dict[str, Tensor]:
        """The plain numbers that are given at each step, by name: η, t, seed and step."""
        kept = {*self.assignments, *self.writers}
        read = (tensor for line in self.lines for tensor in line.inputs)
        given = (each for each in read if each.is_setting and each.value is None)
        return {tensor.name: tensor for tensor in given if tensor not in kept}

    @property
    def total(self) -> Tensor:
        """The loss, of a plan that has one."""
        assert self.loss is not None
        return self.loss

    @property
    def writers(self) -> dict[Tensor, Line]:
        """The line that writes each tensor."""
        return {tensor: line for line in self.lines for tensor in line.outputs}

    @property
    def flops(self) -> int:
        """Floating-point operations for each row of the batch, the update left out."""
        return sum(flops(line) for line in self.lines if line.section != "update")

    def _kept(self) -> list[Tensor]:
        kept = [*self.outputs, *self.losses]
        kept += [each for each in (self.loss, self.g) if each is not None]
        return [*kept, *self.gradients.values(), *self.assignments.values()]


def flops(line: Line) -> int:
    shapes = (tensor.shape for tensor in line.inputs)
    return line.equation.flops(line.output.shape, *shapes)
