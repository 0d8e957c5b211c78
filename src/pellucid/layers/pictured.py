"""What is called on pictures as arrays: several, one alone, or a dictionary that holds them.

A dictionary has "images", (n, h, w, c) or one alone, and beside them perhaps "labels", and
"segmentation_masks", to which the same is done without mixing the numbers of classes.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from pellucid.randomness import drawn_so_far, undone

#: what a dictionary of pictures may hold
IMAGES, LABELS, MASKS = "images", "labels", "segmentation_masks"
BOXES = "bounding_boxes"


class Pictured:
    """The part of a layer over pictures that takes arrays. Each call draws other numbers."""

    #: whether it moves numbers to other places, so that masks of classes have to move as well
    moves: ClassVar[bool] = True
    #: whether whole numbers stay whole
    keeps_whole: ClassVar[bool] = False
    #: how often it was called on arrays
    calls_on_arrays = 0
    #: the interpolation in place of that which was set
    interpolating: str | None = None

    @property
    def title(self) -> str:
        """What it is called in messages."""
        return str(getattr(self, "layer_name", type(self).__name__))

    @property
    def method(self) -> str:
        """How it interpolates."""
        return self.interpolating or str(getattr(self, "interpolation", "bilinear"))

    def run_on(self, pictures: np.ndarray, training: bool) -> np.ndarray:
        """What it makes of pictures (n, h, w, c), or (n, c, h, w) if its channels come first."""
        raise NotImplementedError

    def labelled(self, labels: Any, training: bool) -> Any:
        """What becomes of the labels of the pictures that were changed last."""
        return labels

    def on_pictures(self, data: Any, training: bool) -> Any:
        """What it makes of arrays: of pictures, or of a dictionary that holds them."""
        start, self.calls_on_arrays = drawn_so_far(), self.calls_on_arrays + 1
        if not isinstance(data, Mapping):
            return self.changed(np.asarray(data), training, whole=self.keeps_whole)
        if BOXES in data:
            raise ValueError(
                f"{self.title}: boxes around things in pictures are no part of pellucid; got "
                f"{BOXES!r} beside {IMAGES!r}"
            )
        found = {IMAGES: self.changed(np.asarray(data[IMAGES]), training, whole=self.keeps_whole)}
        if LABELS in data:
            found[LABELS] = self.labelled(data[LABELS], training)
        if MASKS in data and self.moves:
            masking = copy.copy(self)
            masking.interpolating = "nearest"
            with undone(start):
                found[MASKS] = masking.changed(np.asarray(data[MASKS]), training, whole=True)
        return {**data, **found}

    def changed(self, pictures: np.ndarray, training: bool, whole: bool) -> np.ndarray:
        """Pictures, or one, in float32; whole numbers are rounded to whole ones if asked for."""
        if pictures.ndim not in (3, 4):
            raise ValueError(
                f"{self.title} takes pictures (n, height, width, channels), or one without n: "
                f"an array of rank 3 or 4, got the shape {pictures.shape}"
            )
        alone, kind = pictures.ndim == 3, pictures.dtype
        given = (pictures[None] if alone else pictures).astype(np.float32)
        found = self.run_on(given, training)
        found = found[0] if alone else found
        if not whole or kind.kind not in "iu":
            return found
        limits = np.iinfo(kind)
        return np.clip(np.rint(found), limits.min, limits.max).astype(kind)
