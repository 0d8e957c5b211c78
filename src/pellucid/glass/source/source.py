"""A network as one program: its equations as plain NumPy, what they start from, and the loop."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from pellucid.foreign import quoted
from pellucid.glass.recorder import held
from pellucid.glass.source.lines import Lines
from pellucid.glass.source.program import (
    GENERATOR,
    TRAIN,
    equations,
    helpers,
    indented,
    measured,
)
from pellucid.glass.source.spelling import literal
from pellucid.plan import Plan
from pellucid.plan.step import parameters
from pellucid.schedules import Schedule
from pellucid.settings import nearest
from pellucid.tensor import Tensor
from pellucid.training.engine import Engine
from pellucid.writing import write_beside

LANGUAGES = ("numpy",)
#: how many numbers a program holds itself; more stand in a file beside it
FEW = 300


class Course(NamedTuple):
    """How a program trains."""

    epochs: int = 1
    batch_size: int = 32
    shuffle: bool = True


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
    plan = engine.plan("predict" if only else "train")
    lines = Lines(plan, engine.memory.dtype.name)
    start = starting(lines, held(plan, engine))
    text = predicting(lines) if only else training(engine, lines, course)
    kept = {} if sum(each.size for each in start.values()) <= FEW else varied(start)
    return Source(whole(engine, lines, start, kept, text, only is not None), kept)


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
    text: str, predicts: bool,
) -> str:  # fmt: skip
    """The program: what it is, what it starts from, its functions, its equations."""
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
        heading(lines.plan, predicts),
        "\n".join([*modules, "", "import numpy as np"]),
        "\n".join(settings),
        "\n".join(loads),
        *random,
        *(each.strip("\n") for each in needs),
        body,
    ]
    program = "\n\n".join(each for each in parts if each) + "\n"
    return re.sub(r"\n\n+(?=def |if __name__)", "\n\n\n", program)


def heading(plan: Plan, predicts: bool) -> str:
    what = "predicts" if predicts else f"trains by {plan.title}"
    data = "X" if predicts else "X and Y"
    gives = "outputs" if predicts else "weights"
    return (
        f'"""A network that {what}: one line for each equation, with NumPy alone.\n\n'
        f"    python program.py data.npz {gives}.npz\n\n"
        f"data.npz holds the arrays {data}, as the equations name them, a row for each sample;\n"
        f"the {gives} are written to {gives}.npz. Written by pellucid.\n"
        '"""'
    )


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


def training(engine: Engine, lines: Lines, course: Course) -> str:
    plan, optimizer = lines.plan, engine.optimizer
    if isinstance(optimizer.learning_rate, Schedule):
        raise ValueError(
            "a program cannot be written for a learning rate with a schedule; "
            "compile the network with a number as learning_rate"
        )
    name = lines.name
    given = [name(each) for each in (*plan.inputs, *plan.targets)]
    states = [name(each) for each in plan.assignments]
    changing = [name(each) for key, each in plan.numbers.items() if key in ("t", "step")]
    rate = plan.numbers.get("η")
    if rate is not None:
        lines.constants[name(rate)] = repr(float(optimizer.rate(engine.memory.steps)))
    lines.constants |= {
        "epochs, batch_size": f"{course.epochs}, {course.batch_size}",
        "epochs_done, steps_done": f"{engine.memory.epochs}, {engine.memory.steps}",
    }
    outputs = [name(each) for each in plan.outputs]
    moved = [name(each) for each in plan.assignments.values()]
    loss = name(plan.total)
    layout = [f"{each} = {part}" for each, part in cut(lines, lines.readers).items()]
    steps = [*counting(lines), *layout, *equations(lines.statements, plan.title)]
    returned = ", ".join(dict.fromkeys([loss, *outputs]))
    steps.append(f"return {returned}, {', '.join(moved)}")
    signature = ", ".join([*given, *states, *changing])
    step = f"def one_step({signature}):\n{indented(steps)}"
    loop = looping(engine, lines, course, given, states, changing)
    return "\n\n\n".join([step, loop, finishing(engine, lines, given, states)])


