"""A stretch of steps as one loop that JAX can trace: it ends early where a step is not finite."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from pellucid.executors.jax.update import Parts, Update
from pellucid.plan import Plan
from pellucid.plan.interpret import interpret
from pellucid.plan.step import Values
from pellucid.tensor import Tensor


class Rows(NamedTuple):
    """Arrays of rows on the device, the order in which they are taken, and the first to take.

    Where there is no first, the arrays are cut into batches: their first axis numbers these.
    """

    arrays: list[jax.Array]
    order: jax.Array | None
    first: jax.Array | None


class Numbers(NamedTuple):
    """How many `steps`, the number of the first, the seed, and the learning rate of each."""

    steps: jax.Array
    step: jax.Array
    seed: jax.Array
    rates: jax.Array


class Moving(NamedTuple):
    """What steps move: θ and what is kept for each of its numbers, in parts, and other states."""

    vectors: list[Parts]
    others: list[jax.Array]


class Reached(NamedTuple):
    """What a stretch comes to: the steps done, and whether all was finite in them.

    `losses` are those of each step, `outputs` those of all rows.
    """

    steps: jax.Array
    finite: jax.Array
    moving: Moving
    losses: jax.Array
    outputs: list[jax.Array]


class Taken(NamedTuple):
    """A step: its values, the gradient in parts, and what has moved."""

    values: Values
    g: Parts
    moved: Moving


class Stretch:
    """Steps of a plan, many in one program. Nothing is known of the arrays but their shapes.

    `vectors`, of which θ is the first, and `others` are the tensors that a step moves, `kept` those
    that it reads besides. What is `told` of the rows, such as targets, is given with the outputs.
    `space` has the functions of arrays.
    """

    def __init__(
        self,
        plan: Plan,
        vectors: Sequence[Tensor],
        kept: Sequence[Tensor],
        dtype: np.dtype,
        told: Sequence[Tensor] = (),
        space: Any = jnp,
    ):
        self.plan, self.vectors, self.kept, self.dtype = plan, list(vectors), list(kept), dtype
        self.others = [each for each in plan.assignments if each not in vectors]
        self.outputs = [*plan.outputs, *told]
        self.feeds = [*plan.inputs, *plan.targets, *plan.weights]
        self.losses = [each for each in (plan.loss, *plan.losses) if each is not None]
        self.before = [*plan.section("forward"), *plan.section("backward")]
        self.update = Update(plan, vectors)
        self.trains, self.space = plan.g is not None, space

    def program(
        self, batch: int, capacity: int, wants_outputs: bool, careful: bool, made: Any = None
    ) -> Any:
        """At most `capacity` steps by batches of `batch` rows, compiled when first called.

        It takes the memory of what moves. A `careful` one ends with what was before the first step
        that is not finite; another ends somewhere after it. `made` says where it leaves all that.
        """

        def loop(moving: Moving, kept: Parts, rows: Rows, numbers: Numbers) -> Reached:
            def goes_on(now: Reached) -> jax.Array:
                return jnp.logical_and(now.steps < numbers.steps, now.finite)

            def another(now: Reached) -> Reached:
                taken = take(now.moving, now.steps)
                if not careful:
                    return self._with(now, poisoned(taken), self.sound(taken), batch)
                finite = self.finite(taken)
                return chosen(finite, self._with(now, taken, finite, batch), now)

            def take(moving: Moving, at: jax.Array) -> Taken:
                return self.step(moving, kept, self.cut(rows, at, batch), numbers, at)

            start = jnp.asarray(0, jnp.int64)
            shapes = jax.eval_shape(lambda: self._outputs(take(moving, start)))
            empty = [
                jnp.zeros((capacity * batch, *each.shape[1:]), each.dtype)
                for each in shapes[: len(shapes) * wants_outputs]
            ]
            losses = jnp.zeros((capacity, len(self.losses)), jnp.float64)
            begin = Reached(start, jnp.asarray(True), moving, losses, empty)
            once = capacity == 1  # a loop would copy the rows
            end = another(begin) if once else lax.while_loop(goes_on, another, begin)
            return end._replace(finite=end.finite & all_finite(end.moving.vectors[:1]))

        return jax.jit(loop, donate_argnums=0, out_shardings=made)

    def step(
        self, moving: Moving, kept: Parts, rows: Parts, numbers: Numbers, at: jax.Array
    ) -> Taken:
        """Step number `at` of the stretch, as `plan/step.py` says it, θ in parts."""
        vectors = dict(zip(self.vectors, moving.vectors, strict=True))
        given: Values = dict(zip(self.feeds, rows, strict=True))
        held = zip([*self.others, *self.kept], [*moving.others, *kept], strict=True)
        given |= {each: plain(array) if each.is_setting else array for each, array in held}
        given |= self._told(numbers, at)
        if self.plan.theta is not None:
            given |= zip(self.plan.parameters, vectors[self.plan.theta], strict=True)
        values = interpret(self.before, given, self.space)
        if self.plan.theta is None:
            return Taken(values, [], moving)
        g = self.update.gradients(values, vectors[self.plan.theta])
        new, others = self.update.run(values, vectors, g)
        moved = Moving([new[each] for each in self.vectors], [others[each] for each in self.others])
        return Taken(values, g, as_before(moved, moving))

    def cut(self, rows: Rows, at: jax.Array, batch: int) -> Parts:
        """The rows of step number `at`, as the plan reads them."""
        first = 0 if rows.first is None else rows.first + at * batch
        if rows.first is None:
            found = [lax.dynamic_index_in_dim(each, at, keepdims=False) for each in rows.arrays]
        elif rows.order is None and len(rows.arrays[0]) == batch:
            found = rows.arrays
        elif rows.order is None:
            found = [lax.dynamic_slice_in_dim(each, first, batch) for each in rows.arrays]
        else:
            chosen = lax.dynamic_slice_in_dim(rows.order, first, batch)
            found = [picked(each, chosen) for each in rows.arrays]
        pairs = zip(self.feeds, found, strict=True)
        return [each if t.dtype == "int" else each.astype(self.dtype) for t, each in pairs]

    def finite(self, taken: Taken) -> jax.Array:
        """Whether the loss, the gradient and all that moves are; of what trains alone."""
        return self.sound(taken) & all_finite([taken.g, taken.moved.vectors])

    def sound(self, taken: Taken) -> jax.Array:
        """Whether the loss and the states apart from vectors are finite."""
        if not self.trains:
            return jnp.asarray(True)
        return all_finite([taken.values[self.losses[0]], taken.moved.others])

    def _told(self, numbers: Numbers, at: jax.Array) -> Values:
        """The numbers of this step, by the names that the plan has for them."""
        told = {
            "seed": numbers.seed,
            "step": numbers.step + at,
            "t": plain((numbers.step + at + 1).astype(jnp.float64)),
            "η": plain(numbers.rates[at]),
        }
        return {tensor: told[name] for name, tensor in self.plan.numbers.items()}

    def _outputs(self, taken: Taken) -> Parts:
        return [taken.values[each] for each in self.outputs]

    def _with(self, now: Reached, taken: Taken, finite: jax.Array, batch: int) -> Reached:
        """The step after those that are done."""
        at, losses = now.steps, now.losses
        if self.losses:
            own = [jnp.asarray(taken.values[each], losses.dtype) for each in self.losses]
            losses = lax.dynamic_update_slice_in_dim(losses, jnp.stack(own)[None], at, 0)
        outputs = [
            lax.dynamic_update_slice_in_dim(all_, each, at * batch, 0)
            for all_, each in zip(now.outputs, self._outputs(taken), strict=False)
        ]
        return Reached(at + 1, finite, taken.moved, losses, outputs)


def poisoned(taken: Taken) -> Taken:
    """The same, with a NaN in θ where the gradient or a state is not finite, so that it stays.

    To look at every number in every step would take much longer than these products, which are made
    on the way: only θ is looked at, when many steps are done.
    """
    if not taken.moved.vectors:
        return taken
    theta, *states = taken.moved.vectors
    marks = [sum(0 * each for each in parts) for parts in zip(taken.g, *states, strict=True)]
    marked = [part * (1 + mark) for part, mark in zip(theta, marks, strict=True)]
    return taken._replace(moved=taken.moved._replace(vectors=[marked, *states]))


def chosen(finite: jax.Array, after: Reached, before: Reached) -> Reached:
    """What was before a step that is not finite."""
    kept: Reached = jax.tree.map(lambda new, old: jnp.where(finite, new, old), after, before)
    return kept._replace(finite=finite)


def as_before(moved: Moving, moving: Moving) -> Moving:
    """In the kinds of numbers that a loop goes on with."""
    return jax.tree.map(lambda new, old: jnp.asarray(new, old.dtype), moved, moving)


def all_finite(arrays: Any) -> jax.Array:
    """Whether every number is."""
    looks = [jnp.isfinite(each).all() for each in jax.tree.leaves(arrays)]
    return jnp.stack([jnp.asarray(True), *looks]).all()


def plain(number: jax.Array) -> jax.Array:
    """As a plain Python number: it does not make what it is combined with float64."""
    return lax.full_like(0.0, number)


def picked(array: jax.Array, rows: jax.Array) -> jax.Array:
    """The rows of these numbers, which are known to be there."""
    return array.at[rows].get(mode="promise_in_bounds", wrap_negative_indices=False)
