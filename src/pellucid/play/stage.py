"""What a playground has on its stage: the choices, the training, and what frames show of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pellucid.play import data, network, telling
from pellucid.play.asking import RefusedError
from pellucid.play.choices import Choices
from pellucid.play.frames import Answer
from pellucid.play.given import Given
from pellucid.play.pictures import Plane, Show, plane_of, points
from pellucid.play.rows import Data
from pellucid.play.training import Course
from pellucid.play.walking import Walk


class Stage:
    """The playground as it stands. `revision` counts what was changed other than by training."""

    def __init__(self, choices: Choices, given: Given | None = None):
        self.choices, self.show, self.given = choices, Show(), given
        self.revision = 0
        self.walk: Walk | None = None
        self.course = self.started(choices, self.rows(choices))
        self.plane: Plane | None = plane_of(self.course.data, self.show)

    def start(self, choices: Choices) -> None:
        """Anew with other choices; where they cannot be, nothing has changed."""
        known = self.course.data
        rows = known if choices.data == self.choices.data else self.rows(choices)
        show = self.show.suited(rows)
        plane, course = plane_of(rows, show), self.started(choices, rows)
        self.choices, self.course, self.show, self.plane = choices, course, show, plane
        self.changed()

    def rows(self, choices: Choices) -> Data:
        """The rows of a choice; those of a file's network come with it."""
        if choices.data.name != "model":
            return data.made(choices.data)
        if self.given is None:
            raise RefusedError("no network was opened: `pellucid play MODEL` opens one")
        return self.given.rows

    def started(self, choices: Choices, rows: Data) -> Course:
        """A training that has not begun."""
        own = self.given if choices.data.name == "model" else None
        net = network.made(choices, rows) if own is None else own.network(choices)
        return Course(net, rows, choices.batch)

    def changed(self) -> None:
        self.revision += 1
        self.walk = None

    def shown(self, show: Show) -> None:
        plane = plane_of(self.course.data, show)
        self.show, self.plane = show, plane

    @property
    def as_chosen(self) -> Choices:
        """The choices, with the learning rate of now, unless a schedule has ended at 0."""
        return replace(self.choices, rate=self.course.eta or Choices.rate)

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
