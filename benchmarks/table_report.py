"""docs/tables.md: what `tables.py` and `ladder.py` found, as means and table by table.

python benchmarks/table_report.py
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

if __package__:
    from benchmarks.results import machine
    from benchmarks.tables import RESULTS, TESTED, known
else:
    from results import machine
    from tables import RESULTS, TESTED, known

LADDER = RESULTS.with_name("ladder_results.jsonl")
EPOCHS = RESULTS.with_name("table_epochs.jsonl")
PAGE = Path(__file__).parents[1] / "docs" / "tables.md"
SHIFT = 0.01
OURS = "pellucid"
#: the share of the tables that a model has to have answers for, to be in the means
ENOUGH = 0.75
#: results on more rows of a table are those with all of its rows
FEW = 1000
#: on fewer tables a ladder says nothing
FEWEST = 3
TASKS = {"classes": ("class error", "Classes"), "numbers": ("nRMSE", "Numbers")}
#: errors and seconds of each split, by table and model
Found = dict[str, dict[str, list[tuple[float, float]]]]


def gathered(lines: list[dict[str, Any]], task: str) -> Found:
    found: Found = {}
    for line in lines:
        if line["task"] == task and "error" in line:
            of_table = found.setdefault(line["table"], {})
            of_table.setdefault(line["model"], []).append((line["error"], line["seconds"]))
    return found


def names(found: Found) -> list[str]:
    """All models, in the order in which they were measured first."""
    return list(dict.fromkeys(name for of_table in found.values() for name in of_table))


def shifted(values: Iterable[float]) -> float:
    return float(np.exp(np.mean(np.log(np.array([*values]) + SHIFT))) - SHIFT)


def means(found: Found, task: str) -> str:
    """Each model over the tables that all have answers for, the best first.

    Models that were measured on few tables are left out.
    """
    counts = {name: sum(name in of for of in found.values()) for name in names(found)}
    models = [name for name, count in counts.items() if count >= ENOUGH * len(found)]
    common = [table for table, of in found.items() if all(name in of for name in models)]
    rows = []
    for name in models:
        each = [np.mean(found[table][name], axis=0) for table in common]
        seconds = float(np.exp(np.mean(np.log([s for _, s in each])))) if each else np.nan
        rows.append((shifted(e for e, _ in each), seconds, name))
    measure = TASKS[task][0]
    lines = [f"| {len(common)} tables | {measure} | pellucid beside it | s per 1,000 rows |",
             "| --- | ---: | ---: | ---: |"]  # fmt: skip
    rows.sort()
    lines += [
        f"| {n}{fewer(found, n)} | {e:.4f} | {beside(found, n)} | {s:.2f} |" for e, s, n in rows
    ]
    return "\n".join(lines)


def fewer(found: Found, name: str) -> str:
    """How many draws a model has, where others have more."""
    draws = [max(len(of[n]) for of in found.values() if n in of) for n in (name, *names(found))]
    return "" if draws[0] == max(draws) else f" (draws: {draws[0]})"


def beside(found: Found, name: str) -> str:
    """How far our errors are from those of a model, on the tables and splits that both have.

    The mean over the tables, and how far it may be off by chance.
    """
    pairs = [(of[OURS], of[name]) for of in found.values() if OURS in of and name in of]
    if name == OURS or not pairs:
        return ""
    apart = []
    for ours, theirs in pairs:
        each = zip(ours, theirs, strict=False)
        apart.append(np.mean([np.log((a + SHIFT) / (b + SHIFT)) for (a, _), (b, _) in each]))
    return percent(np.array(apart))


def percent(logs: np.ndarray) -> str:
    """The mean of what goes up or down by the tables, and how far it may be off by chance."""
    chance = np.std(logs) / np.sqrt(len(logs))
    return f"{100 * (np.exp(np.mean(logs)) - 1):+.1f} % ± {100 * chance:.1f}"


def each_table(lines: list[dict[str, Any]], found: Found) -> str:
    models = names(found)
    rows = {line["table"]: line["rows"] for line in lines}
    page = [f"| table | rows | {' | '.join(models)} |", "| --- | ---: |" + " ---: |" * len(models)]
    for table, of in found.items():
        cells = [f"{np.mean(of[n], axis=0)[0]:.4f}" if n in of else "–" for n in models]
        page.append(f"| {table} | {rows[table]:,} | {' | '.join(cells)} |")
    return "\n".join(page)


def refusals(lines: list[dict[str, Any]]) -> str:
    found = sorted({(each["model"], each["table"]) for each in lines if "refused" in each})
    said = "; ".join(f"{model} on {table}" for model, table in found)
    return f"\n\nWhat ended in an error of the library: {said}." if said else ""


def opening(lines: list[dict[str, Any]]) -> str:
    splits = 1 + max(line["split"] for line in lines)
    m = machine()
    versions = ", ".join(sorted({each["version"] for each in lines}))
    rows = max(line["rows"] for line in lines)
    told = "There is one such draw" if splits == 1 else f"There are up to {splits} such draws"
    return f"""# Tables

