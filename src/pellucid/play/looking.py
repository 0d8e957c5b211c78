"""The commands that look, and change nothing of the network."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from pellucid.glass.doctor.diagnosis import shown
from pellucid.glass.doctor.finding import Finding
from pellucid.lenses import confusion
from pellucid.lenses.confusion import Confusion
from pellucid.play import pad, pictures, scripts, tables, telling
from pellucid.play.asking import Asked, RefusedError
from pellucid.play.changing import place
from pellucid.play.choices import TEXT
from pellucid.play.frames import Answer
from pellucid.play.rows import Part
from pellucid.play.stage import Stage
from pellucid.play.values import plain

PARTS = ("train", "test")
#: rows that are listed, and notes of the doctor
LISTED, NOTES = 200, 3
#: seconds that the doctor looks
SECONDS = 2.0


def show(stage: Stage, asked: Asked) -> Answer:
    """What frames hold from now on."""
    stage.shown(stage.show.changed(asked, stage.course.data))
    found = stage.frame()
    columns = stage.show.across, stage.show.up
    rows = pictures.points(stage.course.data, columns, stage.plane)
    plane = None if stage.plane is None else stage.plane.as_data()
    return Answer(found.header | {"plane": plane}, found.arrays | rows)


def look(stage: Stage, asked: Asked) -> Answer:
    return stage.frame()


def unit(stage: Stage, asked: Asked) -> Answer:
    """A unit: its picture, its equation with numbers, how its values are spread."""
    layers = stage.course.wired.layers
    layer = asked.whole("layer", 0, len(layers) - 1)
    at = layer, asked.whole("unit", 0, layers[layer]["units"] - 1)
    side = asked.whole("size", 1, pictures.PLANE, 150)
    arrays = pictures.unit(stage.course, stage.plane, at, side)
    return Answer({"unit": telling.equation(stage.course, at)}, arrays)


def watch(stage: Stage, asked: Asked) -> Answer:
    """A number of a parameter: now, at first, along the training, and its next gradient."""
    name, index = place(stage, asked)
    course = stage.course
    updates = course.ring.updates()
    thetas = [course.ring.kept[at].theta for at in updates.tolist()]
    rows, train = course.next_rows(), course.data.train
    gradient = course.net.record(train.x[rows], train.y[rows])[f"d{name}"][index]
    numbers = {
        "value": plain(course.wired.number(name, index)),
        "first": plain(course.wired.along([course.first.theta], name, index)[0]),
        "gradient": plain(gradient),
    }
    return Answer(numbers, {"updates": updates, "values": course.wired.along(thetas, name, index)})


def confusion_of(stage: Stage, asked: Asked) -> Answer:
    found = confused(stage, asked)
    return Answer({"classes": found.names}, {"counts": found.counts.astype(np.int32)})


def rows(stage: Stage, asked: Asked) -> Answer:
    """The rows of a cell of the confusion, the surest first; without a cell, all mistakes."""
    found = confused(stage, asked)
    most = len(found.names) - 1
    cell = [asked.whole(key, 0, most) if key in asked else None for key in ("truth", "said")]
    chosen = found.mistakes if cell == [None, None] else found.rows(*cell)
    chosen = chosen[:LISTED]
    arrays = {"rows": chosen.astype(np.int32), "sure": found.sure[chosen].astype(np.float32)}
    return Answer({"of": len(chosen)}, arrays)


def confused(stage: Stage, asked: Asked) -> Confusion:
    data = stage.course.data
    if data.names is None:
        raise RefusedError("a confusion is of classes; these data are numbers to predict")
    part = part_of(stage, asked)
    return confusion(stage.course.net, part.x, part.y, data.names)


def part_of(stage: Stage, asked: Asked) -> Part:
    name = asked.word("part", PARTS, "train")
    part = stage.course.data.part(name)
    if not len(part):
        raise RefusedError("there are no rows to test on: choose a test share above 0")
    return part


def explain(stage: Stage, asked: Asked) -> Answer:
    """The step-through of a row: what the page of `net.explain` shows."""
    part = part_of(stage, asked)
    row = asked.whole("row", 0, len(part) - 1)
    words = f"{telling.title(stage.choices, stage.course)}: row {row}"
    found = stage.course.net.explain(part.x[row : row + 1], part.y[row : row + 1])
    return Answer({"trace": found.as_data(words, stage.course.data.names)}, {})


def doctor(stage: Stage, asked: Asked) -> Answer:
    """What is wrong, in the doctor's words; mends are not tried."""
    course = stage.course
    test = {"validation_data": course.data.test[:2]} if len(course.data.test) else {}
    epochs = max(1, course.update // course.steps)
    found = course.net.diagnose(
        course.data.train.x,
        course.data.train.y,
        trials=False,
        seconds=SECONDS,
        batch_size=course.batch,
        epochs=epochs,
        **test,
    )
    notes = [note(each) for each in found.findings[:NOTES]]
    return Answer({"notes": notes, "more": max(0, len(found) - NOTES)}, {})


def note(finding: Finding) -> dict[str, object]:
    return {
        "code": finding.code,
        "severity": finding.severity,
        "title": finding.title,
        "text": finding.meaning,
        "where": shown(finding),
        "mend": finding.mend,
    }


def digit(stage: Stage, asked: Asked) -> Answer:
    return Answer(*pad.said_of(stage.course.net, stage.course.data, asked))


def code(stage: Stage, asked: Asked) -> Answer:
    """The script that comes to the same numbers, as Python, as a notebook; the plan as LaTeX."""
    written = scripts.python(stage.choices, stage.course)
    latex = stage.course.net.plan.latex()
    return Answer({"python": written, "notebook": scripts.notebook(written), "latex": latex}, {})


def save(stage: Stage, asked: Asked) -> Answer:
    """The network as a file of safetensors."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.safetensors"
        stage.course.net.save(path)
        content = path.read_bytes()
    name = f"{stage.choices.data.name}.safetensors"
    return Answer({"name": name}, {"file": np.frombuffer(content, np.uint8)})


def table(stage: Stage, asked: Asked) -> Answer:
    """What is in the text of a table."""
    return Answer(tables.looked_at(asked.text("text", TEXT)), {})


def choices(stage: Stage, asked: Asked) -> Answer:
    return Answer(telling.choices_there_are(), {})


LOOKING = {
    "show": show,
    "look": look,
    "unit": unit,
    "watch": watch,
    "confusion": confusion_of,
    "rows": rows,
    "explain": explain,
    "doctor": doctor,
    "digit": digit,
    "code": code,
    "save": save,
    "table": table,
    "choices": choices,
}
