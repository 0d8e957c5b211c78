"""A network as one program: its equations as plain NumPy, what they start from, and the loop."""

from __future__ import annotations

import io
import re
import textwrap
import warnings
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from pellucid.foreign import quoted
from pellucid.glass.recorder import held
from pellucid.glass.source.lines import Lines
from pellucid.glass.source.program import (
    GENERATOR,
    as_main,
    equations,
    helpers,
    indented,
    taken,
)
from pellucid.glass.source.rows import Course
from pellucid.glass.source.spelling import WIDTH, literal
from pellucid.glass.source.training import Training, counting
from pellucid.plan.step import parameters
from pellucid.settings import nearest
from pellucid.tensor import Tensor
from pellucid.training.engine import Engine
from pellucid.writing import write_beside

LANGUAGES = ("numpy",)
#: how many numbers a program holds itself; more stand in a file beside it
FEW = 300


class Source:
    """A program. `arrays` are what it starts from, where they are too many to stand in it."""

    def __init__(self, text: str, arrays: Mapping[str, np.ndarray]):
        self.text, self.arrays = text, dict(arrays)

    def save(self, path: str | PathLike[str]) -> None:
        """Write the program, and its arrays into a file .npz of the same name."""
        write_beside(Path(path), self.text.encode())
        if self.arrays:
            packed = io.BytesIO()
            np.savez(packed, **self.arrays)  # type: ignore[arg-type]
            write_beside(Path(path).with_suffix(".npz"), packed.getvalue())

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        beside = f" and {len(self.arrays)} arrays beside it" if self.arrays else ""
        return f"<Source of {self.text.count(chr(10))} lines{beside}; print() shows it>"


def source(engine: Engine, language: str, only: str | None, course: Course) -> Source:
    """The program in a language: to train, or `only` "forward", to predict."""
    if language not in LANGUAGES:
        known = nearest(language, LANGUAGES)
        raise ValueError(f"no program can be written in {quoted(language)}: {known}")
    if only not in (None, "forward"):
        raise ValueError(f'only is {quoted(only)}; expected "forward", or None for all of training')
    if only is None:
        course.check(len(engine.targets))
    plan = engine.plan("predict") if only else engine.plan("train", course.weighted)
    lines = Lines(plan, engine.memory.dtype.name)
    start = starting(lines, held(plan, engine))
    training = None if only else Training(engine, lines, course)
    text = training.text() if training else predicting(lines)
    if training and training.without:
        warnings.warn(f"the program does not report {'; '.join(training.without)}", stacklevel=3)
    kept = {} if sum(each.size for each in start.values()) <= FEW else varied(start)
    return Source(whole(engine, lines, start, kept, text, training), kept)


def starting(lines: Lines, given: Mapping[Tensor, Any]) -> dict[str, np.ndarray]:
    """The arrays that a program starts from, by the names that they have in it."""
    plan = lines.plan
    read = dict.fromkeys([*lines.readers, *plan.layout, *plan.assignments])
    arrays = {**given, **parameters(plan, given, np)}
    mine = [each for each in read if each in arrays and each is not plan.theta]
    return {lines.name(each): np.asarray(arrays[each]) for each in mine}


def varied(start: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Those that are not one number again and again."""
    return {name: each for name, each in start.items() if each.size > 1 and np.ptp(each)}


def whole(
    engine: Engine, lines: Lines, start: Mapping[str, np.ndarray], kept: Mapping[str, np.ndarray],
    text: str, training: Training | None,
) -> str:  # fmt: skip
    """The program: what it is, what it starts from, its functions, its equations."""
    predicts = training is None
    memory, functions = engine.memory, [each for _, each in lines.functions.values()]
    body = "\n\n\n".join([*functions, text])
    needs = helpers(body, memory.dtype.name)
    settings = [f"{name} = {value}" for name, value in lines.constants.items()]
    if not predicts or needs:
        settings.append(f"seed = {memory.seed}")
    modules = ["import math"] if "math." in "".join([body, *needs]) else []
    modules += ["import sys"] + (["from pathlib import Path"] if kept else [])
    loads = ['start = np.load(Path(__file__).with_suffix(".npz"))'] if kept else []
    loads += [
        f"{name} = " + (f'start["{name}"]' if name in kept else literal(each))
        for name, each in start.items()
    ]
    if lines.plan.theta is not None:
        listed = ", ".join(f"{lines.name(each)}.ravel()" for each in lines.plan.layout)
        loads.append(f"{lines.name(lines.plan.theta)} = np.concatenate([{listed}])")
    random = [] if predicts else [GENERATOR.strip("\n")]
    parts = [
        heading(lines, training),
        "\n".join([*modules, "", "import numpy as np"]),
        "\n".join(settings),
        "\n".join(loads),
        *random,
        *(each.strip("\n") for each in needs),
        body,
    ]
    program = "\n\n".join(each for each in parts if each) + "\n"
    return re.sub(r"\n\n+(?=def |if __name__)", "\n\n\n", program)


def heading(lines: Lines, training: Training | None) -> str:
    plan = lines.plan
    what = "predicts" if training is None else f"trains by {plan.title}"
    needed = [lines.name(each) for each in plan.inputs] if training is None else training.rows.needs
    gives = "outputs" if training is None else "weights"
    arrays = f"the array {needed[0]}" if len(needed) == 1 else f"the arrays {listed(needed)}"
    paragraphs = [
        f"data.npz holds {arrays}, as the equations name them, a row for each sample; "
        f"the {gives} are written to {gives}.npz. Written by pellucid.",
        *(training.notes if training else []),
    ]
    text = "\n\n".join(textwrap.fill(each, WIDTH) for each in paragraphs)
    return (
        f'"""A network that {what}: one line for each equation, with NumPy alone.\n\n'
        f"    python program.py data.npz {gives}.npz\n\n{text}\n"
        '"""'
    )


def listed(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}"


def predicting(lines: Lines) -> str:
    plan = lines.plan
    inputs = ", ".join(map(lines.name, plan.inputs))
    outputs = ", ".join(map(lines.name, plan.outputs))
    steps = [*counting(lines), *equations(lines.statements), f"return {outputs}"]
    named = ", ".join(f"{name}={name}" for name in map(lines.name, plan.outputs))
    main = [
        "data = np.load(sys.argv[1])",
        *(taken(lines, each) for each in plan.inputs),
        f"{outputs} = predict({inputs})",
        f"np.savez(sys.argv[2], {named})",
    ]
    return f"def predict({inputs}):\n{indented(steps)}\n\n\n{as_main(main)}"
