"""Arrays that write down what is done with them.

An in-place operator, or an assignment to a part, is recorded as a call whose value the array stands
for from then on. NumPy would also change what shares its memory; whatever does, and would have
been changed, must not be read again.
"""

from __future__ import annotations

from typing import Any

from pellucid.calls.calls import Call, Given, Operand, Option, Places, Shape
from pellucid.calls.numbers import OPERATORS, Number, Unrecordable, is_scalar
from pellucid.calls.shapes import common, spelled_out
from pellucid.calls.vocabulary import CONDITIONS
from pellucid.tensor import Line


class Sheet:
    """What is written down, and for which line."""

    def __init__(self, dtype: str):
        self.calls: list[Call] = []
        self.dtype = dtype
        self.line: Line | None = None

    def write(
        self, function: str, operands: list[Any], shape: Shape, dtype: str, **options: Option
    ) -> Array:
        assert self.line is not None
        read = tuple(map(read_of, operands))
        self.calls.append(Call(function, read, options, tuple(shape), dtype, self.line))
        return Array(self, self.calls[-1])


class Array:
    """An array. `places` are those of `base` that it shows, if it is a part of one."""

    def __init__(
        self, sheet: Sheet, value: Call | Given, base: Array | None = None, places: Places = ()
    ):
        self.sheet, self.value, self.base, self.places = sheet, value, base, places
        self.family: list[Array] = [] if base is None else base.family
        self.family.append(self)
        self.is_given = False
        #: parts that share its memory, through which it was changed since
        self.changed_by: list[Array] = []

    @property
    def shape(self) -> Shape:
        return self.value.shape

    @property
    def dtype(self) -> str:
        return self.value.dtype

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def T(self) -> Array:  # noqa: N802
        axes = tuple(reversed(range(self.ndim)))
        shape = tuple(self.shape[at] for at in axes)
        return self.seen(self.sheet.write("transpose", [self], shape, self.dtype, axes=axes))

    def seen(self, other: Array, places: Places = ()) -> Array:
        """`other`, as an array that shares the memory of this one."""
        read_of(self)
        return Array(self.sheet, other.value, self, places)

    def reshaped(self, shape: Shape) -> Array:
        if shape == self.shape:
            return self.seen(self)
        return self.seen(self.sheet.write("reshape", [self], shape, self.dtype))

    def __getitem__(self, key: Any) -> Array:
        places, taken, shape = spelled_out(key, self.shape)
        part = self
        if any(each is not None for each in places):
            part = self.sheet.write("slice", [self], taken, self.dtype, places=places)
        return self.seen(part.reshaped(shape), places)

    def __setitem__(self, key: Any, given: Any) -> None:
        places, taken, shape = spelled_out(key, self.shape)
        if isinstance(given, Array):
            self.changed_by = [each for each in self.changed_by if each is not given]
            given = spread(given, shape).reshaped(taken)
        self.become(self.sheet.write("put", [self, given], self.shape, self.dtype, places=places))

    def become(self, other: Array) -> Array:
        """Stand for another value; who shares the memory and would see it is not read again."""
        if other.shape != self.shape:
            raise Unrecordable("an in-place operation changes a shape")
        if self.family[0].is_given:
            raise Unrecordable("it writes to what it was given")
        self.value = other.value
        for each in self.family:
            if each is not self and not apart(each, self):
                each.changed_by.append(self)
        return self

    def __neg__(self) -> Array:
        return self.sheet.write("negative", [self], self.shape, self.dtype)

    def __abs__(self) -> Array:
        return self.sheet.write("abs", [self], self.shape, self.dtype)

    def __matmul__(self, other: Any) -> Array:
        return matmul(self, other)

    def __bool__(self) -> bool:
        raise Unrecordable("it decides by numbers that are known only while it runs")

    def __iter__(self) -> Any:
        raise Unrecordable("it loops over the elements of an array")


def _give_operators() -> None:
    compared = {
        "gt": "greater",
        "ge": "greater_equal",
        "lt": "less",
        "le": "less_equal",
        "eq": "equal",
        "ne": "not_equal",
    }
    for name, function in {**OPERATORS, **compared}.items():

        def forward(self: Array, other: Any, _f: str = function) -> Any:
            return elementwise(self.sheet, _f, self, other)

        def backward(self: Array, other: Any, _f: str = function) -> Any:
            return elementwise(self.sheet, _f, other, self)

        def in_place(self: Array, other: Any, _f: str = function) -> Array:
            return self.become(elementwise(self.sheet, _f, self, other))

        setattr(Array, f"__{name}__", forward)
        if name in OPERATORS:
            setattr(Array, f"__r{name}__", backward)
            setattr(Array, f"__i{name}__", in_place)


_give_operators()


def apart(one: Array, other: Array) -> bool:
    """Whether two parts of an array surely have no place in common."""
    if one.base is None or one.base is not other.base or not one.places or not other.places:
        return False
    pairs = zip(one.places, other.places, strict=True)
    return any(a is not None and b is not None and set(a).isdisjoint(b) for a, b in pairs)


def read_of(given: Any) -> Operand:
    """What a call reads of an array or a number."""
    if not isinstance(given, Array):
        if not is_scalar(given):
            raise Unrecordable(f"it works on a {type(given).__name__}")
        return given if isinstance(given, Number) else float(given)
    if given.changed_by:
        raise Unrecordable("it reads an array after another that shares its memory was changed")
    return given.value


def elementwise(sheet: Sheet, function: str, *given: Any) -> Array:
    arrays = [each for each in given if isinstance(each, Array)]
    shape = common([each.shape for each in arrays])
    dtype = "bool" if function in CONDITIONS else promoted(sheet, list(given))
    return sheet.write(function, list(given), shape, dtype)


def promoted(sheet: Sheet, given: list[Any]) -> str:
    """The dtype of what comes of arrays and plain numbers: floats first, bool last."""
    kinds = [each.dtype for each in given if isinstance(each, Array)]
    floats = [kind for kind in kinds if kind.startswith("float")]
    if floats:
        return max(floats)
    if any(isinstance(each, (float, Number)) for each in given):
        return sheet.dtype
    return next((kind for kind in kinds if kind != "bool"), "bool")


def spread(x: Array, shape: Shape) -> Array:
    return x if x.shape == shape else x.sheet.write("broadcast_to", [x], shape, x.dtype)


def matmul(a: Any, b: Any) -> Array:
    if not isinstance(a, Array) or not isinstance(b, Array) or a.ndim < 1 or b.ndim < 2:
        raise Unrecordable("a product is of arrays, the second of two axes or more")
    if a.shape[-1] != b.shape[-2]:
        raise Unrecordable(f"a product of {a.shape} and {b.shape}")
    over = common([a.shape[:-2], b.shape[:-2]]) if b.ndim > 2 else a.shape[:-2]
    shape = (*over, *a.shape[-2:-1], b.shape[-1])
    return a.sheet.write("matmul", [a, b], shape, promoted(a.sheet, [a, b]))
