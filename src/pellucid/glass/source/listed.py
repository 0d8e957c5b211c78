"""A program that lists the equations of the plan, a line for each, for NumPy or for JAX."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from pellucid.glass.recorder import held
from pellucid.glass.source.arrays import Arrays
from pellucid.glass.source.checking import CLOSE, checked
from pellucid.glass.source.in_jax import JaxTraining, in_jax
from pellucid.glass.source.in_jax import helpers as of_jax
from pellucid.glass.source.lines import Lines
from pellucid.glass.source.program import (
    GENERATOR,
    as_main,
    called,
    equations,
    helpers,
    indented,
    listed_words,
    taken,
)
from pellucid.glass.source.rows import Course
from pellucid.glass.source.spelling import WIDTH, spelled
from pellucid.glass.source.training import Training, counting
from pellucid.plan.step import parameters
from pellucid.tensor import Tensor
from pellucid.training.engine import Engine

WIDE = 'jax.config.update("jax_enable_x64", True)'


class Written(NamedTuple):
    """A program, the arrays that stand beside it, and the metrics that it leaves out."""

    text: str
    arrays: Mapping[str, np.ndarray]
    without: Sequence[str]


class Dialect(NamedTuple):
    """A library in whose functions the equations are written."""

    library: str
    training: type[Training]
    imports: Sequence[str]
    #: functions of equations as the library has them, and the functions that these call
    translate: Callable[[str], str]
    helpers: Callable[[str, str], list[str]]
    #: whether its numbers are others in the last digits, so that the outputs are compared
    compared: bool
    notes: Sequence[str] = ()


DIALECTS = {
    "numpy": Dialect("NumPy alone", Training, [], str, helpers, compared=False),
    "jax": Dialect(
        "JAX", JaxTraining, ["import jax", "import jax.numpy as jnp"], in_jax, of_jax, compared=True
    ),
}


def program(dialect: Dialect, engine: Engine, predicts: bool, course: Course) -> Written:
    """The program of a plan: to predict, or to train."""
    plan = engine.plan("predict") if predicts else engine.plan("train", course.weighted)
    lines = Lines(plan, engine.memory.dtype.name)
    start = starting(lines, held(plan, engine))
    training = None if predicts else dialect.training(engine, lines, course)
    if dialect.compared:
        start |= {spelled(name): each for name, each in checked(engine).items()}
    text = training.text() if training else predicting(dialect, lines)
    arrays = Arrays(start)
    found = whole(dialect, engine, lines, arrays, training, text)
    return Written(found, arrays.kept, training.without if training else [])


def starting(lines: Lines, given: Mapping[Tensor, Any]) -> dict[str, np.ndarray]:
    """The arrays that a program starts from, by the names that they have in it."""
    plan = lines.plan
    read = dict.fromkeys([*lines.readers, *plan.layout, *plan.assignments])
    arrays = {**given, **parameters(plan, given, np)}
    mine = [each for each in read if each in arrays and each is not plan.theta]
    return {lines.name(each): np.asarray(arrays[each]) for each in mine}


def whole(
    dialect: Dialect,
    engine: Engine,
    lines: Lines,
    arrays: Arrays,
    training: Training | None,
    body: str,
) -> str:
    """The program: what it is, what it starts from, its functions, its equations."""
    memory = engine.memory
    known = dict(lines.functions.values())
    functions = map(dialect.translate, called(known, body).values())
    text = "\n\n\n".join([*functions, body])
    needs = dialect.helpers(text, memory.dtype.name)
    random = [GENERATOR] if training or "generator(" in "".join(needs) else []
    settings = [f"{name} = {value}" for name, value in lines.constants.items()]
    settings += [f"seed = {memory.seed}"] if random or needs else []
    modules = ["import math"] if re.search(r"\bmath\.", "".join([text, *needs])) else []
    modules += ["import sys"] + (["from pathlib import Path"] if arrays.kept else [])
    imports = "\n".join([*modules, "", *dialect.imports, "import numpy as np"])
    loads = arrays.statements()
    if lines.plan.theta is not None:
        listed = ", ".join(f"{lines.name(each)}.ravel()" for each in lines.plan.layout)
        made = f"np.concatenate([{listed}])" if listed else f"np.zeros(0, np.{lines.dtype})"
        loads.append(f"{lines.name(lines.plan.theta)} = {made}")
    compares = [CLOSE] if dialect.compared else []
    wide = [WIDE] if dialect.compared and memory.dtype == np.float64 else []
    parts = [
        heading(dialect, lines, training),
        imports,
        *wide,
        "\n".join(settings),
        "\n".join(loads),
        *(each.strip("\n") for each in (*random, *needs, *compares)),
        text,
    ]
    joined = "\n\n".join(each for each in parts if each) + "\n"
    return re.sub(r"\n\n+(?=def |@jax.jit|if __name__)", "\n\n\n", joined).replace(
        "@jax.jit\n\n\ndef", "@jax.jit\ndef"
    )


def heading(dialect: Dialect, lines: Lines, training: Training | None) -> str:
    plan = lines.plan
    what = "predicts" if training is None else f"trains by {plan.title}"
    needed = [lines.name(each) for each in plan.inputs] if training is None else training.rows.needs
    gives = "outputs" if training is None else "weights"
    paragraphs = [
        f"data.npz holds {listed_words(needed)}, as the equations name them, a row for each "
        f"sample; the {gives} are written to {gives}.npz. Written by pellucid.",
        *dialect.notes,
        *(training.notes if training else []),
    ]
    text = "\n\n".join(textwrap.fill(each, WIDTH) for each in paragraphs)
    return (
        f'"""A network that {what}: one line for each equation, with {dialect.library}.\n\n'
        f"    python program.py data.npz {gives}.npz\n\n{text}\n"
        '"""'
    )


def predicting(dialect: Dialect, lines: Lines) -> str:
    """The function that predicts, and the lines that call it."""
    plan = lines.plan
    inputs = ", ".join(map(lines.name, plan.inputs))
    outputs = ", ".join(map(lines.name, plan.outputs))
    steps = [*counting(lines), *equations(lines.statements), f"return {outputs}"]
    named = ", ".join(f"{name}={name}" for name in map(lines.name, plan.outputs))
    given = ", ".join(f"check_{lines.name(each)}" for each in plan.inputs)
    checks = [f"check_{lines.name(each)}" for each in plan.outputs]
    each = f"close(predict({given}), {checks[0]})"
    if len(checks) > 1:
        pairs = f"zip(predict({given}), ({', '.join(checks)}), strict=True)"
        each = f"for found, expected in {pairs}:\n    close(found, expected)"
    main = [
        *([each] if dialect.compared else []),
        "data = np.load(sys.argv[1])",
        *(taken(lines, each) for each in plan.inputs),
        f"{outputs} = predict({inputs})",
        f"np.savez(sys.argv[2], {named})",
    ]
    predict = dialect.translate(f"def predict({inputs}):\n{indented(steps)}")
    return "\n\n\n".join([predict, as_main(main)])
