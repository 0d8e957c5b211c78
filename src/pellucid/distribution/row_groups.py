"""Rows of Parquet files as batches: each process reads row groups of its own, and no others."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np

from pellucid.data.arrays import as_array
from pellucid.extras import needed
from pellucid.processes import HERE
from pellucid.settings import nearest

Path = str | os.PathLike[str]


class Group(NamedTuple):
    """A row group: its file, its number there, and how many rows it has."""

    path: Path
    at: int
    rows: int


class RowGroups:
    """Batches of the rows of Parquet files, of which a process reads row groups of its own.

    The groups go to the processes in turn, and are read one after the other, in their order. The
    batches are for `fit` with `DataParallel(auto_shard_dataset=False)`: of several processes each
    gives as many whole batches as the one with the fewest rows. A process alone gives all rows.
    """

    def __init__(
        self,
        paths: Path | Sequence[Path],
        target: str | Sequence[str],
        batch_size: int = 32,
        columns: Sequence[str] | None = None,
        sample_weight: str | None = None,
    ):
        self.paths: list[Path] = [paths] if isinstance(paths, (str, os.PathLike)) else [*paths]
        self.target, self.columns = target, columns
        self.batch_size, self.sample_weight = batch_size, sample_weight

    def __len__(self) -> int:
        """How many batches this process gives."""
        return self._batches(self._groups())

    def _batches(self, groups: Sequence[Group]) -> int:
        count, size = HERE.count, self.batch_size
        rows = [each.rows for each in groups]
        shares = [sum(rows[first::count]) for first in range(count)]
        if not all(share >= size for share in shares) and count > 1:
            raise ValueError(
                f"{len(rows)} row groups of {sum(rows):,} rows cannot give each of {count} "
                f"processes a batch of {size}: write the file with smaller ones, by row_group_size"
            )
        return -(-shares[0] // size) if count == 1 else min(shares) // size

    def __iter__(self) -> Iterator[tuple[np.ndarray, ...]]:
        left: list[np.ndarray] = []
        groups = self._groups()
        steps, size = self._batches(groups), self.batch_size
        for arrays in self._read(groups[HERE.number :: HERE.count]):
            pairs = zip(left or [each[:0] for each in arrays], arrays, strict=True)
            found = [np.concatenate(pair) for pair in pairs]
            whole = len(found[0]) // size * size
            for first in range(0, whole, size)[:steps]:
                yield tuple(each[first : first + size] for each in found)
            steps -= whole // size
            left = [each[whole:] for each in found]
            if steps <= 0:
                return
        yield tuple(left)

    def _groups(self) -> list[Group]:
        """Each group of all files."""
        return [
            Group(path, at, metadata.row_group(at).num_rows)
            for path in self.paths
            for metadata in [self._opened(path).metadata]
            for at in range(metadata.num_row_groups)
            if metadata.row_group(at).num_rows
        ]

    def _read(self, groups: Sequence[Group]) -> Iterator[list[np.ndarray]]:
        """The rows of these groups: features, targets, weights."""
        for path, own in groupby(groups, key=lambda each: each.path):
            file = self._opened(path)
            x, y, weight = self._names(file.schema_arrow.names)
            columns = list(dict.fromkeys([*x, *y, *weight]))
            for each in own:
                table = file.read_row_group(each.at, columns=columns)
                found = [as_array(table.select(x), "x")]
                found.append(as_array(table[y[0]] if len(y) == 1 else table.select(y), "y"))
                yield found + [as_array(table[name], "sample_weight") for name in weight]

    def _names(self, known: Sequence[str]) -> tuple[list[str], list[str], list[str]]:
        """The columns of features, targets and weights."""
        y = [self.target] if isinstance(self.target, str) else list(self.target)
        weight = [] if self.sample_weight is None else [self.sample_weight]
        others = [each for each in known if each not in {*y, *weight}]
        x = others if self.columns is None else list(self.columns)
        for each in (*x, *y, *weight):
            if each not in known:
                raise ValueError(f"the file has no column {each!r}; {nearest(each, known)}")
        return x, y, weight

    def _opened(self, path: Path) -> Any:
        parquet = needed("pyarrow.parquet", "standard", "reading row groups")
        return parquet.ParquetFile(path)
