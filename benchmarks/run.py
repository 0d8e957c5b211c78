"""All peers on all workloads, in turn. Equality is checked before anything is timed.

python benchmarks/run.py [--only W1,W4,costs] [--peers jax] [--level avx2] [--rounds 7] [--quick]
                         [--fresh]

A machine with AVX-512 measures twice: as it is, and with every peer held to AVX2.

What is measured takes the place of what results.json holds of those workloads; what is there of
others stays, so that all can be measured in parts. `--fresh` begins it anew, as another machine has
to. RESULTS.md, the README's tables and the chart are written after each workload.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any, NamedTuple

import chart
import data
import floors
import levels
import readme
import report
import results
from ceilings import ceilings
from environments import CACHE, REQUIREMENTS, PeerError, Process, import_seconds
from workloads import WORKLOADS, Workload

HERE = Path(__file__).parent
REFERENCE = "pellucid numpy"
COSTS = "costs"
NAMES = [*WORKLOADS, COSTS]
RESULTS = HERE / "results.json"
#: times as long as the fastest rival beyond which a peer is timed once
FAR = 1.5


class Entry(NamedTuple):
    """A peer at a number of threads."""

    peer: str
    threads: int
    process: Process


class Benchmark:
    """The workers of a run, and what is found with them."""

    def __init__(self, asked: argparse.Namespace, level: str):
        self.asked, self.level, self.folder = asked, level, CACHE / "data" / data.source()
        self.processes: dict[tuple[str, int], Process] = {}
        self.kinds: dict[str, dict[str, dict[str, bool]]] = {}
        self.found = results.empty(data.source(), level)
        self.ceilings = ceilings(level)

    def open(self) -> None:
        """Start a worker for each group and number of threads; name those that cannot be."""
        for group in dict.fromkeys(["pellucid", *self.asked.peers]):
            try:
                for threads in self.asked.threads:
                    process = Process(group, threads, self.folder, self.level)
                    hello = process("hello")
                    self.processes[group, threads] = process
                self.kinds[group] = hello["peers"]
                self.found["versions"][group] = hello["version"]
                print(f"{group} {hello['version']}")
            except PeerError as why:
                if group == "pellucid":
                    raise SystemExit(f"pellucid cannot be measured: {why}") from None
                self.found["missing"][group] = str(why)
                print(f"{group}: left out: {why}")

    def close(self) -> None:
        for process in self.processes.values():
            process.close()

    def workload(self, of: Workload) -> None:
        """Prepare and check all peers, then time them in turn."""
        print(f"\n{of.name}  {of.title}, {self.level}")
        data.write(of.data, self.folder)
        losses: dict[str, Any] = {}
        entries = self._ready(of, losses)
        times: dict[tuple[str, int], list[float]] = {(e.peer, e.threads): [] for e in entries}
        for entry in entries:
            if self._warms_up(of, entry):
                self._time(entry, 0.0)
            times[entry.peer, entry.threads].append(self._time(entry, self.asked.seconds))
        near = [entry for entry in entries if is_near(entry, times)]
        for number in range(1, self.asked.rounds):
            for entry in near if number % 2 == 0 else near[::-1]:
                spent = self._time(entry, self.asked.seconds)
                times[entry.peer, entry.threads].append(spent)
        self.here["workloads"][of.name] = results.workload(of, times, losses) | {
            "measured": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
            "rounds": self.asked.rounds,
            "ceilings": self.ceilings,
            "zeros": floors.zeros(of, self.folder),
        }
        print(report.lines(self.here["workloads"][of.name]))

    @property
    def here(self) -> dict[str, Any]:
        """What is found at this level."""
        return self.found["levels"][self.level]

    def _warms_up(self, of: Workload, entry: Entry) -> bool:
        """Whether a first run compiles what the steps that were compared have not needed."""
        kind = next(peers[entry.peer] for peers in self.kinds.values() if entry.peer in peers)
        odd = bool(of.rows_per_call) or of.rows % of.batch > 0
        return kind["compiles_all"] or (kind["compiles"] and odd)

    def _time(self, entry: Entry, seconds: float) -> float:
        return entry.process("time", peer=entry.peer, seconds=seconds)["time"]

    def _ready(self, of: Workload, losses: dict[str, Any]) -> list[Entry]:
        """The peers with the readable executor's loss, and those that cannot be compared."""
        reference = self.processes["pellucid", self.asked.threads[0]]
        short = self.asked.quick
        reference("prepare", workload=of.name, peer=REFERENCE, short=short)
        expected = reference("check", peer=REFERENCE)
        print(f"  loss {expected['loss']:.6f}" + self._moved(of, expected))
        entries = []
        for entry in self._entries(of):
            try:
                entry.process("prepare", workload=of.name, peer=entry.peer, short=short)
                loss = entry.process("check", peer=entry.peer)["loss"]
            except PeerError as why:
                self._leave_out(of, entry, str(why), losses)
                continue
            wrong = None if loss is None else abs(loss - expected["loss"]) / expected["loss"]
            if wrong is not None and not wrong <= of.tolerance:
                self._leave_out(of, entry, f"its loss is {loss:.6f}", losses)
                continue
            losses.setdefault(entry.peer, {"loss": loss, "off": wrong})
            entries.append(entry)
        return entries

    @staticmethod
    def _moved(of: Workload, expected: dict[str, float]) -> str:
        if of.rows_per_call:
            return " of the predictions"
        fall = 1 - expected["loss"] / expected["before"]
        assert fall > 5 * of.tolerance, f"{of.name}: the loss fell by {fall:.2%} only"
        return f" after the steps that are compared, from {expected['before']:.6f}"

    def _leave_out(self, of: Workload, entry: Entry, why: str, losses: dict[str, Any]) -> None:
        print(f"  {entry.peer}, {entry.threads} thread(s): left out: {why}")
        losses.setdefault("left out", {})[f"{entry.peer}, {entry.threads}"] = why

    def _entries(self, of: Workload) -> list[Entry]:
        purpose = "predicts" if of.rows_per_call else "trains"
        return [
            Entry(peer, threads, process)
            for (group, threads), process in self.processes.items()
            for peer, kind in self.kinds[group].items()
            if kind[purpose]
        ]

    def costs(self, workload: str) -> None:
        """Import, installation, compile pause and memory of each peer, in a process of its own."""
        print(f"\nimport, installed size, pause of the first training, peak memory: {workload}")
        data.write(WORKLOADS[workload].data, self.folder)
        for group, peers in self.kinds.items():
            seconds = import_seconds(group)
            for peer in peers:
                process = Process(group, 1, self.folder, self.level, fresh=True)
                try:
                    if peers[peer]["trains"]:
                        costs = process("costs", workload=workload, peer=peer)
                        self.here["costs"][peer] = {"import": seconds} | costs
                        print(report.cost_line(peer, self.here["costs"][peer]))
                except PeerError as why:
                    print(f"  {peer}: left out: {why}")
                finally:
                    process.close()


