"""Words and whole numbers as numbers of bins, which their texts alone decide: no vocabulary.

They are called on arrays, before a network reads them. The bins are the same on every machine, and
Keras's: those of FarmHash's fingerprint, or with a `salt` of SipHash.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid.layers.encoding import OnArrays, as_sparse, check_mode, encoded
from pellucid.layers.fingerprints import fingerprint, joined, keyed
from pellucid.settings import option
from pellucid.tensor import Shape

MODES = ("int", "one_hot", "multi_hot", "count")
#: what a crossing begins with
START = 0xDECAFCAFFE

Salt = int | Sequence[int] | None


class Binned(OnArrays):
    """Numbers of bins, or columns of them."""

    num_bins: int
    output_mode: str = option(default="int", kw_only=True)
    sparse: bool = option(default=False, kw_only=True)
    dtype: str | None = option(default=None, kw_only=True)

    def check_settings(self) -> None:
        kind = type(self).__name__
        if not isinstance(self.num_bins, int) or self.num_bins < 1:
            raise ValueError(
                f"{kind}: num_bins is a whole number of 1 or more, got {self.num_bins!r}"
            )
        check_mode(self.output_mode, MODES)
        whole = self.output_mode == "int"
        if whole and self.sparse:
            raise ValueError(f"{kind}: sparse=True is for columns: output_mode='one_hot'")
        if self.dtype is not None and np.dtype(self.dtype).kind not in ("iu" if whole else "fiu"):
            raise ValueError(
                f"{kind}: with output_mode={self.output_mode!r} dtype is that of "
                f"{'whole numbers' if whole else 'numbers'}, got {self.dtype!r}"
            )

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The shape of what it gives for an array of a shape."""
        columns = self.output_mode != "int"
        return (*input_shape[:-1], self.num_bins) if columns else tuple(input_shape)

    def given(self, bins: np.ndarray) -> Any:
        """The bins as they are asked for."""
        if self.output_mode == "int":
            return bins.astype(self.dtype or np.int64)
        found = encoded(bins, self.num_bins, self.output_mode).astype(self.dtype or np.float32)
        return as_sparse(found) if self.sparse else found


class Hashing(Binned):
    """Y = the bin of each word or whole number of X, decided by its text

    Arguments:
        num_bins: how many bins there are.
        mask_value: what goes into bin 0, where nothing else is then; None for nothing.
        salt: one or two whole numbers for other bins, by SipHash; None for FarmHash.
        output_mode: "int", "one_hot", "multi_hot" or "count".
        sparse: whether columns are a sparse matrix of SciPy.
        dtype: of what is given; None for int64, or float32 of columns.
        name: what it is called, or None.

    >>> pellucid.layers.Hashing(num_bins=3)([["A"], ["B"], ["E"]])
    array([[1],
           [0],
           [2]])
    """

    num_bins: int
    mask_value: Any = None
    salt: Salt = None
    output_mode: str = "int"

    def check_settings(self) -> None:
        super().check_settings()
        self.key = key_of(self.salt, "Hashing")

    def run(self, x: Any) -> Any:
        found, places = np.unique(as_texts(x), return_inverse=True)
        masked = self.mask_value is not None and self.num_bins > 1
        count = self.num_bins - masked
        bins = np.array([bin_of(each, count, self.key) for each in found.tolist()], np.int64)
        if masked:
            bins = np.where(found == str(self.mask_value), 0, bins + 1)
        return self.given(bins[places].reshape(np.shape(x)))


class HashedCrossing(Binned):
    """Y = the bin of each pair, or group, of values: layer([X₁, X₂]) for X₁ and X₂ (n) or (n, 1)

    Arguments:
        num_bins: how many bins there are.
        output_mode: "int", "one_hot", "multi_hot" or "count".
        sparse: whether columns are a sparse matrix of SciPy.
        dtype: of what is given; None for int64, or float32 of columns.
        name: what it is called, or None.

    >>> pellucid.layers.HashedCrossing(num_bins=5)([["A", "B", "A"], [101, 101, 102]])
    array([1, 4, 3])
    """

    num_bins: int
    output_mode: str = "int"

    def run(self, x: Any) -> Any:
        if not isinstance(x, (list, tuple)) or len(x) < 2:
            raise ValueError(
                "HashedCrossing is called on a list of two arrays or more, got "
                f"{'one' if isinstance(x, (list, tuple)) else type(x).__name__}"
            )
        features = [np.asarray(each) for each in x]
        shape = features[0].shape
        one_each = len(shape) < 2 or (len(shape) == 2 and shape[1] == 1)
        if not one_each or any(each.shape != shape for each in features):
            raise ValueError(
                "HashedCrossing takes arrays of one shape, () or (n,) or (n, 1), got "
                f"{', '.join(str(each.shape) for each in features)}"
            )
        pairs = zip(*(each.reshape(-1).tolist() for each in map(crossable, features)), strict=True)
        bins = [crossed(values) % self.num_bins for values in pairs]
        return self.given(np.array(bins, np.int64).reshape(shape))


def key_of(salt: Salt, kind: str) -> tuple[int, int] | None:
    """The two numbers of a key; None where there is none."""
    if salt is None:
        return None
    pair = [salt, salt] if isinstance(salt, int) else salt
    if isinstance(pair, (list, tuple)) and len(pair) == 2 and all(type(n) is int for n in pair):
        return pair[0], pair[1]
    raise ValueError(f"{kind}: salt is one whole number or two, got {salt!r}")


def bin_of(text: str, count: int, key: tuple[int, int] | None) -> int:
    """The bin of a text, one of so many."""
    data = text.encode()
    return (fingerprint(data) if key is None else keyed(data, key)) % count


def as_texts(x: Any) -> np.ndarray:
    """Words, and whole numbers as they are written; others without what is behind the point."""
    array = np.asarray(x)
    if array.dtype.kind == "S":
        return np.char.decode(array.reshape(-1), "utf-8")
    array = array.astype(np.int64) if array.dtype.kind in "fb" else array
    return array.reshape(-1).astype(str)


def crossable(feature: np.ndarray) -> np.ndarray:
    if feature.dtype.kind in "SUOiu":
        return feature
    raise ValueError(
        f"HashedCrossing takes words and whole numbers, got {feature.dtype}: put numbers into bins "
        "first, layers.Discretization"
    )


def crossed(values: Sequence[Any]) -> int:
    """One fingerprint of several values."""
    found = START
    for each in values:
        data = each.encode() if isinstance(each, str) else each
        own = fingerprint(data) if isinstance(data, bytes) else int(data) & ((1 << 64) - 1)
        found = joined(found, own)
    return found
