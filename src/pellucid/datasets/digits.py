"""Handwritten digits, 1,797 of them, 8×8, 0 to 16: small enough to come with the package.

The test part of "Optical Recognition of Handwritten Digits" by E. Alpaydin and C. Kaynak,
UCI Machine Learning Repository (CC BY 4.0).
"""

from __future__ import annotations

from pathlib import Path

from ..data.split import holdout
from .files import read_npz
from .images import Part

class_names = tuple("0123456789")


def load_data(test_size: float = 0.2, seed: int = 0) -> tuple[Part, Part]:
    """`(x_train, y_train), (x_test, y_test)` as uint8, every digit with its share of both."""
    x, y = read_npz(Path(__file__).with_name("digits.npz"), ("x", "y"))
    train, test = holdout(len(x), test_size, seed, y, name="test_size")
    return (x[train], y[train]), (x[test], y[test])
