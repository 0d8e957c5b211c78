"""A network as a program of JAX: the plan's forward equations, jax.grad, the plan's update."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pellucid.glass.source.lines import Lines, Statement
from pellucid.glass.source.program import calls, indented
from pellucid.glass.source.training import Training, counting, cut

#: how JAX writes what NumPy writes otherwise
WORDS = {
    r"\bnp\.maximum\(([^(),]+), 0\)": r"jax.nn.relu(\1)",
    r"\bnp\.abs\(": "absolute(",
    r"\bnp\.int64\b": "int",
    r"\bnp\.": "jnp.",
    r"\bmath\.(?=\w+\()": "jnp.",
    r"(?<![\w.])float\(": "1.0 * (",
    r"(?<![\w.])max\(": "jnp.maximum(",
    r"(?<![\w.])min\(": "jnp.minimum(",
    r"(?m)^( +)(\w+)\[(.+)\] = (.+)$": r"\1\2 = \2.at[\3].set(\4)",
}
DRAWS = '''
def uniform(stream, step, shape, dtype=jnp.{dtype}, seed=seed):
    """Random numbers from 0 up to 1, others than pellucid's: JAX has its own generator."""
    key = jax.random.fold_in(jax.random.fold_in(jax.random.key(seed % 2**32), stream), step)
    return jax.random.uniform(key, shape, dtype)
'''
NORMAL = '''
def normal(stream, step, shape, seed=seed):
    """Random numbers of mean 0 and variance 1, others than pellucid's."""
    key = jax.random.fold_in(jax.random.fold_in(jax.random.key(seed % 2**32), stream), step)
    return jax.random.normal(key, shape, jnp.{dtype})
'''
ABSOLUTE = '''
def absolute(x):
    """|x|, with the derivative 0 at 0; JAX has 1 there."""
    return x * jnp.sign(x)
'''


def in_jax(text: str) -> str:
    """Statements of NumPy as those of JAX."""
    for pattern, word in WORDS.items():
        text = re.sub(pattern, word, text)
    return text


def helpers(text: str, dtype: str) -> list[str]:
    """The functions of ours that a program calls."""
    found = {"uniform": DRAWS, "normal": NORMAL, "absolute": ABSOLUTE}
    return [each.format(dtype=dtype) for name, each in found.items() if calls(name, text)]


class JaxTraining(Training):
    """The functions of a program that trains by JAX."""

    def in_library(self, text: str) -> str:
        return in_jax(text)

    def listed(self, statements: Sequence[Statement], title: str = "") -> list[str]:
        return super().listed([each._replace(text=in_jax(each.text)) for each in statements], title)

    def step(self) -> str:
        """The loss as a function of θ, and the step, for which JAX finds the gradient."""
        return f"{in_jax(self.loss())}\n\n\n{in_jax(self.update())}"

    @property
    def theta(self) -> str:
        assert self.plan.theta is not None
        return self.lines.name(self.plan.theta)

    @property
    def takes(self) -> str:
        """What the loss is a function of: θ first, and what moves along or is drawn by."""
        read = {tensor for line in self.plan.section("forward") for tensor in line.inputs}
        states = [self.lines.name(each) for each in self.plan.assignments if each in read]
        draws = [self.lines.name(each) for each in (self.plan.numbers.get("step"),) if each in read]
        return ", ".join([self.theta, *self.given, *self.weights, *states, *draws])

    @property
    def beside(self) -> str:
        """What is found on the way to the loss: outputs, and states that move by themselves."""
        made = {tensor for line in self.plan.section("forward") for tensor in line.outputs}
        moved = [new for new in self.plan.assignments.values() if new in made]
        parts = [*self.losses[1:], *self.plan.outputs, *moved]
        names = ", ".join(map(self.lines.name, parts))
        return f"({names})" if len(parts) > 1 else f"({names},)"

    def checking(self) -> tuple[list[str], list[str]]:
        """The function that predicts, and the statements that compare what it gives."""
        plan = self.engine.plan("predict")
        lines = Lines(plan, self.lines.dtype, self.lines)
        inputs, outputs = (
            [lines.name(each) for each in some] for some in (plan.inputs, plan.outputs)
        )
        states = [each for each in self.plan.assignments if each in lines.readers]
        held = [self.theta, *map(self.lines.name, states)]
        body = ['"""The outputs, as the network predicts."""', *counting(lines)]
        body += [f"{each} = {part}" for each, part in cut(self.lines, lines.readers).items()]
        body += [*self.listed(lines.statements), f"return {', '.join(outputs)}"]
        head = f"def predict({', '.join([*inputs, *held])}):"
        given = ", ".join([*(f"check_{each}" for each in inputs), *held])
        close = [f"close({each}, check_{each})" for each in outputs]
        statements = [f"{', '.join(outputs)} = predict({given})", *close]
        return [in_jax(f"{head}\n{indented(body)}")], statements

    def loss(self) -> str:
        lines = self.lines
        read = [each for line in self.plan.section("forward") for each in line.inputs]
        forward = [each for each in lines.statements if each.section == "forward"]
        body = ['"""The loss, and what else the forward equations give."""', *counting(lines)]
        body += [f"{each} = {part}" for each, part in cut(lines, read).items()]
        body += [*self.listed(forward), f"return {lines.name(self.plan.total)}, {self.beside}"]
        return f"def loss({self.takes}):\n{indented(body)}"

    def update(self) -> str:
        lines, plan = self.lines, self.plan
        assert plan.g is not None
        g, total = lines.name(plan.g), lines.name(plan.total)
        update = [each for each in lines.statements if each.section == "update"]
        update = [each for each in update if not each.text.startswith(f"{g} = ")]
        found = f"({total}, {self.beside}), {g} = backward({self.takes})"
        body = [
            "backward = jax.value_and_grad(loss, has_aux=True)",
            found,
            *self.listed(update, plan.title),
            f"return {self.returned}",
        ]
        return f"@jax.jit\ndef one_step({self.signature}):\n{indented(body)}"
