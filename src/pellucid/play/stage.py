"""What a playground has on its stage: the choices, the training, and what frames show of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pellucid.play import data, network, telling
from pellucid.play.choices import Choices
from pellucid.play.frames import Answer
from pellucid.play.pictures import Plane, Show, plane_of, points
from pellucid.play.rows import Data
from pellucid.play.training import Course
from pellucid.play.walking import Walk


class Stage:
    """The playground as it stands. `revision` counts what was changed other than by training."""

    def __init__(self, choices: Choices):
        self.choices, self.show = choices, Show()
        self.revision = 0
        self.walk: Walk | None = None
        self.course = started(choices, data.made(choices.data))
        self.plane: Plane | None = plane_of(self.course.data, self.show)

    def start(self, choices: Choices) -> None:
        """Anew with other choices; where they cannot be, nothing has changed."""
        known = self.course.data
        rows = known if choices.data == self.choices.data else data.made(choices.data)
        show = self.show.suited(rows)
        plane, course = plane_of(rows, show), started(choices, rows)
        self.choices, self.course, self.show, self.plane = choices, course, show, plane
        self.changed()

    def changed(self) -> None:
        self.revision += 1
        self.walk = None

    def shown(self, show: Show) -> None:
        plane = plane_of(self.course.data, show)
        self.show, self.plane = show, plane

    @property
    def as_chosen(self) -> Choices:
        """The choices, with the learning rate of now."""
        return replace(self.choices, rate=self.course.rate)

    def all(self) -> Answer:
        """Everything: the state, where the training is, a frame, and the rows themselves."""
        state = telling.state(self.choices, self.course, self.show, self.plane)
        found = self.frame()
        rows = points(self.course.data, (self.show.across, self.show.up), self.plane)
        return Answer({"state": state, **found.header}, found.arrays | rows)

    def frame(self) -> Answer:
        """Where the training is, and what `show` asks for."""
        header, arrays = telling.frame(self.course, self.show, self.plane)
        return Answer({**self.now(), **header}, arrays)

    def now(self) -> dict[str, Any]:
        return {"now": telling.now(self.course, self.walk)}


def started(choices: Choices, rows: Data) -> Course:
    """A training of a network of these choices that has not begun."""
    return Course(network.made(choices, rows), rows, choices.batch, choices.rate)
