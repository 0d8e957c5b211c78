"""Room for a recording: the memory of an earlier one, once nobody holds any array of it.

Memory that is new to a process is slow to write to, several times slower than the step itself. So
the large arrays of a recording are parts of one block, which is kept for the next recording of the
same plan and is written to again only when no array of it is alive.
"""

from __future__ import annotations

import sys
from collections.abc import Hashable
from typing import NamedTuple
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


class Part(NamedTuple):
    """An array of a block: its bytes, and those up to where the next may begin."""

    shape: tuple[int, ...]
    dtype: np.dtype
    size: int
    room: int


#: the array of each call, None where it has a place of its own
Layout = list[Part | None]


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
                block = np.empty(sum(each.room for each in layout if each), np.uint8)
            found.slots = carved(block, layout)
            if block.nbytes <= MOST:
                self.blocks[key] = block
        return found

    def learn(self, key: Hashable, buffers: Buffers) -> None:
        """Note what a first recording has written."""
        if key not in self.layouts:
            self.layouts[key] = [part_of(slot) for slot in buffers.slots]


def part_of(array: np.ndarray | None) -> Part | None:
    """The part of a block that an array is to be; None for one that is small."""
    if array is None or array.nbytes < LEAST:
        return None
    return Part(array.shape, array.dtype, array.nbytes, -(-array.nbytes // ALIGNED) * ALIGNED)


def carved(block: np.ndarray, layout: Layout) -> list[np.ndarray | None]:
    """The arrays of a block."""
    found: list[np.ndarray | None] = []
    at = 0
    for part in layout:
        if part is None:
            found.append(None)
        else:
            found.append(block[at : at + part.size].view(part.dtype).reshape(part.shape))
            at += part.room
    return found


#: the room of each plan that is alive
ROOMS: WeakKeyDictionary[Plan, Room] = WeakKeyDictionary()


def room_of(plan: Plan) -> Room:
    return ROOMS.setdefault(plan, Room())
