"""A session that plays: it trains on in short turns until it is told to pause."""

from __future__ import annotations

import time
from typing import Any

from pellucid.play.asking import Asked, RefusedError
from pellucid.play.changing import UPDATES
from pellucid.play.frames import Answer
from pellucid.play.session import Session, sentence

#: seconds of training between two frames
TURN = 0.02
#: the last update that one can play to
LAST = 10**9


class Player:
    """A session, and whether it plays. `turn` trains for a moment and gives a frame."""

    def __init__(self, session: Session):
        self.session = session
        self.playing = False
        #: the update to stop at
        self.until: int | None = None
        #: updates of a turn, by how long the last ones took; and the most, an epoch if not said
        self.pace = 1
        self.most: int | None = None

    def handle(self, command: object) -> Answer:
        """What comes of a command; play and pause are commands of a player."""
        name = command.get("do") if isinstance(command, dict) else None
        if name in ("play", "pause"):
            answer = self.played(command)
        else:
            answer = self.session.handle(command)
            self.playing &= name not in ("rewind", "goto", "step") or "error" in answer.header
        return self.told(answer)

    def played(self, command: object) -> Answer:
        try:
            asked = Asked(command, "the command")
            most = asked.whole("updates", 1, UPDATES) if "updates" in asked else None
            self.until, self.most = end_of(asked, self.session), most
        except RefusedError as error:
            return self.session.told({"error": sentence(error)})
        self.playing = command["do"] == "play"  # type: ignore[index]
        return self.session.told(self.session.stage.now())

    def turn(self) -> Answer:
        """A moment of training, and a frame of where it has come to."""
        self.train()
        return self.frame()

    def train(self) -> None:
        """A moment of training. It stops playing at its end, or where a step is not finite."""
        stage, course = self.session.stage, self.session.stage.course
        left = UPDATES if self.until is None else max(1, self.until - course.update)
        count = min(self.pace, left, self.most or course.steps)
        began, before = time.perf_counter(), course.update
        stage.walk = None
        course.run(count)
        self.keep_pace(course.update - before, time.perf_counter() - began)
        if course.stopped is None and course.update == self.until:
            course.stopped = f"update {course.update:,} is reached"
        self.playing = course.stopped is None

    def frame(self) -> Answer:
        """Where it is, and the pictures of it."""
        return self.told(self.session.handle({"do": "look"}))

    def keep_pace(self, done: int, seconds: float) -> None:
        """As many updates as fit into a turn; at most twice as many as before."""
        fitting = int(done * TURN / max(seconds, 1e-6))
        self.pace = max(1, min(fitting, 2 * self.pace, UPDATES))

    def told(self, answer: Answer) -> Answer:
        found: dict[str, Any] = {**answer.header, "playing": self.playing}
        return Answer(found, answer.arrays)


def end_of(asked: Asked, session: Session) -> int | None:
    """The update to stop at: "until" an update or an epoch."""
    if asked.raw("until", None) is None:
        return None
    until, course = Asked(asked.raw("until"), "until", ("update", "epoch")), session.stage.course
    epochs = until.whole("epoch", 1, LAST // course.steps, 1) * course.steps
    update = until.whole("update", 1, LAST, epochs)
    if update <= course.update:
        raise RefusedError(f"update {update:,} is behind: {course.update:,} are done")
    return update
