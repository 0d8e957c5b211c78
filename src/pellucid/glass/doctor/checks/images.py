"""Images: which axis holds the channels, and places that no window sees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from pellucid import layers
from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.checks.base import Check, Suspicion
from pellucid.glass.doctor.checks.designs import changed
from pellucid.glass.doctor.checks.layout import names
from pellucid.glass.doctor.evidence import Evidence
from pellucid.glass.doctor.mending import RECURRENT

#: how many channels images have, and the fewest places along a side
CHANNELS, SIDE = (1, 2, 3, 4), 6
#: the most channels of a sequence that may stand first, and how many times as many steps it has
SENSORS, LONGER = 12, 3
STEPWISE = (layers.Conv1D, *RECURRENT)
#: layers that move a window, and what they call its size
WINDOWS: dict[type[layers.Layer], str] = {
    layers.Conv1D: "kernel_size",
    layers.Conv2D: "kernel_size",
    layers.MaxPooling1D: "pool_size",
    layers.MaxPooling2D: "pool_size",
    layers.AveragePooling1D: "pool_size",
    layers.AveragePooling2D: "pool_size",
}


class ChannelsFirst(Check):
    """Images whose channels stand before their rows, or sequences whose stand before their steps.

    Layers take the last axis for the channels: here each column of pixels, or each step, is one,
    and the window moves over the colours, or the sensors.
    """

    code = "PL319"
    severity = "error"
    sure = False
    cure = "Move the axis: `x = np.moveaxis(x, 1, -1)`, and so in `input_shape`."
    confused = "Sequences of a few steps, whose second axis is short too."
    example = """
net = Sequential(
    [
        layers.Conv2D(3, 3, activation="relu", padding="same", input_shape=(1, 10, 10)),
        layers.GlobalMaxPooling2D(),
        layers.Dense(2, "softmax"),
    ]
)
net.compile(optimizers.Adam(0.02), "sparse_categorical_crossentropy")
x, y = 0.4 * rng.normal(size=(300, 10, 10)), rng.integers(0, 2, 300)
at, rows = rng.integers(1, 9, (2, 300)), np.arange(300)
for step in (-1, 0, 1):
    x[rows, at[0] + step * y, at[1] + step * (1 - y)] += 1
x, fit = x[:, None], {"epochs": 20}
"""
    near_miss = """
net = Sequential(
    [
        layers.Conv2D(3, 3, activation="relu", padding="same", input_shape=(10, 10, 1)),
        layers.GlobalMaxPooling2D(),
        layers.Dense(2, "softmax"),
    ]
)
net.compile(optimizers.Adam(0.02), "sparse_categorical_crossentropy")
x, y = 0.4 * rng.normal(size=(300, 10, 10)), rng.integers(0, 2, 300)
at, rows = rng.integers(1, 9, (2, 300)), np.arange(300)
for step in (-1, 0, 1):
    x[rows, at[0] + step * y, at[1] + step * (1 - y)] += 1
x, fit = x[..., None], {"epochs": 20}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        x = evidence.x
        if not evidence.plain:
            return
        yield from self.of_sequences(evidence)
        if x.ndim != 4:
            return
        channels, height, width = x.shape[1:]
        convolved = any(part.kind is layers.Conv2D for part in evidence.case.net.parts)
        if convolved and channels in CHANNELS and min(height, width) >= SIDE:
            yield Suspicion(
                f"the images are {channels} × {height} × {width}: their channels stand first",
                {"channels": channels, "height": height, "width": width},
                {"layer": evidence.net.layers[0].layer_name},
                channels_last,
            )

    def of_sequences(self, evidence: Evidence) -> Iterator[Suspicion]:
        """Sequences of a few steps of many numbers, which may be many steps of a few."""
        x = evidence.x
        reads = [part.kind for part in evidence.case.net.parts if part.kind in STEPWISE]
        if x.ndim == 3 and reads and x.shape[1] <= SENSORS and x.shape[2] >= LONGER * x.shape[1]:
            channels, steps = x.shape[1:]
            yield Suspicion(
                f"the sequences are {channels} × {steps}: their channels stand before the steps",
                {"channels": channels, "steps": steps},
                {"layer": evidence.net.layers[0].layer_name},
                channels_last,
            )


def channels_last(case: Case) -> Case:
    """The channels stand last, in the data and in the shape of the input."""
    found = case.with_x("np.moveaxis({0}, 1, -1)", lambda x: np.moveaxis(np.asarray(x), 1, -1))
    shape, kind, name = case.net.inputs[0]
    if shape is None:
        return found.designed(case.net)
    moved = (shape[0], *shape[2:], shape[1])
    return found.designed(replace(case.net, inputs=((moved, kind, name),)))


class WindowSkips(Check):
    """A window that moves further than it is wide.

    What lies between two of its places is never seen: of a window of 2 that moves by 4, three
    quarters of an image.
    """

    code = "PL321"
    severity = "error"
    sure = False
    cure = "Strides of at most the size of the window."
    confused = "Strides of the size of the window, as of pooling, which leave nothing out."
    example = """
net = Sequential(
    [
        layers.Conv2D(8, 1, strides=4, activation="relu", input_shape=(8, 8, 1)),
        layers.Flatten(),
        layers.Dense(10, "softmax"),
    ]
)
net.compile(optimizers.Adam(0.02), "sparse_categorical_crossentropy")
x, y = digits(500)
x, fit = x.reshape(-1, 8, 8, 1), {"epochs": 12}
"""
    near_miss = """
net = Sequential(
    [
        layers.Conv2D(8, 3, strides=2, activation="relu", input_shape=(8, 8, 1)),
        layers.Flatten(),
        layers.Dense(10, "softmax"),
    ]
)
net.compile(optimizers.Adam(0.02), "sparse_categorical_crossentropy")
x, y = digits(500)
x, fit = x.reshape(-1, 8, 8, 1), {"epochs": 12}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        net = evidence.case.net
        for at, part in enumerate(net.parts):
            if part.kind not in WINDOWS:
                continue
            size, strides = part.get(WINDOWS[part.kind]), part.get("strides")
            if strides is not None and any(map(int.__gt__, sides(strides), sides(size))):
                name = names(net, evidence, at)
                yield Suspicion(
                    f"{name} moves a window of {size} by {strides}, and skips what lies between",
                    {"size of the window": str(size), "strides": str(strides)},
                    {"layer": name},
                    changed([at], strides=size),
                )
                return


def sides(extent: Any) -> tuple[int, int]:
    """How far along each axis."""
    return (extent, extent) if isinstance(extent, int) else (extent[0], extent[-1])
