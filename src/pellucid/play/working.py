"""The one thread that trains: it does commands in turn, and plays on while none is waiting."""

from __future__ import annotations

import queue
import threading
import time
import traceback
from collections.abc import Sequence
from typing import Any

from pellucid.play.frames import Answer, packed
from pellucid.play.player import Player
from pellucid.play.seats import Seat
from pellucid.randomness import set_random_seed

#: seconds between two turns
EVERY = 1 / 40
#: seconds that the end of the work is waited for
PATIENCE = 3.0
#: commands after which others need no frame: nothing is another for them
QUIET = ("hello", "show", "look")
#: what is said where pellucid itself is wrong
WRONG = "something is wrong within pellucid: the terminal that it was started from says more"

Command = dict[str, Any]


class Worker:
    """A player in a thread of its own, and the seats that are told of it."""

    def __init__(self, player: Player):
        self.player = player
        self.tasks: queue.SimpleQueue[tuple[Seat | None, Command] | None] = queue.SimpleQueue()
        self.seats: tuple[Seat, ...] = ()
        self.frame, self.last = 0, 0.0
        self.thread = threading.Thread(target=self.work, name="pellucid-play", daemon=True)

    def join(self, seat: Seat) -> None:
        self.seats = (*self.seats, seat)

    def leave(self, seat: Seat) -> None:
        """A seat is free again. When nobody watches any more, nothing is trained."""
        self.seats = tuple(each for each in self.seats if each is not seat)
        if not self.seats:
            self.tasks.put((None, {"do": "pause"}))

    def ask(self, seat: Seat, command: Command) -> None:
        self.tasks.put((seat, command))

    def end(self) -> None:
        self.tasks.put(None)
        self.thread.join(PATIENCE)

    def work(self) -> None:
        """Commands, and turns of training while none is waiting."""
        set_random_seed(0)  # in this thread alone: other draws of the process are left in peace
        while True:
            try:
                task = self.tasks.get(timeout=self.waits())
            except queue.Empty:
                self.turn()
                continue
            if task is None:
                return
            self.do(*task)

    def waits(self) -> float | None:
        """Seconds until the next turn; None while nothing plays."""
        due = self.last + EVERY - time.perf_counter()
        return max(0.0, due) if self.player.playing else None

    def do(self, seat: Seat | None, command: Command) -> None:
        """One command: its answer to who asked; to the others a frame, if something is another."""
        if seat is not None and seat not in self.seats:
            return  # the page was closed meanwhile
        try:
            answer = self.player.handle(command)
            self.tell(seat, command, answer)
        except Exception:
            traceback.print_exc()
            self.player.playing = False
            self.tell(seat, command, self.player.told(Answer({"error": WRONG}, {})))

    def tell(self, seat: Seat | None, command: Command, answer: Answer) -> None:
        if seat is not None:
            seat.answer(packed(as_answer(command.get("id"), answer)))
        others = [each for each in self.seats if each is not seat]
        if "now" in answer.header and command.get("do") not in QUIET:
            self.offer(answer, others)

    def turn(self) -> None:
        """A moment of training; a frame, if somebody has drawn the last one."""
        self.last = time.perf_counter()
        try:
            self.player.train()
            if any(each.ready for each in self.seats) or not self.player.playing:
                self.offer(self.player.frame(), self.seats)
        except Exception:
            traceback.print_exc()
            self.player.playing = False
            self.offer(self.player.told(Answer({"error": WRONG}, {})), self.seats)

    def offer(self, answer: Answer, seats: Sequence[Seat]) -> None:
        if not seats:
            return
        self.frame += 1
        header = {"kind": "frame", "frame": self.frame, **answer.header}
        frame = packed(Answer(header, answer.arrays))
        for seat in seats:
            seat.offer(frame)


def as_answer(number: object, answer: Answer) -> Answer:
    """An answer with the number of the command that it is to."""
    whole = isinstance(number, int) and abs(number) < 2**53
    header = {"kind": "answer", "id": number if whole else None, **answer.header}
    return Answer(header, answer.arrays)
