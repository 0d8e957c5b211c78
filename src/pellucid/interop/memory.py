"""Memory for arrays that come and go: the places of those that are done are taken again."""

from __future__ import annotations


class Memory:
    """Places in one piece of memory; `most` is how large it has to be."""

    def __init__(self) -> None:
        self.most = 0
        self.taken: dict[int, int] = {}

    def take(self, size: int) -> int:
        """The first place with room for so many numbers."""
        start = 0
        for begin, length in sorted(self.taken.items()):
            if begin - start >= size:
                break
            start = begin + length
        self.taken[start] = size
        self.most = max(self.most, start + size)
        return start

    def free(self, start: int) -> None:
        del self.taken[start]
