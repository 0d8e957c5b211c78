"""A network with its preparation before and behind it, as layers: raw rows go in.

A row is a list of numbers, one for each column. Of a column of texts it is the number of the text
in the list that the program has; what is missing is NaN. Pictures are scaled by the network itself.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from pellucid import layers, ops
from pellucid.foreign import brief
from pellucid.models import Model
from pellucid.preprocessing import Preparation, preparation_for
from pellucid.preprocessing.categories import Categories, ManyCategories, named
from pellucid.preprocessing.encodings import Encoding, Numbers, SkewedNumbers
from pellucid.preprocessing.kinds import as_numbers
from pellucid.preprocessing.preparation import TablePreparation
from pellucid.preprocessing.tables import as_table
from pellucid.preprocessing.targets import Quantity
from pellucid.tensor import Tensor

#: below every number that a program may be given, but not below NaN
LOWEST = -3e38


class Raw:
    """A network that takes raw rows, and what its columns are."""

    def __init__(self, net: Any, preparation: TablePreparation):
        self.net, self.preparation = net, preparation
        self.columns = preparation.columns
        self.arrays: list[tuple[Any, list[np.ndarray]]] = []

    def network(self) -> Model:
        """The preparation as layers, the network, and what its outputs are decoded by."""
        x = layers.Input((len(self.columns),), name="raw")
        parts, first = list[Tensor](), 0
        for encoding in self.preparation.encodings:
            last = first + len(encoding.columns)
            parts += self.encoded(encoding, x[:, first:last])
            first = last
        y = self.net(layers.Concatenate()(parts) if len(parts) > 1 else parts[0])
        made = Model(x, self.decoded(y), name=self.net.name, dtype=self.net.dtype)
        for layer, arrays in self.arrays:
            layer.set_weights(arrays)
        return made

    def with_array(self, operation: str, x: Tensor, array: Any) -> Tensor:
        found = np.asarray(array, np.float64)
        layer = layers.Elementwise(operation, found.shape)
        self.arrays.append((layer, [found]))
        made: Tensor = layer(x)
        return made

    def encoded(self, encoding: Encoding, x: Tensor) -> list[Tensor]:
        """The numbers that the columns of an encoding become."""
        kind = type(encoding)
        if kind not in ENCODED:
            what = KINDS.get(kind.__name__, f"encoded by {kind.__name__}")
            raise ValueError(
                f"the columns {brief(', '.join(encoding.columns), 100)} are {what}, which is no "
                "plain arithmetic in single precision: say preprocessing=False for a program that "
                "takes prepared numbers"
            )
        return ENCODED[kind](self, encoding, x)

    def decoded(self, y: Tensor) -> Tensor:
        """A quantity in its own unit."""
        target = self.preparation.target
        if not isinstance(target, Quantity):
            return y
        y = target.scale * y + target.mean
        return ops.exp(ops.minimum(y, 80.0)) - 1.0 if target.logarithm else y

    def rows(self, given: Any) -> np.ndarray:
        """Rows of a table as the program takes them."""
        table = as_table(given)
        found = []
        for encoding in self.preparation.encodings:
            for name, kept in zip(encoding.columns, listed(encoding), strict=True):
                if kept is None:
                    found.append(as_numbers(name, table[name]))
                    continue
                place = {text: at for at, text in enumerate(kept)}
                found.append(np.array([place.get(text, len(kept)) for text in named(table[name])]))
        return np.stack(found, axis=1).astype(np.float32)

    def invented(self, count: int) -> np.ndarray:
        """Rows like those that the preparation was fitted on."""
        rng, found = np.random.default_rng(0), []
        for encoding in self.preparation.encodings:
            for at, kept in enumerate(listed(encoding)):
                if kept is None and isinstance(encoding, Numbers):
                    spread = getattr(encoding, "spread", encoding.scale)[at]
                    found.append(encoding.fill[at] + spread * rng.normal(size=count))
                else:
                    found.append(rng.integers(0, len(kept or []) + 1, count))
        rows = np.stack(found, axis=1).astype(np.float32)
        numbers = [at for at, kept in enumerate(self.kept()) if kept is None]
        rows[1:2, numbers] = np.nan
        return rows

    def kept(self) -> list[list[str] | None]:
        """The texts of each column, None for those of numbers."""
        return [each for encoding in self.preparation.encodings for each in listed(encoding)]

    def sentences(self) -> list[str]:
        """What a row is, column by column."""
        lines = ["A row is raw, NaN where nothing is known:"]
        for at, (column, kept) in enumerate(zip(self.columns, self.kept(), strict=True)):
            line = f"  {at} {brief(column, 60)}"
            if kept is not None:
                texts = ", ".join(f"{n} {brief(text, 30)}" for n, text in enumerate(kept))
                line += f": the number of {texts}, {len(kept)} any other"
            lines += textwrap.wrap(line, 90, subsequent_indent="    ", initial_indent="  ")
        return lines


def raw(net: Any) -> Raw | None:
    """The same with raw rows, if the network keeps how they are prepared and it is a table."""
    noted = net.preprocessing
    if noted is None:
        return None
    preparation: Preparation = preparation_for(net, noted["preparation"])
    return Raw(net, preparation) if isinstance(preparation, TablePreparation) else None


def listed(encoding: Encoding) -> Sequence[list[str] | None]:
    """The texts of each column, by number; None for a column of numbers."""
    if isinstance(encoding, Categories):
        return encoding.categories
    if isinstance(encoding, ManyCategories):
        return encoding.levels
    return [None] * len(encoding.columns)


def numbers(to: Raw, encoding: Any, x: Tensor) -> list[Tensor]:
    """(bend(X) − mean)/scale, a missing value replaced"""
    known = ops.greater(x, LOWEST)
    found = ops.where(known, x, to.with_array("add", 0.0 * known, encoding.fill))
    if isinstance(encoding, SkewedNumbers):
        found = to.with_array("subtract", found, encoding.median)
        found = inverse_sinh(to.with_array("divide", found, encoding.spread))
    found = to.with_array("subtract", found, encoding.mean)
    found = to.with_array("divide", found, encoding.scale)
    lost = [1.0 - known[:, at : at + 1] for at in encoding.indicated]
    return [found, *lost]


def inverse_sinh(u: Tensor) -> Tensor:
    """sign u · ln(1 + |u| + u²/(1 + √(u² + 1))), exact for small u"""
    size, squared = ops.abs(u), ops.square(u)
    result: Tensor = ops.sign(u) * ops.log1p(size + squared / (1.0 + ops.sqrt(squared + 1.0)))
    return result


def one_hot(to: Raw, x: Tensor, count: int) -> Tensor:
    """1 where the number of a text is that of the place, else 0"""
    apart = to.with_array("subtract", x, np.arange(count))
    found: Tensor = ops.greater(0.5 - ops.abs(apart), 0.0)
    return found


def categories(to: Raw, encoding: Categories, x: Tensor) -> list[Tensor]:
    pairs = zip(encoding.categories, encoding.rare, strict=True)
    return [
        one_hot(to, x[:, at : at + 1], len(kept) + bool(rare))
        for at, (kept, rare) in enumerate(pairs)
    ]


def many_categories(to: Raw, encoding: ManyCategories, x: Tensor) -> list[Tensor]:
    """The mean target of each category, standardised."""
    found, each = [], len(encoding.overall)
    for at, means in enumerate(encoding.means):
        table = np.concatenate([np.array(means).T, [encoding.overall]])
        part = slice(at * each, (at + 1) * each)
        table = (table - encoding.mean[part]) / encoding.scale[part]
        layer = layers.Dense(each, use_bias=False)
        found.append(layer(one_hot(to, x[:, at : at + 1], len(table))))
        to.arrays.append((layer, [table]))
    return found


ENCODED: dict[type[Encoding], Callable[..., list[Tensor]]] = {
    Numbers: numbers,
    SkewedNumbers: numbers,
    Categories: categories,
    ManyCategories: many_categories,
}
KINDS = {"Dates": "dates"}
