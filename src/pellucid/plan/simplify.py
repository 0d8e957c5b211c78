"""Rewrite rules. Each makes a plan shorter without changing what it computes, and says so in words.

A rule takes the lines and the tensors that must stay, and gives the new lines and what stands for
what; where it changes a line, the line carries the rule's words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from pellucid.equations.activations import Slope, SoftmaxGradient
from pellucid.equations.arithmetic import Multiply
from pellucid.equations.crossentropy import CANCELLING
from pellucid.equations.losses import LossGradient
from pellucid.tensor import Line, Operation, Tensor

Lines = list[Line]
Stand = dict[Tensor, Tensor]


class Rule(NamedTuple):
    """A named rewrite: what it did in words, and the function that does it."""

    words: str
    apply: Callable[[Lines, Sequence[Tensor]], tuple[Lines, Stand]]


def simplify(lines: Lines, kept: Sequence[Tensor]) -> tuple[Lines, Stand, list[str]]:
    """Apply every rule once, in order: the lines, what stands for what, and what was done."""
    stands: Stand = {}
    words = []
    for rule in RULES:
        targets = [stands.get(tensor, tensor) for tensor in kept]
        shorter, stand = rule.apply(lines, targets)
        if (
            stand
            or any(new is not old for new, old in zip(shorter, lines, strict=False))
            or (len(shorter) != len(lines))
        ):
            words.append(rule.words)
        lines = shorter
        stands = {old: stand.get(new, new) for old, new in stands.items()} | stand
    return lines, stands, words


def cancel(lines: Lines, kept: Sequence[Tensor]) -> tuple[Lines, Stand]:
    """loss(f(Z)) → loss on Z;  dZ through loss and f → (Ŷ − Y)/n"""
    writers = writers_of(lines)
    cancelled = (cancelled_loss(line, writers) or cancelled_slope(line, writers) for line in lines)
    return [new or line for new, line in zip(cancelled, lines, strict=True)], {}


def cancelled_loss(line: Line, writers: dict[Tensor, Line]) -> Line | None:
    below = writers.get(line.inputs[0]) if line.inputs else None
    if below is None or not along_rows(below.equation):
        return None
    match = CANCELLING.get((type(below.equation), type(line.equation)))
    return match and line.rewritten((below.inputs[0], *line.inputs[1:]), match.loss)


def cancelled_slope(line: Line, writers: dict[Tensor, Line]) -> Line | None:
    if not isinstance(line.equation, (Slope, SoftmaxGradient)):
        return None
    above, activation = writers.get(line.inputs[0]), writers.get(line.inputs[-1])
    if above is None or activation is None or not isinstance(above.equation, LossGradient):
        return None
    match = CANCELLING.get((type(activation.equation), type(above.equation.loss)))
    if not match or above.inputs[1] is not activation.output or not along_rows(activation.equation):
        return None
    return line.rewritten(above.inputs, match.residual, note=match.words)


def along_rows(activation: Operation) -> bool:
    return getattr(activation, "axis", -1) in (-1, None)


def drop_ones(lines: Lines, kept: Sequence[Tensor]) -> tuple[Lines, Stand]:
    """a ⊙ 1 → a"""
    stand: Stand = {}
    shorter = []
    for line in reading(lines, stand):
        factor = unchanged_by(line)
        if factor is None or factor.shape != line.output.shape:
            shorter.append(line)
        else:
            if line.output.gradient_of is not None:
                factor.as_gradient_of(line.output.gradient_of)
            stand[line.output] = factor
    return shorter, stand


def unchanged_by(line: Line) -> Tensor | None:
    if not isinstance(line.equation, Multiply):
        return None
    a, b = line.inputs
    return a if b.value == 1.0 and not b.name else b if a.value == 1.0 and not a.name else None


def compute_once(lines: Lines, kept: Sequence[Tensor]) -> tuple[Lines, Stand]:
    """Two lines with the same equation and inputs → one"""
    stand: Stand = {}
    first: dict[object, Line] = {}
    shorter = []
    for line in reading(lines, stand):
        known = first.setdefault((line.equation.key(), tuple(map(identity, line.inputs))), line)
        if known is line:
            shorter.append(line)
        else:
            stand.update(zip(line.outputs, known.outputs, strict=True))
    return shorter, stand


def identity(tensor: Tensor) -> object:
    return tensor.value if tensor.value is not None and not tensor.name else id(tensor)


def drop_dead(lines: Lines, kept: Sequence[Tensor]) -> tuple[Lines, Stand]:
    """Lines whose value nobody reads → nothing"""
    read = set(kept)
    alive = []
    for line in reversed(lines):
        if not read.isdisjoint(line.outputs):
            alive.append(line)
            read.update(line.inputs)
    return alive[::-1], {}


def reading(lines: Lines, stand: Stand) -> Iterator[Line]:
    """Each line in turn, reading what stands for its inputs by then."""
    for line in lines:
        inputs = tuple(stand.get(tensor, tensor) for tensor in line.inputs)
        yield line if inputs == line.inputs else line.rewritten(inputs)


def writers_of(lines: Sequence[Line]) -> dict[Tensor, Line]:
    return {tensor: line for line in lines for tensor in line.outputs}


RULES = [
    Rule("an output activation and its cross-entropy cancel: dZ = (Ŷ − Y)/n", cancel),
    Rule("multiplying by 1 changes nothing", drop_ones),
    Rule("identical equations are computed once", compute_once),
    Rule("equations that nobody reads are dropped", drop_dead),
]
