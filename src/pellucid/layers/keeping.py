"""Layers that go on where the batch before left them, row by row: `stateful` recurrent layers.

A plan reads the states to begin from as further inputs, and gives those after the last step as
further outputs; between batches the layer holds the numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pellucid.layers.opening import with_parts
from pellucid.tensor import Tensor


class Carried(NamedTuple):
    """A state of a layer, in the equations that were written last: at first, and at the end."""

    start: Tensor
    end: Tensor


class Keeping:
    """What keeps states from batch to batch, if it is `stateful`."""

    #: the states in the equations that were written last
    between: tuple[Carried, ...] = ()
    #: their numbers after the last batch, each (rows, width); nothing stands for zeros
    kept: tuple[np.ndarray, ...] = ()

    if TYPE_CHECKING:

        @property
        def stateful(self) -> bool: ...
        @property
        def layer_name(self) -> str: ...

    def starts(self, given: Any, x: Tensor, widths: Sequence[int]) -> Any:
        """The states to begin from: those that are given, else, if it is stateful, those kept."""
        if given is not None or not self.stateful:
            return given
        if self.between:
            return [each.end for each in self.between]
        found = [Tensor((x.shape[0], width), "S", "input") for width in widths]
        self.between = tuple(Carried(each, each) for each in found)
        return found

    def carry(self, given: Any, ends: Sequence[Tensor]) -> None:
        """The states after the last step are those that the next batch begins from."""
        if given is None and self.stateful:
            pairs = zip(self.between, ends, strict=True)
            self.between = tuple(Carried(each.start, end) for each, end in pairs)

    def numbers(self, rows: int, dtype: Any) -> list[np.ndarray]:
        """The numbers to begin from, for a batch of so many rows."""
        if not self.kept:
            return [np.zeros((rows, each.start.size), dtype) for each in self.between]
        if len(self.kept[0]) != rows:
            raise ValueError(
                f"{self.layer_name} keeps the states of {len(self.kept[0])} rows, and this batch "
                f"has {rows}: where states are kept the batch size stays the same. reset_state() "
                "begins anew"
            )
        return [each.astype(dtype, copy=False) for each in self.kept]


def keepers(layer: Any) -> list[Keeping]:
    """What keeps states in a layer, each once."""
    found = [part for part in with_parts(layer) if isinstance(part, Keeping) and part.stateful]
    return list(dict.fromkeys(found))


def forget_carried(layer: Any) -> None:
    """Before equations are written: none of them carries a state yet."""
    for each in keepers(layer):
        each.between = ()


def carried_by(layer: Any) -> list[Carried]:
    """The states in the equations that were written last."""
    return [state for each in keepers(layer) for state in each.between]


def numbers_of(layer: Any, rows: int, dtype: Any) -> list[np.ndarray]:
    """The numbers of all states that a batch of so many rows begins from."""
    return [array for each in keepers(layer) for array in each.numbers(rows, dtype)]


def keep(layer: Any, ends: Sequence[np.ndarray]) -> None:
    """Hold what the states were after the last step."""
    remaining = iter(ends)
    for each in keepers(layer):
        each.kept = tuple(np.array(next(remaining)) for _ in each.between)
