"""Recorded array calls as expressions of Python with NumPy."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from pellucid.calls import Call, Number, Operand, Rows, Shape
from pellucid.calls.vocabulary import UNARY
from pellucid.calls.writers import Writers
from pellucid.glass.source.spelling import number

COMPARED, SUM, PRODUCT, SIGNED, POWER, ATOM = range(6)


class Text(NamedTuple):
    """An expression, and how tightly it binds."""

    text: str
    binds: int = ATOM

    def within(self, binds: int) -> str:
        """The expression where one that binds so tightly must stand."""
        return self.text if self.binds >= binds else f"({self.text})"


OPERATORS = {
    "add": ("+", SUM), "subtract": ("-", SUM), "multiply": ("*", PRODUCT),
    "divide": ("/", PRODUCT), "remainder": ("%", PRODUCT), "matmul": ("@", PRODUCT),
    "greater": (">", COMPARED), "greater_equal": (">=", COMPARED), "less": ("<", COMPARED),
    "less_equal": ("<=", COMPARED), "equal": ("==", COMPARED), "not_equal": ("!=", COMPARED),
}  # fmt: skip
#: functions of plain numbers, which must not become NumPy's
OF_MATH = ("sqrt", "exp", "log", "log1p", "sin", "cos", "tanh")
PLAIN = {name: f"math.{name}" for name in OF_MATH}
PLAIN |= {"maximum": "max", "minimum": "min", "abs": "abs"}


def operation(function: str, a: Text, b: Text) -> Text:
    sign, binds = OPERATORS[function]
    left = binds if binds > COMPARED else SUM
    return Text(f"{a.within(left)} {sign} {b.within(binds + 1)}", binds)


def plain(value: Number, given: Callable[[Any], Text]) -> Text:
    """A number that is known only while the program runs, as `given` and made by functions."""
    if value.tensor is not None:
        return given(value.tensor)
    if isinstance(value, Rows):
        return Text("n") if value.times == 1 else Text(f"{value.times} * n", PRODUCT)
    parts = [
        plain(each, given) if isinstance(each, Number) else literal(each) for each in value.operands
    ]
    match value.function:
        case "pow":
            return Text(f"{parts[0].within(ATOM)} ** {parts[1].within(POWER)}", POWER)
        case "negative":
            return Text(f"-{parts[0].within(SIGNED)}", SIGNED)
        case "square":
            return operation("multiply", parts[0], parts[0])
        case "greater":
            return Text(f"float({operation('greater', *parts).text})")
        case "where":
            return Text(f"({parts[1].text} if {parts[0].text} else {parts[2].text})")
    if value.function in OPERATORS:
        return operation(value.function, *parts)
    if value.function not in PLAIN:
        raise ValueError(f"there is no Python for {value.function} of plain numbers")
    return Text(f"{PLAIN[value.function]}({', '.join(each.text for each in parts)})")


def literal(value: float, whole: bool = True) -> Text:
    negative = value < 0 or math.copysign(1.0, value) < 0
    return Text(number(value, whole), SIGNED if negative else ATOM)


def array_call(call: Call, given: Sequence[Text], parts: Callable[[Operand], Text]) -> Text:
    """One call, of operands that are written as `given`; `parts` writes what is inside of one."""
    function = call.function
    if function in OPERATORS:
        return operation(function, *given)
    if function == "negative":
        return Text(f"-{given[0].within(SIGNED)}", SIGNED)
    if function in WRITERS:
        return WRITERS[function](call, given, parts)
    if function in UNARY or function in ("maximum", "minimum", "where"):
        return Text(f"np.{function}({listed(given)})")
    raise ValueError(f"there is no NumPy for the array function {function!r}")


Parts = Callable[[Operand], Text]
Writer = Callable[[Call, Sequence[Text], Parts], Text]
WRITERS: Writers[Writer] = Writers()
writer = WRITERS.of


def listed(given: Sequence[Text]) -> str:
    return ", ".join(each.text for each in given)


def extent(each: int | Rows) -> str:
    return plain(each, lambda tensor: Text("")).text if isinstance(each, Rows) else str(each)


def shape_of(shape: Shape) -> str:
    inside = ", ".join(map(extent, shape))
    return f"({inside},)" if len(shape) == 1 else f"({inside})"


@writer("pow")
def power(call: Call, given: Sequence[Text], parts: Parts) -> Text:
    return Text(f"np.power({listed(given)})")


@writer("astype")
def astype(call: Call, given: Sequence[Text], parts: Parts) -> Text:
    return Text(f"{given[0].within(ATOM)}.astype(np.{call.dtype})")


@writer("sum", "mean", "max", "min")
def reduction(call: Call, given: Sequence[Text], parts: Parts) -> Text:
    axes, kept = call.options["axis"], call.options["keepdims"]
    assert isinstance(axes, tuple)
    source = call.operands[0]
    rank = len(source.shape) if not isinstance(source, (Number, float)) else 0
    words = [given[0].text]
    if len(axes) < rank or kept:
        words.append(f"axis={axes[0] if len(axes) == 1 else axes}")
    words += ["keepdims=True"] if kept else []
    return Text(f"np.{call.function}({', '.join(words)})")


@writer("full")
def full(call: Call, given: Sequence[Text], parts: Parts) -> Text:
    shape = shape_of(call.shape)
    if given[0].text == "0":
        return Text(f"np.zeros({shape}, np.{call.dtype})")
    return Text(f"np.full({shape}, {given[0].text}, np.{call.dtype})")


@writer("constant")
def constant(call: Call, given: Sequence[Text], parts: Parts) -> Text:
    return Text(f"np.array({call.options['value']!r}, np.{call.dtype})")


@writer("arange")
def arange(call: Call, given: Sequence[Text], parts: Parts) -> Text:
    return Text(f"np.arange({extent(call.shape[0])}, dtype=np.{call.dtype})")


@writer("uniform", "normal")
def draw(call: Call, given: Sequence[Text], parts: Parts) -> Text:
    own = "" if given[0].text == "seed" else f", seed={given[0].text}"
    words = f"{call.options['stream']}, {given[1].text}, {shape_of(call.shape)}{own}"
    return Text(f"{call.function}({words})")


@writer("broadcast_to")
def broadcast_to(call: Call, given: Sequence[Text], parts: Parts) -> Text:
    return Text(f"np.broadcast_to({given[0].text}, {shape_of(call.shape)})")


@writer("transpose")
def transpose(call: Call, given: Sequence[Text], parts: Parts) -> Text:
    axes = call.options["axes"]
    if axes == tuple(reversed(range(len(call.shape)))):
        return Text(f"{given[0].within(ATOM)}.T")
    return Text(f"{given[0].within(ATOM)}.transpose({axes})")


@writer("reshape")
def reshape(call: Call, given: Sequence[Text], parts: Parts) -> Text:
    source = call.operands[0]
    if isinstance(source, Call) and source.function == "slice" and picks(source, call.shape):
        return Text(f"{parts(source.operands[0]).within(ATOM)}[{places_of(source, picked=True)}]")
    if len(call.shape) == 1:
        return Text(f"{given[0].within(ATOM)}.ravel()")
    shape = ", ".join("-1" if isinstance(each, Rows) else str(each) for each in call.shape)
    return Text(f"{given[0].within(ATOM)}.reshape({shape or '()'})")


def picks(call: Call, shape: Shape) -> bool:
    """Whether a shape is that of a slice without the axes along which it has one place."""
    places: Any = call.options["places"]
    pairs = zip(call.shape, places, strict=True)
    return shape == tuple(each for each, place in pairs if place is None or len(place) != 1)


@writer("slice")
def part(call: Call, given: Sequence[Text], parts: Parts) -> Text:
    return Text(f"{given[0].within(ATOM)}[{places_of(call)}]")


def places_of(call: Call, picked: bool = False) -> str:
    """The places of a slice, as they stand in brackets."""
    places: Any = call.options["places"]
    words = [":" if each is None else place(each, picked) for each in places]
    while len(words) > 1 and words[-1] == ":":
        words.pop()
    return ", ".join(words)


def place(places: range, picked: bool) -> str:
    if picked and len(places) == 1:
        return str(places[0])
    stop = "" if places.stop < 0 else str(places.stop)
    step = "" if places.step == 1 else f":{places.step}"
    return f"{places.start or ''}:{stop}{step}"


@writer("concat")
def concat(call: Call, given: Sequence[Text], parts: Parts) -> Text:
    axis = call.options["axis"]
    if all(stacked(each, call) for each in call.operands):
        inner = [parts(each.operands[0]) for each in call.operands if isinstance(each, Call)]
        return Text(f"np.stack([{listed(inner)}], axis={axis})")
    where = "" if len(call.shape) == 1 else f", axis={axis}"
    return Text(f"np.concatenate([{listed(given)}]{where})")


def stacked(operand: Operand, call: Call) -> bool:
    """Whether an operand is an array of one axis fewer, reshaped to be joined to others."""
    if not isinstance(operand, Call) or operand.function != "reshape":
        return False
    inner, at = operand.operands[0], call.options["axis"]
    if isinstance(inner, (Number, float)) or not isinstance(at, int):
        return False
    return operand.shape == (*inner.shape[:at], 1, *inner.shape[at:])


@writer("take")
def take(call: Call, given: Sequence[Text], parts: Parts) -> Text:
    return Text(f"np.take({listed(given)}, axis={call.options['axis']})")


@writer("scatter")
def scatter(call: Call, given: Sequence[Text], parts: Parts) -> Text:
    x, d = (each.within(ATOM) for each in given)
    rows, width = call.shape
    return Text(f"added_in_order({rows}, {x}.reshape(-1), {d}.reshape(-1, {width}))")
