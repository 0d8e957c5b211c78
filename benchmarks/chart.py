"""The chart of the README: time of each library on W1 to W5, by CPU level.

python benchmarks/chart.py        reads results.json, writes docs/speed.svg
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PICTURE = HERE.parent / "docs" / "speed.svg"
SHOWN = ("W1", "W2", "W3", "W4", "W5")
TITLES = {
    "W1": "784-128-64-10\nAdam, batch 32",
    "W2": "784-512-10\nRMSprop, batch 128",
    "W3": "784-128-64-10\nSGD, row by row",
    "W4": "20-10-1\nSGD, batch 100",
    "W5": "784-64-10\nfull batch",
}
#: a bar is the fastest of these; in the colours of Okabe and Ito, told apart by anyone
BARS = {
    "pellucid": (("pellucid native", "pellucid numpy"), "#0072B2"),
    "JAX, whole epoch in a scan": (
        ("JAX scan", "JAX scan, gathered first", "JAX scan, unrolled"), "#E69F00",
    ),
    "JAX, step by step": (("JAX step loop",), "#F0C45C"),
    "NumPy, tuned by hand": (("NumPy by hand",), "#8C8C8C"),
    "PyTorch, by hand": (("PyTorch by hand",), "#E8B5D2"),
    "PyTorch, compiled": (("PyTorch compiled",), "#CC79A7"),
    "PyTorch, the usual loop": (("PyTorch eager",), "#B05A90"),
    "PyTorch, DataLoader": (("PyTorch DataLoader",), "#8A4573"),
    "Keras 3 on JAX": (("Keras 3 on JAX",), "#D55E00"),
    "scikit-learn": (("scikit-learn",), "#009E73"),
}  # fmt: skip
LEVELS = {"avx512": "AVX-512", "avx2": "AVX2"}
#: as legible on white as on black
INK = "#7a8288"


def ratios(peers: dict[str, Any]) -> dict[str, float]:
    """For each bar, the time of its fastest peer over pellucid's."""
    fastest = {
        bar: min((peers[name]["median"] for name in names if name in peers), default=None)
        for bar, (names, _) in BARS.items()
    }
    ours = fastest["pellucid"]
    return {bar: spent / ours for bar, spent in fastest.items() if spent is not None and ours}


def shown(workloads: dict[str, Any]) -> tuple[dict[str, dict[str, float]], list[str]]:
    """The ratios of each workload that was measured, and the bars that any of them has."""
    values = {name: ratios(workloads[name]["peers"]) for name in SHOWN if name in workloads}
    return values, [bar for bar in BARS if any(bar in each for each in values.values())]


def draw(found: dict[str, Any], path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    matplotlib.rcParams |= {
        "svg.hashsalt": "pellucid", "font.size": 9, "text.color": INK, "axes.labelcolor": INK,
        "xtick.color": INK, "ytick.color": INK, "axes.edgecolor": INK,
    }  # fmt: skip
    rows = {level: shown(each["workloads"]) for level, each in found["levels"].items()}
    heights = [len(bars) for _, bars in rows.values()]
    figure, axes = pyplot.subplots(
        len(rows), len(SHOWN), figsize=(11, 1.2 + 0.26 * sum(heights)), sharey="row",
        squeeze=False, height_ratios=heights, layout="constrained",
    )  # fmt: skip
    for row, (level, (values, bars)) in zip(axes, rows.items(), strict=True):
        for axis, name in zip(row, SHOWN, strict=True):
            panel(axis, bars, values.get(name, {}), TITLES[name])
        row[0].set_ylabel(LEVELS[level], fontsize=10)
    figure.supxlabel(
        "time to train, in multiples of pellucid's: shorter is faster (logarithmic scale)",
        fontsize=9,
    )
    figure.savefig(path, transparent=True, metadata={"Date": None})
    pyplot.close(figure)


def panel(axis: Any, bars: list[str], found: dict[str, float], title: str) -> None:
    """One workload: a bar for each library, on a logarithmic scale."""
    start = min([0.5, *(value / 2 for value in found.values())])
    for place, bar in enumerate(bars):
        value = found.get(bar)
        if value is not None:
            axis.barh(place, value - start, left=start, color=BARS[bar][1], height=0.74)
        label = "–" if value is None else f"{value:.1f} ×" if value < 9.95 else f"{value:.0f} ×"
        axis.text((value or start) * 1.12, place, label, va="center", fontsize=8)
    axis.set_xscale("log")
    axis.set_xlim(start, max(found.values(), default=1) * 4)
    axis.axvline(1, color=INK, linewidth=0.8)
    axis.set_title(title, fontsize=9)
    axis.set_yticks(range(len(bars)), bars)
    axis.tick_params(axis="y", length=0)
    axis.tick_params(axis="x", which="both", bottom=False, labelbottom=False)
    axis.spines[["top", "right", "bottom", "left"]].set_visible(False)
    if not axis.yaxis_inverted():
        axis.invert_yaxis()


def main() -> None:
    found = json.loads((HERE / "results.json").read_text())
    draw(found, PICTURE)


if __name__ == "__main__":
    main()
