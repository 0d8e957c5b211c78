"""Data by name or by path: built-in sets, tables, arrays, IDX files, and folders of pictures."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from pellucid import datasets
from pellucid.extras import needed
from pellucid.foreign import FileError, brief, quoted
from pellucid.preprocessing.pictures import read_folder
from pellucid.preprocessing.tables import as_table, making, read_table, rows_of, take
from pellucid.reading import path_of
from pellucid.settings import nearest

IMAGE_SETS = ("digits", "mnist", "fashion_mnist")
POINT_SETS = ("moons", "circles", "spirals", "blobs", "xor")
SCIKIT_SETS = ("iris", "wine", "breast_cancer", "diabetes")
BUILT_IN = (*IMAGE_SETS, *POINT_SETS, *SCIKIT_SETS)
TABLE_SUFFIXES = (".csv", ".tsv", ".txt", ".parquet", ".csv.gz", ".tsv.gz")
_FEATURES = ("x", "X", "data", "features", "images")
_LABELS = ("y", "Y", "target", "targets", "labels", "label")


@dataclass(frozen=True, eq=False)
class Rows:
    """A table with its target in it, or pictures and their labels beside them."""

    x: Any
    y: np.ndarray | None = None

    def __len__(self) -> int:
        return rows_of(self.x) if isinstance(self.x, dict) else len(self.x)

    def take(self, rows: Any) -> Rows:
        x = take(self.x, rows) if isinstance(self.x, dict) else self.x[rows]
        return Rows(x, None if self.y is None else self.y[rows])


@dataclass(frozen=True, eq=False)
class Source:
    """Rows to train on, rows to test on where the data brings them, and where they are from."""

    name: str
    train: Rows
    test: Rows | None = None
    target: str | None = None
    class_names: list[str] | None = None
    sha256: str = field(default="")

    @property
    def pictures(self) -> bool:
        return self.train.y is not None


def open_data(data: str) -> Source:
    """What `data` names: a built-in set, or a file or folder."""
    path = path_of(data)
    if path.exists():
        return _hashed(_from_path(path), path)
    if data in BUILT_IN:
        return _hashed(_built_in(data))
    if any(mark in data for mark in "./\\"):
        raise FileNotFoundError(
            f"there is no file or folder {quoted(data)}. Built-in data: {', '.join(BUILT_IN)}"
        )
    raise FileNotFoundError(
        f"no data is called {quoted(data)}, and no such file: {nearest(data, BUILT_IN)}"
    )


def _built_in(name: str) -> Source:
    if name in IMAGE_SETS:
        room = getattr(datasets, name)
        train, test = room.load_data()
        return Source(name, Rows(*train), Rows(*test), class_names=list(room.class_names))
    if name in POINT_SETS:
        x, y = getattr(datasets, name)(samples=1000)
        return Source(name, Rows(as_table(x) | {"target": _text(y)}), target="target")
    scikit = needed("sklearn.datasets", "standard", f"the data set {name}")
    found = getattr(scikit, f"load_{name}")()
    columns = {str(each): found.data[:, at] for at, each in enumerate(found.feature_names)}
    y = found.target
    names = getattr(found, "target_names", None)
    columns["target"] = y.astype(np.float64) if names is None else _text(np.asarray(names)[y])
    return Source(name, Rows(as_table(columns)), target="target")


def _from_path(path: Path) -> Source:
    if path.is_dir():
        return _from_folder(path)
    name = path.name.lower()
    for ending, read in READERS.items():
        if name.endswith(ending):
            return read(path)
    if "idx" in name:
        return _from_idx(path)
    raise FileError.of(
        path,
        "has a name that does not tell what it is",
        f"Expected one of {', '.join(READERS)}, an IDX file, or a folder of pictures by class",
    )


def _from_folder(folder: Path) -> Source:
    from pellucid.datasets.images import read_folder as read_parts

    parts = read_parts(folder, folder.name)
    if parts is not None:
        return Source(folder.name, Rows(*parts[0]), Rows(*parts[1]))
    return Source(folder.name, Rows(*read_folder(folder)))


def _from_table(path: Path) -> Source:
    return Source(path.name.partition(".")[0], Rows(read_table(path)))


def _from_npz(path: Path) -> Source:
    from pellucid.datasets.files import names_in_npz, read_npz

    names = names_in_npz(path)
    if {"x_train", "y_train"} <= set(names):
        train = _rows(path, *read_npz(path, ("x_train", "y_train")))
        both = {"x_test", "y_test"} <= set(names)
        test = _rows(path, *read_npz(path, ("x_test", "y_test"))) if both else None
        return Source(path.stem, train, test, target=None if train.y is not None else "target")
    x, y = (next((each for each in known if each in names), None) for known in (_FEATURES, _LABELS))
    if x is None or y is None:
        raise FileError.of(
            path,
            f"has the arrays {', '.join(names)}; expected x_train, y_train (and x_test, "
            "y_test), or x and y",
            "Save them with numpy.savez(path, x=x, y=y)",
        )
    rows = _rows(path, *read_npz(path, (x, y)))
    return Source(path.stem, rows, target=None if rows.y is not None else "target")


def _from_idx(path: Path) -> Source:
    from pellucid.datasets.files import read_idx

    name = path.name
    other = path.with_name(name.replace("images", "labels").replace("idx3", "idx1"))
    if name == other.name or not other.is_file():
        raise FileNotFoundError(
            f"{brief(path)} needs its labels beside it, as {brief(other.name)}; "
            "name the file of images (…-images-idx3-ubyte)"
        )
    return Source(name.partition("-")[0], _rows(path, read_idx(path), read_idx(other)))


READERS: dict[str, Callable[[Path], Source]] = {
    **dict.fromkeys(TABLE_SUFFIXES, _from_table),
    ".npz": _from_npz,
}


def _rows(path: Path, x: np.ndarray, y: np.ndarray) -> Rows:
    """Arrays of three dimensions or more as pictures, of two as a table."""
    if not x.ndim or y.shape[:1] != x.shape[:1] or y.size != len(y):
        raise FileError.of(
            path,
            f"has x of shape {x.shape} and y of shape {y.shape}; expected rows of x, and one "
            "label for each",
            "Save them with numpy.savez(path, x=x, y=y)",
        )
    if x.ndim > 2:
        return Rows(x, y.reshape(-1))
    with making(path):
        columns = as_table(x if x.ndim == 2 else x[:, None])
        return Rows(columns | as_table({"target": y.reshape(-1).astype(np.float64)}))


def _text(labels: np.ndarray) -> np.ndarray:
    return np.array([str(each) for each in labels.tolist()], dtype=object)


def _hashed(source: Source, path: Path | None = None) -> Source:
    """The source with the SHA-256 of its file, or else of its rows."""
    found = hashlib.sha256()
    if path is not None and path.is_file():
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256")
    else:
        for rows in filter(None, (source.train, source.test)):
            parts: Any = rows.x.values() if isinstance(rows.x, dict) else (rows.x, rows.y)
            for part in parts:
                lines = part.tobytes() if part.dtype != object else repr(part.tolist()).encode()
                found.update(lines)
    return Source(
        source.name, source.train, source.test, source.target, source.class_names, found.hexdigest()
    )
