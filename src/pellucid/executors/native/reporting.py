"""The report of a native program: its steps in order, what each computes, and its memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pellucid.executors.native.graph import Value, root
from pellucid.executors.native.library import level

if TYPE_CHECKING:
    from pellucid.executors.native.executor import NativeExecutor
    from pellucid.executors.native.scheduling import Work

PRODUCTS = {
    "forward": "A·W", "backward": "dA·Wᵀ", "weights": "Aᵀ·dA",
    "convolve": "A∗W", "convolve_back": "fold(dA·Wᵀ)", "convolve_weights": "patches(A)ᵀ·dA",
}  # fmt: skip


def report(executor: NativeExecutor) -> str:
    """One line for each step: the kernel, the equations it covers, the shape, the bytes."""
    equations = equations_of(executor)
    lines = [f"native: {executor.dtype.name}, {level()}"]
    for stage in executor.compiled.stages:
        for part, rows in ((stage.rows, "each tile of rows"), (stage.fixed, "once")):
            lines += [f"  {rows}:"] if part else []
            lines += [f"    {described(executor, work, equations)}" for work in part]
    return "\n".join([*lines, f"  buffers: {executor.program.nbytes:,} bytes"])


def equations_of(executor: NativeExecutor) -> dict[Value, str]:
    """The printed equation whose value each value is."""
    found, names = {}, executor.plan.names
    for line in executor.plan.lines:
        value = executor.compiled.whole.of[line.output]
        if isinstance(value, Value):
            name = names.get(line.output)
            found[root(value)] = name or type(line.equation).__name__
    return found


def described(executor: NativeExecutor, work: Work, equations: dict[Value, str]) -> str:
    last = work.values[-1]
    what = (
        f"kernel of {len(work.values)}" if work.is_kernel
        else f"product {PRODUCTS[last.op]}" if last.op in PRODUCTS else last.op
    )  # fmt: skip
    names = [equations[value] for value in work.values if value in equations]
    shape = ", ".join("n" if not isinstance(extent, int) else str(extent) for extent in last.shape)
    size = sum(value.width for value in work.values if executor.compiled.places.stays(value))
    bytes_ = size * executor.dtype.itemsize
    unit = "bytes a row" if last.of_rows else "bytes"
    return f"{what:<16} {', '.join(dict.fromkeys(names)):<32} ({shape})  {bytes_:,} {unit}"
