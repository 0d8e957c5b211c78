"""What the documentation adds to Sphinx: pages written from the code, and steps to look into."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from site_of_pellucid import api, checks, commands, equations, recipes, speed
from site_of_pellucid.links import outside

WRITERS = (api, checks, commands, equations, recipes, speed)


def pages() -> dict[str, str]:
    """Every page that is written from the code, by its place below generated/."""
    return {place: text for writer in WRITERS for place, text in writer.pages().items()}


def write(app: Any) -> None:
    """Put the pages where Sphinx reads; one that has not changed keeps its time."""
    folder = Path(app.srcdir) / "generated"
    for place, text in pages().items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def setup(app: Any) -> dict[str, Any]:
    from site_of_pellucid.explain import Explain

    app.add_directive("explain", Explain)
    app.connect("builder-inited", write)
    app.connect("source-read", outside)
    return {"version": "1", "parallel_read_safe": True}
