"""Files of Keras: an archive of a description and of arrays in HDF5. Nothing is believed.

Every size is compared before anything is read; links and arrays kept elsewhere are refused.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from pellucid.extras import needed
from pellucid.foreign import FileError, quoted
from pellucid.layers import Bidirectional, TimeDistributed
from pellucid.layers.base import Layer
from pellucid.networks.network import Network
from pellucid.reading import LARGEST, RATIO, SMALL, reading

MEND = "Save it again with Keras 3: model.save(path)"
#: the most letters of a description
DESCRIBED = 1 << 24


@contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Whatever is wrong with a file is a sentence about it."""
    with reading(path, "is no model that can be read", MEND):
        try:
            yield
        except (AttributeError, RecursionError, AssertionError) as error:
            raise FileError.of(path, f"describes no model: {error}", MEND) from None


class Archive:
    """A .keras file."""

    def __init__(self, path: Path):
        self.path, self.size = path, path.stat().st_size
        self.zip = zipfile.ZipFile(path)

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self.zip.close()

    def part(self, name: str, most: int) -> bytes:
        """What a member unpacks to, if that is no more than `most` and than it can be."""
        found = self.zip.getinfo(name)
        most = min(most, max(SMALL, RATIO * self.size))
        if found.file_size > most:
            raise ValueError(f"its part {name} would unpack to {found.file_size:,} bytes")
        with self.zip.open(found) as file:
            content = file.read(most + 1)
        if len(content) > most:
            raise ValueError(f"its part {name} unpacks to more than it says")
        return content

    def text(self, name: str) -> str:
        return self.part(name, DESCRIBED).decode()

    @contextmanager
    def weights(self) -> Iterator[Weights]:
        content = self.part("model.weights.h5", LARGEST)
        with needed("h5py", "hdf5").File(io.BytesIO(content), "r") as file:
            yield Weights(file, len(content))


class Weights:
    """The arrays of layers in an HDF5 file, by the layers' kinds: layers/dense_1/vars/0."""

    def __init__(self, file: Any, size: int):
        self.file, self.size = file, size
        self.folders: dict[tuple[str, ...], str] = {}

    @staticmethod
    @contextmanager
    def opened(path: Path) -> Iterator[Weights]:
        with needed("h5py", "hdf5").File(path, "r") as file:
            yield Weights(file, path.stat().st_size)

    def check_size(self, network: Network) -> None:
        """Refuse a description of more numbers than the file can hold."""
        count = sum(each.size for each in network.weights)
        if 4 * count > max(SMALL, RATIO * self.size):
            raise ValueError(f"it describes {count:,} weights in a file of {self.size:,} bytes")

    def number_layers(
        self, network: Network, folder: str = "", place: tuple[str, ...] = ()
    ) -> None:
        """Where the arrays of each layer stand: kinds are counted in the order of the layers."""
        counted: Counter[str] = Counter()
        for layer in network.layers:
            kind = snake(KINDS.get(type(layer).__name__, type(layer).__name__))
            name = f"{kind}_{counted[kind]}" if counted[kind] else kind
            counted[kind] += 1
            self.folders[(*place, str(layer.name))] = inside = f"{folder}layers/{name}/"
            if isinstance(layer, Network):
                self.number_layers(layer, inside, (*place, str(layer.name)))

    def arrays(self, layer: Layer, place: tuple[str, ...]) -> list[np.ndarray]:
        return list(self.held(layer, self.folders[(*place, str(layer.name))]))

    def held(self, layer: Layer, folder: str) -> Iterator[np.ndarray]:
        """The arrays of a layer, or of the layers within it."""
        if type(layer) not in WITHIN:
            yield from self.own(layer, folder)
            return
        for name, each in zip(WITHIN[type(layer)], layer.within, strict=True):  # type: ignore[attr-defined]
            yield from self.held(each, f"{folder}{name}/")

    def own(self, layer: Layer, folder: str) -> list[np.ndarray]:
        for within in ("vars", "cell/vars"):
            group = self.group(folder + within)
            if group is not None and len(group):
                return [
                    self.array(group, str(at), weight.shape)
                    for at, weight in enumerate(layer.weights)
                ]
        return []

    def of_optimizer(self, at: int, shape: tuple[int, ...]) -> np.ndarray:
        """What the optimizer keeps, by its number."""
        group = self.group("optimizer/vars")
        if group is None:
            raise ValueError("it has no arrays of an optimizer")
        return self.array(group, str(at), shape)

    def group(self, path: str) -> Any:
        """A group that stands in the file itself."""
        h5py, found = needed("h5py", "hdf5"), self.file
        for name in path.split("/"):
            link = found.get(name, getlink=True) if isinstance(found, h5py.Group) else None
            if not isinstance(link, h5py.HardLink):
                return None
            found = found[name]
        return found if isinstance(found, h5py.Group) else None

    def array(self, group: Any, name: str, shape: tuple[int, ...]) -> np.ndarray:
        h5py = needed("h5py", "hdf5")
        hard = isinstance(group.get(name, getlink=True), h5py.HardLink)
        found = group[name] if hard else None
        if not isinstance(found, h5py.Dataset) or found.is_virtual or found.external:
            raise ValueError(f"it has no array {quoted(f'{group.name}/{name}')} of its own")
        if found.shape != shape or found.dtype.kind not in "fiu" or found.dtype.itemsize > 8:
            held = f"{quoted(found.dtype)} {quoted(found.shape)}"
            raise ValueError(f"{quoted(f'{group.name}/{name}')} is {held}, expected floats {shape}")
        return np.asarray(found[()])


#: where the layers within a layer stand
WITHIN: dict[type[Layer], tuple[str, ...]] = {
    Bidirectional: ("forward_layer", "backward_layer"),
    TimeDistributed: ("layer",),
}
#: layers of ours that are of another kind in Keras
KINDS = {"Model": "Functional"}


def snake(name: str) -> str:
    """As Keras spells the kind of a layer: Conv2D is conv2d, MaxPooling2D is max_pooling2d."""
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()
