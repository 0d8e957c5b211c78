"""What is printed of an explanation: coloured on a terminal, plain text elsewhere."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pellucid.wording import tell

if TYPE_CHECKING:
    from rich.text import Text

#: what is coloured: names with a place, numbers that a line ends with, marks of what moved
COLOURS = {r"^\S.*$": "bold", r"= −?[\d.,·⁰¹²³⁴⁵⁶⁷⁸⁹⁻e−]+$": "cyan", r"^● .*$": "bold yellow"}


class Shown:
    """Something that is shown as text."""

    def text(self) -> str:
        """The lines, without colours."""
        raise NotImplementedError

    def __rich__(self) -> Text:
        from rich.text import Text

        text = Text(self.text())
        for pattern, style in COLOURS.items():
            text.highlight_regex(f"(?m){pattern}", style)
        return text

    def __str__(self) -> str:
        if not sys.stdout.isatty():
            return self.text()
        from rich.console import Console

        console = Console()
        with console.capture() as printed:
            console.print(self, soft_wrap=True, end="")
        return printed.get()

    def __repr__(self) -> str:
        return str(self)


tell(globals(), "glass")