def is_near(entry: Entry, times: dict[tuple[str, int], list[float]]) -> bool:
    """Whether it is worth more rounds: pellucid, and whoever may be the fastest rival."""
    if entry.peer == results.BASES[0]:
        return True
    rivals = [spent[0] for (peer, _), spent in times.items() if peer not in results.BASES]
    own = [spent[0] for (peer, _), spent in times.items() if peer == entry.peer]
    spent = times[entry.peer, entry.threads][0]
    return spent == min(own) and spent <= FAR * min(rivals, default=spent)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    groups = list(REQUIREMENTS)
    several = lambda text: text.split(",")  # noqa: E731
    parser.add_argument("--only", type=several, default=NAMES, help=",".join(NAMES))
    parser.add_argument("--peers", type=several, default=groups, help=",".join(groups))
    parser.add_argument("--threads", type=lambda t: [int(n) for n in t.split(",")], default=[1, 2])
    able = [level for level in levels.LEVELS if levels.runs(level)]
    parser.add_argument("--level", type=several, default=able, help=",".join(able))
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.25, help="the least time of a turn")
    parser.add_argument(
        "--quick", action="store_true", help="does all work? Few rows, one thread, no files"
    )
    parser.add_argument("--fresh", action="store_true", help="forget what results.json holds")
    asked = parser.parse_args()
    for given, known in ((asked.only, NAMES), (asked.peers, groups), (asked.level, able)):
        if unknown := set(given) - set(known):
            parser.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(known)}")
    if asked.quick:
        asked.rounds, asked.seconds, asked.threads = 1, 0.0, [1]
        asked.only = [name for name in asked.only if name != COSTS]
    return asked


def main() -> None:
    asked = arguments()
    if asked.fresh and not asked.quick:
        RESULTS.unlink(missing_ok=True)
    for level in asked.level:
        measure(asked, level)


def measure(asked: argparse.Namespace, level: str) -> None:
    """All that was asked for, at one CPU level."""
    benchmark = Benchmark(asked, level)
    if asked.only != NAMES and not asked.quick and not results.belongs(benchmark.found, RESULTS):
        raise SystemExit(f"{RESULTS} is of another machine or other data; --fresh begins it anew")
    try:
        benchmark.open()
        for name in asked.only:
            if name != COSTS:
                benchmark.workload(WORKLOADS[name])
                keep(asked, benchmark.found)
    finally:
        benchmark.close()
    if COSTS in asked.only and level == asked.level[0]:
        benchmark.costs("W1")
        keep(asked, benchmark.found)


def keep(asked: argparse.Namespace, found: dict[str, Any]) -> None:
    """What is found so far, in all places where it is shown."""
    if not asked.quick:
        whole = results.merged(found, RESULTS)
        report.write(HERE, whole)
        readme.write(whole)
        chart.draw(whole, chart.PICTURE)


if __name__ == "__main__":
    main()
