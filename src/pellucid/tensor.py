"""A tensor of the plan, before any number is known, and the line that writes it.

Operators on tensors write equations. The batch dimension stays open: it is None in a shape and
prints as n.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from numbers import Integral
from typing import Any, ClassVar, Protocol

from pellucid.arrays import Shape

#: input, target, weight (of a sample), parameter, state, activation, gradient, loss, and `setting`:
#: a plain number, such as a learning rate, that the host language computes with.
ROLES = frozenset(
    ["input", "target", "weight", "parameter", "state", "activation", "gradient", "loss", "setting"]
)


class Symbolic:
    """What stands for numbers that are not known yet: operators on it write equations."""

    __slots__ = ()

    operators: ClassVar[dict[str, Callable[..., Tensor]]] = {}
    #: what an equation reads, with arrays as tensors of a plan (`equations/known.py`)
    beside: ClassVar[Callable[[Sequence[Any]], Sequence[Any]]] = tuple
    #: tells NumPy's arrays not to take it apart: array * tensor is this class's affair
    __array_ufunc__ = None

    #: the tensor that it is in an equation
    tensor: Any

    def __iter__(self) -> Any:
        raise TypeError(f"a symbolic tensor cannot be looped over: {self!r}")

    def __add__(self, other: Any) -> Tensor:
        return self.operators["add"](self, other)

    def __radd__(self, other: Any) -> Tensor:
        return self.operators["add"](other, self)

    def __sub__(self, other: Any) -> Tensor:
        return self.operators["subtract"](self, other)

    def __rsub__(self, other: Any) -> Tensor:
        return self.operators["subtract"](other, self)

    def __mul__(self, other: Any) -> Tensor:
        return self.operators["multiply"](self, other)

    def __rmul__(self, other: Any) -> Tensor:
        return self.operators["multiply"](other, self)

    def __truediv__(self, other: Any) -> Tensor:
        return self.operators["divide"](self, other)

    def __rtruediv__(self, other: Any) -> Tensor:
        return self.operators["divide"](other, self)

    def __pow__(self, other: Any) -> Tensor:
        return self.operators["power"](self, other)

    def __rpow__(self, other: Any) -> Tensor:
        return self.operators["power"](other, self)

    def __neg__(self) -> Tensor:
        return self.operators["negative"](self)

    def __abs__(self) -> Tensor:
        return self.operators["absolute"](self)

    def __matmul__(self, other: Any) -> Tensor:
        return self.operators["product"](self, other)

    def __gt__(self, other: Any) -> Tensor:
        return self.operators["greater"](self, other)

    def __lt__(self, other: Any) -> Tensor:
        return self.operators["greater"](other, self)

    def __getitem__(self, key: Any) -> Tensor:
        return self.operators["pick"](as_tensor(self), key)


class Tensor(Symbolic):
    """A symbolic value. `line` is the equation that writes it, None for what is given."""

    __slots__ = ("dtype", "gradient_of", "line", "mask", "name", "role", "shape", "source", "value")

    def __init__(
        self,
        shape: Shape,
        name: str = "",
        role: str = "activation",
        dtype: str = "float",
        value: float | None = None,
    ):
        assert role in ROLES, role
        self.shape, self.name, self.role = tuple(shape), name, role
        self.dtype, self.value = dtype, value
        self.line: Line | None = None
        self.source: Any = None
        self.gradient_of: Tensor | None = None
        #: of steps: 1 for each that counts, else 0; None where all do
        self.mask: Tensor | None = None

    @property
    def tensor(self) -> Tensor:
        """Itself, as what is made of tensors gives the one that stands for it."""
        return self

    @property
    def size(self) -> int:
        """The number of elements in one row of the batch."""
        return size(self.shape)

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def is_setting(self) -> bool:
        """Whether it is a plain number of the host language."""
        return self.role == "setting"

    def called(self, letter: str) -> Tensor:
        """The same tensor, with the letter that it goes by in a printed plan."""
        self.name = letter
        return self

    def as_gradient_of(self, tensor: Tensor) -> Tensor:
        """The same tensor, noted as a gradient, unless it is another's already."""
        if self.gradient_of is None and not self.is_setting:
            self.gradient_of = tensor
        return self

    def __repr__(self) -> str:
        return f"<{self.name or self.role} {show_shape(self.shape)}>"

    def __bool__(self) -> bool:
        raise TypeError(
            "a symbolic tensor has no value yet, so it cannot decide an `if`; "
            "write the choice as an equation: pellucid.ops.where(condition, a, b)"
        )


#: the gradient of each input of an equation, None where there is none
Gradients = tuple[Tensor | None, ...]


