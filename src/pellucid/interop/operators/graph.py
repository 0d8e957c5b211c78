"""A graph of operators that somebody else made, with ONNX's names for what they do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from pellucid.foreign import quoted


class Operator(NamedTuple):
    """One operator: what it reads and writes by name ("" is left out), and its attributes."""

    kind: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    attributes: Mapping[str, Any]
    #: what its layer is to be called
    called: str = ""


class Given(NamedTuple):
    """An input: its shape, None where it is open, and whether it holds whole numbers."""

    name: str
    shape: tuple[int | None, ...]
    whole: bool = False


class Graph(NamedTuple):
    """Operators in an order in which each reads what is there; `held` are known arrays."""

    inputs: list[Given]
    operators: list[Operator]
    held: dict[str, np.ndarray]
    outputs: list[str]
    dtype: str = "float32"
    #: the number of weights that a network of it may have
    most: int = 1 << 40
    #: where it comes from, for messages
    origin: str = "the graph"


def refused(operator: Operator, why: str = "") -> ValueError:
    """The error for what has no equations here."""
    name = f" ({quoted(operator.called)})" if operator.called else ""
    said = f" {why}" if why else ""
    return ValueError(f"the operator {quoted(operator.kind)}{name}{said} has no equations here")
