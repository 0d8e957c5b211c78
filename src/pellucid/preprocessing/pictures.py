"""Picture files: read, and laid out as the pictures that a network was trained on.

A drawing of a digit becomes light on dark, is cut out, scaled so that its longer side is 20 of 28
pixels, and moved so that its centre of mass is the centre, as the pictures of MNIST were. The
digits of 8 × 8 pixels fill their square, and so does a drawing for a network that knows these.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from pellucid.extras import needed
from pellucid.foreign import FileError, brief, quoted
from pellucid.preprocessing.preparation import PicturePreparation
from pellucid.reading import reading

#: what Pillow may read here: of the other kinds some start programs
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP")
SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp")
#: the longest side of the pictures of a folder, if their own size is larger
LONGEST_SIDE = 64
#: the most pixels of a file: as it says before any is read, and such as cameras make
MOST_PIXELS = 1 << 26
#: the longest side of a drawing, before it becomes as small as a digit
MOST_DRAWN = 2048
_FAULT = "is not a picture, or not a whole one"
_MEND = "Save it as PNG again, or leave it out"


def read_pictures(paths: list[Path], preparation: PicturePreparation) -> np.ndarray:
    """Picture files as the network reads them."""
    return np.stack([_prepared(path, preparation) for path in paths])


def read_folder(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """All pictures below the subfolders of a folder, and the names of these as their classes."""
    found = [
        (path, path.relative_to(folder).parts[0])
        for path in sorted(folder.glob("*/**/*"))
        if path.suffix.lower() in SUFFIXES and path.is_file()
    ]
    if not found:
        raise ValueError(
            f"{brief(folder)} has no pictures in subfolders; expected CLASS/picture.png there, one "
            f"folder for each class, with {', '.join(SUFFIXES)} files"
        )
    kinds = [_kind(path) for path, _ in found]
    grey = all(mode in ("L", "1", "I;16") for mode, _ in kinds)
    size = _common_size([size for _, size in kinds])
    arrays = [_fitted(path, "L" if grey else "RGB", size) for path, _ in found]
    return np.stack(arrays), np.array([name for _, name in found], dtype=object)


#: the steps from a drawing to a digit, in turn
STEPS = ("light", "cut", "scaled", "centred")


def as_digit(grey: np.ndarray, size: int = 28) -> np.ndarray:
    """A drawing on a plain ground, (height, width), as MNIST's digits: light, cut out, centred."""
    return stages(grey, size)["centred"]


def stages(
    grey: np.ndarray, size: int = 28, left_out: Collection[str] = ()
) -> dict[str, np.ndarray]:
    """A drawing on its way to a digit, after each of the `STEPS`.

    A step that is left out changes nothing but what has to fit: without "scaled" the drawing fills
    the square, without "centred" it stands in the middle by its sides, not by its weight.
    """
    drawn = grey.astype(np.float64)
    light = drawn if "light" in left_out else _light_on_dark(drawn)
    cut = light if "cut" in left_out else _cut_out(light)
    small = np.zeros((0, 0))
    if cut.size:
        small = _scaled(cut, size if "scaled" in left_out else _longer_side(size))
    placed = _in_the_middle if "centred" in left_out else _centred
    found = {"light": light, "cut": cut, "scaled": small, "centred": placed(small, size)}
    return {name: picture.astype(np.uint8) for name, picture in found.items()}


def _longer_side(size: int) -> int:
    """Of a digit in a square: 20 of 28 in MNIST; those of 8 × 8, of the package, fill theirs."""
    return size if size <= 8 else round(size * 20 / 28)


def _scaled(cut: np.ndarray, inner: int) -> np.ndarray:
    """The picture with its longer side as long as `inner`."""
    from PIL import Image

    scale = inner / max(cut.shape)
    height, width = (max(1, round(side * scale)) for side in cut.shape)
    small = Image.fromarray(cut.astype(np.uint8)).resize(
        (width, height), Image.Resampling.BOX if scale < 1 else Image.Resampling.BICUBIC
    )
    return np.asarray(small, dtype=np.float64)


