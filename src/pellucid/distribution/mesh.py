"""Devices in rows and columns, and which axis of an array goes along which of them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, MutableMapping, Sequence
from typing import Any

import numpy as np

from pellucid.executors.jax.library import need
from pellucid.settings import nearest

Axes = tuple[str | None, ...]


def list_devices(device_type: str | None = None) -> list[str]:
    """The devices of all processes, such as "gpu:0", of one kind or of the best that there is."""
    need("pellucid.distribution")
    import jax

    kind = None if device_type is None else device_type.lower()
    return [f"{device.platform}:{device.id}" for device in jax.devices(kind)]


class DeviceMesh:
    """Devices in a `shape`, with a name for each of its axes.

    DeviceMesh((2, 4), ("batch", "model")) has two groups of four devices: those of a group can hold
    parts of the weights, and each group takes its part of the rows. `devices` are such as
    `list_devices()` gives, all of which are taken where none are named.
    """

    def __init__(
        self,
        shape: Sequence[int],
        axis_names: Sequence[str],
        devices: Sequence[str] | None = None,
    ):
        names, sizes = tuple(axis_names), tuple(int(each) for each in shape)
        if not sizes or len(names) != len(sizes) or len(set(names)) != len(names):
            raise ValueError(
                f"a mesh has a name of its own for each of its axes: got the shape {sizes} and the "
                f"names {names}"
            )
        found = list(list_devices() if devices is None else devices)
        if math.prod(sizes) != len(found):
            raise ValueError(
                f"a mesh of the shape {sizes} needs {math.prod(sizes)} devices, got {len(found)}: "
                f"{', '.join(map(str, found[:8]))}{', …' * (len(found) > 8)}"
            )
        self.shape, self.axis_names = sizes, names
        self.devices = np.array(found, object).reshape(sizes)

    def size(self, axis: str) -> int:
        """How many devices lie along an axis."""
        return self.shape[self.axis_names.index(axis)]

    def __repr__(self) -> str:
        return f"DeviceMesh({self.shape}, {self.axis_names}, {self.devices.ravel().tolist()})"


class TensorLayout:
    """For each axis of an array the axis of the mesh that it goes along; None: it is not cut."""

    def __init__(self, axes: Sequence[str | None], device_mesh: DeviceMesh | None = None):
        self.axes: Axes = tuple(axes)
        self.device_mesh = device_mesh
        named = [each for each in self.axes if each is not None]
        if len(set(named)) != len(named):
            raise ValueError(f"an axis of the mesh can cut one axis of an array, got {self.axes}")
        axes = named if device_mesh is None else device_mesh.axis_names
        for each in named:
            if each not in axes:
                raise ValueError(f"the mesh has no axis {each!r}: {nearest(each, axes)}")

    def __repr__(self) -> str:
        return f"TensorLayout({self.axes})"


class LayoutMap(MutableMapping[str, TensorLayout]):
    """How weights are cut, by a regular expression for their paths, such as "dense/kernel".

    layouts["hidden.*/kernel"] = (None, "model") cuts the columns of these kernels along the axis
    "model" of the mesh. A weight that nothing matches is whole on each device.
    """

    def __init__(self, device_mesh: DeviceMesh):
        self.device_mesh = device_mesh
        self._layouts: dict[str, TensorLayout] = {}

    def __setitem__(self, path: str, layout: TensorLayout | Sequence[str | None]) -> None:
        axes = layout.axes if isinstance(layout, TensorLayout) else tuple(layout)
        try:
            re.compile(path)
        except re.error as error:
            raise ValueError(f"{path!r} is no regular expression: {error}") from error
        if path in self._layouts:
            raise ValueError(f"{path!r} has a layout already: {self._layouts[path]}")
        self._layouts[path] = TensorLayout(axes, self.device_mesh)

    def __getitem__(self, path: str) -> TensorLayout:
        found = self.matching(path)
        if found is None:
            raise KeyError(path)
        return self._layouts[found]

    def matching(self, path: str) -> str | None:
        """The expression for a path: itself, or the one that is found in it."""
        if path in self._layouts:
            return path
        found = [each for each in self._layouts if re.search(each, path)]
        if len(found) > 1:
            raise ValueError(f"{path!r} is matched by several layouts, {', '.join(found)}")
        return found[0] if found else None

    def __delitem__(self, path: str) -> None:
        del self._layouts[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._layouts)

    def __len__(self) -> int:
        return len(self._layouts)

    def __contains__(self, path: Any) -> bool:
        return isinstance(path, str) and self.matching(path) is not None
