"""The plan: the ordered equations of a network, forward, backward and update.

Everything else in pellucid is a reading of this list: training, printing, checking, exporting.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, pairwise

from pellucid.equations.base import Line
from pellucid.equations.gathering import Gather
from pellucid.plan.derive import derive
from pellucid.plan.naming import name_tensors
from pellucid.plan.printing import html, latex, text
from pellucid.plan.simplify import simplify, writers_of
from pellucid.plan.trace import mark, trace
from pellucid.tensor import Tensor, setting, size

SECTIONS = ("forward", "backward", "update")


class Plan:
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

    def with_gradients(self) -> Plan:
        """Append the backward pass: the gradient of the loss for every parameter."""
        assert self.loss is not None
        self.gradients = derive(self.lines, self.loss, self.parameters)
        known = [tensor for line in self.lines for tensor in line.outputs]
        self.lines += trace(self.gradients.values(), known)
        return self

    def with_update(
        self, theta: Tensor, g: Tensor, assignments: Mapping[Tensor, Tensor], title: str
    ) -> Plan:
        """Append the update of θ by its gradient g, which is gathered from those of its parts."""
        mark(assignments.values(), title, "update")
        self.theta, self.g, self.title = theta, g, title
        self.assignments |= assignments
        self.lines.append(self._gathering())
        known = [tensor for line in self.lines for tensor in line.outputs]
        self.lines += trace(assignments.values(), known)
        return self

    def simplified(self) -> Plan:
        """Apply the rewrite rules; `notes` says in words which of them changed something."""
        self.lines, stands, words = simplify(self.lines, self._kept())
        self.notes += words

        def standing(tensors: Iterable[Tensor]) -> tuple[Tensor, ...]:
            return tuple(stands.get(tensor, tensor) for tensor in tensors)

        self.outputs, self.losses = standing(self.outputs), standing(self.losses)
        if self.loss is not None:
            self.loss = stands.get(self.loss, self.loss)
        self.gradients = dict(zip(self.gradients, standing(self.gradients.values()), strict=True))
        self.assignments = dict(
            zip(self.assignments, standing(self.assignments.values()), strict=True)
        )
        return self

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
        return writers_of(self.lines)

    @property
    def names(self) -> dict[Tensor, str]:
        """The name of each tensor that has one: Z1, W1, dZ1, …"""
        return name_tensors(self)

    @property
    def flops(self) -> int:
        """Floating-point operations for each row of the batch, the update left out."""
        return sum(flops(line) for line in self.lines if line.section != "update")

    def latex(self) -> str:
        """The plan as a LaTeX `align*` environment."""
        return latex(self)

    def __str__(self) -> str:
        return text(self)

    def __repr__(self) -> str:
        return f"<Plan of {len(self.lines)} equations; print() shows them>"

    def _repr_html_(self) -> str:
        return html(self)

    def _repr_latex_(self) -> str:
        return f"$$\n{latex(self).replace('align*', 'aligned')}\n$$"

    def _gathering(self) -> Line:
        """g = (dW1, db1, …), with 0 for a parameter that the loss does not depend on."""
        assert self.theta is not None
        assert self.g is not None
        sizes = tuple(size(each.shape) for each in self.parameters)
        parts = [self.gradients.get(each, setting(0.0)) for each in self.parameters]
        return Line(Gather(sizes), (self.theta, *parts), (self.g,), self.title, "update")

    def _kept(self) -> list[Tensor]:
        kept = [*self.outputs, *self.losses]
        kept += [each for each in (self.loss, self.g) if each is not None]
        return [*kept, *self.gradients.values(), *self.assignments.values()]


def flops(line: Line) -> int:
    shapes = (tensor.shape for tensor in line.inputs)
    return line.equation.flops(line.output.shape, *shapes)
