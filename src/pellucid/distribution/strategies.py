"""How one network is trained by many devices: by parts of the rows, or also of the weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from pellucid.distribution.mesh import Axes, DeviceMesh, LayoutMap, list_devices
from pellucid.settings import nearest

Shapes = Mapping[str, tuple[int, ...]]


class Distribution:
    """Devices, and the axis of their mesh along which the rows of a batch go.

    With `auto_shard_dataset` the data that fit is given are the whole, the same in each process,
    of which each takes its part of every batch. Without, each process gives rows of its own, and
    `batch_size` counts those of one process.
    """

    def __init__(
        self,
        device_mesh: DeviceMesh,
        batch_dim_name: str | None = None,
        auto_shard_dataset: bool = True,
    ):
        self.device_mesh = device_mesh
        self.batch_dim_name = batch_dim_name or device_mesh.axis_names[0]
        if self.batch_dim_name not in device_mesh.axis_names:
            raise ValueError(
                f"the mesh has no axis {batch_dim_name!r} for the rows of a batch; its axes are "
                f"{', '.join(device_mesh.axis_names)}"
            )
        self.auto_shard_dataset = auto_shard_dataset

    @property
    def parts(self) -> int:
        """Into how many parts a batch is cut."""
        return self.device_mesh.size(self.batch_dim_name)

    def layouts(self, shapes: Shapes) -> dict[str, Axes]:
        """How the weights of these paths are cut; what is not named is whole on each device."""
        return {}

    @contextmanager
    def scope(self) -> Iterator[None]:
        """Networks that are compiled within go by it."""
        before = distribution()
        set_distribution(self)
        try:
            yield
        finally:
            set_distribution(before)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.device_mesh}, batch along {self.batch_dim_name!r})"


class DataParallel(Distribution):
    """Every device has all weights, and its part of the rows of each batch.

    The gradients of all parts are added, so that a step is the step of one device on the whole
    batch. All devices of all processes take part, where no mesh and no `devices` are given.
    """

    def __init__(
        self,
        device_mesh: DeviceMesh | None = None,
        devices: Sequence[str] | None = None,
        auto_shard_dataset: bool = True,
    ):
        if device_mesh is None:
            found = list_devices() if devices is None else list(devices)
            device_mesh = DeviceMesh((len(found),), ("batch",), found)
        elif devices is not None:
            raise ValueError("DataParallel takes a mesh or devices, not both")
        super().__init__(device_mesh, device_mesh.axis_names[0], auto_shard_dataset)


class ModelParallel(Distribution):
    """Weights are cut as `layout_map` says, along with what the optimizer keeps for them.

    Rows are cut along `batch_dim_name`, the first axis of the mesh if not said. What has to be sent
    between devices for that, XLA finds out.
    """

    def __init__(
        self,
        layout_map: LayoutMap,
        batch_dim_name: str | None = None,
        auto_shard_dataset: bool = True,
    ):
        if not isinstance(layout_map, LayoutMap):
            raise TypeError(
                f"ModelParallel takes a LayoutMap, got {type(layout_map).__name__}: "
                "layouts = LayoutMap(mesh); layouts['dense/kernel'] = (None, 'model')"
            )
        super().__init__(layout_map.device_mesh, batch_dim_name, auto_shard_dataset)
        self.layout_map = layout_map

    def layouts(self, shapes: Shapes) -> dict[str, Axes]:
        """Each layout must match a weight, and its axes must go into the weight's evenly."""
        found = {}
        matched = {path: self.layout_map.matching(path) for path in shapes}
        for layout in self.layout_map:
            if layout not in matched.values():
                raise ValueError(
                    f"the layout for {layout!r} matches no weight; {nearest(layout, shapes)}"
                )
        for path, match in matched.items():
            if match is not None:
                found[path] = self._fitting(path, shapes[path], self.layout_map[match].axes)
        return found

    def _fitting(self, path: str, shape: tuple[int, ...], axes: Axes) -> Axes:
        if len(axes) != len(shape):
            raise ValueError(f"{path!r} has the shape {shape}, its layout {axes} {len(axes)} axes")
        for extent, axis in zip(shape, axes, strict=True):
            if axis is not None and extent % self.device_mesh.size(axis):
                raise ValueError(
                    f"{path!r} of the shape {shape} cannot be cut by {axes}: {extent} does not "
                    f"divide into the {self.device_mesh.size(axis)} devices along {axis!r}"
                )
        return axes


class _Set:
    distribution: Distribution | None = None


def set_distribution(value: Distribution | None) -> None:
    """Networks that are compiled with executor="jax" from now on go by it; None: by one device."""
    _Set.distribution = value


def distribution() -> Distribution | None:
    """The distribution that is set, if any."""
    return _Set.distribution
