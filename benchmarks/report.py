"""What was found, as lines, as tables, and as a page of them: RESULTS.md."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import floors
import goals
from workloads import WORKLOADS, Workload

COMMAND = "make bench"
TITLES = {"avx512": "AVX-512", "avx2": "AVX2"}


def lines(found: dict[str, Any]) -> str:
    """A workload for the terminal, fastest first."""
    ordered = sorted(found["peers"].items(), key=lambda item: item[1]["median"])
    return "\n".join(
        f"  {name:<26} {number(peer['median']):>9} {found['unit']:<2} {peer['threads']} thread(s)"
        f"  {peer.get('ratio', 1):7.2f} ×  {_off(peer)}"
        for name, peer in ordered
    )


def _off(peer: dict[str, Any]) -> str:
    """How far its loss is from the readable executor's."""
    return "not compared" if peer["off"] is None else f"{peer['off']:.0e}"


def number(value: float) -> str:
    """Three digits that count."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def cost_line(peer: str, costs: dict[str, float]) -> str:
    return (
        f"  {peer:<26} import {costs['import']:.2f} s, "
        f"installed {costs['installed'] / 1e6:.0f} MB, pause {costs['pause']:.2f} s, "
        f"peak {costs['peak'] / 1e6:.0f} MB"
    )


def write(folder: Path, found: dict[str, Any]) -> None:
    """results.json, and RESULTS.md from that."""
    (folder / "results.json").write_text(json.dumps(found, indent=1))
    parts = [
        _opening(found), *_levels(found["levels"], _summary), _standing(found["levels"]),
        *_levels(found["levels"], _floors),
        *_levels(found["levels"], _tables), *_levels(found["levels"], _costs),
        _growth(folder / "growth.json"),
    ]  # fmt: skip
    (folder / "RESULTS.md").write_text("\n\n".join(filter(None, parts)) + "\n", encoding="utf-8")


def _levels(found: dict[str, Any], part: Callable[[str, dict[str, Any]], str]) -> Iterator[str]:
    """A part of the page for each level."""
    for level, at_level in found.items():
        yield part(TITLES[level], at_level)


def _tables(level: str, found: dict[str, Any]) -> str:
    workloads = found["workloads"].items()
    return "\n\n".join(_table(level, *item) for item in workloads)


def _opening(found: dict[str, Any]) -> str:
    m = found["machine"]
    versions = ", ".join(f"{group} {version}" for group, version in found["versions"].items())
    text = f"""# Speed beside other libraries

`{COMMAND}` makes this page. Every peer trains the same float32 network from the same weights on the
same rows, in an environment and processes of its own, on one thread and on two. They take turns,
forwards and backwards; a number is the median at the better number of threads, a ratio the median
over the rounds of that peer's time over pellucid's. Before anything is timed, the loss after a
number of steps is compared with the readable NumPy executor's; a peer whose loss differs is left
out. What is compiled is compiled before, and stands in a table of its own. A peer that takes more
than one and a half times as long as the fastest rival is timed once, and so is the worse number of
threads of the others.

A table names the CPU level: with AVX-512 as the machine is, with AVX2 all peers are held to that
(`levels.py`), but onnxruntime, which cannot be held. [SWEEP.md](SWEEP.md) has the native executor
beside the readable one at many sizes.

Machine: {m["processor"]} ({m["architecture"]}: {", ".join(m["features"])}), {m["cores"]} cores,
{m["memory"]}, {m["system"]}, Python {m["python"]}. Pictures: {found["data"]}.

