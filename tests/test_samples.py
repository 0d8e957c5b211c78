"""Files that Keras and PyTorch wrote, read without them: what comes out is what came out there.

They are made by `python -m tests.make_samples`.
"""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pellucid as pl
from pellucid import Sequential, layers

SAMPLES = Path(__file__).parent / "samples"
KNOWN = json.loads((SAMPLES / "known.json").read_text(encoding="utf-8"))
#: what reads a file by its ending
NEEDS = {".keras": "h5py", ".h5": "h5py", ".pt": "torch", ".onnx": "onnx"}
D = layers.Dense


def table_of_keras() -> Any:
    return Sequential([layers.Input((4,)), D(5, "gelu"), layers.BatchNormalization(),
                       layers.Dropout(0.3), D(3, "softmax")])  # fmt: skip


def table_of_torch() -> Any:
    return Sequential([layers.Input((4,)), D(6), layers.LayerNormalization(epsilon=1e-5),
                       layers.Activation("gelu"), D(3, "softmax")])  # fmt: skip


def pictures_of_torch() -> Any:
    """Channels come first, as they are read."""
    return Sequential([layers.Input((2, 8, 6)), layers.Permute((2, 3, 1)),
                       layers.Conv2D(4, 3, padding="same"),
                       layers.BatchNormalization(epsilon=1e-5), layers.Activation("relu"),
                       layers.MaxPooling2D(), layers.Permute((3, 1, 2)), layers.Flatten(),
                       D(3)])  # fmt: skip


#: weights alone, and the networks that they go into
ALONE = {
    "keras_table.weights.h5": lambda path: pl.from_keras(path, table_of_keras()),
    "torch_table.pt": lambda path: pl.from_torch(path, table_of_torch()),
    "torch_pictures.pt": lambda path: pl.from_torch(path, pictures_of_torch()),
}


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_a_file_gives_what_its_library_gave(name: str) -> None:
    path = SAMPLES / name
    if importlib.util.find_spec(needed := NEEDS[path.suffix]) is None:
        pytest.skip(f"needs {needed}")
    net = ALONE.get(name, pl.load)(path)
    assert np.isfinite(KNOWN[name]["outputs"]).all()
    rows = [np.array(each) for each in KNOWN[name]["rows"]]
    found = net.predict(rows if len(rows) > 1 else rows[0], verbose=0)
    np.testing.assert_allclose(found, KNOWN[name]["outputs"], atol=2e-6, rtol=2e-6)
    if path.suffix == ".keras":
        assert net.engine.memory.steps == 3


def test_there_are_fifteen_of_them() -> None:
    others = [path.name for path in SAMPLES.glob("*.onnx") if path.name not in KNOWN]
    assert len(KNOWN) + len(others) >= 15
