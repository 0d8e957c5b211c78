"""The commands. Each reads its options, calls the library, and prints what it gives."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pellucid.cli.choices import Choices, Json, options_of
from pellucid.cli.groups import data_app, recipes_app
from pellucid.cli.launching import launching_app
from pellucid.cli.looking import Model, looking_app
from pellucid.cli.output import (
    print_json,
    print_line,
    print_table,
    say,
    show,
    stdout,
    told,
    write_rows,
)
from pellucid.cli.playing import playing_app

app = typer.Typer(
    name="pellucid",
    help="Neural networks you can see through: train, look, predict.",
    epilog="Start with: pellucid train",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(recipes_app, name="recipes")
app.add_typer(data_app, name="data")
app.registered_commands += looking_app.registered_commands + playing_app.registered_commands
app.registered_commands += launching_app.registered_commands


def version(asked: bool) -> None:
    if asked:
        import pellucid

        print(pellucid.__version__)
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Neural networks you can see through: train, look, predict."""


@app.command(
    epilog="Examples:  [bold]pellucid train[/]  ·  "
    "[bold]pellucid train houses.csv --target price[/]  ·  "
    "[bold]pellucid train mnist --hidden 512 --epochs 10[/]  ·  "
    "[bold]pellucid train pictures/ --dropout 0.3[/]"
)
@told
@options_of(Choices)
def train(
    choices: Choices,
    out: Annotated[
        str | None, typer.Option(help="The folder to write to; runs/NAME if not said.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Train a network: writes the model, history.csv and report.html.

    Some rows are held out to test, some to choose the best epoch by.
    Preprocessing is fitted on the others alone, and kept in the model
    file, so that `pellucid predict` takes raw rows.
    """
    from pellucid.callbacks import CSVLogger
    from pellucid.cli.folder import HISTORY, MODEL, REPORT, folder_for, record
    from pellucid.cli.launching import join
    from pellucid.cli.progress import TrainingBar
    from pellucid.cli.training import train as trained
    from pellucid.processes import is_first
    from pellucid.report import write

    join(choices.executor, choices.search is not None)
    folder = folder_for(Path(choices.data).name.partition(".")[0], out)
    watching = [CSVLogger(folder / HISTORY), TrainingBar()]
    remarks: list[str] = []
    run = trained(choices, watching, say, lambda net: net.save(folder / MODEL), remarks.extend)
    write(run, folder / REPORT)
    files = {
        name: str(folder / file)
        for name, file in (("model", MODEL), ("history", HISTORY), ("report", REPORT))
    }
    if not is_first():
        return
    if as_json:
        print_json(record(run, files))
        return
    from pellucid.report.words import headline

    took = f"after {len(run.history.epoch)} epochs and {run.seconds:.1f} s"
    stdout().print(f"[bold green]{headline(run)}[/], {took}", highlight=False)
    for name, path in files.items():
        print_line(f"  {name:8} {path}")
    for line in remarks:
        say(line)


@app.command(
    epilog="Examples:  [bold]pellucid evaluate runs/digits[/]  ·  "
    "[bold]pellucid evaluate runs/houses new_houses.csv --json[/]"
)
@told
def evaluate(
    model: Model,
    data: Annotated[
        str | None,
        typer.Argument(help="Rows with their target; those held out in training if not said."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Compare what a model predicts with the truth."""
    from pellucid.cli.using import evaluated

    found = evaluated(model, data)
    if as_json:
        print_json(found)
    else:
        for name, value in found.items():
            print_line(f"{name.replace('_', ' '):34} {show(value)}")


@app.command(
    epilog="Examples:  [bold]pellucid predict runs/houses new.csv --out prices.csv[/]  ·  "
    "[bold]pellucid predict runs/mnist three.png seven.jpg[/]  ·  "
    "[bold]cat new.csv | pellucid predict runs/houses - --json[/]"
)
@told
def predict(
    model: Model,
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT...",
            help="A table, an array (.npy, .npz), picture files or a folder of them; "
            "- reads a CSV table from standard input.",
        ),
    ],
    out: Annotated[
        Path | None, typer.Option(help="Write to this .csv or .json file, with all probabilities.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Predict from raw rows or pictures.

    Pictures of digits are made light on dark, cut out and centred, as MNIST's are.
    """
    from pellucid.cli.using import likeliest, predicted

    header, rows, remarks = predicted(model, inputs)
    for remark in remarks:
        say(remark)
    if out is not None:
        write_rows(out, header, rows)
        say(f"{len(rows)} rows written to {out}")
    elif as_json:
        print_json([dict(zip(header, row, strict=True)) for row in rows])
    else:
        print_table(*likeliest(header, rows))


@app.command(
    name="show",
    epilog="Examples:  [bold]pellucid show runs/digits[/]  ·  "
    "[bold]pellucid show runs/digits --weights weights.png[/]",
)
@told
def show_model(
    model: Model,
    weights: Annotated[
        Path | None, typer.Option(help="Draw the first layer's weights into this .png or .svg.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show a model: its layers, its equations, and the weights of its first layer as pictures."""
    import pellucid
    from pellucid.cli.folder import model_path
    from pellucid.cli.showing import blocks, described

    net = pellucid.load(model_path(model))
    if weights is not None:
        from pellucid import plots

        plots.weights(net)[0].figure.savefig(weights, dpi=150)
    if as_json:
        print_json(described(net))
        return
    net.summary()
    print(net.plan)
    drawn = blocks(net)
    if drawn is not None:
        stdout().print("\nfirst-layer weights (orange against, blue for)\n")
        stdout().print(drawn)


@app.command(epilog="Example:  [bold]pellucid bench --json[/]")
@told
def bench(
    seconds: Annotated[float, typer.Option(help="Time given to each measurement.")] = 1.0,
    as_json: Json = False,
) -> None:
    """Measure how fast this machine trains, with each executor there is."""
    from pellucid.cli.bench import measured

    found = measured(seconds)
    if as_json:
        print_json(found)
        return
    rows = [
        [
            each["workload"],
            each["executor"],
            f"{each['rows_per_second']:,.0f}",
            f"{each['microseconds_per_step']:,.1f}",
        ]
        for each in found
    ]
    print_table(["training", "executor", "rows per second", "µs per step"], rows)
