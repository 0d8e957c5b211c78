"""A network with its preparation before and behind it, as layers: raw rows go in.

A row is a list of numbers, one for each column. Of a column of texts it is the number of the text
in the list that the program has; what is missing is NaN. Pictures are scaled by the network itself.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from pellucid import layers, ops
from pellucid.foreign import brief
from pellucid.interop.words import Words
from pellucid.preprocessing import Preparation, preparation_for
from pellucid.preprocessing.categories import Categories, ManyCategories, named
from pellucid.preprocessing.encodings import Encoding, EvenNumbers, Gaps, Numbers, Ramps
from pellucid.preprocessing.kinds import as_numbers
from pellucid.preprocessing.preparation import TablePreparation
from pellucid.preprocessing.tables import as_table
from pellucid.preprocessing.targets import Quantity
from pellucid.tensor import Tensor

#: below every number that a program may be given, but not below NaN
LOWEST = -3e38
#: further from the median than this nothing changes any more
FARTHEST = 1e15
#: rows that are invented
MANY = 256


class Raw:
    """A network that takes raw rows, and what its columns are."""

    def __init__(self, net: Any, preparation: TablePreparation):
        self.net, self.preparation = net, preparation
        self.columns = preparation.columns
        self.arrays: list[tuple[Any, list[np.ndarray]]] = []

    def network(self) -> Any:
        """The preparation as layers, the network, and what its outputs are decoded by."""
        x = layers.Input((len(self.columns),), name="raw")
        parts = [part for each in self.preparation.encodings for part in self.encoded(each, x)]
        y = self.net(self.scaled(joined(parts)))
        made = self.net._around(x, self.decoded(y))
        for layer, arrays in self.arrays:
            layer.set_weights(arrays)
        return made

    def scaled(self, x: Tensor) -> Tensor:
        """Centred at the median, which is 0 for what is missing, scaled, kept within (−3, 3)."""
        known = ops.greater(x, LOWEST)
        found = ops.where(known, self.with_array("subtract", x, self.preparation.centre), 0.0)
        found = self.with_array("multiply", found, self.preparation.factor)
        found = ops.clip(found, -FARTHEST, FARTHEST)
        result: Tensor = found / ops.sqrt(1.0 + ops.square(found / 3.0))
        return result

    def with_array(self, operation: str, x: Tensor, array: Any) -> Tensor:
        found = np.asarray(array, np.float64)
        layer = layers.Elementwise(operation, found.shape)
        self.arrays.append((layer, [found]))
        made: Tensor = layer(x)
        return made

    def column(self, x: Tensor, name: str) -> Tensor:
        at = self.columns.index(name)
        found: Tensor = x[:, at : at + 1]
        return found

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
        return ENCODED[kind](self, encoding, [self.column(x, name) for name in encoding.columns])

    def decoded(self, y: Tensor) -> Tensor:
        """A quantity in its own unit."""
        target = self.preparation.target
        if not isinstance(target, Quantity):
            return y
        y = target.scale * y + target.mean
        return ops.exp(ops.minimum(y, 80.0)) - 1.0 if target.logarithm else y

    @property
    def texts(self) -> dict[str, list[str]]:
        """The texts of each column that has some, by number."""
        found = [each for each in self.preparation.encodings if isinstance(each, TEXTS)]
        pairs = [pair for each in found for pair in zip(each.columns, each.levels, strict=True)]
        return dict(pairs)

    def rows(self, given: Any) -> np.ndarray:
        """Rows of a table as the program takes them."""
        table, texts, found = as_table(given), self.texts, []
        for name in self.columns:
            if name not in texts:
                found.append(as_numbers(name, table[name]))
                continue
            place = {text: at for at, text in enumerate(texts[name])}
            found.append(np.array([place.get(each, len(place)) for each in named(table[name])]))
        return np.stack(found, axis=1).astype(np.float32)

    def invented(self, count: int) -> np.ndarray:
        """Rows like those that the preparation was fitted on, the second without numbers."""
        rng, texts, found = np.random.default_rng(0), self.texts, list[np.ndarray]()
        features = self.preparation.encoded.features
        for name in self.columns:
            if name in texts:
                found.append(rng.integers(0, len(texts[name]) + 1, count))
                continue
            at = features.index(name)
            centre, factor = self.preparation.centre[at], self.preparation.factor[at]
            found.append(centre + rng.normal(size=count) / (factor or 1.0))
            found[-1][1:2] = np.nan
        return np.stack(found, axis=1).astype(np.float32)

    def sentences(self) -> list[str]:
        """What a row is, column by column."""
        lines, texts = ["A row is raw, NaN where nothing is known:"], self.texts
        for at, column in enumerate(self.columns):
            line = f"  {at} {brief(column, 60)}"
            if column in texts:
                listed = ", ".join(f"{n} {brief(each, 30)}" for n, each in enumerate(texts[column]))
                line += f": the number of {listed}, {len(texts[column])} any other"
            lines += textwrap.wrap(line, 90, subsequent_indent="    ", initial_indent="  ")
        return lines


def handed(net: Any, rows: Any, prepares: bool) -> tuple[Any, Any, Words]:
    """The network that is written, rows to test it on, and what its program says in texts."""
    classes = classes_of(net)
    sentences = [*trained_on(net.preprocessing or {}), *outcomes(net, classes)]
    found = raw(net) if prepares else None
    if found is None:
        return net, rows, Words(classes=classes, sentences=sentences)
    made, column = found.network(), found.preparation.target.column
    rows = found.invented(MANY) if rows is None else found.rows(rows)
    texts = {found.columns.index(name): each for name, each in found.texts.items()}
    sentences += [f"y: {brief(column, 60)}"] if not classes else []
    return made, rows, Words(found.columns, texts, classes, sentences + found.sentences())


def classes_of(net: Any) -> list[str]:
    """The names of the classes, if the only output is of them."""
    names = net.class_names or []
    widths = [tensor.shape[-1] for tensor in net.outputs]
    return list(names) if widths == [len(names)] or (widths, len(names)) == ([1], 2) else []


def outcomes(net: Any, classes: Sequence[str]) -> list[str]:
    """What the outputs are, where they are classes."""
    if not classes:
        return []
    shown = [brief(each, 30) for each in classes[:20]]
    more = f" and {len(classes) - 20} more" if len(classes) > 20 else ""
    if net.outputs[0].shape[-1] == 1:
        return [f"y: for {shown[1]} (else {shown[0]})"]
    return textwrap.wrap(f"y: for {', '.join(shown)}{more}", 90, subsequent_indent="  ")


def trained_on(noted: Mapping[str, Any]) -> list[str]:
    """Which data the network was trained on, if it says."""
    data = noted.get("data")
    if not isinstance(data, dict) or not data.get("name"):
        return []
    number = f", sha256 {brief(data['sha256'], 64)}" if data.get("sha256") else ""
    return [f"trained on {brief(data['name'], 100)}{number}"]


def raw(net: Any) -> Raw | None:
    """The same with raw rows, if the network keeps how they are prepared and it is a table."""
    noted = net.preprocessing
    if noted is None:
        return None
    preparation: Preparation = preparation_for(net, noted["preparation"])
    return Raw(net, preparation) if isinstance(preparation, TablePreparation) else None


def joined(parts: Sequence[Tensor]) -> Tensor:
    if not parts:
        raise ValueError("the network reads no column of its table")
    made: Tensor = layers.Concatenate()(list(parts)) if len(parts) > 1 else parts[0]
    return made


def numbers(to: Raw, encoding: Numbers, columns: list[Tensor]) -> list[Tensor]:
    return columns


def gaps(to: Raw, encoding: Gaps, columns: list[Tensor]) -> list[Tensor]:
    """1 where a column has no value"""
    return [1.0 - ops.greater(each, LOWEST) for each in columns]


def one_hot(to: Raw, x: Tensor, numbers: Any) -> Tensor:
    """1 where the number is that of the place, else 0"""
    apart = to.with_array("subtract", x, numbers)
    found: Tensor = ops.greater(0.5 - ops.abs(apart), 0.0)
    return found


def even(to: Raw, encoding: EvenNumbers, columns: list[Tensor]) -> list[Tensor]:
    """A mark for each number"""
    return [one_hot(to, x, levels) for x, levels in zip(columns, encoding.levels, strict=True)]


def ramps(to: Raw, encoding: Ramps, columns: list[Tensor]) -> list[Tensor]:
    """How far the number is through each piece; unknown where the number is"""
    found = []
    for x, edges in zip(columns, encoding.edges, strict=True):
        low, high = np.array(edges[:-1]), np.array(edges[1:])
        above = to.with_array("subtract", x, low)
        share = ops.clip(to.with_array("divide", above, high - low), 0.0, 1.0)
        found.append(ops.where(ops.greater(x, LOWEST), share, x))
    return found


def categories(to: Raw, encoding: Categories, columns: list[Tensor]) -> list[Tensor]:
    """A mark for each text; of two together −1 or 1"""
    found = []
    for x, levels in zip(columns, encoding.levels, strict=True):
        hot = one_hot(to, x, np.arange(len(levels)))
        found.append(hot[:, 1:] - hot[:, :1] if len(levels) == 2 else hot)
    return found


def many_categories(to: Raw, encoding: ManyCategories, columns: list[Tensor]) -> list[Tensor]:
    """The mean target of each text"""
    found = []
    for x, means in zip(columns, encoding.means, strict=True):
        table = np.concatenate([np.array(means).T, [encoding.overall]])
        layer = layers.Dense(table.shape[1], use_bias=False)
        found.append(layer(one_hot(to, x, np.arange(len(table)))))
        to.arrays.append((layer, [table]))
    return found


TEXTS = (Categories, ManyCategories)
ENCODED: dict[type[Encoding], Callable[..., list[Tensor]]] = {
    Numbers: numbers,
    Gaps: gaps,
    EvenNumbers: even,
    Ramps: ramps,
    Categories: categories,
    ManyCategories: many_categories,
}
KINDS = {"Dates": "dates"}
