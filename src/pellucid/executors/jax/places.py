"""Where arrays live: on one device, or spread over those of a mesh."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Protocol, cast

import jax
import numpy as np
from jax.sharding import Mesh, NamedSharding
from jax.sharding import PartitionSpec as P

from pellucid.distribution.mesh import DeviceMesh
from pellucid.distribution.strategies import Distribution
from pellucid.executors.jax.stretch import Moving, Reached
from pellucid.executors.memory import Memory
from pellucid.plan import Plan
from pellucid.processes import HERE
from pellucid.tensor import Tensor

#: for each axis of an array where a part of it begins and ends
Part = tuple[tuple[int | None, int | None], ...]
#: arrays of what moves: vectors in parts, and other states
Homes = tuple[list[list[np.ndarray]], list[np.ndarray]]


class Places(Protocol):
    """Brings numbers to devices and back."""

    #: into how many parts a batch is cut, and how many batches of a process are one
    parts: int
    joined: int

    def moving(self, homes: Homes) -> Moving:
        """Copies of what moves."""

    def put(self, arrays: Any) -> Any:
        """Arrays, whole on each device."""

    def made(self, outputs: int) -> Any:
        """Where a program leaves what it makes; None: where it is made."""

    def fetched(self, array: jax.Array) -> np.ndarray:
        """All numbers of an array."""

    def report(self) -> str:
        """The devices."""


class Alone:
    """One device, the first of JAX's."""

    parts = joined = 1

    def moving(self, homes: Homes) -> Moving:
        return Moving(*jax.device_put(homes, may_alias=False))

    def put(self, arrays: Any) -> Any:
        return jax.device_put(arrays)

    def made(self, outputs: int) -> Any:
        return None

    def fetched(self, array: jax.Array) -> np.ndarray:
        return np.asarray(array)

    def report(self) -> str:
        device = jax.devices()[0]
        return f"{device.platform} ({device.device_kind})"


class Spread:
    """The devices of a mesh. `moving` says for each part of what moves where it lives."""

    def __init__(self, distribution: Distribution, moving: Callable[[Mesh], Any]):
        self.distribution = distribution
        self.mesh = mesh_of(distribution.device_mesh)
        self.parts = distribution.parts
        self.own = not distribution.auto_shard_dataset
        self.joined = HERE.count if self.own else 1
        self.whole = NamedSharding(self.mesh, P())
        self.cut = NamedSharding(self.mesh, P(None, distribution.batch_dim_name))
        self.of_moving = moving(self.mesh)

    def of_rows(self, size: int) -> NamedSharding:
        """Where batches of so many rows of a process are: cut, or whole where they cannot be."""
        if size * self.joined % self.parts == 0:
            return self.cut
        if self.own:
            raise ValueError(
                f"a batch of {size} rows from each of {self.joined} processes cannot be cut into "
                f"{self.parts} equal parts, one for each group of devices: give other batches"
            )
        return self.whole

    def moving(self, homes: Homes) -> Moving:
        return jax.tree.map(placed, Moving(*cast(Any, homes)), self.of_moving)

    def put(self, arrays: Any) -> Any:
        return jax.tree.map(lambda each: placed(np.asarray(each), self.whole), arrays)

    def made(self, outputs: int) -> Any:
        whole: Any = self.whole
        return Reached(whole, whole, self.of_moving, whole, [whole] * outputs)

    def fetched(self, array: jax.Array) -> np.ndarray:
        if array.is_fully_addressable or array.is_fully_replicated:
            return np.asarray(array)
        return gathered(array)

    def report(self) -> str:
        count = self.mesh.size
        device = self.mesh.devices.flat[0]
        shape = " × ".join(f"{size} {name}" for name, size in self.mesh.shape.items())
        return f"{count} devices ({shape}), {device.platform} ({device.device_kind})"


def spread_over(
    distribution: Distribution, plan: Plan, memory: Memory, paths: Mapping[Tensor, str]
) -> Spread:
    """Where each weight lives, with what the optimizer keeps for it, by the layouts for paths."""
    weights = memory.parameters.weights
    layouts = distribution.layouts({paths[each.tensor]: each.shape for each in weights})
    axes = [layouts.get(paths[each.tensor], ()) for each in weights]
    vectors = len(memory.vectors() & {*plan.assignments})
    others = len(plan.assignments) - vectors

    def moving(mesh: Mesh) -> Any:
        whole: Any = NamedSharding(mesh, P())
        parts: Any = [NamedSharding(mesh, P(*each)) for each in axes]
        return Moving([parts] * vectors, [whole] * others)

    return Spread(distribution, moving)


def mesh_of(mesh: DeviceMesh) -> Mesh:
    """The mesh as JAX has it."""
    known = {f"{each.platform}:{each.id}": each for each in jax.devices(kind_of(mesh))}
    missing = [each for each in mesh.devices.flat if each not in known]
    if missing:
        raise ValueError(f"there is no device {missing[0]!r}; there are {', '.join(known)}")
    found = [known[each] for each in mesh.devices.flat]
    return Mesh(np.array(found, object).reshape(mesh.shape), mesh.axis_names)


def owners(
    distribution: Distribution, axes: Sequence[str | None], shape: Sequence[int]
) -> dict[tuple[tuple[int, int], ...], int]:
    """For each part of an array that is cut so, a process that has it; all have alike many."""
    sharding = NamedSharding(mesh_of(distribution.device_mesh), P(*axes))
    found: dict[tuple[tuple[int, int], ...], list[int]] = {}
    devices: dict[Any, Any] = dict(sharding.devices_indices_map(tuple(shape)))
    for device, part in devices.items():
        pairs = zip(part, shape, strict=True)
        box = tuple(each.indices(extent)[:2] for each, extent in pairs)
        found.setdefault(box, []).append(device.process_index)
    return {box: own[at % len(own)] for at, (box, own) in enumerate(sorted(found.items()))}


def kind_of(mesh: DeviceMesh) -> str:
    return str(mesh.devices.flat[0]).partition(":")[0]


def placed(array: np.ndarray, sharding: NamedSharding) -> jax.Array:
    """A copy of the array, each device with its part."""
    return jax.make_array_from_callback(
        array.shape, sharding, lambda part: np.array(array[part], order="C")
    )


def gathered(array: jax.Array) -> np.ndarray:
    """An array of which other processes have parts: sent part by part, so that none has it all."""
    sharding: Any = array.sharding
    found = np.empty(array.shape, array.dtype)
    parts = map(bounds, sharding.devices_indices_map(array.shape).values())
    for part in dict.fromkeys(parts):  # in the same order in all processes
        here = tuple(slice(*each) for each in part)
        found[here] = np.asarray(cutter(sharding.mesh, part)(array))
    return found


def bounds(part: tuple[slice, ...]) -> Part:
    return tuple((each.start, each.stop) for each in part)


@cache
def cutter(mesh: Mesh, part: Part) -> Callable[[jax.Array], jax.Array]:
    """A program that sends this part to all devices."""
    here = tuple(slice(*each) for each in part)
    return jax.jit(lambda array: array[here], out_shardings=NamedSharding(mesh, P()))
