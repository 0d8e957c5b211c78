"""Hostile files of Keras: each is refused in a sentence that names it, and nothing of it is run."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pellucid as pl

h5py = pytest.importorskip("h5py")

DENSE = {"class_name": "Dense", "config": {"name": "d", "units": 3}}
INPUT = {"class_name": "InputLayer", "config": {"batch_shape": [None, 4], "name": "x"}}
ARRAYS = {"layers/dense/vars/0": np.ones((4, 3), "f4"), "layers/dense/vars/1": np.ones(3, "f4")}


def row(*layers: Any) -> dict[str, Any]:
    return {"class_name": "Sequential", "config": {"name": "s", "layers": [INPUT, *layers]}}


def held(make: Callable[[Any], None] | None = None, **arrays: np.ndarray) -> bytes:
    """The arrays as HDF5, and what `make` does with the file."""
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        for name, array in (ARRAYS | arrays).items():
            file[name] = array
        if make is not None:
            make(file)
    return content.getvalue()


def archive(described: Any, weights: bytes, how: int = zipfile.ZIP_STORED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", how) as file:
        file.writestr(
            "config.json", described if isinstance(described, str) else json.dumps(described)
        )
        file.writestr("model.weights.h5", weights)
    return content.getvalue()


def circle() -> dict[str, Any]:
    """Two layers, each of which reads the other."""

    def reading(name: str) -> list[Any]:
        config = {"keras_history": [name, 0, 0]}
        return [{"args": [{"class_name": "__keras_tensor__", "config": config}]}]

    def dense(name: str, of: str) -> dict[str, Any]:
        config = {"name": name, "units": 4}
        return {"class_name": "Dense", "config": config, "inbound_nodes": reading(of)}

    config = {"name": "g", "layers": [INPUT, dense("a", "b"), dense("b", "a")]}
    ends = {"input_layers": ["x", 0, 0], "output_layers": ["b", 0, 0]}
    return {"class_name": "Functional", "config": config | ends}


def elsewhere(file: Any) -> None:
    del file["layers/dense/vars/0"]
    file["layers/dense/vars/0"] = h5py.ExternalLink("/etc/passwd", "/")


def outside(file: Any) -> None:
    del file["layers/dense/vars/0"]
    zeros = [("/dev/zero", 0, h5py.h5f.UNLIMITED)]
    file.create_dataset("layers/dense/vars/0", (4, 3), "f4", external=zeros)


LAMBDA = {"class_name": "Lambda", "config": {"name": "l", "function": ["4wEAAAA", None, None]}}
PICKLED = {"class_name": "function", "module": "builtins", "config": "exec"}
HUGE = {"class_name": "Dense", "config": {"name": "d", "units": 1 << 40}}
DEEP = '{"class_name": "Sequential", "config": {"name": "n", "layers": ['
FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "cut off": (lambda: archive(row(DENSE), held())[:-200], "is no model that can be read"),
    "weights cut off": (lambda: archive(row(DENSE), held()[:-900]), "net.keras"),
    "no archive": (lambda: b"\x80\x04K\x01.", "net.keras"),
    "a circle": (lambda: archive(circle(), held()), "reads what no layer gives"),
    "a function": (lambda: archive(row(LAMBDA), held()), "'Lambda' is not carried over"),
    "a huge layer": (lambda: archive(row(HUGE), held()), "net.keras"),
    "another file": (lambda: archive(row(DENSE), held(elsewhere)), "has no array"),
    "a device": (lambda: archive(row(DENSE), held(outside)), "has no array .* of its own"),
    "many zeros": (
        lambda: archive(row(DENSE), bytes(1 << 27), zipfile.ZIP_DEFLATED),
        "would unpack to 134,217,728 bytes",
    ),
    "a deep description": (lambda: archive(DEEP * 9000 + "]}}" * 9000, held()), "net.keras"),
    "texts for numbers": (
        lambda: archive(row(DENSE), held(**{"layers/dense/vars/1": np.array([b"a", b"b", b"c"])})),
        "expected floats",
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_refused(name: str, tmp_path: Path) -> None:
    make, words = FILES[name]
    path = tmp_path / "net.keras"
    path.write_bytes(make())
    with pytest.raises(ValueError, match=words) as caught:
        pl.load(path)
    assert "net.keras" in str(caught.value)
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize(
    "config",
    [
        {"optimizer": PICKLED, "loss": "mse"},
        {"optimizer": "sgd", "loss": PICKLED},
        {
            "optimizer": {"class_name": "SGD", "config": {"learning_rate": float("nan")}},
            "loss": "mse",
        },
        {"optimizer": "sgd", "loss": "mse", "metrics": ["auc"] * 9000},
        {"optimizer": "sgd", "loss": "mse"},
        [1],
    ],
)
def test_what_it_was_compiled_for_is_not_believed(config: Any, tmp_path: Path) -> None:
    """The network is read; it is compiled only if all of that makes sense, its state included."""
    path = tmp_path / "net.keras"
    path.write_bytes(archive(row(DENSE) | {"compile_config": config}, held()))
    with pytest.warns(UserWarning, match="is not compiled as the model of Keras was"):
        net = pl.load(path)
    assert net.engine.compiled is None
    assert net.predict(np.ones((1, 4)), verbose=0).tolist() == [[5.0] * 3]
