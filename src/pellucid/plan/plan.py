"""The plan: the ordered equations of a network, forward, backward and update.

Everything else in pellucid is a reading of this list: training, printing, checking, exporting.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pellucid.equations.gathering import Gather
from pellucid.plan.data import Data, Reading, Writing
from pellucid.plan.derive import derive
from pellucid.plan.listing import Listing
from pellucid.plan.naming import name_tensors
from pellucid.plan.printing import html, latex, text
from pellucid.plan.simplify import simplify
from pellucid.plan.trace import mark, trace
from pellucid.tensor import Line, Operation, Tensor, setting, size


class Plan(Listing):
    """A listing that can be continued, simplified and printed."""

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

    def as_data(self) -> Data:
        """The plan as plain data that JSON can hold; `Plan.from_data` reads it."""
        return Writing().plan(self)

    @classmethod
    def from_data(cls, data: Data) -> Plan:
        """The plan that `as_data` wrote: it prints the same, and its steps have the same bits."""
        return Reading(data["tensors"]).into(cls, data)

    def __reduce__(self) -> tuple[Any, ...]:
        """How a plan is copied: tensors by number, so that its depth does not matter."""
        return made_again, (type(self), Writing(as_it_is).plan(self))

    @property
    def names(self) -> dict[Tensor, str]:
        """The name of each tensor that has one: Z1, W1, dZ1, …"""
        return name_tensors(self)

    @property
    def layer_outputs(self) -> list[str]:
        """What each layer with a named result gives, by its name: A1, A2, Ŷ.

        Of a layer that is called more than once, also what others read of its earlier calls.
        """
        names = self.names
        lines = [line for line in self.section("forward") if line.layer != "loss"]
        read = {(tensor, line.layer) for line in lines for tensor in line.inputs}
        by_others = {
            line.output
            for line in lines
            for tensor, layer in read
            if tensor is line.output and layer != line.layer
        }
        named = [
            line for line in lines if line.output in names and line.output.shape[:1] == (None,)
        ]
        last = {line.layer: line.output for line in named}
        given = by_others.union(last.values())
        return [names[line.output] for line in named if line.output in given]

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


def made_again(kind: type[Plan], data: Data) -> Plan:
    return Reading(data["tensors"], as_it_is).into(kind, data)


def as_it_is(equation: Operation) -> Operation:
    return equation
