"""Who watches a playground: a seat for each socket, with answers in turn and the newest frame."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

#: commands of one socket that may wait for their answers
WAITING = 64


class Seat:
    """What is on its way to one socket. `answer` and `offer` are called by another thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop):
        self.loop = loop
        self.outgoing: asyncio.Queue[bytes] = asyncio.Queue()
        #: commands that are not answered yet
        self.waiting = 0
        #: whether the last frame was drawn, and the newest that has not been sent
        self.ready = True
        self.newest: bytes | None = None

    def answer(self, data: bytes) -> None:
        """An answer; it is sent after those before it."""
        self.soon(self.answered, data)

    def offer(self, frame: bytes) -> None:
        """A frame, which is sent when the one before it was drawn, unless a newer one comes."""
        self.soon(self.offered, frame)

    def soon(self, call: Callable[[bytes], None], data: bytes) -> None:
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(call, data)

    def answered(self, data: bytes) -> None:
        self.waiting -= 1
        self.outgoing.put_nowait(data)

    def offered(self, frame: bytes) -> None:
        if self.ready:
            self.ready = False
            self.outgoing.put_nowait(frame)
        else:
            self.newest = frame

    @property
    def is_full(self) -> bool:
        return self.waiting >= WAITING

    def drawn(self) -> None:
        """The last frame was drawn."""
        self.ready, newest, self.newest = True, self.newest, None
        if newest is not None:
            self.offered(newest)
