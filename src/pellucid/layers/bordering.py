"""Layers that add a border to images and sequences, cut one off, or repeat what they hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from pellucid.equations.resampling import INTERPOLATIONS, Resample
from pellucid.equations.shape import pick
from pellucid.equations.spacing import Pad, Repeat
from pellucid.layers.asking import demand_among
from pellucid.layers.windows import MEANS, Extents, OverImages
from pellucid.settings import option
from pellucid.tensor import Shape, Tensor

Sides = tuple[tuple[int, int], ...]
#: a number for every side, or for each direction one, or two for its sides
Borders = int | Sequence[int] | Sequence[Sequence[int]]


class Bordering(OverImages, abstract=True):
    """Something done on each side of each direction."""

    #: the setting that says how many
    border_setting: ClassVar[str]

    def _check_settings(self) -> None:
        super()._check_settings()
        self.sides()

    def build(self, shape: Shape) -> None:
        self.known_shape(shape, self.rank + 2, MEANS[self.rank])

    def sides(self) -> Sides:
        """How many places before and after, for each direction, from what was given."""
        name = self.border_setting
        given = getattr(self, name)
        try:
            sides = both_sides(given, self.rank)
        except (TypeError, ValueError):
            sides = ((-1, -1),)
        if any(not isinstance(n, int) or n < 0 for pair in sides for n in pair):
            raise ValueError(
                f"{self.layer_name}: {name} is a whole number of 0 or more for every side, one for "
                f"each direction, or a pair (before, after) for each; got {given!r}"
            )
        return sides


class ZeroPadding(Bordering, abstract=True):
    """Y = X with `padding` zeros on each side."""

    padding: Borders = 1

    border_setting = "padding"

    @property
    def border(self) -> Sides:
        """The zeros before and after, for each direction."""
        return self.sides()

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        return Pad(((0, 0), *self.border, (0, 0)))(x)


class ZeroPadding1D(ZeroPadding):
    """Y = X with `padding` steps of zeros before and after: a number, or a pair"""

    rank = 1


class ZeroPadding2D(ZeroPadding):
    """Y = X with a border of `padding` zeros: a number, (down, along), or a pair for each"""


class ZeroPadding3D(ZeroPadding):
    """Y = X with a border of `padding` zeros: a number, one each way, or a pair for each"""

    rank = 3


class Cropping(Bordering, abstract=True):
    """Y = X without `cropping` places on each side."""

    cropping: Borders = 1

    border_setting = "cropping"

    def build(self, shape: Shape) -> None:
        super().build(shape)
        self.settle(shape)

    def settle(self, shape: Shape) -> None:
        """Settle what is kept of images of a shape."""
        self.key: list[slice] = [slice(None)]
        for extent, (before, after) in zip(shape[1:], self.sides(), strict=False):
            if extent is not None and before + after >= extent:
                raise ValueError(
                    f"{self.layer_name}: nothing of {extent} places is left without {before} "
                    f"before and {after} after; crop less"
                )
            self.key.append(slice(before, None if extent is None else extent - after))

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        self.settle(x.shape)
        return pick(x, tuple(self.key))


class Cropping1D(Cropping):
    """Y = X without `cropping` steps before and after: a number, or a pair"""

    rank = 1


class Cropping2D(Cropping):
    """Y = X without a border of `cropping` places: a number, (down, along), or a pair for each"""

    cropping: Borders = 0


class Cropping3D(Cropping):
    """Y = X without a border of `cropping` places: a number, one each way, or a pair for each"""

    rank = 3


class UpSampling(OverImages, abstract=True):
    """Y = X with each place repeated `size` times, or as many others between them."""

    size: Extents = 2

    sizes = ("size",)

    def build(self, shape: Shape) -> None:
        self.known_shape(shape, self.rank + 2, MEANS[self.rank])
        self.times = self.each_way("size", self.size)

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        for axis, times in enumerate(self.times, 1):
            x = self.longer(x, axis, times) if times > 1 else x
        return x

    def longer(self, x: Tensor, axis: int, times: int) -> Tensor:
        """x with so many places for each along an axis."""
        return Repeat(axis, times)(x)


class UpSampling1D(UpSampling):
    """Y = each step of X `size` times;  X (n, steps, c), Y (n, size·steps, c)"""

    rank = 1


class UpSampling3D(UpSampling):
    """Y = each number of X as a block of `size` equal ones;  X (n, d, h, w, c)"""

    rank = 3


class UpSampling2D(UpSampling):
    """Y = each number of X as a block of `size` equal ones, or as many that are interpolated"""

    interpolation: str = option(default="nearest", kw_only=True)

    def _check_settings(self) -> None:
        super()._check_settings()
        demand_among(self, "interpolation", INTERPOLATIONS)

    def longer(self, x: Tensor, axis: int, times: int) -> Tensor:
        if self.interpolation == "nearest":
            return super().longer(x, axis, times)
        return Resample(axis, times * (x.shape[axis] or 1), self.interpolation)(x)


def both_sides(given: Any, rank: int) -> Sides:
    """(before, after) of each direction."""
    if isinstance(given, int):
        return ((given, given),) * rank
    if not isinstance(given, (list, tuple)):
        raise TypeError
    if rank == 1:
        (before, after) = given
        return ((before, after),)
    pairs = [(each, each) if isinstance(each, int) else tuple(each) for each in given]
    if len(pairs) != rank:
        raise ValueError
    return tuple((before, after) for before, after in pairs)
