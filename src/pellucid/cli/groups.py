"""The commands with commands of their own: `pellucid recipes` and `pellucid data`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pellucid.cli.choices import Json
from pellucid.cli.output import print_json, print_line, print_table, say, stdout, told

recipes_app = typer.Typer(
    help="Published notebooks, reproduced and put right.", invoke_without_command=True
)
data_app = typer.Typer(
    help="The data sets there are, and fetching them.", invoke_without_command=True
)


@recipes_app.callback(epilog="Example:  [bold]pellucid recipes run ten-digits --data digits[/]")
@told
def recipes(context: typer.Context, as_json: Json = False) -> None:
    """List the recipes: published notebooks, reproduced and put right."""
    if context.invoked_subcommand is not None:
        return
    from pellucid import recipes as room

    found = [{"name": name, "title": room.get(name).title} for name in room.names()]
    if as_json:
        print_json(found)
    else:
        print_table(["recipe", "what it is"], [list(each.values()) for each in found])


@recipes_app.command(
    "run",
    epilog="Examples:  [bold]pellucid recipes run zero-neuron --data digits[/]  ·  "
    "[bold]pellucid recipes run all --json[/]",
)
@told
def run_recipes(
    names: Annotated[list[str], typer.Argument(help="Recipes by name, or all.")],
    data: Annotated[
        str, typer.Option(help="mnist, or digits to run offline in seconds.")
    ] = "mnist",
    seeds: Annotated[int, typer.Option(help="How many seeds to take the mean of.")] = 1,
    quick: Annotated[bool, typer.Option(help="Train for a tenth of the epochs.")] = False,
    pictures: Annotated[
        Path | None, typer.Option(help="Write the pictures into this folder.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Run recipes, and print what each notebook reported beside what comes out."""
    from pellucid import recipes as room

    chosen = room.names() if names == ["all"] else names
    for name in chosen:
        room.get(name)
    records = []
    for name in chosen:
        result = room.run(
            name,
            data=data,
            seeds=seeds,
            quick=quick,
            progress=lambda line, name=name: say(f"{name}: {line}"),
        )
        if pictures is not None:
            result.save(pictures)
        records.append(result.record())
        if not as_json:
            stdout().print(result)
    if as_json:
        print_json(records)


@data_app.callback(
    epilog="Examples:  [bold]pellucid data[/]  ·  [bold]pellucid data fetch mnist[/]"
)
@told
def data(context: typer.Context, as_json: Json = False) -> None:
    """List the data sets, where each is, and the checksums of those that are downloaded."""
    if context.invoked_subcommand is not None:
        return
    from pellucid.cli.datasets import known

    found = known()
    if as_json:
        print_json(found)
        return
    print_table(["data", "holds", "where"], [[e["name"], e["holds"], e["where"]] for e in found])
    for each in found:
        for file, checksum in each["checksums"].items():
            print(f"{each['name']}/{file}  {checksum}")


@data_app.command("fetch", epilog="Example:  [bold]pellucid data fetch mnist[/]")
@told
def fetch_data(names: Annotated[list[str], typer.Argument(help="mnist, fashion_mnist.")]) -> None:
    """Download data sets into the cache; their checksums are compared."""
    from pellucid.cli.datasets import fetch

    for name in names:
        print_line(str(fetch(name)))
