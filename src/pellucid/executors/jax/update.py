"""The update of a plan on the parts of θ, parameter by parameter, as JAX keeps them.

Where every line of it goes element by element, so it does by parts. What needs the whole of g, such
as its norm, is computed on vectors.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast

import jax
import jax.numpy as jnp

from pellucid.arrays import Array
from pellucid.equations.gathering import in_a_row
from pellucid.executors.update import needed_whole, vectors_read
from pellucid.plan import Plan
from pellucid.plan.interpret import interpret
from pellucid.plan.step import Values
from pellucid.tensor import Tensor

#: a vector as its parts, one for each parameter
Parts = list[jax.Array]


class Update:
    """Moves θ and what is kept for each of its numbers, `vectors`, and the other states."""

    def __init__(self, plan: Plan, vectors: Collection[Tensor]):
        self.plan, self.parameters = plan, plan.parameters
        later = [line for line in plan.section("update") if line.output is not plan.g]
        self.numbers = [line for line in later if line.output.is_setting]
        self.lines = [line for line in later if not line.output.is_setting]
        self.by_parts = not needed_whole(self.lines)
        self.moved = {old: new for old, new in plan.assignments.items() if old in vectors}
        self.others = {old: new for old, new in plan.assignments.items() if old not in vectors}
        given = vectors_read(self.lines, self.moved) if self.by_parts else []
        #: what else is taken in parts: as long as θ, and stays as it is, such as rates of weights
        self.fixed = [each for each in given if each not in vectors and each is not plan.g]

    def run(
        self, values: Values, vectors: Mapping[Tensor, Parts], g: Parts
    ) -> tuple[dict[Tensor, Parts], Values]:
        """The new vectors, in parts, and the new values of the other states."""
        values = interpret(self.numbers, values, jnp)
        known = {**vectors, **{each: self.parts(values[each]) for each in self.fixed}}
        each = [
            {vector: parts[at] for vector, parts in known.items()} | self._gradient(g[at])
            for at in range(len(self.parameters))
        ]
        if not self.by_parts:
            each = [{vector: joined(parts) for vector, parts in vectors.items()}]
            each[0] |= self._gradient(joined(g))
        found = [interpret(self.lines, values | given, jnp) for given in each]
        new = {old: [one[new] for one in found] for old, new in self.moved.items()}
        if not self.by_parts:
            new = {old: self.parts(vector) for old, (vector,) in new.items()}
            values = found[0]
        return new, {old: values[new] for old, new in self.others.items()}

    def gradients(self, values: Values, theta: Parts) -> Parts:
        """g, in parts; 0 for a parameter on which the loss does not depend."""
        space: Any = jnp
        found = []
        for parameter, part in zip(self.parameters, theta, strict=True):
            known = self.plan.gradients.get(parameter)
            own: Any = 0 if known is None else values[known]
            row: Any = in_a_row(space, own, part.size, cast(Array, part))
            found.append(jnp.reshape(row, part.shape))
        return found

    def parts(self, vector: jax.Array) -> Parts:
        """The parts of a vector, in the shapes of the parameters."""
        layout = self.plan.layout.items()
        return [jnp.reshape(vector[part], each.shape) for each, part in layout]

    def _gradient(self, part: jax.Array) -> Values:
        return {} if self.plan.g is None else {self.plan.g: part}


def joined(parts: Sequence[jax.Array]) -> jax.Array:
    """The parts as one vector."""
    return jnp.concat([jnp.reshape(each, (-1,)) for each in parts])
