"""Sets of 28×28 images in ten classes, found in a folder or fetched from a mirror."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from pellucid.extras import needed

from .files import damaged, read_csv, read_idx, read_npz

Part = tuple[np.ndarray, np.ndarray]
"""Images, (rows, height, width), and labels, (rows,), both uint8."""

_SHAPE, _CLASSES = (28, 28), 10
_IDX_FILES = {
    "train": ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    "test": ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
}


class ImageSet(NamedTuple):
    """A published set: the name of its folder, its gzipped IDX files by checksum, its mirrors."""

    name: str
    checksums: dict[str, str]
    mirrors: tuple[str, ...]

    def load(self) -> tuple[Part, Part]:
        """The set as `(x_train, y_train), (x_test, y_test)`.

        It is looked for in $PELLUCID_DATA, then in the cache; failing both, it is downloaded.
        """
        found = self.here()
        return self.download(cache_folder() / self.name) if found is None else found

    def here(self) -> tuple[Part, Part] | None:
        """The set from a folder of this machine; None where it would have to be downloaded."""
        for folder in self._folders():
            found = read_folder(folder, self.name)
            if found is not None:
                return found
        return None

    def download(self, folder: Path, downloader: Any = None) -> tuple[Part, Part]:
        """Fetch the files into `folder`, each from the first mirror that gives it unaltered."""
        for file, checksum in self.checksums.items():
            self._fetch(file, checksum, folder, downloader)
        train, test = [[folder / f"{file}.gz" for file in pair] for pair in _IDX_FILES.values()]
        return _read_idx_pair(*train), _read_idx_pair(*test)

    def _folders(self) -> Iterator[Path]:
        if data := os.environ.get("PELLUCID_DATA"):
            yield Path(data).expanduser() / self.name
        yield cache_folder() / self.name

    def _fetch(self, file: str, checksum: str, folder: Path, downloader: Any) -> None:
        faults = []
        for mirror in self.mirrors:
            try:
                _pooch().retrieve(mirror + file, checksum, file, folder, downloader=downloader)
                return
            except (OSError, ValueError) as error:
                faults.append(f"  {mirror}{file}: {error}")
        raise FileNotFoundError(
            f"{self.name} is neither in $PELLUCID_DATA nor in the cache ({folder}), and no mirror "
            f"gave it:\n" + "\n".join(faults) + f"\nFetch {', '.join(self.checksums)} by other "
            f"means into a folder {self.name!r}, and set PELLUCID_DATA to the folder above it"
        )


def cache_folder() -> Path:
    """Where downloads are kept: $PELLUCID_CACHE, or the platform's place for caches."""
    if chosen := os.environ.get("PELLUCID_CACHE"):
        return Path(chosen).expanduser()
    return Path(_pooch().os_cache("pellucid"))


def _pooch() -> Any:
    otherwise = ", or set PELLUCID_DATA to a folder that holds the data"
    return needed("pooch", "standard", "downloading a data set", otherwise)


def read_folder(folder: Path, name: str) -> tuple[Part, Part] | None:
    """Both parts of a set from IDX, .npz or CSV files; None where the folder lacks them."""
    idx = [[_first(folder, _idx_names(file)) for file in pair] for pair in _IDX_FILES.values()]
    if idx[0][0] and idx[0][1] and idx[1][0] and idx[1][1]:
        return _read_idx_pair(idx[0][0], idx[0][1]), _read_idx_pair(idx[1][0], idx[1][1])
    spellings = [name, name.replace("_", "-")]
    if npz := _first(folder, [f"{spelling}.npz" for spelling in spellings]):
        x_train, y_train, x_test, y_test = read_npz(npz, ("x_train", "y_train", "x_test", "y_test"))
        return _checked(x_train, y_train, npz, npz), _checked(x_test, y_test, npz, npz)
    train, test = (
        _first(folder, [*(f"{spelling}_{part}.csv" for spelling in spellings), f"{part}.csv"])
        for part in _IDX_FILES
    )
    return (_read_csv_part(train), _read_csv_part(test)) if train and test else None


def _first(folder: Path, names: list[str]) -> Path | None:
    return next((folder / name for name in names if (folder / name).is_file()), None)


def _idx_names(file: str) -> list[str]:
    dotted = file.replace("-idx", ".idx")
    return [f"{file}.gz", file, f"{dotted}.gz", dotted]


def _read_idx_pair(images: Path, labels: Path) -> Part:
    return _checked(read_idx(images), read_idx(labels), images, labels)


def _read_csv_part(path: Path) -> Part:
    pixels, labels = read_csv(path)
    if pixels.shape[1] != np.prod(_SHAPE):
        raise damaged(path, f"its rows have {pixels.shape[1]} pixels; expected 28 × 28 = 784")
    return _checked(pixels.reshape(-1, *_SHAPE), labels, path, path)


def _checked(images: np.ndarray, labels: np.ndarray, image_path: Path, label_path: Path) -> Part:
    if images.shape[1:] != _SHAPE or images.dtype != np.uint8:
        raise damaged(
            image_path,
            f"its images have shape {images.shape} and dtype {images.dtype}; "
            f"expected (rows, 28, 28) and uint8",
        )
    if labels.shape != images.shape[:1]:
        raise damaged(
            label_path,
            f"its labels have shape {labels.shape}, but there are {len(images)} images",
        )
    if labels.dtype.kind not in "iu" or not ((labels >= 0) & (labels < _CLASSES)).all():
        raise damaged(label_path, f"its labels are not whole numbers from 0 to {_CLASSES - 1}")
    return images, labels.astype(np.uint8, copy=False)
