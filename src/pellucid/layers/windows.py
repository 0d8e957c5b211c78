"""Where the window of a layer stands: sizes and steps of one direction or two, checked.

A sequence (steps, channels) is read as an image of height 1, so that one equation serves both.
Where `data_format` is "channels_first", the channels are put last before the layer does anything,
and back after it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from pellucid.equations.convolution import Pair
from pellucid.equations.shape import Reshape, as_target
from pellucid.equations.spacing import Permute
from pellucid.layers.asking import demand_whole, is_whole
from pellucid.layers.base import Layer
from pellucid.settings import nearest, option
from pellucid.tensor import Shape, Tensor

#: one whole number for every direction, or one for each
Extents = int | Sequence[int]
MEANS = {
    1: "sequences (steps, channels)",
    2: "images (height, width, channels)",
    3: "volumes (depth, height, width, channels)",
}
FIRST, LAST = "channels_first", "channels_last"


def of_shapes(build: Callable[..., None]) -> Callable[..., None]:
    """`build`, told of shapes with the channels last."""

    @functools.wraps(build)
    def built(self: OverImages, shape: Shape, *others: Any, **named: Any) -> None:
        turned = put_last(self, shape)
        with_channels_last(self, lambda: build(self, turned, *others, **named))

    return built


def of_tensors(call: Callable[..., Any]) -> Callable[..., Any]:
    """`call`, on tensors with the channels last, whose value has them where they were."""

    @functools.wraps(call)
    def called(self: OverImages, x: Tensor, *others: Any, **named: Any) -> Any:
        first = self.turns
        given = Permute((0, *range(2, len(x.shape)), 1))(x) if first else x
        y = with_channels_last(self, lambda: call(self, given, *others, **named))
        rank = len(y.shape)
        return Permute((0, rank - 1, *range(1, rank - 1)))(y) if first and rank > 2 else y

    return called


class OverImages(Layer, abstract=True):
    """A layer over images, or, of `rank` 1, over sequences, of `rank` 3, over volumes."""

    data_format: str | None = option(default=None, kw_only=True)

    rank: ClassVar[int] = 2
    #: what `padding` may be
    paddings: ClassVar[tuple[str, ...]] = ("valid", "same")
    #: whether it is in the middle of what has its channels last
    within = False

    def __init_subclass__(cls, **options: Any):
        for name, turned in (("build", of_shapes), ("call", of_tensors)):
            if name in vars(cls):
                setattr(cls, name, turned(vars(cls)[name]))
        super().__init_subclass__(**options)

    #: the settings that are a size for each direction, or one for all
    sizes: ClassVar[tuple[str, ...]] = ()
    #: the settings that are whole numbers
    counts: ClassVar[tuple[str, ...]] = ()

    def _check_settings(self) -> None:
        if self.data_format not in (None, FIRST, LAST):
            known = nearest(str(self.data_format), (FIRST, LAST))
            raise ValueError(f"unknown data_format {self.data_format!r}: {known}")
        demand_whole(self, *self.counts)
        for name in self.sizes:
            if (given := getattr(self, name)) is not None:
                self.each_way(name, given)

    @property
    def turns(self) -> bool:
        """Whether what it is given now has its channels first."""
        return self.data_format == FIRST and not self.within

    def image_shape(self, shape: Shape) -> Shape:
        """`shape`, checked, as that of images."""
        self.known_shape(shape, self.rank + 2, MEANS[self.rank])
        return shape if self.rank == 2 else (shape[0], 1, *shape[1:])

    def as_images(self, x: Tensor) -> Tensor:
        return x if self.rank == 2 else Reshape(as_target((x.shape[0], 1, *x.shape[1:])))(x)

    def from_images(self, y: Tensor) -> Tensor:
        return y if self.rank == 2 else Reshape(as_target((y.shape[0], *y.shape[2:])))(y)

    def extents(self, means: str, given: Extents) -> Pair:
        """A size down and along, from what was given of them; that of a sequence is (1, size)."""
        numbers = self.each_way(means, given)
        return (1, numbers[0]) if self.rank == 1 else (numbers[0], numbers[1])

    def each_way(self, means: str, given: Extents) -> tuple[int, ...]:
        """A size for each direction, from what was given of them."""
        several = isinstance(given, (list, tuple))
        numbers = tuple(given) if several else (given,) * self.rank  # type: ignore[arg-type]
        if len(numbers) != self.rank or not all(map(is_whole, numbers)):
            many = {1: "", 2: ", or two of them", 3: ", or three of them"}[self.rank]
            raise ValueError(
                f"{self.layer_name}: {means} must be a whole number of 1 or more{many}; "
                f"got {given!r}"
            )
        return numbers  # type: ignore[return-value]

    def padding_for(self, padding: str, window: Sequence[int], shape: Shape) -> str:
        """How images of `shape` are padded, if the window fits into them then."""
        padding = str(padding).lower()
        if padding not in self.paddings:
            raise ValueError(
                f"{self.layer_name}: unknown padding {padding!r}: {nearest(padding, self.paddings)}"
            )
        extents = shape[1:-1]
        pairs = zip(window, extents, strict=True)
        larger = any(other is not None and one > other for one, other in pairs)
        if padding == "valid" and larger:
            what = "volume" if self.rank == 3 else "image"
            raise ValueError(
                f"{self.layer_name}: a window of {tuple(window)} is larger than the {what} of "
                f"{'x'.join(map(str, extents))}; use a smaller one, fewer pooling layers, or "
                'padding="same"'
            )
        return padding


def put_last(layer: OverImages, shape: Shape) -> Shape:
    """A shape with its channels last."""
    return (shape[0], *shape[2:], *shape[1:2]) if layer.turns else shape


def with_channels_last(layer: OverImages, work: Callable[[], Any]) -> Any:
    """What `work` gives, for which the channels stand last."""
    before, layer.within = layer.within, True
    try:
        return work()
    finally:
        layer.within = before