`benchmarks/tables.py` makes this page. The tables are read out of packages of PyPI that hold them
(`benchmarks/table_sets.py`). Of each {rows:,} rows at most are used, of which four fifths, drawn at
random, are trained on; the errors are those on all other rows of the table, {TESTED:,} at most.
{told}. All models have their defaults and one thread. Means are
geometric, of the error + {SHIFT} (class error, or the root mean square error over the deviation of
the test targets). *pellucid beside it* is how far the errors of `TabularClassifier()` or
`TabularRegressor()` are above or below those of the model, in the mean over the tables, and how far
that may be off by chance. Seconds are of CPU for each 1,000 rows of training; the machine did other
work beside, so they compare better than they stand.

Machine: {m["processor"]}, {m["cores"]} cores, {", ".join(m["features"])}, {m["memory"]},
Python {m["python"]}. Versions: {versions}.{refusals(lines)}"""


def ladder(lines: list[dict[str, Any]]) -> list[str]:
    """What each ingredient changed, one after another."""
    text = """## The ladder of ingredients

`python benchmarks/ladder.py FOLDER --rows 1000` goes from an ordinary network to RealMLP-TD
(`preset="realmlp"`), one ingredient after another, and from there to the several small networks of
`preset="standard"`, on the same splits. Errors are means over the
tables, as above; what a step changes is the mean over the tables of how much the error went up or
down, and how far that may be off by chance."""
    parts = [text]
    for task, (measure, title) in TASKS.items():
        climbed = gathered(lines, task)
        rungs = names(climbed)
        found = {table: of for table, of in climbed.items() if len(of) == len(rungs)}
        if len(found) < FEWEST:
            continue
        logs = np.log([[np.mean(of[r], axis=0)[0] + SHIFT for r in rungs] for of in found.values()])
        of = np.exp(logs.mean(axis=0)) - SHIFT
        rows = [f"| {title}, {len(found)} tables | {measure} | by this step |",
                "| --- | ---: | ---: |"]  # fmt: skip
        for at, rung in enumerate(rungs):
            rows.append(f"| {rung} | {of[at]:.4f} | {changed(logs, at)} |")
        parts.append("\n".join(rows))
    return parts if len(parts) > 1 else []


def changed(logs: np.ndarray, at: int) -> str:
    """What a step changed, in the mean over the tables, and how far that may be off by chance."""
    if not at:
        return ""
    return percent(logs[:, at] - logs[:, at - 1])


def sections(lines: list[dict[str, Any]], title: str) -> list[str]:
    """The means and the tables of each task."""
    parts = []
    for task, (_, name) in TASKS.items():
        if found := gathered(lines, task):
            parts += [title.format(name), means(found, task), each_table(lines, found)]
    return parts


def whole(lines: list[dict[str, Any]]) -> list[str]:
    """The same with all rows of the larger tables."""
    text = f"""## With all rows

The tables of more than {FEW:,} rows once more, four fifths of all of their rows to train on:
`python benchmarks/tables.py FOLDER`."""
    return [text, *sections(lines, "### {}, all rows")] if lines else []


def through_epochs(lines: list[dict[str, Any]]) -> list[str]:
    """How many times as fast ours train as scikit-learn's networks of the same size."""
    text = """## The same epochs beside scikit-learn

`python benchmarks/table_epochs.py FOLDER --rows 1000` trains the estimators, and as many of
scikit-learn's networks of the same layers, on batches of as many rows, through as many epochs;
nobody stops before. Means are geometric; seconds are of CPU, on one thread."""
    rows = ["| | tables | × as fast |", "| --- | ---: | ---: |"]
    each = ["| table | rows | s per 1,000 rows | scikit-learn | × as fast |",
            "| --- | ---: | ---: | ---: | ---: |"]  # fmt: skip
    for task, (_, name) in TASKS.items():
        found = [line for line in lines if line["task"] == task]
        if found:
            times = [line["theirs"] / line["ours"] for line in found]
            rows.append(f"| {name} | {len(found)} | {np.exp(np.mean(np.log(times))):.1f} |")
            each += [
                f"| {at['table']} | {at['rows']:,} | {at['ours']:.2f} | {at['theirs']:.2f} "
                f"| {times_as_fast:.1f} |"
                for at, times_as_fast in zip(found, times, strict=True)
            ]
    return [text, "\n".join(rows), "\n".join(each)] if lines else []


def page(lines: list[dict[str, Any]], rungs: list[dict[str, Any]], times: list[Any]) -> str:
    few = [line for line in lines if line["rows"] <= FEW]
    every = [line for line in lines if line["rows"] > FEW]
    return (
        "\n\n".join(
            [
                opening(few),
                *sections(few, "## {}"),
                *whole(every),
                *through_epochs(times),
                *ladder(rungs),
            ]
        )
        + "\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--page", type=Path, default=PAGE)
    asked = parser.parse_args()
    text = page(known(asked.results), known(LADDER), known(EPOCHS, ("table", "rows")))
    asked.page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