def cut(lines: Lines, wanted: Iterable[Tensor]) -> dict[str, str]:
    """W1, b1, …: how each of those wanted is cut out of θ."""
    plan, kept, found = lines.plan, set(wanted), {}
    for each, part in plan.layout.items():
        if each in kept and plan.theta is not None:
            shape = f".reshape{each.shape}" if len(each.shape) > 1 else ""
            found[lines.name(each)] = f"{lines.name(plan.theta)}[{part.start}:{part.stop}]{shape}"
    return found


def looping(
    engine: Engine, lines: Lines, course: Course, given: list[str], states: list[str],
    changing: list[str],
) -> str:  # fmt: skip
    plan, name = lines.plan, lines.name
    outputs = [name(each) for each in plan.outputs]
    targets = [name(each) for each in plan.targets]
    metrics = measured(engine.meters.metrics, outputs, targets)
    rows = [f"{each}[rows]" for each in given]
    shown = [
        f"{each} {{total[{at}] / len(order):.4f}}" for at, each in enumerate(["loss", *metrics])
    ]
    order = f"generator(0, epoch).permutation(len({given[0]}))"
    numbers = [("float(steps_done)" if key == "t" else "steps_done - 1", name(each))
               for key, each in plan.numbers.items() if key in ("t", "step")]  # fmt: skip
    counter = "".join(f"{each} = {start}\n    " for start, each in numbers)
    text = TRAIN.format(
        given=", ".join(given),
        states=", ".join(states),
        counter=counter,
        order=order if course.shuffle else f"np.arange(len({given[0]}))",
        zeros=f"np.zeros({1 + len(metrics)})",
        count="".join(f"{each} += 1\n            " for each in changing),
        results=", ".join([*dict.fromkeys([name(plan.total), *outputs]), *states]),
        arguments=", ".join([*rows, *states, *changing]),
        measures=", ".join([name(plan.total), *metrics.values()]),
        shown=", ".join(shown).replace('"', "'"),
        returned=", ".join(states),
    )
    return text.strip("\n")


def finishing(engine: Engine, lines: Lines, given: list[str], states: list[str]) -> str:
    """The arrays read, training, the weights written."""
    plan, theta = lines.plan, lines.name(lines.plan.theta) if lines.plan.theta is not None else ""
    average = engine.optimizer.average
    averaged = [each for each in plan.assignments if average is not None and each.name == average]
    layers = [each for each in plan.assignments if each is not plan.theta]
    found = [f"{each}={part}" for each, part in cut(lines, plan.layout).items()]
    found += [f"{name}={name}" for name in map(lines.name, layers)]
    main = [
        "data = np.load(sys.argv[1])",
        *(taken(lines, each) for each in (*plan.inputs, *plan.targets)),
        f"{', '.join(states)} = train({', '.join([*given, *states])})",
        *(f"{theta} = {lines.name(each)}" for each in averaged),
        "np.savez(\n    sys.argv[2],\n    " + ",\n    ".join(found) + ",\n)",
    ]
    return as_main(main)


def counting(lines: Lines) -> list[str]:
    """n, the rows of the batch, where an equation reads it."""
    used = any(re.search(r"\bn\b", each.text) for each in lines.statements)
    return [f"n = len({lines.name(lines.plan.inputs[0])})"] if used else []


def taken(lines: Lines, tensor: Tensor) -> str:
    """An array of the data, in the dtype and shape that the equations read."""
    kind = "int64" if tensor.dtype == "int" else lines.dtype
    shape = ", ".join(["-1", *map(str, tensor.shape[1:])])
    return f'{lines.name(tensor)} = data["{lines.name(tensor)}"].astype(np.{kind}).reshape({shape})'


def as_main(statements: list[str]) -> str:
    return f'if __name__ == "__main__":\n{indented(statements)}'
