"""Room for a recording: the memory of an earlier one, once nobody holds any array of it.

Memory that is new to a process is slow to write to, several times slower than the step itself. So
the large arrays of a recording are parts of one block, which is kept for the next recording of the
same plan and is written to again only when no array of it is alive.
"""

from __future__ import annotations

import sys
from collections.abc import Hashable
from weakref import WeakKeyDictionary

import numpy as np

from pellucid.executors.program import Buffers
from pellucid.plan import Plan

#: bytes of the smallest array that is put into a block, and of the largest block that is kept
LEAST, MOST = 1 << 14, 1 << 27
#: arrays begin at multiples of so many bytes
ALIGNED = 64
#: who refers to a block that nobody uses: the variable, and the argument of `getrefcount`
ALONE = 2

#: the shape and dtype of each call's array, None where it has a place of its own
Layout = list[tuple[tuple[int, ...], np.dtype] | None]


class Room:
    """The block of a plan's recordings, and what stands where in it, for batches of a kind."""

    def __init__(self) -> None:
        self.layouts: dict[Hashable, Layout] = {}
        self.blocks: dict[Hashable, np.ndarray] = {}

    def buffers(self, key: Hashable) -> Buffers:
        """NumPy that writes into the block, once it is known what is written."""
        found, layout = Buffers(), self.layouts.get(key)
        if layout is not None:
            block = self.blocks.pop(key, None)
            if block is None or sys.getrefcount(block) > ALONE:
                block = np.empty(sum(map(size, layout)), np.uint8)
            found.slots = carved(block, layout)
            if block.nbytes <= MOST:
                self.blocks[key] = block
        return found

    def learn(self, key: Hashable, buffers: Buffers) -> None:
        """Note what a first recording has written."""
        if key not in self.layouts:
            self.layouts[key] = [
                None if slot is None or slot.nbytes < LEAST else (slot.shape, slot.dtype)
                for slot in buffers.slots
            ]


def size(place: tuple[tuple[int, ...], np.dtype] | None) -> int:
    """The bytes of a place, up to where the next may begin."""
    if place is None:
        return 0
    shape, dtype = place
    return -(-int(np.prod(shape)) * dtype.itemsize // ALIGNED) * ALIGNED


def carved(block: np.ndarray, layout: Layout) -> list[np.ndarray | None]:
    """The arrays of a block."""
    found: list[np.ndarray | None] = []
    at = 0
    for place in layout:
        if place is None:
            found.append(None)
        else:
            shape, dtype = place
            count = int(np.prod(shape)) * dtype.itemsize
            found.append(block[at : at + count].view(dtype).reshape(shape))
            at += size(place)
    return found


#: the room of each plan that is alive
ROOMS: WeakKeyDictionary[Plan, Room] = WeakKeyDictionary()


def room_of(plan: Plan) -> Room:
    return ROOMS.setdefault(plan, Room())
