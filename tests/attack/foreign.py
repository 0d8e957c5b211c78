"""Files of Keras: archives, descriptions and arrays changed, bombs, links out of the file.

Where their packages are installed also those of `graphs`: ONNX files, state dicts of PyTorch.
"""

from __future__ import annotations

import importlib.util
import io
import json
import zipfile
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import h5py
import numpy as np

import pellucid as keras
from pellucid.training.nonfinite import NonFiniteError
from tests.attack import graphs
from tests.attack.judging import assert_refused, judged
from tests.attack.mutating import mutated_bytes, mutated_data, pick


class Original(NamedTuple):
    """The description of a model, and its arrays by their places."""

    described: dict[str, Any]
    arrays: dict[str, np.ndarray]


def dense(units: int, **other: Any) -> dict[str, Any]:
    return {"class_name": "Dense", "config": {"name": f"dense_{units}", "units": units, **other}}


def inputs(*shape: int, name: str = "x") -> dict[str, Any]:
    config = {"batch_shape": [None, *shape], "dtype": "float32", "name": name}
    return {"class_name": "InputLayer", "config": config}


def tensor(name: str, node: int = 0) -> dict[str, Any]:
    return {"class_name": "__keras_tensor__", "config": {"keras_history": [name, node, 0]}}


def of(room: str, kind: str, **config: Any) -> dict[str, Any]:
    return {"module": f"keras.{room}", "class_name": kind, "config": config}


def compiled() -> dict[str, Any]:
    """What a model was compiled for."""
    rate = of("optimizers.schedules", "ExponentialDecay", initial_learning_rate=0.1,
              decay_steps=100, decay_rate=0.9)  # fmt: skip
    given = {"learning_rate": rate, "momentum": 0.9, "clipnorm": None, "use_ema": False}
    return {
        "optimizer": of("optimizers", "SGD", name="SGD", **given),
        "loss": of("losses", "CategoricalCrossentropy", from_logits=False, label_smoothing=0.1),
        "loss_weights": None,
        "metrics": ["accuracy", of("metrics", "TopKCategoricalAccuracy", k=2)],
        "weighted_metrics": None,
        "jit_compile": True,
    }


def row() -> Original:
    """A Sequential with a setting of most kinds, compiled and trained."""
    given = {"class_name": "L2", "config": {"l2": 0.01}}
    parts = [
        inputs(4),
        dense(3, activation="relu", kernel_regularizer=given),
        {"class_name": "BatchNormalization", "config": {"name": "b", "momentum": 0.9}},
        {"class_name": "ReLU", "config": {"name": "r", "max_value": 6}},
        dense(2, activation="softmax", kernel_constraint=None),
    ]
    shapes: dict[str, tuple[int, ...]] = {"dense/vars/0": (4, 3), "dense/vars/1": (3,)}
    shapes |= {f"batch_normalization/vars/{at}": (3,) for at in range(4)}
    shapes |= {"dense_1/vars/0": (3, 2), "dense_1/vars/1": (2,)}
    arrays = {f"layers/{name}": np.ones(shape, "f4") for name, shape in shapes.items()}
    kept = [(), (4, 3), (3,), (3,), (3,), (3, 2), (2,)]
    arrays |= {f"optimizer/vars/{at}": np.ones(shape, "f4") for at, shape in enumerate(kept)}
    described = {"class_name": "Sequential", "config": {"name": "s", "layers": parts}}
    return Original(described | {"compile_config": compiled()}, arrays)


def graph() -> Original:
    """A layer that is called twice, and a recurrent one."""
    lstm = {"class_name": "LSTM", "config": {"name": "l", "units": 2, "return_sequences": True}}
    joined = {"class_name": "Add", "config": {"name": "a"}}
    parts = [
        inputs(3, 2),
        lstm | {"inbound_nodes": [{"args": [tensor("x")]}, {"args": [tensor("l")]}]},
        joined | {"inbound_nodes": [{"args": [[tensor("l"), tensor("l", 1)]]}]},
    ]
    config = {"name": "g", "layers": parts, "input_layers": ["x", 0, 0]}
    arrays = {"0": np.ones((2, 8), "f4"), "1": np.ones((2, 8), "f4"), "2": np.ones(8, "f4")}
    return Original(
        {"class_name": "Functional", "config": config | {"output_layers": [["a", 0, 0]]}},
        {f"layers/lstm/cell/vars/{name}": each for name, each in arrays.items()},
    )


