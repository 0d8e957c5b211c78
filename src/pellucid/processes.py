"""Which of the processes this is that train one network together, and what they have agreed on."""

from __future__ import annotations


class Here:
    """This process, by its number, one of a `count`. Alone, it is the first of one.

    `wanted` is whether Ctrl-C was pressed in this process, `leaving` whether all have agreed to
    stop, `lost` whether another one has ended too early.
    """

    number, count = 0, 1
    wanted = leaving = lost = False


HERE = Here()


def is_first() -> bool:
    """Whether this process is the one that writes files and shows how training is going."""
    return HERE.number == 0
