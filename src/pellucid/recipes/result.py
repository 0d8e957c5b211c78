"""What a recipe found: numbers beside those that the notebook reported, as a table and as data."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from rich.console import Console


@dataclass
class Row:
    """One version of a study: what each seed gave, how long it took, and what was reported."""

    version: str
    runs: list[dict[str, float]]
    run_seconds: list[float]
    reported: dict[str, float] = field(default_factory=dict)
    remark: str = ""

    @property
    def numbers(self) -> dict[str, float]:
        """The mean of each quantity over the seeds."""
        return {name: float(np.mean([run[name] for run in self.runs])) for name in self.runs[0]}

    @property
    def spread(self) -> dict[str, float]:
        """The standard deviation of each quantity over the seeds, 0 for one seed."""
        freedom = min(1, len(self.runs) - 1)
        return {
            name: float(np.std([run[name] for run in self.runs], ddof=freedom))
            for name in self.runs[0]
        }

    @property
    def seconds(self) -> float:
        return float(np.mean(self.run_seconds))

    def found(self, name: str) -> str:
        """A quantity as text, with its spread where there are several seeds."""
        mean = number_text(self.numbers[name])
        return f"{mean} ± {self.spread[name]:.2g}" if self.spread[name] else mean


@dataclass
class Result:
    """The rows of a study with the words around them.

    `print` of rich shows it, as `show()` does; `str` is the same as plain text.
    """

    name: str
    data: str
    rows: list[Row]
    notes: list[str]
    figures: dict[str, Any]
    title: str
    original: str
    wrong: str = ""
    remedy: str = ""
    #: by version: lines of a step on one row, with their numbers
    explained: dict[str, str] = field(default_factory=dict)
    #: by version: what the doctor says of the training
    diagnosed: dict[str, str] = field(default_factory=dict)

    @property
    def numbers(self) -> dict[str, dict[str, float]]:
        """The mean of each quantity, by version."""
        return {row.version: row.numbers for row in self.rows}

    @property
    def reported(self) -> dict[str, dict[str, float]]:
        """What the notebook reported, by version."""
        return {row.version: row.reported for row in self.rows if row.reported}

    def table(self) -> Any:
        """A rich table: a row for each version, a line in it for each quantity."""
        from rich import box
        from rich.table import Table

        table = Table(box=box.SIMPLE_HEAD, show_lines=True, title=self.title, title_style="bold")
        table.add_column("version", ratio=1)
        table.add_column("quantity", no_wrap=True)
        table.add_column("the notebook", justify="right", no_wrap=True)
        table.add_column("pellucid", justify="right", no_wrap=True)
        table.add_column("time", justify="right", no_wrap=True)
        for row in self.rows:
            table.add_row(*cells(row))
        return table

    def record(self) -> dict[str, Any]:
        """Everything but the pictures as plain data."""
        rows = [
            {
                "version": row.version,
                "numbers": row.numbers,
                "spread": row.spread,
                "reported": row.reported,
                "seconds": row.seconds,
                "remark": row.remark,
            }
            for row in self.rows
        ]
        words = {"title": self.title, "original": self.original}
        mend: dict[str, Any] = {
            "wrong": self.wrong,
            "remedy": self.remedy,
            "notes": self.notes,
            "explained": self.explained,
            "diagnosed": self.diagnosed,
        }
        return {"name": self.name, "data": self.data, **words, "rows": rows, **mend}

    def save(self, folder: str | Path = ".") -> list[Path]:
        """Write each picture into `folder` as PNG, and give the paths."""
        Path(folder).mkdir(parents=True, exist_ok=True)
        paths = [Path(folder) / f"{name}.png" for name in self.figures]
        for path, figure in zip(paths, self.figures.values(), strict=True):
            figure.savefig(path, dpi=120)
        return paths

    def show(self, console: Console | None = None) -> None:
        """Print the table and the words around it."""
        from rich.console import Console

        (console or Console()).print(self)

    def __rich__(self) -> Any:
        from rich.console import Group
        from rich.text import Text

        said = {
            "the notebook": self.original,
            **{f"the doctor, {version}": text for version, text in self.diagnosed.items()},
            "what was wrong": self.wrong,
            "the remedy": self.remedy,
            "this run": "; ".join(self.notes),
        }
        lines = [Text.assemble((f"{head}  ", "bold"), text) for head, text in said.items() if text]
        for version, text in self.explained.items():
            head = f"explained on one row, {version}\n"
            lines.append(Text.assemble((head, "bold"), text))
        return Group(self.table(), *lines)

    def __str__(self) -> str:
        from rich.console import Console

        page = io.StringIO()
        Console(file=page, width=100, color_system=None).print(self)
        return page.getvalue()


def cells(row: Row) -> list[Any]:
    from rich.text import Text

    version = Text.assemble(row.version, (f"\n{row.remark}" if row.remark else "", "dim"))
    names = list(row.numbers)
    reported = [number_text(row.reported[name]) if name in row.reported else "" for name in names]
    found = [row.found(name) for name in names]
    return [
        version,
        *("\n".join(lines) for lines in (names, reported, found)),
        f"{row.seconds:.1f} s",
    ]


def number_text(value: float) -> str:
    """Whole numbers whole, others with four digits."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.4g}"
