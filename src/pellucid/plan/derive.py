"""The backward pass: the gradient of the loss for every parameter, derived line by line.

Reverse mode: walking the forward lines backwards, each line turns the gradient of its value into
gradients of its inputs; where a tensor is read more than once, its gradients are added.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pellucid.plan.trace import mark
from pellucid.tensor import Line, Tensor, setting


def derive(
    forward: Sequence[Line], loss: Tensor, parameters: Sequence[Tensor]
) -> dict[Tensor, Tensor]:
    """The gradient tensor of each of `parameters`, in the order in which they are reached."""
    return pulled_back(forward, {loss: setting(1.0)}, parameters)


def pulled_back(
    lines: Sequence[Line], seeds: Mapping[Tensor, Tensor], parameters: Sequence[Tensor]
) -> dict[Tensor, Tensor]:
    """The same from the gradients of any tensors, which are given."""
    reaching = depending(lines, parameters)
    gradients: dict[Tensor, Tensor] = dict(seeds)
    reached: dict[Tensor, None] = {}
    for line in reversed(lines):
        dy = gradients.get(line.output)
        if dy is None or line.output not in reaching:
            continue
        dy.as_gradient_of(line.output)
        pairs = zip(line.inputs, line.equation.gradient(dy, line.output, *line.inputs), strict=True)
        for tensor, piece in pairs:
            if piece is not None and tensor in reaching:
                so_far = gradients.get(tensor)
                gradients[tensor] = piece if so_far is None else so_far + piece
                mark([gradients[tensor]], line.layer, "backward")
                reached.setdefault(tensor)
    return {
        tensor: gradients[tensor].as_gradient_of(tensor)
        for tensor in reached
        if tensor in set(parameters)
    }


def depending(lines: Sequence[Line], sources: Sequence[Tensor]) -> set[Tensor]:
    """The tensors whose value depends on any of `sources`."""
    found = set(sources)
    for line in lines:
        if not found.isdisjoint(line.inputs):
            found.add(line.output)
    return found
