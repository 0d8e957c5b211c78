"""The script that comes to the same numbers as a playground: its data, its network, its steps."""

from __future__ import annotations

import json
import math
import re
from itertools import pairwise
from typing import Any

from pellucid.play import network, tables
from pellucid.play.asking import RefusedError
from pellucid.play.choices import Choices
from pellucid.play.ring import Event
from pellucid.play.training import Course

#: numbers set by hand that a script writes out
MOST = 500
ROOMS = ("datasets", "layers", "optimizers", "preprocessing", "regularizers", "utils")
#: names that scripts use, and the modules that they are from
OTHERS = {
    "missing": "pellucid.preprocessing.tables",
    "classes_of": "pellucid.preprocessing.targets",
}


def python(choices: Choices, course: Course) -> str:
    """The script: run, it prints what the playground shows, and `net` has the very same bits."""
    if choices.data.name == "model":
        raise RefusedError(
            "the network came from a file, with rows that `pellucid train` prepared: "
            "`pellucid source` writes its training, and save keeps it as it is now"
        )
    if sum(kind == "weight" for kind, *_ in course.events) > MOST:
        raise RefusedError(
            f"more than {MOST} numbers were set by hand, too many to write out: "
            "save the network instead"
        )
    shown = "test" if len(course.data.test) else "train"
    body = [
        *course.data.script,
        "",
        *network.script(choices, course.data),
        "",
        *trained(course),
        f"print(net.evaluate(x_{shown}, y_{shown}, verbose=0, return_dict=True))",
    ]
    return "\n".join([*heading(choices, course), "", *imports("\n".join(body)), "", *body, ""])


def heading(choices: Choices, course: Course) -> list[str]:
    """What it is, and what it needs."""
    updates, epochs = course.update, course.update // course.steps
    lines = [f"# The playground after {updates:,} updates ({epochs:,} epochs), to the bit."]
    if choices.data.name == "table":
        lines.append(f"# It reads the table from {choices.data.file or tables.FILE!r}.")
    return lines


def imports(body: str) -> list[str]:
    rooms = [name for name in ROOMS if re.search(rf"\b{name}\.", body)]
    others = [f"from {home} import {name}" for name, home in OTHERS.items() if f"{name}(" in body]
    arrays = ["import numpy as np", ""] if "np." in body else []
    return [
        *arrays,
        "import pellucid",
        f"from pellucid import {', '.join(['Sequential', *rooms])}",
        *others,
    ]


def trained(course: Course) -> list[str]:
    """The steps that were done, and between them what was changed by hand."""
    marks = [0, *(event[1] for event in course.events), course.update]
    lengths = [after - before for before, after in pairwise(marks)]
    size = piece(math.gcd(*lengths), course.steps)
    lines: list[str] = []
    for length, event in zip(lengths, [*course.events, None], strict=True):
        lines += fit(course, length, size) + ([] if event is None else changed(course, event))
    return lines


def piece(common: int, steps: int) -> int:
    """The most steps that divide an epoch's place and each run: an epoch, where all are whole."""
    return next(size for size in range(steps, 0, -1) if common % size == 0)


def fit(course: Course, length: int, size: int) -> list[str]:
    if not length:
        return []
    limit = "" if size == course.steps else f", steps_per_epoch={size}"
    given = f"batch_size={course.batch}, epochs={length // size}{limit}, verbose=0"
    return [f"net.fit(x_train, y_train, {given})"]


def changed(course: Course, event: Event) -> list[str]:
    """What was changed by hand, as a script does it."""
    kind, _, *given = event
    if kind == "rate":
        return [f"optimizer.learning_rate = {given[0]!r}"]
    name, index, value, _ = given
    layer, place = course.wired.places[name]
    at = ", ".join(map(str, index))
    return [
        f"weights = net.layers[{layer}].get_weights()",
        f"weights[{place}][{at}] = {value!r}",
        f"net.layers[{layer}].set_weights(weights)",
    ]


def notebook(script: str) -> str:
    """The script as a notebook: a cell for each of its paragraphs."""
    code: dict[str, Any] = {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
    }
    cells = [
        code | {"id": f"cell-{at}", "source": text.strip("\n").splitlines(keepends=True)}
        for at, text in enumerate(script.split("\n\n"))
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    found: dict[str, Any] = {"cells": cells, "metadata": {"kernelspec": kernel}}
    return json.dumps(found | {"nbformat": 4, "nbformat_minor": 5}, ensure_ascii=False, indent=1)
