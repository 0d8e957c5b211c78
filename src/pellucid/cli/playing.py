"""`pellucid play`: the playground in a browser, from data by name or from a table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pellucid.cli.output import say, told
from pellucid.foreign import FileError, quoted
from pellucid.reading import path_of
from pellucid.settings import nearest

if TYPE_CHECKING:
    from pellucid.play.given import Given

playing_app = typer.Typer()


@playing_app.command(
    epilog="Examples:  [bold]pellucid play[/]  ·  [bold]pellucid play digits[/]  ·  "
    "[bold]pellucid play houses.csv[/]  ·  [bold]pellucid play runs/digits[/]"
)
@told
def play(
    data: Annotated[
        str,
        typer.Argument(
            metavar="DATA|MODEL",
            help="Data by name, such as moons or digits, a CSV file, a model, or a run's folder.",
        ),
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

    model = model_of(data)
    session = Session(settings_of(data)) if model is None else Session(None, model)
    serve(session, port, browser, say)


def model_of(name: str) -> Given | None:
    """The network in a file or in the folder of a run, with its rows; None for what is data."""
    from pellucid.cli.folder import MODEL, model_path

    path = path_of(name)
    if path.suffix != ".safetensors" and not (path / MODEL).is_file():
        return None
    from pellucid.cli import building, training
    from pellucid.cli.choices import Choices
    from pellucid.cli.using import opened
    from pellucid.play.given import given
    from pellucid.preprocessing.preparation import PicturePreparation, TablePreparation

    net, preparation = opened(str(model_path(name)))
    choices = Choices(**net.preprocessing["choices"])
    _, (train, _, test) = training.prepared(training.divided(choices), choices.seed)
    batch = int(building.course_of(train[0], choices)["batch_size"])
    if isinstance(preparation, TablePreparation):
        return given(net, name, train, test, preparation.encoded.features, batch)
    assert isinstance(preparation, PicturePreparation)
    height, width = preparation.shape[:2]
    pixels = [f"{at // width},{at % width}" for at in range(height * width)]
    return given(net, name, train, test, pixels, batch, preparation.largest)


def settings_of(data: str) -> dict[str, Any]:
    """What a session begins with: data of this name, and a network that suits them."""
    from pellucid.play.choices import DATA, suggested

    names = [name for name in DATA if name not in ("points", "table", "model")]
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
