"""Array calls as ONNX operators: a table over the names of the vocabulary."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from pellucid.calls import Call, Rows
from pellucid.calls.vocabulary import CONDITIONS
from pellucid.calls.writers import Writers
from pellucid.interop.onnx.writer import FLOAT, WHOLE, Writer

Write = Callable[[Writer, Call], str]
WRITERS: Writers[Write] = Writers()
writer = WRITERS.of
#: calls that are one operator on the same operands
ALIKE = {
    "negative": "Neg",
    "sqrt": "Sqrt",
    "abs": "Abs",
    "sign": "Sign",
    "exp": "Exp",
    "log": "Log",
    "sin": "Sin",
    "cos": "Cos",
    "tanh": "Tanh",
    "floor": "Floor",
    "add": "Add",
    "subtract": "Sub",
    "multiply": "Mul",
    "divide": "Div",
    "pow": "Pow",
    "maximum": "Max",
    "minimum": "Min",
    "matmul": "MatMul",
    "greater": "Greater",
    "greater_equal": "GreaterOrEqual",
    "less": "Less",
    "less_equal": "LessOrEqual",
    "equal": "Equal",
}
REDUCTIONS = {"sum": "ReduceSum", "mean": "ReduceMean", "max": "ReduceMax", "min": "ReduceMin"}


def write_call(to: Writer, call: Call) -> str:
    """Write one call; gives the name of its result."""
    return WRITERS.find(call.function, "ONNX")(to, call)


def wanted(to: Writer, call: Call) -> str:
    """The name of the value that a call gives, if it has one in the plan."""
    tensor = to.tensors.get(call)
    return to.wanted(tensor) if tensor is not None and to.names.get(tensor) else ""


def operands(to: Writer, call: Call) -> list[str]:
    kind = call.dtype
    if call.function in CONDITIONS:
        kinds = [getattr(each, "dtype", FLOAT) for each in call.operands]
        kind = FLOAT if any(each.startswith("float") for each in kinds) else WHOLE
    return [to.operand(each, kind) for each in call.operands]


@writer(*ALIKE)
def alike(to: Writer, call: Call) -> str:
    return to.graph.node(ALIKE[call.function], operands(to, call), wanted(to, call))


@writer("square")
def square(to: Writer, call: Call) -> str:
    return to.graph.node("Mul", operands(to, call) * 2, wanted(to, call))


@writer("expm1")
def expm1(to: Writer, call: Call) -> str:
    """tanh(x/2)·(eˣ + 1), exact for small x"""
    (x,), graph = operands(to, call), to.graph
    half = graph.node("Mul", [x, real(to, 0.5)])
    above = graph.node("Add", [graph.node("Exp", [x]), real(to, 1)])
    return graph.node("Mul", [graph.node("Tanh", [half]), above], wanted(to, call))


@writer("log1p")
def log1p(to: Writer, call: Call) -> str:
    """ln u·x/(u − 1) for u = 1 + x, which is exact for small x (Kahan); x where u is 1"""
    (x,), graph = operands(to, call), to.graph
    u = graph.node("Add", [x, real(to, 1)])
    plain, apart = graph.node("Log", [u]), graph.node("Sub", [u, real(to, 1)])
    nothing = graph.node("Equal", [apart, real(to, 0)])
    safe = graph.node("Where", [nothing, real(to, 1), apart])
    mended = graph.node("Mul", [plain, graph.node("Div", [x, safe])])
    small = graph.node("Less", [graph.node("Abs", [x]), real(to, 0.5)])
    near = graph.node("Where", [nothing, x, mended])
    return graph.node("Where", [small, near, plain], wanted(to, call))


def real(to: Writer, value: float) -> str:
    return to.graph.array(np.asarray(value, np.float32))


@writer("remainder")
def remainder(to: Writer, call: Call) -> str:
    (a, b), graph = operands(to, call), to.graph
    times = graph.node("Floor", [graph.node("Div", [a, b])])
    return graph.node("Sub", [a, graph.node("Mul", [b, times])], wanted(to, call))


@writer("not_equal")
def not_equal(to: Writer, call: Call) -> str:
    return to.graph.node("Not", [to.graph.node("Equal", operands(to, call))])


@writer("where")
def where(to: Writer, call: Call) -> str:
    condition, *given = call.operands
    read = [to.operand(condition, "bool"), *(to.operand(each, call.dtype) for each in given)]
    return to.graph.node("Where", read, wanted(to, call))


@writer("astype")
def astype(to: Writer, call: Call) -> str:
    return to.operand(call.operands[0], call.dtype)


@writer("full", "broadcast_to")
def spread(to: Writer, call: Call) -> str:
    read = [to.operand(call.operands[0], call.dtype), to.extents(call.shape)]
    return to.graph.node("Expand", read, wanted(to, call))


@writer("constant")
def constant(to: Writer, call: Call) -> str:
    kind = np.float32 if call.dtype.startswith("float") else np.dtype(call.dtype)
    return to.graph.array(np.asarray(call.options["value"], kind))


@writer("arange")
def arange(to: Writer, call: Call) -> str:
    (count,) = call.shape
    if isinstance(count, Rows):
        last = to.graph.node("Squeeze", [to.rows(count)])
    else:
        last = to.graph.array(np.asarray(count, np.int64))
    start, step = (to.graph.array(np.asarray(each, np.int64)) for each in (0, 1))
    return to.cast(to.graph.node("Range", [start, last, step]), WHOLE, call.dtype)


@writer("reshape")
def reshape(to: Writer, call: Call) -> str:
    shape = [-1 if isinstance(each, Rows) else each for each in call.shape]
    read = [to.operand(call.operands[0], call.dtype), to.graph.whole(*shape)]
    return to.graph.node("Reshape", read, wanted(to, call))


@writer("transpose")
def transpose(to: Writer, call: Call) -> str:
    (x,) = operands(to, call)
    return to.graph.node("Transpose", [x], wanted(to, call), perm=call.options["axes"])


@writer("slice")
def part(to: Writer, call: Call) -> str:
    (x,), graph = operands(to, call), to.graph
    picked = [(axis, each) for axis, each in enumerate(call.options["places"]) if each is not None]
    starts, ends, axes, steps = (
        graph.whole(*numbers)
        for numbers in (
            [each.start for _, each in picked],
            [each.stop if each.stop >= 0 else -(2**31) for _, each in picked],
            [axis for axis, _ in picked],
            [each.step for _, each in picked],
        )
    )
    return graph.node("Slice", [x, starts, ends, axes, steps], wanted(to, call))


@writer("put")
def put(to: Writer, call: Call) -> str:
    """x and d one behind the other; then of each place the number that stands there."""
    source, given = call.operands
    places, graph, shape = call.options["places"], to.graph, call.shape
    extents = [each.times if isinstance(each, Rows) else each for each in shape]
    if places[0] is not None:
        extents = [1, *extents]
        places = (None, *places)
    index = np.arange(math.prod(extents[1:])).reshape(extents[1:])
    put_in = tuple(slice(None) if each is None else np.array(each) for each in places[1:])
    taken = index[np.ix_(*(np.arange(n)[at] for n, at in zip(extents[1:], put_in, strict=True)))]
    index.ravel()[taken.ravel()] = index.size + np.arange(taken.size)
    x = graph.node("Reshape", [to.operand(source, call.dtype), graph.whole(-1, index.size)])
    d = to.operand(given, call.dtype)
    if getattr(given, "shape", ()):
        d = graph.node("Reshape", [d, graph.whole(-1, taken.size)])
    else:
        rows = graph.node("Slice", [graph.node("Shape", [x]), graph.whole(0), graph.whole(1)])
        d = graph.node("Expand", [d, graph.node("Concat", [rows, graph.whole(taken.size)], axis=0)])
    both = graph.node("Concat", [x, d], axis=1)
    found = graph.node("Gather", [both, graph.array(index.ravel())], axis=1)
    kept = graph.whole(*(-1 if isinstance(each, Rows) else each for each in shape))
    return graph.node("Reshape", [found, kept], wanted(to, call))


@writer("concat")
def concat(to: Writer, call: Call) -> str:
    axis = call.options["axis"]
    return to.graph.node("Concat", operands(to, call), wanted(to, call), axis=axis)


@writer("take")
def take(to: Writer, call: Call) -> str:
    table, numbers = call.operands
    read = [to.operand(table, call.dtype), to.operand(numbers, WHOLE)]
    return to.graph.node("Gather", read, wanted(to, call), axis=call.options["axis"])


@writer(*REDUCTIONS)
def reduction(to: Writer, call: Call) -> str:
    axes, kept = call.options["axis"], int(call.options["keepdims"])
    read = [*operands(to, call), to.graph.whole(*axes)]
    return to.graph.node(REDUCTIONS[call.function], read, wanted(to, call), keepdims=kept)
