"""What a command prints: results on standard output, all else on standard error; exit codes."""

from __future__ import annotations

import functools
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from pellucid.foreign import quoted, visible, visible_lines

F = TypeVar("F", bound=Callable[..., None])

#: exit codes: a mistake in what was asked for, and Ctrl-C
MISTAKE, INTERRUPTED = 1, 130


def told(command: F) -> F:
    """The command; what goes wrong is told in a line, without a traceback.

    PELLUCID_TRACEBACK=1 in the environment shows where it was raised.
    """

    @functools.wraps(command)
    def guarded(*values: Any, **named: Any) -> None:
        try:
            command(*values, **named)
        except KeyboardInterrupt:
            sys.exit(INTERRUPTED)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except (
            ValueError,
            TypeError,
            OSError,
            ImportError,
            RuntimeError,
            ArithmeticError,
            MemoryError,
        ) as error:
            if os.environ.get("PELLUCID_TRACEBACK"):
                raise
            from rich.markup import escape

            told = escape(visible_lines(error))
            stderr().print(f"[bold red]error:[/] {told}", highlight=False)
            sys.exit(MISTAKE)

    return guarded  # type: ignore[return-value]


def stderr() -> Any:
    from rich.console import Console

    return Console(stderr=True, soft_wrap=True)


def stdout() -> Any:
    from rich.console import Console

    return Console()


def say(line: str) -> None:
    """A remark, which is no part of the result."""
    stderr().print(visible_lines(line), markup=False, highlight=False, style="dim")


def print_line(line: str) -> None:
    """A line of the result."""
    print(visible(line))


def print_json(value: object) -> None:
    """The value as JSON, in which letters without a shape are written as JSON can, \\u001b."""
    lines = json.dumps(value, indent=2, ensure_ascii=False).split("\n")
    print("\n".join(line if line.isprintable() else _spelled(line) for line in lines))


def _spelled(line: str) -> str:
    return "".join(each if each.isprintable() else json.dumps(each)[1:-1] for each in line)


def print_table(header: list[str], rows: list[list[Any]], title: str | None = None) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.markup import escape
    from rich.table import Table

    table = Table(title=title, box=SIMPLE_HEAD)
    for at, name in enumerate(header):
        number = bool(rows) and all(isinstance(row[at], (int, float)) for row in rows)
        table.add_column(
            escape(visible(name)), justify="right" if number else "left", overflow="fold"
        )
    for row in rows:
        table.add_row(*(escape(show(cell)) for cell in row))
    stdout().print(table)


def show(cell: object) -> str:
    if isinstance(cell, float):
        return f"{cell:.4f}" if 1e-3 <= abs(cell) < 1e5 or cell == 0 else f"{cell:.5g}"
    return "" if cell is None else visible(cell)


def write_rows(path: Path, header: list[str], rows: list[list[Any]]) -> None:
    """A CSV or JSON file, by its ending."""
    import csv
    import io

    from pellucid.writing import write_beside

    if path.suffix == ".json":
        text = json.dumps([dict(zip(header, row, strict=True)) for row in rows], indent=2)
    elif path.suffix == ".csv":
        page = io.StringIO(newline="")
        csv.writer(page).writerows([header, *rows])
        text = page.getvalue()
    else:
        raise ValueError(f"--out is {quoted(path)}; expected a name that ends in .csv or .json")
    write_beside(path, text.encode("utf-8", "backslashreplace"))