def _light_on_dark(grey: np.ndarray) -> np.ndarray:
    """From 0, the ground, to 255, the strokes. The ground is what most of the border is."""
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    ground = float(np.median(border))
    light = np.abs(grey - ground)
    strongest = light.max()
    if strongest < 16:
        return np.zeros_like(grey)
    light = light * (255 / strongest)
    return np.where(light < 32, 0.0, light)


def _cut_out(light: np.ndarray) -> np.ndarray:
    rows, columns = np.flatnonzero(light.any(axis=1)), np.flatnonzero(light.any(axis=0))
    if not len(rows):
        return np.empty((0, 0))
    return light[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _centred(small: np.ndarray, size: int) -> np.ndarray:
    """`small` on a dark square, its centre of mass in the middle."""
    total = small.sum() or 1.0
    height, width = small.shape
    row = (small.sum(axis=1) * (np.arange(height) + 0.5)).sum() / total
    column = (small.sum(axis=0) * (np.arange(width) + 0.5)).sum() / total
    top = int(np.clip(round(size / 2 - row), 0, size - height))
    left = int(np.clip(round(size / 2 - column), 0, size - width))
    return _placed(small, size, top, left)


def _in_the_middle(small: np.ndarray, size: int) -> np.ndarray:
    """`small` on a dark square, as far from its left as from its right."""
    return _placed(small, size, *((size - side) // 2 for side in small.shape))


def _placed(small: np.ndarray, size: int, top: int, left: int) -> np.ndarray:
    square = np.zeros((size, size))
    square[top : top + small.shape[0], left : left + small.shape[1]] = small
    return square


def _prepared(path: Path, preparation: PicturePreparation) -> np.ndarray:
    height, width, *colours = preparation.shape
    if preparation.centred and not colours:
        with opened(path) as picture:
            grey = _drawing(picture)
        fitted = as_digit(grey, max(height, width)).astype(np.float64)
    else:
        fitted = _fitted(path, "RGB" if colours else "L", (width, height))
    return (fitted * (preparation.largest / 255)).astype(np.uint8)


def _kind(path: Path) -> tuple[str, tuple[int, int]]:
    """How the pixels of a file are written, and how many there are: (across, down)."""
    with opened(path) as picture:
        return picture.mode, picture.size


def _fitted(path: Path, mode: str, size: tuple[int, int]) -> np.ndarray:
    with opened(path) as picture:
        suited = picture if picture.mode == mode else picture.convert(mode)
        return np.asarray(suited.resize(size))


def _drawing(picture: Any) -> np.ndarray:
    """In grey, on white where it is transparent, or on black where the drawing is light."""
    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return np.asarray(_reduced(picture.convert("L")))
    layered = _reduced(picture.convert("LA"))
    values, alpha = (np.asarray(band, dtype=np.float64) for band in layered.split())
    drawn = values[alpha > 127]
    ground = 0 if drawn.size and drawn.mean() > 127 else 255
    share = alpha / 255
    return (values * share + ground * (1 - share)).astype(np.uint8)


def _reduced(picture: Any) -> Any:
    """The picture with a whole number of pixels made one, where it is larger than need be."""
    factor = -(-max(picture.size) // MOST_DRAWN)
    return picture.reduce(factor) if factor > 1 else picture


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """A picture file of which no pixel is read yet. What Pillow says of it is told as one fault."""
    pillow = needed("PIL.Image", "standard", "reading pictures")
    if not path.is_file():
        raise FileNotFoundError(f"there is no picture {quoted(path)}")
    with warnings.catch_warnings(), reading(path, _FAULT, _MEND):
        warnings.simplefilter("ignore")
        try:
            with pillow.open(path, formats=FORMATS) as picture:
                check_size(path, *picture.size)
                yield picture
        except pillow.DecompressionBombError as error:
            raise ValueError(str(error)) from error


def check_size(path: Path, width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise FileError.of(
            path,
            f"says that it has {width:,} × {height:,} pixels; pictures of up to "
            f"{MOST_PIXELS:,} are read",
            "Make it smaller, or leave it out",
        )


def _common_size(sizes: list[tuple[int, int]]) -> tuple[int, int]:
    (width, height), _ = Counter(sizes).most_common(1)[0]
    shrink = min(1.0, LONGEST_SIDE / max(width, height))
    return max(1, round(width * shrink)), max(1, round(height * shrink))
