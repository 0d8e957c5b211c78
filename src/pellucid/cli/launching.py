"""`pellucid launch`: a script in several processes that train one network together."""

from __future__ import annotations

from typing import Annotated

import typer

from pellucid.cli.output import told
from pellucid.foreign import quoted
from pellucid.reading import path_of

launching_app = typer.Typer()


@launching_app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    epilog="Example:  [bold]pellucid launch -n 2 train.py[/]",
)
@told
def launch(
    context: typer.Context,
    script: Annotated[
        str, typer.Argument(help="A Python script that calls pellucid.distribution.initialize().")
    ],
    processes: Annotated[
        int, typer.Option("--processes", "-n", min=1, help="How many processes.")
    ] = 2,
    timeout: Annotated[
        float,
        typer.Option(min=0, help="Seconds in which the others must end when one process fails."),
    ] = 30.0,
) -> None:
    """Run a script in several processes of this machine, which train one network together.

    What follows the script is given to it. Needs JAX.
    """
    from pellucid.distribution.launching import launch as launched
    from pellucid.distribution.launching import python
    from pellucid.executors.jax.library import need

    need("pellucid launch")
    if not path_of(script).is_file():
        raise FileNotFoundError(f"there is no script {quoted(script)}")
    launched(python(script, context.args), processes, timeout)


def join(executor: str, searches: bool) -> None:
    """Join the other processes, where a launcher has started several and JAX is to train."""
    from pellucid.distribution import joining
    from pellucid.processes import HERE

    if executor != "jax" or HERE.count > 1 or not joining.announced():
        return
    if searches:
        raise ValueError(
            "--search goes by the clock, and processes that train together must do the same: "
            "search with one process, then train with the settings that it finds"
        )
    joining.initialize()
    from pellucid.distribution import DataParallel, set_distribution

    set_distribution(DataParallel())
