"""What an equation is: one small class that holds everything the library knows of it.

How to compute it with arrays (`run`), its gradient as further equations (`gradient`), how to print
it (`text`, `latex`), and its cost (`flops`) stand side by side. Called on tensors, an equation
writes one line of a plan.

What one number of its value depends on (`reads`) and is made of (`terms`) follows from `run`, which
is called with arrays whose numbers remember what made them (`pellucid.elements`). Of Z = X·W + b,
Z[0, 5] reads row 0 of X, column 5 of W and b[5]; its terms are X[0, j]·W[j, 5] and b[5], and add up
to it. So there is nothing to write for them, only to keep: `run` is made of array functions and
operators alone, and does not ask what its numbers are.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from pellucid.elements.arrays import KnownArray
from pellucid.elements.element import Place
from pellucid.elements.functions import ELEMENTS
from pellucid.elements.reading import Elements, elements, given, several
from pellucid.elements.terms import Terms
from pellucid.extents import any_open, sized, tried
from pellucid.numbers import NUMBERS
from pellucid.settings import Named
from pellucid.tensor import (
    Gradients,
    Line,
    Shape,
    Symbolic,
    Tensor,
    as_tensor,
    broadcast,
    setting,
    size,
)

SUM, PRODUCT, POWER, ATOM = range(4)


class Equation(Named, family="equation"):
    """One line of mathematics.

    The first output is the value; further outputs are by-products (statistics, gate values) that
    the backward pass may read, and through which no gradient flows.
    """

    text: ClassVar[str]
    latex: ClassVar[str]
    #: the letter its value goes by in a printed plan; without one it is printed where it is used
    letter: ClassVar[str] = ""
    #: the letters of its by-products
    by_products: ClassVar[tuple[str, ...]] = ()
    #: how tightly its printed form binds, and whether its arguments stand inside brackets
    binds: ClassVar[int] = ATOM
    encloses: ClassVar[bool] = False
    #: "float", "int" or "bool"
    dtype: ClassVar[str] = "float"
    #: floating-point operations for each element of the value
    cost: ClassVar[int] = 1

    def run(self, xp: Any, *arrays: Any) -> Any:
        """The value from arrays. `xp` is their array-API namespace."""
        raise NotImplementedError

    def gradient(self, *tensors: Any, **unused: Any) -> Gradients:
        """gradient(dy, y, *inputs): one for each input, or None, written as further equations.

        dy is the gradient of the value y. (The signature is open, so that each class may name what
        it reads.)
        """
        raise TypeError(f"{type(self).__name__} has no gradient")

    def shape(self, *shapes: Shape) -> Shape | list[Shape]:
        """The shape of the value; a list of shapes where there are by-products."""
        return broadcast(*shapes)

    def shapes_for(self, given: Sequence[Shape]) -> list[Shape]:
        """The shapes of the value and of by-products, also where extents are open."""
        if any_open(given):
            return tried(lambda one: self.shapes_for([sized(shape, one) for shape in given]))
        found = self.shape(*given)
        return found if isinstance(found, list) else [found]

    def flops(self, value: Shape, *shapes: Shape) -> int:
        """Floating-point operations for one row of the batch."""
        return self.cost * size(value)

    def reads(self, index: tuple[int, ...], *arrays: Any, of: int = 0) -> set[Place]:
        """The places of its inputs that the number at `index` depends on, named as in `run`.

        `of` tells a by-product from the value.
        """
        return self.elements(*arrays).reads(index, of)

    def terms(self, index: tuple[int, ...], *arrays: Any, of: int = 0) -> Terms:
        """What makes the number at `index`: the terms of a sum, the factors of a product, …"""
        return self.elements(*arrays).terms(index, of)

    def elements(self, *arrays: Any) -> Elements:
        """All numbers of its values, from NumPy's arrays."""
        result = self.run(np, *arrays)
        results = result if isinstance(result, tuple) else (result,)
        known = [KnownArray(f"value {at}", np.asarray(each)) for at, each in enumerate(results)]
        further = (f"x{at}" for at in range(len(self.arguments()), len(arrays)))
        named = zip((*self.arguments(), *further), arrays, strict=False)
        return elements(several(self.made_of(*(given(*each) for each in named))), known)

    def made_of(self, *inputs: Any) -> Any:
        """Its values, on arrays whose numbers remember what they are made of."""
        return self.run(ELEMENTS, *inputs)

    def template(self, style: str) -> str:
        return self.text if style == "text" else self.latex

    def __call__(self, *inputs: Any) -> Tensor:
        return self.line(*inputs)

    def line(self, *inputs: Any) -> Tensor:
        """Write a line of a plan that reads `inputs`, and give its value."""
        if any(isinstance(each, np.ndarray) for each in inputs):
            inputs = tuple(Symbolic.beside(inputs))
        tensors = tuple(as_tensor(given) for given in inputs)
        if all(tensor.value is not None and not tensor.name for tensor in tensors):
            return setting(self.run(NUMBERS, *(tensor.value for tensor in tensors)))
        shapes = self.shapes_for([tensor.shape for tensor in tensors])
        plain = all(tensor.is_setting for tensor in tensors)
        role = "setting" if plain else "activation"
        outputs = tuple(Tensor(shape, role=role, dtype=self.dtype) for shape in shapes)
        line = Line(self, tensors, outputs)
        for tensor in outputs:
            tensor.line = line
        for tensor, letter in zip(outputs, (self.letter, *self.by_products), strict=True):
            tensor.called(letter)
        return outputs[0]

    @classmethod
    def arguments(cls) -> list[str]:
        """The names of what it reads, as in the signature of `run` and in its templates."""
        return list(inspect.signature(cls.run).parameters)[2:]

    @classmethod
    def every(cls) -> list[type[Equation]]:
        """Every final class of equation there is, by name or not."""
        below = [each for sub in cls.__subclasses__() for each in sub.every()]
        return below if cls.abstract else [cls, *below]

    @classmethod
    def differentiable(cls) -> bool:
        return cls.gradient is not Equation.gradient

    def key(self) -> tuple[Any, ...]:
        """What tells it from another equation."""
        return (type(self), tuple((name, repr(value)) for name, value in self.settings().items()))


class Elementwise(Equation, abstract=True):
    """An equation that computes each element of its value from the same elements of its inputs."""


class Arithmetic(Elementwise, abstract=True):
    """Elementwise in a single call of the array library: its value may overwrite what it reads."""
