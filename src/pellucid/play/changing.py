"""The commands that change the network or the data, and those that train."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pellucid.play.asking import Asked, RefusedError
from pellucid.play.choices import SEED, rate
from pellucid.play.frames import Answer
from pellucid.play.stage import Stage
from pellucid.play.walking import Walk

#: updates of one command
UPDATES = 10_000
#: the largest size of a number that a parameter is set to
LARGEST = 1e6


def hello(stage: Stage, asked: Asked) -> Answer:
    """Everything, and nothing changes."""
    return stage.all()


def set_choices(stage: Stage, asked: Asked) -> Answer:
    """Other choices; the training begins anew, unless only the rate is another."""
    given = asked.raw("settings")
    if isinstance(given, Mapping) and set(given) == {"rate"}:
        stage.course.set_rate(rate(Asked(given, "settings"), stage.course.rate))
        stage.changed()
    else:
        stage.start(stage.as_chosen.changed(given))
    return stage.all()


def rewind(stage: Stage, asked: Asked) -> Answer:
    """The initial weights again."""
    stage.course.rewind()
    stage.choices = stage.as_chosen
    stage.changed()
    return stage.all()


def new(stage: Stage, asked: Asked) -> Answer:
    """Other initial weights, and another order of the rows."""
    seed = asked.whole("seed", 0, SEED, (stage.choices.seed + 1) % (SEED + 1))
    stage.start(replace(stage.as_chosen, seed=seed))
    return stage.all()


def go_to(stage: Stage, asked: Asked) -> Answer:
    """Back to a place in the ring, or forth again."""
    stage.course.go_to(asked.whole("update", 0, 2**53))
    stage.changed()
    return stage.all()


def set_weight(stage: Stage, asked: Asked) -> Answer:
    """Another number in a parameter."""
    name, index = place(stage, asked)
    value = asked.number("value", -LARGEST, LARGEST)
    stage.course.set_numbers([(name, index, value)])
    stage.changed()
    return stage.all()


def put_back(stage: Stage, asked: Asked) -> Answer:
    """What a number was before it was changed by hand; without a name, all of them."""
    edits = stage.course.edits()
    if "name" in asked:
        name, index = place(stage, asked)
        edits = [each for each in edits if (each["name"], tuple(each["index"])) == (name, index)]
        if not edits:
            raise RefusedError(f"{name}{list(index)} was not changed by hand")
    changes = [(each["name"], tuple(each["index"]), each["from"]) for each in edits]
    stage.course.set_numbers(changes)
    stage.changed()
    return stage.all()


def place(stage: Stage, asked: Asked) -> tuple[str, tuple[int, ...]]:
    """The parameter and the place in it that a command is about."""
    name = asked.text("name", 100)
    return name, stage.course.wired.place(name, asked.several("index", 8))


def step(stage: Stage, asked: Asked) -> Answer:
    """On by a line, an update or an epoch."""
    by = asked.word("by", ("line", "update", "epoch"))
    if by == "line":
        return step_by_line(stage)
    stage.walk = None
    course = stage.course
    course.run(1 if by == "update" else course.steps - course.within)
    return stage.frame()


def step_by_line(stage: Stage) -> Answer:
    """The next line of the next step; after the last one the step is done."""
    course = stage.course
    if stage.walk is None:
        stage.walk = Walk(course.net, course.data.train, course.next_rows())
    else:
        stage.walk.at += 1
    if stage.walk.ended:
        stage.walk = None
        course.run(1)
    found = stage.frame()
    line = None if stage.walk is None else stage.walk.as_data()
    return Answer(found.header | {"line": line}, found.arrays)


def run(stage: Stage, asked: Asked) -> Answer:
    """So many updates."""
    count = asked.whole("updates", 1, UPDATES)
    stage.walk = None
    stage.course.run(count)
    return stage.frame()


CHANGING = {
    "hello": hello,
    "set": set_choices,
    "rewind": rewind,
    "new": new,
    "goto": go_to,
    "weight": set_weight,
    "putback": put_back,
    "step": step,
    "run": run,
}
