"""From recorded calls to the graph of a program: a table with a function for each name."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pellucid.calls import Call
from pellucid.calls.vocabulary import BINARY, CONDITIONS, UNARY
from pellucid.executors.native import (
    elementwise,
    elsewhere,
    products,
    recurring,
    reducing,
    shaping,
    windows,
)
from pellucid.executors.native.graph import Unsupported
from pellucid.executors.native.lowerer import Lowered, Lowerer
from pellucid.tensor import Line

LOWERINGS: dict[str, Callable[[Lowerer, Call], Lowered]] = {
    **dict.fromkeys((*UNARY, *BINARY, *CONDITIONS, "where"), elementwise.plain),
    "divide": elementwise.divide,
    "pow": elementwise.power,
    "astype": elementwise.astype,
    "full": elementwise.full,
    "broadcast_to": elementwise.broadcast_to,
    "constant": elementwise.known,
    "arange": elementwise.arange,
    "uniform": elementwise.draw,
    "normal": elementwise.draw,
    "reshape": shaping.reshape,
    "transpose": shaping.transpose,
    "slice": shaping.part,
    "concat": shaping.concat,
    "sum": reducing.reduced,
    "max": reducing.reduced,
    "min": reducing.reduced,
    "mean": reducing.mean,
    "matmul": products.matmul,
    "take": products.take,
    "scatter": products.scatter,
    "convolve": windows.convolution,
    "convolve_image": windows.convolution,
    "convolve_kernel": windows.convolution,
    "max_pool": windows.pooling,
    "max_pool_image": windows.pooling,
    "mean_pool": windows.pooling,
    "mean_pool_image": windows.pooling,
    **dict.fromkeys(recurring.NAMES, recurring.recurrence),
    "elsewhere": elsewhere.called,
    "beside": recurring.beside,
}


def lower(to: Lowerer, calls: Iterable[Call]) -> None:
    """Lower calls in their order, or say which equations have no native form, and why.

    After the first of these the others are looked for only, among values that stand in.
    """
    failed: dict[Line, str] = {}
    for call in calls:
        try:
            to.values[call] = lowering_of(call)(to, call)
        except Unsupported as why:
            name, line = type(call.line.equation).__name__, why.line or call.line
            failed.setdefault(line, f"{name}: {why}")
            if not stood_in_for(to, call):
                break
        except Exception:
            if not failed:
                raise
            break
    if failed:
        (line, reason), *others = failed.items()
        raise Unsupported(reason, line, dict(others))


def stood_in_for(to: Lowerer, call: Call) -> bool:
    """Whether a value of the same shape could be put in place of what has no native form."""
    try:
        to.values[call] = elsewhere.called(to, call)
    except Exception:
        return False
    return True


def lowering_of(call: Call) -> Callable[[Lowerer, Call], Lowered]:
    if call.function not in LOWERINGS:
        raise Unsupported(f"{call.function} has no native form")
    return LOWERINGS[call.function]
