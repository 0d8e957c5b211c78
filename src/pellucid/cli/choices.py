"""The options of `pellucid train`: each with its default and its help, which stand here alone.

The fields are read as the command's options, kept in the model file, and written out as the command
that repeats the run. `options_of` makes the options of any such class those of a command.
"""

from __future__ import annotations

import functools
import inspect
import shlex
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Annotated, Any, get_type_hints

from typer import Argument, Option

Json = Annotated[bool, Option("--json", help="Print the result as JSON.")]


@dataclass
class Choices:
    """What can be chosen about a training."""

    data: Annotated[
        str,
        Argument(
            help="A built-in name, a CSV/Parquet/.npz/IDX file, or a folder of pictures by class."
        ),
    ] = "digits"
    target: Annotated[
        str | None,
        Option(help="The column to predict: 'target', 'label', 'class' or the last if not said."),
    ] = None
    task: Annotated[
        str | None, Option(help="classification or regression; inferred if not said.")
    ] = None
    hidden: Annotated[
        str | None,
        Option(
            help="Units of each hidden layer; 256,256,256 for tables, 128,64 for pictures if not "
            "said."
        ),
    ] = None
    activation: Annotated[
        str | None,
        Option(
            help="Activation of the hidden layers; selu for tables of classes, mish for numbers, "
            "relu for pictures if not said."
        ),
    ] = None
    optimizer: Annotated[str, Option(help="sgd, adam, adamw, rmsprop, …")] = "adam"
    learning_rate: Annotated[
        float | None,
        Option(
            help="Step size; for tables the highest of four waves, 0.04 for classes and 0.07 for "
            "numbers, for pictures 0.002 if not said."
        ),
    ] = None
    batch_size: Annotated[
        int | None,
        Option(min=1, help="Rows in a step; 256 for tables of over 512 rows, 64 if not said."),
    ] = None
    epochs: Annotated[
        int | None,
        Option(
            min=1,
            help="At most so many passes over the rows; 256 for tables, 100 for pictures if not "
            "said.",
        ),
    ] = None
    dropout: Annotated[
        float | None,
        Option(
            help="Share of the hidden units dropped while training; 0 for tables, 0.1 for pictures "
            "if not said."
        ),
    ] = None
    l2: Annotated[float, Option(min=0, help="Penalty on the squares of the weights.")] = 0.0
    validation: Annotated[
        float, Option(help="Share of the rows by which the best epoch is chosen.")
    ] = 0.15
    test: Annotated[
        float, Option(help="Share held out to test, where the data brings no test rows.")
    ] = 0.2
    patience: Annotated[
        int | None,
        Option(
            help="Stop after so many epochs that are no better on the rows that choose the best; "
            "for tables never, for pictures 20 if not said."
        ),
    ] = None
    search: Annotated[
        str | None,
        Option(
            help="Try settings of a table's network for so long (60s, 5m, 1h), on all cores, "
            "before it is trained."
        ),
    ] = None
    seed: Annotated[int, Option(min=0, help="The same seed gives the same bits.")] = 0
    threads: Annotated[int | None, Option(min=1, help="Threads of the native executor.")] = None
    executor: Annotated[str, Option(help="auto, numpy, native or jax.")] = "auto"

    @property
    def widths(self) -> list[int]:
        """The units of each hidden layer."""
        parts = [part.strip() for part in (self.hidden or "").split(",") if part.strip()]
        if not all(part.isdecimal() and int(part) for part in parts):
            raise ValueError(
                f"--hidden is {self.hidden!r}; expected the units of each hidden layer, such as "
                "--hidden 128,64, or --hidden '' for none"
            )
        return [int(part) for part in parts]

    @property
    def command(self) -> str:
        """The command that repeats the run, every option written out."""
        words = ["pellucid", "train", self.data]
        for each in fields(self)[1:]:
            value = getattr(self, each.name)
            if value is not None:
                words += [f"--{each.name.replace('_', '-')}", str(value)]
        return shlex.join(words)


def options_of(kind: type[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A decorator: the command's first parameter, a `kind`, becomes an option for each field."""
    types = get_type_hints(kind, include_extras=True)
    names = [each.name for each in fields(kind)]
    options = [
        inspect.Parameter(
            each.name,
            inspect.Parameter.POSITIONAL_OR_KEYWORD,
            default=each.default,
            annotation=types[each.name],
        )
        for each in fields(kind)
    ]

    def spread(command: Callable[..., None]) -> Callable[..., None]:
        _, *others = inspect.signature(command, eval_str=True).parameters.values()

        @functools.wraps(command)
        def taken(**given: Any) -> None:
            command(kind(**{name: given.pop(name) for name in names}), **given)

        parameters = [*options, *others]
        taken.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        taken.__annotations__ = {each.name: each.annotation for each in parameters}
        return taken

    return spread