Versions: {versions}."""
    for group, why in found["missing"].items():
        text += f"\n\nLeft out: {group}: {why}."
    return text


def _summary(level: str, found: dict[str, Any]) -> str:
    """All workloads in one table, a row for each peer."""
    workloads = found["workloads"]
    if not workloads:
        return ""
    names = list(dict.fromkeys(name for each in workloads.values() for name in each["peers"]))
    units = [f"{name} [{each['unit']}]" for name, each in workloads.items()]
    rows = [["", *units], ["---"] + ["---:"] * len(units)]
    for name in names:
        cells = (each["peers"].get(name) for each in workloads.values())
        rows.append([name, *(_cell(cell) for cell in cells)])
    return f"## All at once, {level}\n\nMedian, and ratio to pellucid.\n\n{table(rows)}"


def _cell(peer: dict[str, Any] | None) -> str:
    if peer is None:
        return "–"
    mark = "" if peer["loss"] is not None else "*"
    return f"{number(peer['median'])}{mark} ({peer.get('ratio', 1):.1f} ×)"


def _standing(found: dict[str, Any]) -> str:
    """pellucid beside the fastest rival, and what is in the way of more."""
    rows = [["", "level", "the fastest rival", "ratio", "goal", "above its floor"],
            ["---"] * 3 + ["---:"] * 3]  # fmt: skip
    short: dict[str, list[str]] = {}
    for level, at_level in found.items():
        for each in goals.standings(at_level["workloads"]):
            cells = [f"{each.ratio:.2f} ×", f"{each.goal:.1f} ×", f"{each.above:.1f} ×"]
            rows.append([each.name, TITLES[level], each.rival, *cells])
            if not each.reached:
                short.setdefault(each.name, []).append(f"{each.ratio:.2f} × at {TITLES[level]}")
    text = f"## Beside the fastest rival\n\n{table(rows)}"
    if short:
        text += "\n\nShort of the goal, and what takes the time there:\n"
    for name, ratios in short.items():
        text += f"\n- **{name}** ({', '.join(ratios)}): {goals.LEARNED[name]}"
    return text


def _table(level: str, name: str, found: dict[str, Any]) -> str:
    unit = found["unit"]
    rows = [
        ["", f"1 thread [{unit}]", f"2 threads [{unit}]", "ratio", "loss off by"],
        ["---"] + ["---:"] * 4,
    ]
    for peer, numbers in sorted(found["peers"].items(), key=lambda item: item[1]["median"]):
        times = [numbers["times"].get(threads) for threads in "12"]
        rows.append([
            peer, *(number(statistics.median(t)) if t else "–" for t in times),
            f"{numbers.get('ratio', 1):.2f}", _off(numbers),
        ])  # fmt: skip
    text = f"## {name}, {level}: {found['title']}\n\n{_when(found)}{table(rows)}"
    if found["left out"]:
        reasons = (f"- {who} thread(s): {why}" for who, why in found["left out"].items())
        text += "\n\nLeft out:\n\n" + "\n".join(reasons)
    return text


def _when(found: dict[str, Any]) -> str:
    return f"Measured {found['measured']}, {found['rounds']} rounds.\n\n"


def _floors(level: str, found: dict[str, Any]) -> str:
    """How far pellucid is above what the machine allows; in the unit of each workload."""
    workloads = found["workloads"]
    if not workloads:
        return ""
    rows = [
        ["", "GFLOP", "GFLOP without zeros", "MB moved", "floor", "floor without zeros", "set by",
         "measured", "above"],
        ["---"] + ["---:"] * 5 + ["---"] + ["---:"] * 2,
    ]  # fmt: skip
    for name, each in workloads.items():
        ours = each["peers"].get(each["base"])
        if ours is not None:
            rows.append([name, *_floor(WORKLOADS[name], each, ours["median"])])
    speeds = [each["ceilings"] for each in workloads.values()]
    return f"## Floors, {level}\n\n{_speeds(speeds)}\n\n{table(rows)}"


def _floor(of: Workload, found: dict[str, Any], median: float) -> list[str]:
    dense, sparse = (
        floors.needs(of, known) for known in (floors.Zeros(), floors.Zeros(*found["zeros"]))
    )
    unit = 1e6 if of.unit == "µs" else 1
    (most, _), (least, why) = (floors.lowest(each, found["ceilings"]) for each in (dense, sparse))
    return [
        number(dense.flops / 1e9), number(sparse.flops / 1e9),
        number((sparse.rows + sparse.parameters) / 1e6), f"{number(most * unit)} {of.unit}",
        f"{number(least * unit)} {of.unit}", why, f"{number(median)} {of.unit}",
        f"{median / unit / least:.1f} ×",
    ]  # fmt: skip


def _speeds(found: list[dict[str, Any]]) -> str:
    """What a floor is, and the ceilings, each the highest of all runs."""

    def most(pick: Callable[[dict[str, Any]], dict[str, float]]) -> str:
        return " and ".join(number(max(pick(each)[n] for each in found) / 1e9) for n in "12")

    return f"""The least time that the machine allows, by the formulas of `floors.py`: for what has
to be computed at the speed of a matrix product, for what has to be read and written at the speed of
reading from where it fits; the longest counts. A zero in X needs no multiplication; *above* is the
time of pellucid over the floor without zeros. The speeds, on one thread and on two: arithmetic
{most(lambda each: each["flops"])} GFLOP/s, memory {most(lambda each: each["bandwidth"]["memory"])},
the last cache {most(lambda each: each["bandwidth"]["last"])},
the cores' own {most(lambda each: each["bandwidth"]["core"])} GB/s."""


def _costs(level: str, found: dict[str, Any]) -> str:
    costs = found["costs"]
    if not costs:
        return ""
    rows = [
        ["", "import [s]", "installed [MB]", "pause of the first training [s]", "peak [MB]"],
        ["---"] + ["---:"] * 4,
    ]
    for peer, each in costs.items():
        rows.append([
            peer, f"{each['import']:.2f}", f"{each['installed'] / 1e6:.0f}",
            f"{each['pause']:.2f}", f"{each['peak'] / 1e6:.0f}",
        ])  # fmt: skip
    text = (
        "On W1, each in a fresh process, on one thread; the data are 188 MB of the peak. Installed "
        "is the package with all that it requires."
    )
    return f"## What else it costs, {level}\n\n{text}\n\n{table(rows)}"


def _growth(file: Path) -> str:
    if not file.exists():
        return ""
    rows = [["", "", "seconds an epoch", "peak [MB]"], ["---", "---:", "---:", "---:"]]
    for what, points in json.loads(file.read_text()).items():
        for each in points:
            seconds, peak = number(each["seconds"]), f"{each['peak'] / 1e6:.0f}"
            rows.append([what, f"{each['at']:,}", seconds, peak])
    text = (
        "784-128-64-10, Adam, batch 128, 10,000 rows, but for what grows. The rows are in a mapped "
        "file; the peak is that of memory that is not the file's."
    )
    picture = "![time of an epoch and peak memory](growth.svg)"
    return f"## As the work grows\n\n{text}\n\n{picture}\n\n{table(rows)}"


def table(rows: list[list[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
