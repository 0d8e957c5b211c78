"""An ONNX graph while it is written: its nodes, its arrays, and what everything is called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from pellucid.interop.listing import identifier


class Node(NamedTuple):
    """One operator: what it reads and writes by name, its attributes, and what it is for."""

    operator: str
    reads: list[str]
    writes: str
    attributes: dict[str, Any]
    about: str


class Graph:
    """Nodes in order; `arrays` are the numbers that are known, by name."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.arrays: dict[str, np.ndarray] = {}
        self.taken: set[str] = set()
        self.made: dict[tuple[Any, ...], str] = {}
        self.about = ""

    def name(self, wanted: str) -> str:
        """The name, or one like it that nobody has."""
        name, count = wanted, 1
        while name in self.taken:
            count += 1
            name = f"{wanted}_{count}"
        self.taken.add(name)
        return name

    def node(self, operator: str, reads: Sequence[str], wanted: str = "", **attributes: Any) -> str:
        """Write a node; gives the name of its result."""
        result = self.name(wanted or operator.lower())
        self.nodes.append(Node(operator, list(reads), result, attributes, self.about))
        return result

    def once(self, operator: str, read: str, **attributes: Any) -> str:
        """The same of a node that may be there already."""
        key = (operator, read, *sorted(attributes.items()))
        if key not in self.made:
            self.made[key] = self.node(operator, [read], **attributes)
        return self.made[key]

    def array(self, numbers: np.ndarray, wanted: str = "") -> str:
        """Known numbers; small ones without a name stand once."""
        key = (numbers.dtype.str, numbers.shape, numbers.tobytes() if numbers.size < 64 else b"")
        if wanted or numbers.size >= 64 or key not in self.made:
            name = self.name(wanted or "c")
            self.arrays[name] = numbers
            if wanted:
                return name
            self.made[key] = name
            return name
        return self.made[key]

    def whole(self, *numbers: int) -> str:
        """A list of whole numbers, such as a shape."""
        return self.array(np.array(numbers, np.int64))


def ascii_name(name: str) -> str:
    """A name of a plan as ONNX has them: Z1, gamma2, Y."""
    return identifier(name.replace("Ŷ", "Y").replace("X̂", "Xhat")).strip("_") or "v"
