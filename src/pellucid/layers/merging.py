"""Layers that make one tensor of several: the branches of a graph come together here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

from pellucid.equations import choices
from pellucid.equations.arithmetic import Sqrt, Square
from pellucid.equations.linear import RowProduct
from pellucid.equations.reductions import Sum
from pellucid.equations.shape import Reshape, as_target, pick
from pellucid.equations.shape import concatenate as joined
from pellucid.equations.spacing import Permute
from pellucid.layers.base import Layer
from pellucid.ops import maximum as maximum_of
from pellucid.tensor import Shape, Tensor, show_shape


class Merging(Layer, abstract=True):
    """One tensor from a list of tensors with as many dimensions each."""

    supports_masking = True

    several_inputs = True

    def build(self, shape: list[Shape]) -> None:
        if len(shape) < 2 or len({len(each) for each in shape}) > 1:
            listed = ", ".join(map(show_shape, shape))
            raise ValueError(
                f"{self.layer_name} takes a list of two tensors or more with as many dimensions "
                f"each, as in {type(self).__name__}()([a, b]); got {listed}"
            )

    def call(self, x: list[Tensor]) -> Tensor:  # type: ignore[override]
        return reduce(self.merge, x)

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """A step counts where it does in one of them."""
        masks = checked_masks(inputs, previous_mask)
        return None if any(each is None for each in masks) else reduce(maximum_of, masks)

    def merge(self, a: Tensor, b: Tensor) -> Tensor:
        """Two of them together."""
        raise NotImplementedError


class Add(Merging):
    """Y = X1 + X2 + …"""

    def merge(self, a: Tensor, b: Tensor) -> Tensor:
        return a + b


class Subtract(Merging):
    """Y = X1 − X2"""

    def build(self, shape: Any) -> None:
        super().build(shape)
        if len(shape) != 2:
            raise ValueError(f"{self.layer_name} takes exactly two tensors, got {len(shape)}")

    def merge(self, a: Tensor, b: Tensor) -> Tensor:
        return a - b


class Multiply(Merging):
    """Y = X1 ⊙ X2 ⊙ …;  numbers of steps that do not count are left out of the product"""

    def call(  # type: ignore[override]
        self, x: list[Tensor], mask: Sequence[Tensor | None] | None = None
    ) -> Tensor:
        if mask is None:
            return super().call(x)
        left = [one_where_left_out(*each) for each in zip(x, mask, strict=True)]
        y, known = super().call(left), [k for k in mask if k is not None]
        return y * deep(reduce(maximum_of, known), y) if len(known) == len(x) else y

    def merge(self, a: Tensor, b: Tensor) -> Tensor:
        return a * b


class Average(Merging):
    """Y = (X1 + X2 + …)/m, for m tensors"""

    def call(self, x: list[Tensor]) -> Tensor:  # type: ignore[override]
        return super().call(x) / len(x)

    def merge(self, a: Tensor, b: Tensor) -> Tensor:
        return a + b


class Choosing(Merging, abstract=True):
    """One of several numbers; those of a step that does not count are not chosen."""

    def call(  # type: ignore[override]
        self, x: list[Tensor], mask: Sequence[Tensor | None] | None = None
    ) -> Tensor:
        if mask is None:
            return super().call(x)
        found, counts = x[0], mask[0]
        for other, own in zip(x[1:], mask[1:], strict=True):
            if own is not None:
                other = choices.Where()(deep(own, other), other, found)
            if counts is not None:
                found = choices.Where()(deep(counts, found), found, other)
            found = self.merge(found, other)
            both = own is not None and counts is not None
            counts = choices.Maximum()(counts, own) if both else None
        return found


class Maximum(Choosing):
    """Y = max(X1, X2, …);  where they are equal, the gradient goes to the first"""

    def merge(self, a: Tensor, b: Tensor) -> Tensor:
        return choices.Maximum()(a, b)


class Minimum(Choosing):
    """Y = min(X1, X2, …);  where they are equal, the gradient goes to the first"""

    def merge(self, a: Tensor, b: Tensor) -> Tensor:
        return choices.Minimum()(a, b)


class Dot(Merging):
    """Y = Σ X1⊙X2 over an axis of each, row by row;  of vectors X1, X2 (n, k), Y (n, 1)

    With `normalize`, of X1 and X2 divided by their lengths along that axis: the cosine.
    """

    axes: int | Sequence[int]
    normalize: bool = False

    def build(self, shape: Any) -> None:
        super().build(shape)
        given = (self.axes, self.axes) if isinstance(self.axes, int) else tuple(self.axes)
        ranks = [len(each) for each in shape]
        inner = [axis % rank for axis, rank in zip(given, ranks, strict=False)]
        extents = [each[axis] for each, axis in zip(shape, inner, strict=False)]
        usual = len(shape) == 2 == len(given) and max(ranks) < 4 and all(inner)
        if not usual or None in extents or len(set(extents)) > 1:
            listed = " and ".join(map(show_shape, shape))
            raise ValueError(
                f"{self.layer_name} takes two tensors, both of 2 or both of 3 dimensions, and an "
                f"axis within the rows that is as long in both; got axes={self.axes!r} of {listed}"
            )
        self.inner = inner

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        return None

    def call(self, x: list[Tensor]) -> Tensor:  # type: ignore[override]
        pairs = zip(x, self.inner, strict=True)
        a, b = (unit(each, axis) if self.normalize else each for each, axis in pairs)
        if len(a.shape) == 2:
            return Sum(1, keepdims=True)(a * b)
        a = a if self.inner[0] == 2 else Permute((0, 2, 1))(a)
        b = b if self.inner[1] == 1 else Permute((0, 2, 1))(b)
        return RowProduct()(a, b)


class Concatenate(Merging):
    """Y = [X1, X2, …] joined along `axis`"""

    axis: int = -1

    def call(self, x: list[Tensor]) -> Tensor:  # type: ignore[override]
        return joined(x, self.axis)

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        last = self.axis in (-1, len(inputs[0].shape) - 1)
        masks = checked_masks(inputs, previous_mask)
        if last or all(each is None for each in masks):
            return super().compute_mask(inputs, previous_mask)
        pairs = zip(inputs, masks, strict=True)
        return joined([all_count(x) if each is None else each for x, each in pairs], self.axis)


def checked_masks(inputs: Any, masks: Any) -> list[Any]:
    """The mask of each input; [None] where there are none."""
    if masks is None:
        return [None]
    several = isinstance(inputs, (list, tuple)) and isinstance(masks, (list, tuple))
    if not several or len(inputs) != len(masks):
        raise ValueError(
            "compute_mask takes a list of inputs and a list of as many masks, got "
            f"{type(inputs).__name__} and {type(masks).__name__}"
        )
    return list(masks)


def deep(mask: Tensor, x: Tensor) -> Tensor:
    """A mask of steps (n, steps), ready to go together with x."""
    return Reshape(as_target((*mask.shape, *(1,) * (len(x.shape) - len(mask.shape)))))(mask)


def one_where_left_out(x: Tensor, mask: Tensor | None) -> Tensor:
    """x, and 1 at the steps that do not count."""
    return x if mask is None else x * deep(mask, x) + (1 - deep(mask, x))


def all_count(x: Tensor) -> Tensor:
    """The mask of steps that all count."""
    return 0 * pick(x, (..., 0)) + 1


#: the least length² that a vector is divided by, as in Keras
LEAST = 1e-12


def unit(x: Tensor, axis: int | tuple[int, ...]) -> Tensor:
    """x divided by its length along an axis."""
    return x / Sqrt()(choices.Maximum()(Sum(axis, keepdims=True)(Square()(x)), LEAST))


def function_of(layer: type[Merging]) -> Callable[..., Tensor]:
    """A merging layer as a function of tensors: `add([a, b])` for `Add()([a, b])`."""

    def merged(inputs: Sequence[Tensor], *values: Any, **named: Any) -> Tensor:
        return layer(*values, **named)(inputs)

    merged.__name__, merged.__doc__ = layer.registered_name(), layer.__doc__
    return merged


add, subtract, multiply = function_of(Add), function_of(Subtract), function_of(Multiply)
average, maximum, minimum = function_of(Average), function_of(Maximum), function_of(Minimum)
concatenate, dot = function_of(Concatenate), function_of(Dot)