def wrapped() -> Original:
    """Layers within layers."""
    config = {"name": "g", "units": 2, "return_sequences": True}
    ways = {
        "layer": {"class_name": "GRU", "config": config},
        "backward_layer": {"class_name": "GRU", "config": config | {"go_backwards": True}},
    }
    both = {"name": "w", "merge_mode": "concat", **ways}
    parts = [
        inputs(3, 2),
        {"class_name": "Bidirectional", "config": both},
        {"class_name": "TimeDistributed", "config": {"name": "t", "layer": dense(2)}},
    ]
    shapes = [(2, 6), (2, 6), (2, 6)]
    arrays = {
        f"layers/bidirectional/{way}_layer/cell/vars/{at}": np.ones(shape, "f4")
        for way in ("forward", "backward")
        for at, shape in enumerate(shapes)
    }
    arrays |= {"layers/time_distributed/layer/vars/0": np.ones((4, 2), "f4")}
    arrays |= {"layers/time_distributed/layer/vars/1": np.ones(2, "f4")}
    return Original({"class_name": "Sequential", "config": {"name": "s", "layers": parts}}, arrays)


def case(rng: np.random.Generator, folder: Path) -> str:
    kind = pick(rng, KINDS)
    return kind(rng, folder)


@cache
def others() -> list[Any]:
    """Attacks on files of the libraries that are here, loaded before memory is watched."""
    found = []
    if importlib.util.find_spec("onnx"):
        importlib.import_module("onnx")
        found += [graphs.graph_case] * 2
        graphs.originals()
    if importlib.util.find_spec("torch"):
        importlib.import_module("torch")
        found.append(graphs.state_case)
    return found


def keras_case(rng: np.random.Generator, folder: Path) -> str:
    path = folder / "net.keras"
    how = pick(rng, HOW)
    try:
        how(path, pick(rng, ORIGINALS), rng)
    except (ValueError, TypeError, OverflowError, UnicodeEncodeError, KeyError):
        return f"{how.__name__}: not made"
    word, net = judged(lambda: keras.load(path), path)
    if net is not None and len(net.layers) < 50 and rng.random() < 0.05:
        used(net)
    return f"{how.__name__}: {word}"


def used(net: Any) -> None:
    """A row through it, and a step where it is compiled."""
    x = np.ones((2, *(each or 1 for each in net.input_shape[1:])))
    try:
        net.predict(x, verbose=0)
        if net.engine.compiled is not None:
            net.train_on_batch(x, np.ones((2, *net.output_shape[1:])))
    except NonFiniteError:
        return
    except Exception as error:
        assert_refused(error)


def packed(arrays: dict[str, np.ndarray]) -> bytes:
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        for name, array in arrays.items():
            file[name] = array
    return content.getvalue()


@cache
def content(at: int) -> bytes:
    """The arrays of an original as a file."""
    return packed(ORIGINALS[at].arrays)


def held(original: Original) -> bytes:
    return content(next(at for at, each in enumerate(ORIGINALS) if each is original))


def archived(path: Path, described: Any, weights: bytes, how: int = zipfile.ZIP_STORED) -> None:
    with zipfile.ZipFile(path, "w", how) as archive:
        archive.writestr("config.json", json.dumps(described))
        archive.writestr("model.weights.h5", weights)


def whole(path: Path, original: Original, rng: np.random.Generator) -> None:
    """Any byte of the archive."""
    archived(path, original.described, held(original))
    path.write_bytes(mutated_bytes(path.read_bytes(), rng))


def description(path: Path, original: Original, rng: np.random.Generator) -> None:
    """The description changed, the archive whole."""
    others = [each.described for each in ORIGINALS]
    changed = mutated_data(original.described, rng, others)
    archived(path, changed, held(original))


