"""The commands that look into a model: its gradients, its numbers, its program."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pellucid.cli.choices import Json
from pellucid.cli.output import MISTAKE, print_json, say, told

looking_app = typer.Typer()

Model = Annotated[str, typer.Argument(help="A model file, or the folder of a run.")]


@looking_app.command(
    epilog="Examples:  [bold]pellucid check runs/digits[/]  ·  "
    "[bold]pellucid check runs/houses new_houses.csv --rows 20[/]"
)
@told
def check(
    model: Model,
    data: Annotated[
        str | None,
        typer.Argument(help="Rows with their target; those held out in training if not said."),
    ] = None,
    rows: Annotated[int, typer.Option(min=1, help="How many of the rows to take.")] = 8,
    as_json: Json = False,
) -> None:
    """Check every gradient of a model against differences of its loss.

    The exit code is 1 if one of them is wrong.
    """
    from pellucid.cli.using import checked

    found = checked(model, data, rows)
    if as_json:
        print_json([each._asdict() for each in found])
    else:
        print(found)
    if not found:
        raise typer.Exit(MISTAKE)


@looking_app.command(
    epilog="Examples:  [bold]pellucid export runs/digits digits.c[/]  ·  "
    "[bold]pellucid export runs/digits digits.onnx[/]"
)
@told
def export(
    model: Model,
    out: Annotated[Path, typer.Argument(help="Where to write it; the ending says what.")],
    bits: Annotated[int, typer.Option(help="Of the weights in C: 32, or 8.")] = 32,
    raw: Annotated[
        bool, typer.Option(help="Whether it takes raw rows of a table, or prepared numbers.")
    ] = True,
) -> None:
    """Write the prediction of a model as a program, .c, .js or .py, or as .onnx."""
    import pellucid
    from pellucid.cli.folder import model_path

    written = pellucid.load(model_path(model)).export(out, bits=bits, preprocessing=raw)
    for path in written:
        say(f"written: {path}")
    for remark in written.remarks:
        say(remark)


@looking_app.command(
    epilog="Examples:  [bold]pellucid convert net.keras net.safetensors[/]  ·  "
    "[bold]pellucid convert runs/digits digits.keras[/]"
)
@told
def convert(
    model: Annotated[str, typer.Argument(metavar="IN", help="A model file, or a run's folder.")],
    out: Annotated[Path, typer.Argument(help="Where to write it; the ending says what.")],
) -> None:
    """Read a model and write it as another file: .safetensors, .keras, or what export writes."""
    import pellucid
    from pellucid.cli.folder import model_path
    from pellucid.interop.export import WRITERS
    from pellucid.settings import nearest
    from pellucid.writing import writing

    known = [".safetensors", ".keras", *WRITERS]
    if out.suffix not in known:
        raise ValueError(f"no model ends in {out.suffix!r}: {nearest(out.suffix, known)}")
    net = pellucid.load(model_path(model))
    if out.suffix == ".safetensors":
        net.save(out)
    elif out.suffix == ".keras":
        made = net.to_keras()
        with writing(out):
            made.save(out)
    else:
        for path in net.export(out):
            say(f"written: {path}")
        return
    say(f"written: {out}")


@looking_app.command(
    epilog="Examples:  [bold]pellucid source runs/digits --out net.py --epochs 5[/]  ·  "
    "[bold]pellucid source runs/digits --language torch --only forward[/]"
)
@told
def source(
    model: Model,
    language: Annotated[str, typer.Option(help="numpy, jax, keras or torch.")] = "numpy",
    only: Annotated[
        str | None, typer.Option(help="forward: to predict; all of training if not said.")
    ] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="How many epochs it trains.")] = None,
    batch_size: Annotated[int | None, typer.Option(min=1, help="Rows of a step.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write it here, and large arrays into a .npz beside it.")
    ] = None,
) -> None:
    """Write a model as one program without pellucid in it."""
    import pellucid
    from pellucid.cli.folder import model_path

    net = pellucid.load(model_path(model))
    found = net.source(language, only=only, epochs=epochs, batch_size=batch_size)
    if out is not None:
        found.save(out)
        return
    print(found)
    if found.arrays:
        say("it reads its weights from a file beside it, which --out writes")


@looking_app.command(
    epilog="Examples:  [bold]pellucid explain runs/digits --row 41[/]  ·  "
    "[bold]pellucid explain runs/digits --row 41 --why Z1,0,5 --why L[/]  ·  "
    "[bold]pellucid explain runs/digits --row 41 --row 42 --save why.html[/]"
)
@told
def explain(
    model: Model,
    data: Annotated[
        str | None,
        typer.Argument(help="Rows with their target; those held out in training if not said."),
    ] = None,
    row: Annotated[
        list[int] | None,
        typer.Option(help="A row to take, counted from 0; the first if not said, up to 8."),
    ] = None,
    why: Annotated[
        list[str] | None,
        typer.Option(help="A number by name and place, such as Z1,0,5; the first row is row 0."),
    ] = None,
    save: Annotated[
        Path | None, typer.Option(help="Write a page here, in which every number can be opened.")
    ] = None,
    guide: Annotated[
        list[Path] | None,
        typer.Option(help="A guide in Markdown for the page; those of pellucid if not said."),
    ] = None,
) -> None:
    """Explain a step on a row, line by line; with --why, what single numbers are made of."""
    from pellucid.cli.using import asked, explained

    if guide and save is None:
        raise ValueError("--guide is for a page, which --save writes: give both")
    rows = row or [0]
    found, classes = explained(model, data, rows)
    if save is not None:
        found.save(save, f"{model}, row {', '.join(map(str, rows))}", classes, guide or None)
        say(f"wrote {save}")
    elif not why:
        print(found)
    for place in why or ():
        print(asked(found, place))


@looking_app.command(
    epilog="Examples:  [bold]pellucid doctor digits[/]  ·  "
    "[bold]pellucid doctor runs/houses --seconds 30[/]"
)
@told
def doctor(
    name: Annotated[
        str,
        typer.Argument(metavar="DATA|MODEL", help="Data as train takes them, a model, or a run."),
    ],
    target: Annotated[str | None, typer.Option(help="Of data, the column to predict.")] = None,
    seconds: Annotated[float, typer.Option(min=0.1, help="Time to try mends in.")] = 10.0,
    trials: Annotated[bool, typer.Option(help="Try the mends.")] = True,
    as_json: Json = False,
) -> None:
    """Say what is wrong with a model and its data, and which mends help.

    The exit code is 1 if there is an error or a warning.
    """
    from pellucid.cli.diagnosing import diagnosed

    found = diagnosed(name, seconds, trials, target)
    print(found.to_json() if as_json else found)
    if found:
        raise typer.Exit(MISTAKE)


@looking_app.command(
    epilog="Examples:  [bold]pellucid lens runs/digits --row 41[/]  ·  "
    '[bold]pellucid lens runs/houses new.csv --row 3 --of "Ŷ[0]"[/]'
)
@told
def lens(
    model: Model,
    data: Annotated[
        str | None,
        typer.Argument(help="Rows with their target; those held out in training if not said."),
    ] = None,
    row: Annotated[int, typer.Option(help="The row to take, counted from 0.")] = 0,
    of: Annotated[
        str | None,
        typer.Option(help="A number of the plan, such as Ŷ[9]; the largest output if not said."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Say which inputs of a row made an output what it is: what each of them adds."""
    from pellucid.cli.weighing import lines, weighed

    found = weighed(model, data, row, of)
    if as_json:
        print_json(found)
        return
    for line in lines(found):
        print(line)
