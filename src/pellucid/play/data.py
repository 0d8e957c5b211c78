"""The data of a playground, by the name that was chosen."""

from __future__ import annotations

from pellucid.play import drawn, pictured, tables
from pellucid.play.choices import DataChoice
from pellucid.play.rows import Data


def made(choice: DataChoice) -> Data:
    """The rows of a choice."""
    if choice.name in pictured.PICTURES:
        return pictured.made(choice)
    return tables.made(choice) if choice.name == "table" else drawn.made(choice)
