"""Recurrences over whole sequences as loops in time; what a step gives stands in the result."""

from __future__ import annotations

from collections.abc import Sequence

from pellucid.interop.language import Language
from pellucid.interop.listing import Array, Step
from pellucid.interop.loops import Lines, arrays, at, writer


class Walk:
    """The arrays of a recurrence over so many steps, with so many gates for each unit."""

    def __init__(self, to: Language, step: Step, gates: int):
        self.to, (self.z, self.u, *self.b) = to, arrays(step)
        self.h, (_, self.steps, self.units) = step.result, step.result.shape
        self.wide = gates * self.units

    def each(self, variable: str, count: int, body: Sequence[str]) -> list[str]:
        return [self.to.loop(variable, count), *(f"  {line}" for line in body), "}"]

    def number(self, array: Array, width: int, place: str) -> str:
        """The number of this step at a place."""
        return at(array, [f"t * {width}", place])

    def before(self, place: str) -> str:
        """The state of the step before."""
        return at(self.h, [f"(t - 1) * {self.units}", place])

    def sums(self, start: str) -> list[str]:
        """p = start + H₋₁·U"""
        product = f"p[j] += a * {at(self.u, [f'k * {self.wide}', 'j'])};"
        walked = [f"{self.to.fixed} a = {self.before('k')};", *self.each("j", self.wide, [product])]
        return [
            *self.each("j", self.wide, [f"p[j] = {start};"]),
            "if (t > 0) {",
            *(f"  {line}" for line in self.each("k", self.units, walked)),
            "}",
        ]

    def over_time(self, local: Sequence[str], body: Sequence[str]) -> Lines:
        yield "{"
        yield from (f"  {line}" for line in local)
        yield from (f"  {line}" for line in self.each("t", self.steps, body))
        yield "}"

    def gate(self, function: str, text: str) -> str:
        return self.to.call(function, [text])


@writer("rnn")
def simple(to: Language, step: Step) -> Lines:
    """H = tanh(Z + H₋₁·U)"""
    walk = Walk(to, step, 1)
    state = f"{walk.number(walk.h, walk.units, 'j')} = {walk.gate('tanh', 'p[j]')};"
    body = [*walk.sums(walk.number(walk.z, walk.wide, "j")), *walk.each("j", walk.units, [state])]
    yield from walk.over_time([to.local("p", walk.wide)], body)


@writer("lstm")
def long_short(to: Language, step: Step) -> Lines:
    """C = f⊙C₋₁ + i⊙c̃, H = o⊙tanh C"""
    walk = Walk(to, step, 4)
    m = walk.units
    i, f, o = (walk.gate("sigmoid", f"p[{gate * m} + j]") for gate in (0, 1, 3))
    candidate = walk.gate("tanh", f"p[{2 * m} + j]")
    cell = f"c[j] = {f} * (t > 0 ? c[j] : {to.literal(0)}) + {i} * {candidate};"
    state = f"{walk.number(walk.h, m, 'j')} = {o} * {walk.gate('tanh', 'c[j]')};"
    body = [*walk.sums(walk.number(walk.z, walk.wide, "j")), *walk.each("j", m, [cell, state])]
    yield from walk.over_time([to.local("p", walk.wide), to.local("c", m)], body)


@writer("gru")
def gated(to: Language, step: Step) -> Lines:
    """H = z⊙(H₋₁ − c) + c, c = tanh(Z + r⊙R)"""
    walk = Walk(to, step, 3)
    m = walk.units
    z, r, inner = (walk.number(walk.z, walk.wide, f"{gate * m} + j") for gate in (0, 1, 2))
    opened = walk.gate("sigmoid", f"{r} + p[{m} + j]")
    candidate = walk.gate("tanh", f"{opened} * p[{2 * m} + j] + {inner}")
    update = walk.gate("sigmoid", f"{z} + p[j]")
    earlier = f"(t > 0 ? {walk.before('j')} : {to.literal(0)})"
    states = [
        f"{to.fixed} c = {candidate};",
        f"{walk.number(walk.h, m, 'j')} = {update} * ({earlier} - c) + c;",
    ]
    start = at(walk.b[0], ["j"]) if walk.b else to.literal(0)
    body = [*walk.sums(start), *walk.each("j", m, states)]
    yield from walk.over_time([to.local("p", walk.wide)], body)
