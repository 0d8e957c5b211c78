"""Picture files as arrays, and arrays as picture files, under Keras's names."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from pellucid.extras import needed
from pellucid.preprocessing.pictures import opened
from pellucid.settings import nearest
from pellucid.writing import writing

#: what Pillow calls the colours of a picture
MODES = {"rgb": "RGB", "rgba": "RGBA", "grayscale": "L"}
#: the kinds of files that are written
KINDS = ("png", "jpeg", "bmp", "gif", "webp")
#: how numbers between pixels are found, as Pillow calls it
WAYS = ("nearest", "bilinear", "bicubic", "hamming", "box", "lanczos")


def load_img(
    path: str | PathLike[str],
    color_mode: str = "rgb",
    target_size: tuple[int, int] | None = None,
    interpolation: str = "nearest",
) -> Any:
    """A picture file, as a picture of Pillow's.

    Arguments:
        path: the file.
        color_mode: "rgb", "rgba" or "grayscale".
        target_size: (height, width) that it is scaled to, or None.
        interpolation: how numbers between pixels are found, as "bilinear".

    Returns: a picture, which `img_to_array` makes an array of.

    >>> pellucid.utils.save_img("grey.png", np.zeros((4, 6, 1)))
    >>> pellucid.utils.load_img("grey.png", color_mode="grayscale").size
    (6, 4)
    """
    if color_mode not in MODES:
        raise ValueError(f"unknown color_mode {color_mode!r}: {nearest(str(color_mode), MODES)}")
    if interpolation not in WAYS:
        known = nearest(str(interpolation), WAYS)
        raise ValueError(f"unknown interpolation {interpolation!r}: {known}")
    with opened(Path(path)) as picture:
        found = picture.convert(MODES[color_mode])
    if target_size is None or found.size == (target_size[1], target_size[0]):
        return found
    way = getattr(needed("PIL.Image", "standard", "load_img").Resampling, interpolation.upper())
    return found.resize((target_size[1], target_size[0]), way)


def img_to_array(img: Any, dtype: DTypeLike | None = None) -> np.ndarray:
    """A picture of Pillow's as an array (height, width, channels) of 0 to 255.

    Arguments:
        img: the picture, or an array with or without channels.
        dtype: the kind of its numbers; None for float32.

    Returns: an array with the channels last.

    >>> pellucid.utils.img_to_array(np.ones((4, 6))).shape
    (4, 6, 1)
    """
    array = np.asarray(img, dtype or np.float32)
    if array.ndim not in (2, 3):
        raise ValueError(
            f"a picture is (height, width) or (height, width, channels), got {array.shape}"
        )
    return array[..., None] if array.ndim == 2 else array


def array_to_img(x: ArrayLike, scale: bool = True, dtype: DTypeLike | None = None) -> Any:
    """An array (height, width, channels) as a picture of Pillow's.

    Arguments:
        x: the array, of 1, 3 or 4 channels.
        scale: whether its least number becomes 0 and its largest 255.
        dtype: the kind of number that it is computed in; None for float32.

    Returns: a picture.

    >>> pellucid.utils.array_to_img(np.ones((4, 6, 3))).size
    (6, 4)
    """
    array = img_to_array(x, dtype)
    if array.shape[-1] not in (1, 3, 4) or not array.size:
        raise ValueError(f"a picture has 1, 3 or 4 channels, the last axis; got {array.shape}")
    if scale:
        array = array - array.min()
        array = array * (255 / (array.max() or 1))
    pixels = np.clip(array, 0, 255).astype(np.uint8)
    pillow = needed("PIL.Image", "standard", "array_to_img")
    return pillow.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels)


def save_img(
    path: str | PathLike[str], x: ArrayLike, file_format: str | None = None, scale: bool = True
) -> None:
    """Write an array as a picture file.

    Arguments:
        path: the file; its ending says which kind it is.
        x: the array (height, width, channels).
        file_format: the kind of file, as "png", where the ending does not say it.
        scale: whether its least number becomes 0 and its largest 255.

    >>> pellucid.utils.save_img("grey.png", np.zeros((4, 6, 1)))
    """
    picture, kind = array_to_img(x, scale), (file_format or Path(path).suffix[1:]).lower()
    kind = "jpeg" if kind == "jpg" else kind
    if kind not in KINDS:
        raise ValueError(f"unknown kind of picture {kind!r}: {nearest(kind, KINDS)}")
    if kind == "jpeg" and picture.mode == "RGBA":
        picture = picture.convert("RGB")  # which has no transparency
    with writing(Path(path)):
        picture.save(path, format=kind)
