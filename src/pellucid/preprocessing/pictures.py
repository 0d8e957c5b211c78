"""Picture files: read, and laid out as the pictures that a network was trained on.

A drawing of a digit becomes light on dark, is cut out, scaled so that its longer side is 20 of 28
pixels, and moved so that its centre of mass is the centre, as the pictures of MNIST were.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from pellucid.preprocessing.preparation import PicturePreparation

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp")
#: the longest side of the pictures of a folder, if their own size is larger
LONGEST_SIDE = 64


def read_pictures(paths: list[Path], preparation: PicturePreparation) -> np.ndarray:
    """Picture files as the network reads them."""
    return np.stack([_prepared(path, preparation) for path in paths])


def read_folder(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """All pictures below the subfolders of a folder, and the names of these as their classes."""
    found = [(path, path.relative_to(folder).parts[0]) for path in sorted(folder.glob("*/**/*"))
             if path.suffix.lower() in SUFFIXES]  # fmt: skip
    if not found:
        raise ValueError(
            f"{folder} has no pictures in subfolders; expected {folder}/CLASS/picture.png, one "
            f"folder for each class, with {', '.join(SUFFIXES)} files"
        )
    pictures = [_open(path) for path, _ in found]
    grey = all(picture.mode in ("L", "1", "I;16") for picture in pictures)
    size = _common_size([picture.size for picture in pictures])
    mode = "L" if grey else "RGB"
    arrays = [np.asarray(picture.convert(mode).resize(size)) for picture in pictures]
    return np.stack(arrays), np.array([name for _, name in found], dtype=object)


def as_digit(grey: np.ndarray, size: int = 28) -> np.ndarray:
    """A drawing on a plain ground, (height, width), as MNIST's digits: light, cut out, centred."""
    from PIL import Image

    light = _light_on_dark(grey.astype(np.float64))
    cut = _cut_out(light)
    if cut.size == 0:
        return np.zeros((size, size), dtype=np.uint8)
    inner = round(size * 20 / 28)
    scale = inner / max(cut.shape)
    height, width = (max(1, round(side * scale)) for side in cut.shape)
    small = Image.fromarray(cut.astype(np.uint8)).resize(
        (width, height), Image.Resampling.BOX if scale < 1 else Image.Resampling.BICUBIC
    )
    return _centred(np.asarray(small, dtype=np.float64), size).astype(np.uint8)


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
    square = np.zeros((size, size))
    square[top : top + height, left : left + width] = small
    return square


def _prepared(path: Path, preparation: PicturePreparation) -> np.ndarray:
    picture = _open(path)
    height, width, *colours = preparation.shape
    if preparation.centred and not colours:
        square = as_digit(np.asarray(_on_ground(picture).convert("L")), max(height, width))
        return (square.astype(np.float64) * (preparation.largest / 255)).astype(np.uint8)
    fitted = picture.convert("RGB" if colours else "L").resize((width, height))
    return (np.asarray(fitted) * (preparation.largest / 255)).astype(np.uint8)


def _on_ground(picture: Any) -> Any:
    """The picture without transparency: on white, or on black where the drawing is light."""
    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture
    from PIL import Image

    layered = picture.convert("LA")
    values, alpha = (np.asarray(band, dtype=np.float64) for band in layered.split())
    drawn = values[alpha > 127]
    ground = 0 if drawn.size and drawn.mean() > 127 else 255
    share = alpha / 255
    return Image.fromarray((values * share + ground * (1 - share)).astype(np.uint8))


def _open(path: Path) -> Any:
    try:
        from PIL import Image
    except ImportError as error:
        raise ImportError(
            "reading pictures needs pillow: pip install 'pellucid[standard]'"
        ) from error
    if not path.is_file():
        raise FileNotFoundError(f"there is no picture {str(path)!r}")
    try:
        with Image.open(path) as picture:
            picture.load()
            return picture.copy()
    except (OSError, ValueError, SyntaxError) as error:
        raise ValueError(f"{path} is not a picture, or not a whole one: {error}") from error


def _common_size(sizes: list[tuple[int, int]]) -> tuple[int, int]:
    (width, height), _ = Counter(sizes).most_common(1)[0]
    shrink = min(1.0, LONGEST_SIDE / max(width, height))
    return max(1, round(width * shrink)), max(1, round(height * shrink))
