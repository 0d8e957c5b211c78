"""`pellucid play`: the playground in a browser, from data by name or from a table."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from pellucid.cli.output import say, told
from pellucid.foreign import FileError, quoted
from pellucid.reading import path_of
from pellucid.settings import nearest

playing_app = typer.Typer()


@playing_app.command(
    epilog="Examples:  [bold]pellucid play[/]  ·  [bold]pellucid play digits[/]  ·  "
    "[bold]pellucid play houses.csv[/]"
)
@told
def play(
    data: Annotated[
        str, typer.Argument(help="Data by name, such as moons or digits, or a CSV file.")
    ] = "moons",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The port; 0 for one that is free.")
    ] = 0,
    browser: Annotated[bool, typer.Option(help="Open the page in the browser.")] = True,
) -> None:
    """Open the playground: a network that trains before your eyes, in the browser.

    Its server is for this machine alone, and ends with Ctrl-C.
    """
    from pellucid.play.server import serve
    from pellucid.play.session import Session

    serve(Session(settings_of(data)), port, browser, say)


def settings_of(data: str) -> dict[str, Any]:
    """What a session begins with: data of this name, and a network that suits them."""
    from pellucid.play.choices import DATA, suggested

    names = [name for name in DATA if name not in ("points", "table")]
    if data in names:
        return suggested(data)
    path = path_of(data)
    if not path.is_file():
        raise FileNotFoundError(
            f"no data and no file is called {quoted(data)}; {nearest(data, names)}"
        )
    found = suggested("table")
    found["data"] |= {"file": data, "text": text_of(path)}
    return found


def text_of(path: Path) -> str:
    """The text of a table, if it is not too large."""
    from pellucid.play.choices import TEXT
    from pellucid.preprocessing.delimited import as_utf8

    if path.stat().st_size > TEXT:
        fault = f"has {path.stat().st_size:,} bytes; the playground takes up to {TEXT:,}"
        raise FileError.of(path, fault, "Take a part of its rows")
    return as_utf8(path.read_bytes()).decode()
