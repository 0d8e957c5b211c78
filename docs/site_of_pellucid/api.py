"""The reference of the library, written from signatures, settings and docstrings."""

from __future__ import annotations

import importlib
import inspect
import re
from types import ModuleType
from typing import Any

import pellucid
from pellucid.settings import REQUIRED, Settings
from site_of_pellucid.text import ARGUMENT, documented, fenced, plain, tree

#: settings that every layer has
OF_ALL_LAYERS = ("name", "trainable", "input_shape", "input_dim", "rates", "decays", "dtype")
#: what the methods of networks give, and where it is written
GIVEN = {
    "Recording": "glass.recording",
    "Explanation": "glass.explanation",
    "GradientCheck": "glass.gradients",
    "Diagnosis": "glass.doctor.diagnosis",
    "Finding": "glass.doctor.finding",
    "Source": "glass.source.source",
}
OF_GIVEN = "# What networks give\n\nWhat their methods return, to be asked further."
HEAD = "# The library\n\nEvery public name, with its arguments."


def pages() -> dict[str, str]:
    rooms = {name: importlib.import_module(f"pellucid.{name}") for name in pellucid._ROOMS}
    found = {f"api/{name}.md": page(f"pellucid.{name}", room) for name, room in rooms.items()}
    own = [section(name, getattr(pellucid, name)) for name in pellucid._HOMES]
    found["api/pellucid.md"] = "\n\n".join(["# pellucid", *own]) + "\n"
    given = [section(name, of_room(room, name)) for name, room in GIVEN.items()]
    found["api/given.md"] = "\n\n".join([OF_GIVEN, *given]) + "\n"
    index = tree("The library", ["pellucid", "given", *rooms])
    return {**found, "api/index.md": f"{HEAD}\n\n{index}\n"}


def of_room(room: str, name: str) -> Any:
    return getattr(importlib.import_module(f"pellucid.{room}"), name)


def page(title: str, room: ModuleType) -> str:
    sections = [section(name, getattr(room, name)) for name in public(room)]
    return "\n\n".join([f"# {title}", documented(room), *sections]) + "\n"


def public(room: ModuleType) -> list[str]:
    """What a room gives: its __all__, or what it defines itself."""
    if hasattr(room, "__all__"):
        return sorted(room.__all__)
    inside = [name for name in dir(room) if not name.startswith("_")]
    return [name for name in inside if of_pellucid(getattr(room, name))]


def of_pellucid(thing: Any) -> bool:
    return (inspect.isclass(thing) or callable(thing)) and str(
        getattr(thing, "__module__", "")
    ).startswith("pellucid")


def section(name: str, thing: Any) -> str:
    rows = settings(thing)
    parts = [f"## {plain(name)}", signature(name, thing), documented(thing, not rows), rows]
    if inspect.isclass(thing):
        parts += [method(thing, each) for each in methods(thing)]
    return "\n\n".join(part for part in parts if part)


def signature(name: str, thing: Any) -> str:
    if not callable(thing):
        return ""
    try:
        arguments = inspect.signature(thing)
    except (TypeError, ValueError):
        return ""
    plainly = [each.replace(annotation=inspect.Parameter.empty)
               for each in arguments.parameters.values()]  # fmt: skip
    return fenced(f"{name}{inspect.Signature(plainly)}", "python")


def settings(thing: Any) -> str:
    """The settings of a layer, a loss, an optimizer: what each is, its type and default."""
    if not (inspect.isclass(thing) and issubclass(thing, Settings)):
        return ""
    own = {name: default for name, default in thing._fields.items() if name not in OF_ALL_LAYERS}
    means = dict(ARGUMENT.findall(inspect.getdoc(thing) or ""))
    return "\n".join(
        f"- `{name}` (`{kind(thing, name)}`{told(own[name])}): {plain(means.get(name, ''))}"
        for name in own
    )


def kind(thing: type, name: str) -> str:
    """The type of a setting as it is written, without what finds it by name."""
    found = next(of for each in thing.__mro__ for at, of in inspect.get_annotations(each).items()
                 if at == name)  # fmt: skip
    return re.sub(r"^Annotated\[(.*), \w+\]$", r"\1", str(found))


def told(default: Any) -> str:
    return "" if default is REQUIRED else f", `{default!r}`"


def methods(kind: type) -> list[str]:
    """What a class of ours brings that has a docstring of its own and is for users."""
    if issubclass(kind, Settings) and kind.__module__.split(".")[1] not in ("models", "callbacks"):
        return []
    found = inspect.getmembers(kind, callable)
    return [name for name, each in found if not name.startswith("_") and inspect.isfunction(each)
            and each.__module__.startswith("pellucid.") and inspect.getdoc(each)]  # fmt: skip


def method(kind: type, name: str) -> str:
    thing = getattr(kind, name)
    return "\n\n".join(
        [f"### {kind.__name__}.{plain(name)}", signature(name, thing), documented(thing)]
    )