def weights(path: Path, original: Original, rng: np.random.Generator) -> None:
    """Any byte of the arrays, the archive whole."""
    archived(path, original.described, mutated_bytes(held(original), rng))


def shapes(path: Path, original: Original, rng: np.random.Generator) -> None:
    """An array of another shape or kind, or one that is not there."""
    arrays = dict(original.arrays)
    name = pick(rng, list(arrays))
    odd = [
        np.ones((0, 3)),
        np.float64(1),
        np.ones((2, 2), "c8"),
        np.array([b"x"]),
        np.ones((1,) * 9),
    ]
    arrays[name] = pick(rng, odd)
    if rng.random() < 0.3:
        del arrays[name]
    archived(path, original.described, packed(arrays))


def links(path: Path, original: Original, rng: np.random.Generator) -> None:
    """Arrays that stand elsewhere: in other files, in themselves, in pieces of the machine."""
    archived(path, original.described, linked(original, rng))


def linked(original: Original, rng: np.random.Generator) -> bytes:
    content = io.BytesIO()
    name = pick(rng, list(original.arrays))
    with h5py.File(content, "w") as file:
        for each, array in original.arrays.items():
            file[each] = array
        place, shape = name, original.arrays[name].shape
        del file[place]
        match rng.integers(5):
            case 0:
                file[place] = h5py.ExternalLink("/etc/passwd", "/")
            case 1:
                file[place] = h5py.SoftLink(f"/{place}")
            case 2:
                outside = [("/dev/zero", 0, h5py.h5f.UNLIMITED)]
                file.create_dataset(place, shape, "f4", external=outside)
            case 3:
                layout = h5py.VirtualLayout(shape, "f4")
                layout[...] = h5py.VirtualSource("/etc/hosts", "x", shape)
                file.create_virtual_dataset(place, layout)
            case _:
                file[place] = file["layers"]
    return content.getvalue()


@cache
def network() -> Any:
    """What the weights of `row` go into."""
    layers = keras.layers
    return keras.Sequential(
        [layers.Input((4,)), layers.Dense(3), layers.BatchNormalization(), layers.Dense(2)]
    )


def weights_case(rng: np.random.Generator, folder: Path) -> str:
    """A file of weights alone."""
    path = folder / "net.weights.h5"
    far = rng.random() < 0.2
    path.write_bytes(linked(ORIGINALS[0], rng) if far else mutated_bytes(content(0), rng))
    word, _ = judged(lambda: keras.from_keras(path, network()), path)
    return f"weights alone: {word}"


@cache
def much(described: str, arrays: int) -> bytes:
    """An archive whose arrays unpack to nothing, or whose description is long."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("config.json", described)
        archive.writestr("model.weights.h5", bytes(arrays))
    return content.getvalue()


def bomb(path: Path, original: Original, rng: np.random.Generator) -> None:
    """Little that unpacks to much: zeros in the archive, in the arrays, in the description."""
    deflated = zipfile.ZIP_DEFLATED
    match rng.integers(4):
        case 0:
            path.write_bytes(much(json.dumps(row().described), 1 << 27))
        case 1:
            path.write_bytes(much(json.dumps({"class_name": "x" * (1 << 25)}), 0))
        case 2:
            content = io.BytesIO()
            with h5py.File(content, "w") as file:
                file.create_dataset("layers/dense/vars/0", (1 << 40,), "f4", chunks=(1 << 20,))
            huge = {"name": "s", "layers": [inputs(1 << 20), dense(1 << 20)]}
            archived(path, {"class_name": "Sequential", "config": huge}, content.getvalue())
        case _:
            deep = '{"class_name": "Sequential", "config": {"name": "n", "layers": ['
            times = int(rng.integers(10, 3000))
            with zipfile.ZipFile(path, "w", deflated) as archive:
                archive.writestr("config.json", deep * times + "]}}" * times)


#: bombs take long, and are few
HOW = [*2 * [whole, shapes, links], *6 * [description], *4 * [weights], bomb]
ORIGINALS = [row(), graph(), wrapped()]

#: libraries are loaded now, not within the time of the first case
KINDS = [keras_case, keras_case, weights_case, *others()]
