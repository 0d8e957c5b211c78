"""What was found, as data: of a workload, of a run, and with what results.json holds of others."""

from __future__ import annotations

import json
import os
import platform
import re
import statistics
from pathlib import Path
from typing import Any

from levels import LEVELS
from workloads import WORKLOADS, Workload

BASES = ("pellucid native", "pellucid numpy")
PARTS = ("workloads", "costs")
#: what a CPU can do that matters to arithmetic
FEATURES = ("avx2", "fma", "avx512f", "avx512_vnni", "amx_tile", "asimd", "sve")


def workload(
    of: Workload, times: dict[tuple[str, int], list[float]], losses: dict[str, Any]
) -> dict[str, Any]:
    """For each peer its times, its best number of threads, and its ratio to pellucid."""
    peers: dict[str, Any] = {}
    for (peer, threads), spent in times.items():
        peers.setdefault(peer, {"times": {}} | losses[peer])["times"][str(threads)] = spent
    for peer in peers.values():
        peer["threads"] = min(peer["times"], key=lambda t: statistics.median(peer["times"][t]))
        peer["median"] = statistics.median(best(peer))
    base = next((name for name in BASES if name in peers), None)
    for peer in peers.values():
        if base is not None:
            rounds = zip(best(peer), best(peers[base]), strict=False)
            peer["ratio"] = statistics.median(theirs / ours for theirs, ours in rounds)
    left_out = losses.get("left out", {})
    return {"title": of.title, "unit": of.unit, "base": base, "peers": peers, "left out": left_out}


def best(peer: dict[str, Any]) -> list[float]:
    return peer["times"][peer["threads"]]


def empty(source: str, level: str) -> dict[str, Any]:
    """What a run at a level begins with; `source` is where the pictures come from."""
    levels = {level: {part: {} for part in PARTS}}
    return {
        "machine": machine(), "data": source, "versions": {}, "missing": {}, "levels": levels
    }  # fmt: skip


def belongs(found: dict[str, Any], file: Path) -> bool:
    """Whether `file` holds what was measured on this machine and these data, or is not there."""
    before = json.loads(file.read_text()) if file.exists() else found
    return all(before[each] == found[each] for each in ("machine", "data"))


def merged(found: dict[str, Any], file: Path) -> dict[str, Any]:
    """What was found, and what `file` holds of other runs."""
    if not file.exists() or not belongs(found, file):
        return found
    before = json.loads(file.read_text())
    joined = found | {"versions": before["versions"] | found["versions"]}
    joined["missing"] = {
        group: why for group, why in (before["missing"] | found["missing"]).items()
        if group in found["missing"] or group not in found["versions"]
    }  # fmt: skip
    joined["levels"] = {
        level: at_level(before["levels"].get(level, {}), found["levels"].get(level, {}))
        for level in LEVELS if level in before["levels"] or level in found["levels"]
    }  # fmt: skip
    return joined


def at_level(before: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """What is known at a level, the workloads in their order."""
    joined = {part: before.get(part, {}) | found.get(part, {}) for part in PARTS}
    joined["workloads"] = {n: joined["workloads"][n] for n in WORKLOADS if n in joined["workloads"]}
    return joined


def machine() -> dict[str, Any]:
    """The machine, without its name."""
    info = Path("/proc/cpuinfo")
    text = info.read_text() if info.exists() else ""
    model = re.search(r"model name\s*:\s*(.*)", text)
    flags = set((re.search(r"(?:flags|Features)\s*:\s*(.*)", text) or [""])[0].split())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": model[1] if model else platform.processor() or platform.machine(),
        "architecture": platform.machine(),
        "features": [each for each in FEATURES if each in flags],
        "cores": os.cpu_count(),
        "memory": f"{memory / 2**30:.0f} GiB",
        "system": platform.system(),
        "python": platform.python_version(),
    }
