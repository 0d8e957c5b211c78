"""A playground without a server: commands in, plain data and arrays out."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.foreign import brief
from pellucid.play.asking import Asked
from pellucid.play.changing import CHANGING
from pellucid.play.choices import Choices
from pellucid.play.frames import Answer
from pellucid.play.given import Given
from pellucid.play.looking import LOOKING
from pellucid.play.stage import Stage

COMMANDS = CHANGING | LOOKING
#: what is told to who sent a command, as a sentence
FAULTS = (
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    RuntimeError,
    OSError,
    ImportError,
    MemoryError,
)
#: the most letters of a sentence
LETTERS = 600


class Session:
    """A network, its data and its training, moved by commands.

    `handle({"do": "step", "by": "epoch"})` gives a header, plain data, and arrays by name. A
    command that cannot be done changes nothing; the header has its `error`, a sentence. All
    commands: docs/play.md.
    """

    def __init__(self, settings: object = None, given: Given | None = None):
        choices = Choices() if given is None else given.choices
        chosen = choices if settings is None else choices.changed(settings)
        self.stage = Stage(chosen, given)

    @np.errstate(all="ignore")
    def handle(self, command: object) -> Answer:
        """What comes of a command."""
        try:
            asked = Asked(command, "the command")
            done = COMMANDS[asked.word("do", COMMANDS)]
            if self.is_stale(asked):
                return self.told({"stale": True})
            found = done(self.stage, asked)
        except FAULTS as error:
            return self.told({"error": sentence(error)})
        return Answer(self.told(found.header).header, found.arrays)

    def is_stale(self, asked: Asked) -> bool:
        """Whether a command speaks of a network that is not there any more."""
        revision = self.stage.revision
        return asked.whole("revision", 0, 2**53, revision) != revision

    def told(self, header: dict[str, Any]) -> Answer:
        return Answer({"revision": self.stage.revision, **header}, {})


def sentence(error: BaseException) -> str:
    """What an error says, in one line and not too long."""
    said = error.args[0] if isinstance(error, KeyError) and error.args else error
    if isinstance(error, MemoryError) and not str(error):
        said = "there is not enough memory for this"
    return brief(said, LETTERS)
