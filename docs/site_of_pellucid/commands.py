"""The reference of the command line, written from the commands themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import typer

from pellucid.cli.app import app
from site_of_pellucid.text import fenced, plain, table

HEAD = ("option", "default", "what it does")


def pages() -> dict[str, str]:
    group = typer.main.get_command(app)
    sections = [section(name, command) for name, command in commands(group, "pellucid")]
    return {"commands.md": "\n\n".join(["# The command line", plain(group.help or ""), *sections])}


def commands(group: Any, name: str) -> Iterator[tuple[str, Any]]:
    for word, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{name} {word}")
        else:
            yield f"{name} {word}", command


def section(name: str, command: Any) -> str:
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    words = " ".join([name, *(each.name.upper() for each in arguments)])
    rows = [row(each) for each in command.params if not getattr(each, "hidden", False)]
    parts = [
        f"## {name}",
        fenced(f"$ {words} [OPTIONS]", "console"),
        unmarked(command.help),
        table(HEAD, rows),
        examples(command),
    ]
    return "\n\n".join(part for part in parts if part)


def row(parameter: Any) -> tuple[str, str, str]:
    names = ", ".join(f"`{each}`" for each in (*parameter.opts, *parameter.secondary_opts))
    default = parameter.default
    told = "" if default in (None, False, ()) or callable(default) else f"`{default}`"
    return names, told, unmarked(getattr(parameter, "help", None))


def unmarked(text: str | None) -> str:
    """Help without its marks for the terminal, such as [bold]."""
    return plain(re.sub(r"\[/?\w*\]", "", text or ""))


def examples(command: Any) -> str:
    """What stands below the help: commands in bold."""
    found = re.findall(r"\[bold\](.*?)\[/\]", command.epilog or "")
    return fenced("\n".join(f"$ {each}" for each in found), "console") if found else ""
