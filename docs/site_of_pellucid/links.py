"""Links of the pages to files of the repository that are no pages of the site: their words stay."""

from __future__ import annotations

import re
from typing import Any

LINK = re.compile(r"\[([^\]\[]+)\]\(\.\./[\w./-]+(?:#[\w-]+)?\)")


def outside(app: Any, name: str, source: list[str]) -> None:
    """What Sphinx is given to read of a page, without such links."""
    if not name.startswith("generated/"):
        source[0] = LINK.sub(r"\1", source[0])
