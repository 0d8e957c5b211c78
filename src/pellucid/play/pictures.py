"""What a network says all over the plane: its answer, and the value of each of its units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from pellucid.play.asking import Asked, RefusedError
from pellucid.play.rows import Data
from pellucid.play.training import Course

Arrays = dict[str, np.ndarray]
#: the most numbers along a side, of the plane and of a unit's picture; units of a layer
PLANE, UNIT, UNITS = 300, 100, 256
#: numbers that a network is given, or gives, for one picture
NUMBERS = 6_000_000
#: how far the plane goes beyond the rows, as a share of their width
MARGIN = 0.15
#: bars of a histogram
BINS = 20


@dataclass(frozen=True)
class Show:
    """What frames hold: sides of pictures, 0 for none; at most so many units of a layer."""

    plane: int = 100
    units: int = 50
    most: int = 24
    weights: bool = True
    curves: bool = True
    values: bool = False
    part: str = "train"
    sample: int = 0
    across: int = 0
    up: int = 1

    def changed(self, given: Asked, data: Data) -> Self:
        """The same with what a client asks for."""
        last = len(data.inputs) - 1
        part = given.word("part", ("train", "test"), self.part)
        found = replace(
            self,
            plane=given.whole("plane", 0, PLANE, self.plane),
            units=given.whole("units", 0, UNIT, self.units),
            most=given.whole("most", 1, UNITS, self.most),
            weights=given.flag("weights", self.weights),
            curves=given.flag("curves", self.curves),
            values=given.flag("values", self.values),
            part=part,
            sample=given.whole("sample", 0, max(0, len(data.part(part)) - 1), self.sample),
            across=given.whole("across", 0, last, self.across),
            up=given.whole("up", 0, last, self.up),
        )
        if found.across == found.up and last:
            raise RefusedError("the plane needs two inputs: choose another across or up")
        if data.drawn and (found.across, found.up) != (0, 1):
            raise RefusedError("points are on the plane of x1 and x2: across is 0 and up is 1")
        return found

    def suited(self, data: Data) -> Self:
        """The same for other data, in which there may be fewer rows and inputs."""
        last = len(data.inputs) - 1
        fits = data.drawn or max(self.across, self.up) <= last
        across, up = (self.across, self.up) if fits and not data.drawn else (0, 1)
        rows = len(data.part(self.part))
        part = self.part if rows else "train"
        return replace(
            self, across=across, up=up, part=part, sample=min(self.sample, rows and rows - 1)
        )


class Plane:
    """The plane of two columns, in which the rows lie, with some room around them."""

    def __init__(self, data: Data, show: Show):
        self.data, self.columns = data, (show.across, show.up)
        parts = [data.on_plane(part, self.columns) for part in (data.train, data.test)]
        points = np.concatenate(parts).astype(np.float64)
        low, high = points.min(axis=0), points.max(axis=0)
        further = MARGIN * np.where(high > low, high - low, 1.0)
        self.low, self.high = low - further, high + further

    def rows(self, side: int) -> np.ndarray:
        """Rows for the middles of side × side squares, from the lowest row up."""
        middles = (np.arange(side) + 0.5) / side
        across, up = self.low[:, None] + middles * (self.high - self.low)[:, None]
        points = np.stack([np.tile(across, side), np.repeat(up, side)], axis=1)
        return self.data.lifted(points, self.columns)

    def as_data(self) -> dict[str, Any]:
        names = ("x1", "x2") if self.data.drawn else self.data.inputs
        return {
            "across": self.columns[0],
            "up": self.columns[1],
            "names": [names[at] for at in self.columns],
            "low": self.low.tolist(),
            "high": self.high.tolist(),
        }


def plane_of(data: Data, show: Show) -> Plane | None:
    """The plane of data that have one: two inputs at least, which are no pixels."""
    flat = data.picture is None and (data.drawn or len(data.inputs) > 1)
    return Plane(data, show) if flat else None


def side_of(asked: int, width: int) -> int:
    """The side that is asked for, or one for which there are not too many numbers."""
    return min(asked, max(1, int((NUMBERS / max(1, width)) ** 0.5)))


def answer(course: Course, plane: Plane, asked: int) -> np.ndarray:
    """The network's outputs over the plane, (up, across, outputs)."""
    side = side_of(asked, course.data.train.x.shape[1])
    outputs = course.net.predict(plane.rows(side), verbose=0)
    return np.asarray(outputs, np.float32).reshape(side, side, -1)


def units(course: Course, plane: Plane, asked: int, most: int) -> Arrays:
    """The value of each unit over the plane, (unit, up, across), by the name of its layer."""
    layers = course.wired.layers
    width = course.data.train.x.shape[1] + 3 * sum(each["units"] for each in layers)
    side = side_of(asked, width)
    rows = plane.rows(side)
    recording = course.net.record(rows)
    found = {"unit:X": rows} if course.data.drawn else {}
    found |= {f"unit:{each['a']}": recording[each["a"]] for each in layers}
    return {name: pictures(values[:, :most], side) for name, values in found.items()}


def pictures(values: np.ndarray, side: int) -> np.ndarray:
    return np.ascontiguousarray(values.T, np.float32).reshape(-1, side, side)


def incoming(course: Course, most: int) -> Arrays:
    """What each unit of the first layer multiplies the pixels with, as pictures."""
    shape, first = course.data.picture, course.wired.layers[0]
    assert shape is not None
    kernel = course.wired.weight(first["kernel"]).value
    if len(kernel) != shape[0] * shape[1]:
        return {}
    return {f"unit:{first['kernel']}": kernel.T[:most].astype(np.float32).reshape(-1, *shape)}


def unit(course: Course, plane: Plane | None, at: tuple[int, int], side: int) -> Arrays:
    """One unit: its picture, and how its values are spread over the rows to train on."""
    layer, number = course.wired.layers[at[0]], at[1]
    found: Arrays = {}
    if plane is not None:
        width = course.data.train.x.shape[1] + 3 * sum(e["units"] for e in course.wired.layers)
        rows = plane.rows(side := side_of(side, width))
        values = course.net.record(rows)[layer["a"]]
        found["picture"] = pictures(values[:, [number]], side)[0]
    elif layer["from"] == "X" and course.data.picture is not None:
        kernel = course.wired.weight(layer["kernel"]).value
        found["picture"] = kernel[:, number].astype(np.float32).reshape(course.data.picture)
    seen = course.net.record(course.data.train.x[:1000])[layer["a"]][:, number]
    return found | histogram(seen)


def histogram(values: np.ndarray) -> Arrays:
    """How numbers are spread; of those that are not finite nothing is said."""
    finite = values[np.isfinite(values)].astype(np.float64)
    if not finite.size:
        return {}
    counts, edges = np.histogram(finite, BINS)
    return {
        "histogram:counts": counts.astype(np.int32),
        "histogram:edges": edges.astype(np.float32),
    }


def points(data: Data, columns: Sequence[int], plane: Plane | None) -> Arrays:
    """The rows themselves: on the plane, or as pictures, the first of them."""
    found: Arrays = {}
    for name, part in (("train", data.train), ("test", data.test)):
        most = 5000 if plane is not None else 512
        x = data.shares(part, most) if plane is None else data.on_plane(part, columns)
        kind = np.float32 if data.names is None else np.int32
        found[f"{name}:x"] = np.asarray(x[:most], np.float32)
        found[f"{name}:y"] = np.asarray(part.y[:most], kind).reshape(-1)
    return found
