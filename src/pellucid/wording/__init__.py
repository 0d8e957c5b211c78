"""What `help` says beside a docstring: arguments, what comes out, and an example that runs.

A class or function says in its docstring what it computes. What its arguments mean is the same for
many, and stands once in a page beside this file: a list of arguments, then below each name what is
its own. `layer.md` and the like are pages of families, put together with a docstring when somebody
asks for it; the others are pages of rooms, as `lenses.md`. In examples `pellucid`, and NumPy as
`np`, are imported.
"""

from __future__ import annotations

import inspect
import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

#: an argument and what it means, as a line of a page
ARGUMENT = re.compile(r"^- (\w+): (.*)\n?", re.M)

#: the names of each room whose docstrings are complete
TOLD: defaultdict[str, set[str]] = defaultdict(set)


class Docstring:
    """The docstring of a member of a family: its own text, and what the page says."""

    def __init__(self, own: str):
        self.own = own

    def __get__(self, thing: object, kind: Any) -> str:
        return told(kind, self.own, kind.family, kind.__name__)


def document(kind: Any) -> None:
    """Let a class that has a docstring say what its family's page says too."""
    if kind.__doc__ and kind.__module__.startswith("pellucid."):
        kind.__doc__ = Docstring(kind.__doc__)


def tell(namespace: Mapping[str, Any], room: str) -> None:
    """Complete the docstrings of what a page names, as far as it is in the namespace; once each."""
    found: list[tuple[str, Any, str]] = []
    for name in page(room)[1].keys() - TOLD[room]:
        owner, _, method = name.partition(".")
        if getattr(namespace.get(owner), "__module__", "").startswith("pellucid."):
            TOLD[room].add(name)
            known = getattr(namespace[owner], method) if method else namespace[owner]
            thing = getattr(known, "__func__", known)
            found.append((name, thing, inspect.getdoc(thing) or ""))
    for name, thing, own in found:  # what is inherited was read before it is completed
        thing.__doc__ = told(thing, own, room, name)


def told(thing: Any, own: str, title: str, name: str) -> str:
    """A docstring, the arguments, and the rest of what a page has below a name."""
    every, rows = page(title)
    row = rows.get(name, "")
    of_it = dict(ARGUMENT.findall(row))
    takes = (
        ()
        if isinstance(thing, type) and issubclass(thing, Exception)
        else inspect.signature(thing).parameters
    )
    names = dict.fromkeys([*takes, *of_it])
    known = every | of_it
    lines = [f"    {each}: {known[each]}" for each in names if each in known]
    said, _, example = ARGUMENT.sub("", row).strip().partition(">>>")
    arguments = "\n".join(["Arguments:", *lines]) if lines else ""
    parts = [inspect.cleandoc(own), arguments, said.strip(), example and f">>>{example}"]
    return "\n\n".join(part for part in parts if part)


@cache
def page(title: str) -> tuple[dict[str, str], dict[str, str]]:
    """What a page says: every argument by its name, and the part below each name."""
    path = files("pellucid") / "wording" / f"{title}.md"
    if not path.is_file():
        return {}, {}
    head, *parts = path.read_text(encoding="utf-8").split("\n## ")
    rows = [part.partition("\n") for part in parts]
    return dict(ARGUMENT.findall(head)), {name: text for name, _, text in rows}
