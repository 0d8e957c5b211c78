"""Layers that undo the stride of a convolution: each number as a kernel, added up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from pellucid import activations
from pellucid.activations import ActivationLike
from pellucid.constraints import ConstraintLike
from pellucid.equations.depthwise import Deconvolve
from pellucid.equations.shape import pick
from pellucid.equations.spacing import Pad
from pellucid.initializers import InitializerLike
from pellucid.layers.convolution import as_kernel, spread
from pellucid.layers.windows import Extents, OverImages
from pellucid.regularizers import RegularizerLike
from pellucid.settings import option
from pellucid.tensor import Shape, Tensor


class Transposed(OverImages, abstract=True):
    """Y = f(fold(X·Wᵀ) + b): each number of X times a kernel, `strides` apart.

    Y is `strides` times as large as X; with `output_padding` as large as a convolution with that
    many numbers more at the end would read.
    """

    filters: int
    kernel_size: Extents
    strides: Extents = 1
    padding: str = "valid"
    output_padding: Extents | None = option(default=None, kw_only=True)
    dilation_rate: Extents = option(default=1, kw_only=True)
    activation: ActivationLike = None
    use_bias: bool = True
    kernel_initializer: InitializerLike = "glorot_uniform"
    bias_initializer: InitializerLike = "zeros"
    kernel_regularizer: RegularizerLike = None
    kernel_constraint: ConstraintLike = option(default=None, kw_only=True)
    bias_regularizer: RegularizerLike = None
    bias_constraint: ConstraintLike = option(default=None, kw_only=True)

    sizes = ("kernel_size", "strides", "dilation_rate")
    counts = ("filters",)

    def build(self, shape: Shape) -> None:
        image = self.image_shape(shape)
        size = self.extents("the window", self.kernel_size)
        self.steps: tuple[int, ...] = self.extents("dilation_rate", self.dilation_rate)
        self.w = self.weight_as_set("kernel", (*size[-self.rank :], self.filters, image[-1] or 1))
        if self.use_bias:
            self.b = self.weight_as_set("bias", (self.filters,), "b")

    def settle(self, image: Shape) -> None:
        """Settle what is folded, for images of a shape."""
        reach = spread(self.extents("the window", self.kernel_size), self.steps)
        strides = self.extents("strides", self.strides)
        padding = self.padding_for(self.padding, (1, 1), image)
        given = [extent or 1 for extent in image[1:3]]
        padding, whole = self.settled(reach, strides, given, padding)
        self.equation = Deconvolve(extents=(whole[0], whole[1]), strides=strides, padding=padding)

    def settled(
        self, reach: Sequence[int], strides: Sequence[int], given: Sequence[int], padding: str
    ) -> tuple[str, list[int]]:
        """The padding, and the extents that are folded; what is cut of them, is noted."""
        triples = list(zip(reach, strides, given, strict=True))
        if self.output_padding is None:
            self.cut: list[tuple[int, int]] = []
            return padding, [transposed(*each, padding) for each in triples]
        extra = self.extra(len(given))
        self.cut = [cut_of(*each, padding, more) for each, more in zip(triples, extra, strict=True)]
        return "valid", [(extent - 1) * step + size for size, step, extent in triples]

    def extra(self, ways: int) -> list[int]:
        """`output_padding` in each direction; that of a sequence is (0, number)."""
        of = self.output_padding
        more = [of] * self.rank if isinstance(of, int) else list(of or ())
        if len(more) != self.rank or not all(isinstance(n, int) and n >= 0 for n in more):
            raise ValueError(
                f"{self.layer_name}: output_padding is a whole number of 0 or more, or one for "
                f"each direction; got {of!r}"
            )
        return [0] * (ways - self.rank) + more

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        w, images = as_kernel(self.w.tensor, self.steps), self.as_images(x)
        self.settle(images.shape)
        z = cropped(self.equation(images, w), self.cut).called("Z")
        z = z + self.b.tensor if self.use_bias else z
        return activations.get(self.activation)(self.from_images(z))


class Conv2DTranspose(Transposed):
    """Y = f(fold(X·Wᵀ) + b), larger by the strides;  W (kh, kw, filters, c), b (filters,)"""

    alias: ClassVar[tuple[str, ...]] = ("Convolution2DTranspose",)


class Conv1DTranspose(Transposed):
    """Y = f(fold(X·Wᵀ) + b), longer by the strides;  W (k, filters, c), b (filters,)"""

    alias: ClassVar[tuple[str, ...]] = ("Convolution1DTranspose",)
    rank = 1


def transposed(size: int, stride: int, extent: int, padding: str) -> int:
    """The extent of which a convolution with this stride makes `extent`."""
    return extent * stride + (max(size - stride, 0) if padding == "valid" else 0)


def cut_of(size: int, stride: int, extent: int, padding: str, more: int) -> tuple[int, int]:
    """Where what is kept of a fold begins, and how long it is, with `more` at the end."""
    if padding == "valid":
        return 0, (extent - 1) * stride + size + more
    around = size + size % 2 - 2 + more
    before = min(around // 2 + around % 2, size - 1)
    return size - 1 - before, (extent - 1) * stride + size % 2 + more


def cropped(z: Tensor, cut: Sequence[tuple[int, int]]) -> Tensor:
    """What is kept of z (n, …, m); zeros where it would go on."""
    if not cut:
        return z
    lacking = [
        max(start + length - (extent or 1), 0)
        for (start, length), extent in zip(cut, z.shape[1:], strict=False)
    ]
    if any(lacking):
        z = Pad(((0, 0), *((0, each) for each in lacking), (0, 0)))(z)
    return pick(z, (slice(None), *(slice(start, start + length) for start, length in cut)))
