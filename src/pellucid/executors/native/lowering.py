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
    """Lower calls in their order, or say which equation has no native form, and why."""
    for call in calls:
        try:
            to.values[call] = lowering_of(call)(to, call)
        except Unsupported as why:
            name, line = type(call.line.equation).__name__, why.line or call.line
            raise Unsupported(f"{name}: {why}", line) from None


def lowering_of(call: Call) -> Callable[[Lowerer, Call], Lowered]:
    if call.function not in LOWERINGS:
        raise Unsupported(f"{call.function} has no native form")
    return LOWERINGS[call.function]