class Operation(Protocol):
    """The face that an equation turns to a plan: to run, to derive, to print, to count."""

    binds: ClassVar[int]
    encloses: ClassVar[bool]

    def run(self, xp: Any, *arrays: Any) -> Any: ...
    def made_of(self, *inputs: Any) -> Any: ...
    def gradient(self, *tensors: Any, **unused: Any) -> Gradients: ...
    def flops(self, value: Shape, *shapes: Shape) -> int: ...
    def template(self, style: str) -> str: ...
    def arguments(self) -> list[str]: ...
    def settings(self) -> dict[str, Any]: ...
    def key(self) -> tuple[Any, ...]: ...


class Line:
    """One line of a plan: an equation, the tensors it reads and the tensors it writes."""

    __slots__ = ("equation", "inputs", "layer", "note", "outputs", "section")

    def __init__(
        self,
        equation: Operation,
        inputs: tuple[Tensor, ...],
        outputs: tuple[Tensor, ...],
        layer: str | None = None,
        section: str = "forward",
        note: str = "",
    ):
        self.equation, self.inputs, self.outputs = equation, inputs, outputs
        self.layer, self.section, self.note = layer, section, note

    @property
    def output(self) -> Tensor:
        return self.outputs[0]

    def rewritten(
        self, inputs: tuple[Tensor, ...], equation: Operation | None = None, note: str = ""
    ) -> Line:
        """A line that writes the same tensors, from other inputs or by another equation."""
        kept = self.outputs, self.layer, self.section
        return Line(equation or self.equation, inputs, *kept, note or self.note)

    def __repr__(self) -> str:
        return f"<{self.output.name or '·'} = {type(self.equation).__name__}{list(self.inputs)}>"


def setting(value: float, name: str = "") -> Tensor:
    """A plain number in the plan, shown by its name where it has one."""
    return Tensor((), name, role="setting", value=value)


def as_tensor(value: Any) -> Tensor:
    if isinstance(value, Symbolic):
        return value.tensor
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return setting(float(value))
    raise TypeError(
        f"expected a symbolic tensor or a number, got {type(value).__name__}. Layers and equations "
        "are written on symbolic tensors; to run a network on arrays use net.predict(x)"
    )


def size(shape: Shape) -> int:
    return math.prod(1 if extent is None else extent for extent in shape)


def place_of(axis: int, shape: Shape) -> int:
    """Which dimension of a shape an axis is, counted from the front."""
    rank = len(shape)
    if not -rank <= axis < rank:
        raise ValueError(
            f"there is no axis {axis} in {show_shape(shape)}: an axis is a whole number from "
            f"{-rank} to {rank - 1}"
        )
    return axis % rank


def row_shape(shape: Sequence[int | None] | None) -> Shape:
    """The shape of a batch of rows of `shape`, None where an extent is not known yet."""
    if shape is None:
        raise ValueError("an input needs the shape of one row: Input(shape=(784,))")
    if isinstance(shape, Integral):
        raise TypeError(f"a shape is a tuple: write Input(shape=({shape},)), with the comma")
    for extent in shape:
        whole = isinstance(extent, Integral) and not isinstance(extent, bool)
        if extent is not None and not (whole and extent >= 1):
            raise ValueError(
                f"every dimension of an input must be a whole number of 1 or more, or None, got "
                f"{tuple(shape)}; the number of rows is left out"
            )
    return (None, *(None if extent is None else int(extent) for extent in shape))


def show_shape(shape: Shape) -> str:
    """A shape in print: n for the rows, ? for another extent that is not known yet."""
    open_ = ("n" if None not in shape[:at] else "?" for at in range(len(shape)))
    inside = ", ".join(
        each if extent is None else str(extent) for each, extent in zip(open_, shape, strict=True)
    )
    return f"({inside},)" if len(shape) == 1 and shape[0] is not None else f"({inside})"


def broadcast(*shapes: Shape) -> Shape:
    """The common shape, by NumPy's rule; an open batch dimension goes with itself or with 1."""
    rank = max(len(shape) for shape in shapes)
    padded = [(1,) * (rank - len(shape)) + tuple(shape) for shape in shapes]
    result = []
    for extents in zip(*padded, strict=True):
        kinds = {extent for extent in extents if extent != 1}
        if len(kinds) > 1:
            listed = " and ".join(show_shape(shape) for shape in shapes)
            raise ValueError(
                f"shapes {listed} do not go together: "
                "each dimension must be equal, or 1 on one side"
            )
        result.append(kinds.pop() if kinds else 1)
    return tuple(result)
