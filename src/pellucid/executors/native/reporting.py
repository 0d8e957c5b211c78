"""The report of a native program: its steps in order, what each computes, and its memory."""

from __future__ import annotations

from pellucid.executors.native.compiling import Compiled
from pellucid.executors.native.graph import Value, root
from pellucid.executors.native.library import level
from pellucid.executors.native.places import Places
from pellucid.executors.native.scheduling import Work
from pellucid.plan import Plan

PRODUCTS = {
    "forward": "A·W",
    "backward": "dA·Wᵀ",
    "weights": "Aᵀ·dA",
    "convolve": "A∗W",
    "convolve_back": "fold(dA·Wᵀ)",
    "convolve_weights": "patches(A)ᵀ·dA",
}
WORDS = {"elsewhere": "NumPy"}


def report(plan: Plan, made: Compiled, nbytes: int) -> str:
    """One line for each step: the kernel, the equations it covers, the shape, the bytes."""
    equations = equations_of(plan, made)
    lines = [f"native: {made.places.dtype.name}, {level()}"]
    for stage in made.stages:
        for part, rows in ((stage.rows, "each tile of rows"), (stage.fixed, "once")):
            lines += [f"  {rows}:"] if part else []
            lines += [f"    {described(made.places, work, equations)}" for work in part]
    lines += [f"  by NumPy, once a batch: {why}" for why in dict.fromkeys(made.elsewhere.values())]
    return "\n".join([*lines, f"  buffers: {nbytes:,} bytes"])


def equations_of(plan: Plan, made: Compiled) -> dict[Value, str]:
    """The printed equation whose value each value is."""
    found, names = {}, plan.names
    for line in plan.lines:
        value = made.whole.of[line.output]
        if isinstance(value, Value):
            name = names.get(line.output)
            found[root(value)] = name or type(line.equation).__name__
    return found


def described(places: Places, work: Work, equations: dict[Value, str]) -> str:
    last = work.values[-1]
    what = (
        f"kernel of {len(work.values)}"
        if work.is_kernel
        else f"product {PRODUCTS[last.op]}"
        if last.op in PRODUCTS
        else WORDS.get(last.op, last.op)
    )
    names = [equations[value] for value in work.values if value in equations]
    shape = ", ".join("n" if not isinstance(extent, int) else str(extent) for extent in last.shape)
    size = sum(value.width for value in work.values if places.stays(value))
    bytes_ = size * places.dtype.itemsize
    unit = "bytes a row" if last.of_rows else "bytes"
    return f"{what:<16} {', '.join(dict.fromkeys(names)):<32} ({shape})  {bytes_:,} {unit}"
