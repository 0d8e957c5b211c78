"""ONNX files and state dicts of PyTorch: fields changed, circles, huge shapes, other files."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

import pellucid
from pellucid.interop.operators.builder import READERS
from pellucid.interop.operators.network import network_of  # noqa: F401, its readers join the table
from tests.attack.judging import assert_refused, judged
from tests.attack.mutating import TEXTS, mutated_bytes, pick

#: whole numbers that ONNX can hold
WHOLE = [0, 1, -1, 2, 3, 255, 1 << 20, 2**31 - 1, 2**31, 2**40, 2**62, 2**63 - 1, -(2**63), -7]
REAL = [0.0, -0.0, 1e-45, 3e38, float("inf"), float("-inf"), float("nan"), 6.0, -1.0]
SAMPLES = Path(__file__).parent.parent / "samples"
PLACES = ["/etc/passwd", "/dev/zero", "..", ".", "", "net.onnx", "link", "../net.onnx", "a/b",
          "C:\\x", "\x00", "x" * 5000, "fifo"]  # fmt: skip


def graph_case(rng: np.random.Generator, folder: Path) -> str:
    path = folder / "net.onnx"
    for each in (*folder.glob("*.data"), path, folder / "link"):
        each.unlink(missing_ok=True)
    how = pick(rng, HOW)
    try:
        path.write_bytes(how(rng, folder))
    except (ValueError, TypeError, OverflowError, UnicodeEncodeError, IndexError):
        return f"onnx {how.__name__}: not made"
    word, net = judged(lambda: pellucid.load(path), path)
    if net is not None and len(net.layers) < 50 and rng.random() < 0.1:
        predicted(net)
    return f"onnx {how.__name__}: {word}"


def predicted(net: Any) -> None:
    """A row through it, if it is a small one."""
    sizes = [np.prod([e or 1 for e in node.output.shape[1:]]) for node in net.nodes]
    if max(sizes, default=0) > 1 << 20:
        return
    try:
        given = [np.ones((2, *tensor.shape[1:])) for tensor in net.inputs]
        net.predict(given if len(given) > 1 else given[0], verbose=0)
    except Exception as error:
        assert_refused(error)


@cache
def originals() -> list[bytes]:
    """Files of other libraries, and of our own with recurrences, shapes and several branches."""
    import tempfile

    layers = pellucid.layers
    nets = [
        pellucid.Sequential([layers.Input((5, 4, 2)), layers.ZeroPadding2D(1), layers.Conv2D(2, 2),
                             layers.PReLU(), layers.GroupNormalization(2), layers.UpSampling2D(2),
                             layers.GlobalMaxPooling2D(), layers.Dense(2, "softmax")]),
        pellucid.Sequential([layers.Input((4, 3)), layers.Bidirectional(layers.LSTM(2)),
                             layers.Reshape((2, 2)), layers.GRU(2, go_backwards=True)]),
    ]  # fmt: skip
    found = [path.read_bytes() for path in sorted(SAMPLES.glob("*.onnx"))]
    with tempfile.TemporaryDirectory() as folder:
        for net in nets:
            path = Path(folder) / "net.onnx"
            net.export(path)
            found.append(path.read_bytes())
    return found


def model_of(rng: np.random.Generator) -> Any:
    import onnx

    return onnx.ModelProto.FromString(pick(rng, originals()))


def whole(rng: np.random.Generator, folder: Path) -> bytes:
    """Any byte of a file."""
    return mutated_bytes(pick(rng, originals()), rng)


def fields(rng: np.random.Generator, folder: Path) -> bytes:
    """A few fields changed: operators, what they read, their attributes, shapes."""
    model = model_of(rng)
    for _ in range(int(rng.geometric(0.4))):
        pick(rng, [renamed, rewired, attribute, extents, inputs, numbers, repeated])(model, rng)
    return bytes(model.SerializeToString())


def a_node(model: Any, rng: np.random.Generator) -> Any:
    return pick(rng, model.graph.node)


def renamed(model: Any, rng: np.random.Generator) -> None:
    a_node(model, rng).op_type = pick(rng, [*READERS, *TEXTS[:6], "Loop", "If", "Einsum"])


def rewired(model: Any, rng: np.random.Generator) -> None:
    """What an operator reads or writes is another name: circles, and what nothing gives."""
    node = a_node(model, rng)
    names = [name for each in model.graph.node for name in (*each.input, *each.output)]
    side = node.input if rng.random() < 0.7 and node.input else node.output
    side[int(rng.integers(len(side)))] = pick(rng, [*names, "", "nothing"])


def attribute(model: Any, rng: np.random.Generator) -> None:
    node = a_node(model, rng)
    if not node.attribute:
        made = node.attribute.add()
        made.name, made.type, made.i = pick(rng, ["axis", "keepdims", "group"]), 2, 1
    given = pick(rng, node.attribute)
    match rng.integers(6):
        case 0:
            given.i = pick(rng, WHOLE)
        case 1:
            given.f = pick(rng, REAL)
        case 2 if given.ints:
            given.ints[int(rng.integers(len(given.ints)))] = pick(rng, WHOLE)
        case 3:
            given.ints.append(pick(rng, WHOLE))
        case 4:
            given.type = int(rng.integers(1, 12))
        case _:
            given.s = pick(rng, TEXTS).encode(errors="ignore")


def extents(model: Any, rng: np.random.Generator) -> None:
    held = pick(rng, model.graph.initializer)
    if rng.random() < 0.6 and held.dims:
        held.dims[int(rng.integers(len(held.dims)))] = pick(rng, WHOLE)
    elif rng.random() < 0.5:
        held.dims.append(pick(rng, WHOLE))
    else:
        held.data_type = int(rng.integers(25))


def inputs(model: Any, rng: np.random.Generator) -> None:
    kind = pick(rng, model.graph.input).type.tensor_type
    if rng.random() < 0.3:
        kind.elem_type = int(rng.integers(25))
    elif kind.shape.dim:
        place = pick(rng, kind.shape.dim)
        place.dim_value = pick(rng, WHOLE)


def numbers(model: Any, rng: np.random.Generator) -> None:
    """Numbers of the file, among them shapes, places and borders."""
    held = pick(rng, model.graph.initializer)
    if held.raw_data and held.data_type == 7:
        array = np.frombuffer(held.raw_data, np.int64).copy()
        array[int(rng.integers(array.size))] = pick(rng, WHOLE)
        held.raw_data = array.tobytes()
    elif held.raw_data:
        held.raw_data = mutated_bytes(held.raw_data, rng)


def repeated(model: Any, rng: np.random.Generator) -> None:
    """An operator once more, at another place, or not at all."""
    nodes = list(model.graph.node)
    at = int(rng.integers(len(nodes)))
    if rng.random() < 0.5:
        nodes.insert(int(rng.integers(len(nodes))), nodes[at])
    else:
        del nodes[at]
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def elsewhere(rng: np.random.Generator, folder: Path) -> bytes:
    """Numbers in other files, in devices, behind links, beyond the end of a file."""
    model = model_of(rng)
    held = pick(rng, model.graph.initializer)
    link = folder / "link"
    link.unlink(missing_ok=True)
    os.symlink("/etc/passwd", link)
    content = held.raw_data
    (folder / "near.data").write_bytes(content)
    held.ClearField("raw_data")
    held.data_location = 1
    given = {"location": pick(rng, [*PLACES, "near.data"]), "offset": str(pick(rng, WHOLE)),
             "length": str(pick(rng, [*WHOLE, len(content)]))}  # fmt: skip
    for key, value in given.items():
        if rng.random() < 0.8:
            entry = held.external_data.add()
            entry.key, entry.value = key, value
    return bytes(model.SerializeToString())


def large(rng: np.random.Generator, folder: Path) -> bytes:
    """Little that computes much: arrays that double, spread shapes, weights used again."""
    import onnx

    helper, from_array = onnx.helper, onnx.numpy_helper.from_array
    count = int(10 ** rng.uniform(0.7, 3.5))
    held = {"a0": np.ones(64, "f4"), "s": np.array([1 << 20, 1 << 9]), "w": np.ones((64, 64), "f4")}
    match rng.integers(5):
        case 0:
            nodes = [helper.make_node("Concat", [f"a{n}"] * 2, [f"a{n + 1}"], axis=0)
                     for n in range(count)]  # fmt: skip
        case 1:
            nodes = [helper.make_node("ConstantOfShape", ["s"], [f"a{n + 1}"])
                     for n in range(count)]  # fmt: skip
        case 2:
            nodes = [helper.make_node("Expand", ["w", "s"], [f"a{n + 1}"]) for n in range(count)]
        case 3:
            nodes = [helper.make_node("MatMul", ["x" if not n else f"a{n}", "w"], [f"a{n + 1}"])
                     for n in range(count)]  # fmt: skip
        case _:
            nodes = [helper.make_node("Concat", [f"a{n}" if n else "x"] * 2, [f"a{n + 1}"], axis=1)
                     for n in range(count)]  # fmt: skip
    nodes.append(helper.make_node("Add", ["x", f"a{count}"], ["y"]))
    kind = onnx.TensorProto.FLOAT
    graph = helper.make_graph(
        nodes, "net", [helper.make_tensor_value_info("x", kind, ["n", 64])],
        [helper.make_tensor_value_info("y", kind, None)],
        [from_array(array, name) for name, array in held.items()],
    )  # fmt: skip
    return bytes(helper.make_model(graph).SerializeToString())


#: what is large takes long, and is little
HOW = [*5 * [whole], *10 * [fields], *3 * [elsewhere], large]


class Running:
    """What runs where it is unpickled."""

    def __init__(self, path: str):
        self.path = path

    def __reduce__(self) -> Any:
        return os.mkdir, (self.path,)


def state_case(rng: np.random.Generator, folder: Path) -> str:
    """A file of a state dict: bytes changed, other arrays in it, a program in it."""
    import torch

    path, ran = folder / "net.pt", folder / "ran"
    layers = pellucid.layers
    net = pellucid.Sequential([layers.Input((4, 3)), layers.GRU(2), layers.Dense(2)])
    module = torch.nn.Sequential(torch.nn.GRU(3, 2), torch.nn.Linear(2, 2))
    state: dict[str, Any] = dict(module.state_dict())
    match rng.integers(4):
        case 0:
            state[pick(rng, list(state))] = torch.ones(pick(rng, [(0,), (2, 2, 2), (1,) * 9]))
        case 1:
            state[pick(rng, TEXTS).encode(errors="ignore").decode()] = pick(rng, [1, "x", None])
        case 2:
            state["run"] = Running(str(ran))
    torch.save(state, path)
    if rng.random() < 0.6:
        path.write_bytes(mutated_bytes(path.read_bytes(), rng))
    word, _ = judged(lambda: pellucid.from_torch(path, net), None)  # type: ignore[arg-type]
    assert not ran.exists(), "a file was run"
    return f"torch state: {word}"
