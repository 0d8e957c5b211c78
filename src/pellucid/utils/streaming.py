"""Batches by their number: a class of one's own that reads or draws them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any


class PyDataset:
    """Batches (x, y) or (x, y, weight) by number: `__len__` says how many, `__getitem__` gives one.

    It is given to fit, evaluate or predict. The batches come in turn; `on_epoch_begin` is called
    before the first of an epoch, and `on_epoch_end` after the last. With several `workers`, threads
    make up to `max_queue_size` batches ahead; the order stays.

    Arguments:
        workers: how many threads make batches; with 1 they are made when they are asked for.
        use_multiprocessing: False: threads share what the class holds, which processes would copy.
        max_queue_size: how many batches may be made ahead.

    >>> class Ones(pellucid.utils.PyDataset):
    ...     def __len__(self):
    ...         return 3
    ...
    ...     def __getitem__(self, number):
    ...         return np.ones((2, 4)), np.full(2, number)
    >>> [y.tolist() for x, y in Ones()]
    [[0, 0], [1, 1], [2, 2]]
    """

    def __init__(
        self, workers: int = 1, use_multiprocessing: bool = False, max_queue_size: int = 10
    ):
        if use_multiprocessing:
            raise ValueError("a PyDataset has threads: use_multiprocessing is False, set workers")
        self.workers, self.max_queue_size = workers, max_queue_size
        self.use_multiprocessing = use_multiprocessing

    def __len__(self) -> int:
        count = self.num_batches
        if count is None:
            raise TypeError(f"{type(self).__name__} has no end: say steps_per_epoch")
        return count

    def __getitem__(self, index: int) -> Any:
        """The batch of this number."""
        raise NotImplementedError(f"{type(self).__name__} needs a method __getitem__(self, index)")

    @property
    def num_batches(self) -> int | None:
        """How many batches an epoch has."""
        if type(self).__len__ is PyDataset.__len__:
            raise NotImplementedError(f"{type(self).__name__} needs a method __len__(self)")
        return len(self)

    def on_epoch_begin(self) -> None:
        """What is done before an epoch.

        >>> pellucid.utils.PyDataset().on_epoch_begin()
        """

    def on_epoch_end(self) -> None:
        """What is done after an epoch, such as another order of the rows.

        >>> pellucid.utils.PyDataset().on_epoch_end()
        """

    def __iter__(self) -> Iterator[Any]:
        self.on_epoch_begin()
        if self.workers > 1:
            yield from self._made_ahead()
        else:
            yield from (self[number] for number in range(len(self)))
        self.on_epoch_end()

    def _made_ahead(self) -> Iterator[Any]:
        waiting: deque[Any] = deque()
        with ThreadPoolExecutor(self.workers) as threads:
            for number in range(len(self)):
                waiting.append(threads.submit(self.__getitem__, number))
                if len(waiting) >= max(1, self.max_queue_size):
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()


def unpack_x_y_sample_weight(data: Any) -> tuple[Any, Any, Any]:
    """A batch as (x, y, sample_weight), None for what it does not have.

    Arguments:
        data: x, or a tuple (x,), (x, y) or (x, y, sample_weight).

    >>> pellucid.utils.unpack_x_y_sample_weight((1, 2))
    (1, 2, None)
    """
    if not isinstance(data, (tuple, list)):
        return data, None, None
    if not 1 <= len(data) <= 3:
        raise ValueError(f"a batch is x, (x, y) or (x, y, sample_weight), got {len(data)} parts")
    x, y, weight = (*data, None, None)[:3]
    return x, y, weight


def pack_x_y_sample_weight(x: Any, y: Any = None, sample_weight: Any = None) -> Any:
    """A batch from its parts: the shortest tuple that holds them, or x alone.

    Arguments:
        x: the inputs.
        y: the targets, or None.
        sample_weight: a weight for each row, or None.

    >>> pellucid.utils.pack_x_y_sample_weight(1, 2)
    (1, 2)
    """
    if sample_weight is not None:
        return x, y, sample_weight
    if y is not None:
        return x, y
    return (x,) if isinstance(x, (tuple, list)) else x
