"""Batches from any iterable: a generator, a loader, a function that opens a fresh one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sized
from itertools import chain
from typing import Any

from ..lazy import once
from ..sparse import is_sparse
from .batches import Batch, Slots, assemble


class StreamEndedError(ValueError):
    """A stream that can be gone over once was to be gone over again."""


class StreamData:
    """A source of `(x, y)`, `(x, y, weight)` or `x` batches, opened anew for every pass.

    A tuple is taken apart as (x, y, weight); a list too, where it holds two or three arrays.
    """

    def __init__(
        self,
        source: Iterable[Any] | Callable[[], Iterable[Any]],
        inputs: Slots = 1,
        outputs: Slots = 1,
    ):
        self.source = source
        self.inputs, self.outputs = inputs, outputs
        self.steps: int | None = len(source) if isinstance(source, Sized) else None
        self._opened: Iterator[Any] | None = None
        self._begun: tuple[Batch, Iterator[Batch]] | None = None

    @property
    def restarts(self) -> bool:
        """Whether each pass begins anew; a generator goes on where the pass before it ended."""
        return not isinstance(self.source, Iterator)

    @property
    def _opens(self) -> bool:
        return callable(self.source) and not isinstance(self.source, Iterable)

    def first(self) -> Batch:
        """The first batch; the next pass begins with it, so that none is lost."""
        if self._begun is None:
            batches = self._pass()
            self._begun = next(batches), batches
        return self._begun[0]

    @once
    def x_shapes(self) -> tuple[tuple[int, ...], ...]:
        """The shape of one row of each input, as the first batch has it."""
        return tuple(array.shape[1:] for array in self.first().x)

    def __iter__(self) -> Iterator[Batch]:
        if self._begun is None:
            return self._pass()
        (batch, rest), self._begun = self._begun, None
        return chain([batch], rest)

    def _pass(self) -> Iterator[Batch]:
        source: Any = self.source
        iterator = iter(source() if self._opens else source)
        again = iterator is self._opened
        self._opened = iterator
        number = 0
        for number, item in enumerate(iterator, 1):
            yield self._batch(item, number)
        if not number:
            raise StreamEndedError(_SPENT) if again else ValueError(_EMPTY)

    def _batch(self, item: Any, number: int) -> Batch:
        x, y, weight = _taken_apart(item)
        try:
            data = assemble(x, y, weight, self.inputs, self.outputs)
        except (TypeError, ValueError) as error:
            raise type(error)(f"batch {number} of the stream: {error}") from error
        return data.between(0, len(data))._replace(rows=None)


_EMPTY = "the stream gave no batches; expected one or more"
_SPENT = (
    "the generator has given all its batches already, and another pass is asked for. "
    "Give a function that opens a fresh one: `lambda: batches()` in place of `batches()`"
)


def is_array(value: Any) -> bool:
    """Whether `value` is an array of one dimension or more, or a sparse one."""
    return is_sparse(value) or (hasattr(value, "__array__") and getattr(value, "ndim", 0) > 0)


def _taken_apart(item: Any) -> tuple[Any, Any, Any]:
    pair = isinstance(item, list) and len(item) in (2, 3) and all(map(is_array, item))
    if not (pair or isinstance(item, tuple)):
        return item, None, None
    if not 1 <= len(item) <= 3:
        raise ValueError(
            f"a batch of the stream has {len(item)} parts; expected (x, y) or (x, y, weight)"
        )
    x, y, weight = (*item, None, None)[:3]
    return x, y, weight
