"""A table of what writes each array function in another language."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Write = TypeVar("Write", bound=Callable[..., object])


class Writers(dict[str, Write]):
    """What writes an array function, by its name in the vocabulary. Functions enter themselves:

    @WRITERS.of("sum", "mean")
    def reduction(…): …
    """

    def of(self, *functions: str) -> Callable[[Write], Write]:
        def enter(write: Write) -> Write:
            self.update(dict.fromkeys(functions, write))
            return write

        return enter

    def find(self, function: str, language: str) -> Write:
        """What writes it, or an error."""
        if function not in self:
            raise ValueError(f"{language} has no form for the array function {function!r}")
        return self[function]
