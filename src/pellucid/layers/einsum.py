"""A dense layer by an equation of letters, which says what is multiplied and what is summed."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import NamedTuple

from pellucid import activations
from pellucid.activations import ActivationLike
from pellucid.constraints import ConstraintLike
from pellucid.equations.linear import Product
from pellucid.equations.reductions import Sum
from pellucid.equations.shape import Reshape, as_target
from pellucid.equations.spacing import Permute
from pellucid.initializers import InitializerLike
from pellucid.layers.base import Layer
from pellucid.regularizers import RegularizerLike
from pellucid.settings import option
from pellucid.tensor import Shape, Tensor, show_shape


class Letters(NamedTuple):
    """The axes of the input, of the kernel and of the output, a letter for each."""

    x: str
    w: str
    y: str

    @property
    def summed(self) -> str:
        """What is in the input and in the kernel, and no longer in the output."""
        return "".join(each for each in self.w if each in self.x and each not in self.y)

    @property
    def shared(self) -> str:
        """What the kernel has for each place of an axis that stays."""
        return "".join(each for each in self.w if each in self.x and each in self.y)

    @property
    def new(self) -> str:
        return "".join(each for each in self.w if each not in self.x)


class EinsumDense(Layer):
    """Y = f(einsum(X, W) + b), as `equation` says by a letter for each axis: "abc,cd->abd"

    The first axis is that of the rows; "..." stands for axes that stay as they are. `output_shape`
    has the extents of a row of Y, None where they are those of X; those of "..." may be left out.
    b has the axes `bias_axes` of Y.
    """

    equation: str
    output_shape: int | Sequence[int | None]
    activation: ActivationLike = None
    bias_axes: str | None = None
    kernel_initializer: InitializerLike = "glorot_uniform"
    bias_initializer: InitializerLike = "zeros"
    kernel_regularizer: RegularizerLike = None
    bias_regularizer: RegularizerLike = None
    kernel_constraint: ConstraintLike = option(default=None, kw_only=True)
    bias_constraint: ConstraintLike = option(default=None, kw_only=True)

    def build(self, shape: Shape) -> None:
        self.letters = self.read(len(shape))
        extents = self.extents(shape)
        self.row = tuple(extents.get(each) for each in self.letters.y[1:])
        self.w = self.weight_as_set("kernel", [extents[each] for each in self.letters.w])
        self.axes = self.bias_axes or ""
        if unknown := [each for each in self.axes if each not in self.letters.y[1:]]:
            raise ValueError(
                f"{self.layer_name}: bias_axes={self.bias_axes!r} names {unknown[0]!r}, which is "
                f"no axis of a row of the output {self.letters.y!r}"
            )
        if self.axes:
            kept = [each for each in self.letters.y if each in self.axes]
            after = self.letters.y[self.letters.y.index(kept[0]) :]
            own = [extents[each] if each in kept else 1 for each in after]
            self.b = self.weight_as_set("bias", own, "b")

    def read(self, rank: int) -> Letters:
        """The letters of the equation, for an input of so many axes."""
        found = re.fullmatch(
            r"([a-zA-Z.]+),([a-zA-Z.]+)->([a-zA-Z.]+)", self.equation.replace(" ", "")
        )
        if found is None:
            raise ValueError(
                f"{self.layer_name}: an equation is written like 'abc,cd->abd', got "
                f"{self.equation!r}"
            )
        x, w, y = found.groups()
        unused = [chr(at) for at in range(ord("A"), ord("Z")) if chr(at) not in self.equation]
        more = "".join(unused[: rank - len(x.replace("...", ""))])
        x, y = x.replace("...", more), y.replace("...", more)
        self.stays = more if "..." in self.equation else ""
        letters = Letters(x, w, y)
        bad_rows = x[:1] in w or x[:1] != y[:1]
        twice = any(len(set(each)) < len(each) for each in letters)
        if "." in x + w + y or len(x) != rank or twice or set(y) - set(x + w) or bad_rows:
            raise ValueError(
                f"{self.layer_name}: {self.equation!r} cannot be read for an input of {rank} axes: "
                "each letter stands once on a side, the first of the input and of the output is "
                "that of the rows and not in the kernel, and the output has letters of the two"
            )
        return letters

    def extents(self, shape: Shape) -> dict[str, int]:
        """The extent of each letter but that of the rows."""
        given = self.output_shape
        row = [given] if isinstance(given, int) else list(given)
        known = {each: extent for each, extent in zip(self.letters.x, shape, strict=True) if extent}
        ends = self.letters.y[1:]
        if len(row) < len(ends):
            ends = "".join(each for each in ends if each not in self.stays)
        if len(row) > len(ends):
            raise ValueError(
                f"{self.layer_name}: output_shape={given!r} has an extent for each axis of a row "
                f"of {self.letters.y!r}"
            )
        for each, extent in zip(ends, [*(None,) * (len(ends) - len(row)), *row], strict=True):
            if extent is not None and known.setdefault(each, extent) != extent:
                raise ValueError(
                    f"{self.layer_name}: {each!r} is {known[each]} in the input "
                    f"{show_shape(shape)}, and {extent} in output_shape={given!r}"
                )
        own = [each for each in self.letters.y[1:] if each in (self.bias_axes or "")]
        wanted = [*self.letters.w, *own]
        lacking = [each for each in wanted if each not in known]
        if lacking:
            raise ValueError(
                f"{self.layer_name}: {lacking[0]!r} is of unknown extent: say it in output_shape"
            )
        return known

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        letters = self.letters
        y = self.by_product(x) if not letters.shared else self.by_place(x)
        if self.axes:
            y = y + self.b.tensor
        return activations.get(self.activation)(y.called("Z"))

    def by_product(self, x: Tensor) -> Tensor:
        """As one product of matrices."""
        x_, w_, y_ = self.letters
        summed, new = self.letters.summed, self.letters.new
        stays = "".join(each for each in x_ if each not in summed)
        x = ordered(x, x_, stays + summed)
        w = ordered(self.w.tensor, w_, summed + new)
        extents = dict(zip(stays + summed, x.shape, strict=True)) | dict(
            zip(summed + new, w.shape, strict=True)
        )
        inner, outer = (math.prod(extents[each] or 1 for each in part) for part in (summed, new))
        flat = as_shape(x, (*x.shape[: len(stays)], inner))
        z = Product()(flat, as_shape(w, (inner, outer)))
        z = as_shape(z, tuple(extents[each] for each in stays + new))
        return ordered(z, stays + new, y_)

    def by_place(self, x: Tensor) -> Tensor:
        """As a sum of products, number by number: the kernel differs along an axis that stays."""
        x_, w_, y_ = self.letters
        every = [*y_, *self.letters.summed]
        product = spread(x, x_, every) * spread(self.w.tensor, w_, every)
        away = tuple(range(len(y_), len(every)))
        return Sum(away)(product) if away else product


def as_shape(x: Tensor, shape: Shape) -> Tensor:
    return x if x.shape == shape else Reshape(as_target(shape))(x)


def ordered(x: Tensor, letters: str, wanted: str) -> Tensor:
    """x with its axes in the order of `wanted`."""
    return x if letters == wanted else Permute(tuple(map(letters.index, wanted)))(x)


def spread(x: Tensor, letters: str, every: Sequence[str]) -> Tensor:
    """x with an axis for each letter there is, of extent 1 where it has none."""
    own = [each for each in every if each in letters]
    x = ordered(x, letters, "".join(own))
    extents = dict(zip(own, x.shape, strict=True))
    return as_shape(x, tuple(extents.get(each, 1) for each in every))
