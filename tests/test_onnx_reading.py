"""ONNX files as networks: of our own layers and back, of PyTorch and scikit-learn, and odd ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pellucid as pl
from pellucid import Model, Sequential, layers
from tests.contract import layers as contract
from tests.handing import drawing
from tests.make_samples import export_by_dynamo, torch_modules

onnx = pytest.importorskip("onnx")
runtime = pytest.importorskip("onnxruntime")
helper = onnx.helper
SAMPLES = Path(__file__).parent / "samples"
#: those of which it is not stored what comes out
FILES = sorted([*SAMPLES.glob("skl_*.onnx"), *SAMPLES.glob("torch_*_*.onnx")])


def predicted(net: Any, x: Any) -> list[np.ndarray]:
    found = net.predict(x, verbose=0)
    return list(found) if isinstance(found, list) else [found]


def there_and_back(net: Any, x: Any, folder: Path) -> Any:
    """The network as a file, read, and written once more; all give the same."""
    expected = predicted(net, x)
    bound = 16 * np.finfo("f4").eps
    for name in ("net.onnx", "again.onnx"):
        net.export(folder / name, x)
        net = pl.load(folder / name)
        for one, other in zip(predicted(net, x), expected, strict=True):
            np.testing.assert_allclose(one, other, atol=bound * max(1, np.abs(other).max()))
    return net


@pytest.mark.parametrize("at", range(len(contract.ROWS)))
def test_every_layer_there_and_back(at: int, tmp_path: Path) -> None:
    row = contract.ROWS[at]
    net = contract.network(row, "float32")
    there_and_back(net, list(row.arrays) if len(row.arrays) > 1 else row.arrays[0], tmp_path)


@pytest.mark.parametrize("seed", range(9))
def test_networks_there_and_back(seed: int, tmp_path: Path) -> None:
    net, x = drawing.network(seed), drawing.rows(drawing.network(seed), seed)
    there_and_back(net, x if len(x) > 1 else x[0], tmp_path)


def test_activations_there_and_back(tmp_path: Path) -> None:
    x = np.random.default_rng(0).normal(size=(3, 8)).astype("f4")
    there_and_back(drawing.every_activation(), x, tmp_path)


def test_layers_are_layers_again(tmp_path: Path) -> None:
    """Operators are whole layers, with their activations, so that training goes on."""
    net = Sequential(
        [layers.Input((6, 6, 2)), layers.Conv2D(3, 3, activation="relu"), layers.MaxPooling2D(),
         layers.BatchNormalization(momentum=0.9), layers.Flatten(), layers.Dense(4, "gelu"),
         layers.Reshape((2, 2)), layers.LSTM(3, return_sequences=True), layers.GRU(3),
         layers.Dense(2, "softmax")]
    )  # fmt: skip
    x = np.random.default_rng(0).normal(size=(8, 6, 6, 2)).astype("f4")
    found = there_and_back(net, x, tmp_path)
    kinds = [type(each).__name__ for each in found.layers if each.weights]
    assert kinds == ["Conv2D", "BatchNormalization", "Dense", "LSTM", "GRU", "Dense"]
    for each in (net, found):
        each.compile(pl.optimizers.SGD(0.1), "categorical_crossentropy", executor="numpy")
        each.train_on_batch(x, np.eye(2)[np.arange(8) % 2])
    for one, other in zip(predicted(net, x), predicted(found, x), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def whole_nets(dtype: str) -> dict[str, Any]:
    """Networks of layers that are one operator each, in a precision."""
    a, b = pl.Input((4,)), pl.Input((4,))
    one, other = layers.Dense(5, "tanh")(a), layers.Dense(5, "sigmoid")(b)
    joined = layers.Concatenate()([layers.Multiply()([one, other]), one])
    return {
        "table": Sequential([layers.Input((4,)), layers.Dense(6, "elu"),
                             layers.BatchNormalization(), layers.Dense(5, "gelu"),
                             layers.LayerNormalization(), layers.Dense(2, "softmax")],
                            dtype=dtype),
        "pictures": Sequential([layers.Input((6, 5, 2)), layers.Conv2D(3, 3, padding="same"),
                                layers.MaxPooling2D(), layers.DepthwiseConv2D(2),
                                layers.BatchNormalization(), layers.Activation("relu"),
                                layers.Flatten(), layers.Dense(2)], dtype=dtype),
        "sequences": Sequential([layers.Input((4, 3)), layers.LSTM(3, return_sequences=True),
                                 layers.Bidirectional(layers.GRU(2, return_sequences=True)),
                                 layers.SimpleRNN(3), layers.Dense(2)], dtype=dtype),
        "graph": Model([a, b], layers.Dense(2)(joined), dtype=dtype),
    }  # fmt: skip


def near(one: np.ndarray, other: np.ndarray) -> bool:
    return one.shape == other.shape and np.allclose(one, other, rtol=1e-6, atol=1e-6)


def doubled(path: Path) -> None:
    """The numbers of a file in double precision."""
    model, double = onnx.load(path), onnx.TensorProto.DOUBLE
    for held in model.graph.initializer:
        if held.data_type == onnx.TensorProto.FLOAT:
            array = onnx.numpy_helper.to_array(held).astype("f8")
            held.CopyFrom(onnx.numpy_helper.from_array(array, held.name))
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.elem_type = double
    onnx.save(model, path)


@pytest.mark.parametrize("name", whole_nets("float64"))
def test_one_more_step_on_both_sides(name: str, tmp_path: Path) -> None:
    """Twice through a file, then trained in double precision: the weights are the same."""
    pl.set_random_seed(3)
    net = whole_nets("float64")[name]
    net.set_weights([each.astype("f4").astype("f8") for each in net.get_weights()])
    x = [np.random.default_rng(0).normal(size=(8, *each.shape[1:])) for each in net.inputs]
    x = x if len(x) > 1 else x[0]
    path = tmp_path / "net.onnx"
    net.export(path)
    pl.load(path).export(path)
    doubled(path)
    found = pl.load(path)
    assert found.dtype == "float64"
    np.testing.assert_allclose(predicted(found, x), predicted(net, x), atol=1e-12)
    y = np.random.default_rng(1).normal(size=(8, 2))
    for each in (net, found):
        each.compile(pl.optimizers.SGD(0.1, momentum=0.9), "mse", executor="numpy")
        each.train_on_batch(x, y)
    left = found.get_weights()
    for array in net.get_weights():  # of two ways the other may come first
        alike = (at for at, each in enumerate(left) if near(each, array))
        del left[next(alike)]
    assert left == []


def session(path: Path, x: np.ndarray) -> np.ndarray:
    """What onnxruntime gives: the last of the outputs that are numbers."""
    found = runtime.InferenceSession(str(path))
    outputs = found.run(None, {found.get_inputs()[0].name: x})
    return [each for each in outputs if isinstance(each, np.ndarray) and each.dtype == "f4"][-1]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_files_of_other_libraries(path: Path) -> None:
    net = pl.load(path)
    x = np.random.default_rng(0).normal(size=(4, *net.input_shape[1:])).astype("f4")
    np.testing.assert_allclose(predicted(net, x)[0], session(path, x), atol=1e-6)
    if path.stem == "skl_words":
        assert net.class_names == ["no", "perhaps", "yes"]


def torch_nets() -> dict[str, Any]:
    torch = pytest.importorskip("torch")
    nn = torch.nn
    return {
        "pictures": (nn.Sequential(
            nn.Conv2d(2, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(3, 2, 1),
            nn.Conv2d(4, 4, 3, groups=4), nn.Hardswish(), nn.Flatten(), nn.Linear(16, 5),
            nn.GELU(), nn.Linear(5, 3), nn.LogSoftmax(1)), (2, 8, 8)),
        "sequences": (nn.Sequential(nn.Conv1d(3, 4, 3, padding=2), nn.ELU(), nn.AvgPool1d(2),
                                    nn.Flatten(), nn.Linear(16, 2), nn.Sigmoid()), (3, 6)),
        "transposed": (nn.Sequential(nn.ConvTranspose2d(2, 3, 3, 2, 1, 1), nn.Softplus(),
                                     nn.AdaptiveAvgPool2d(1), nn.Flatten()), (2, 4, 4)),
        "table": (nn.Sequential(nn.Linear(4, 6), nn.LayerNorm(6), nn.SELU(), nn.Linear(6, 6),
                                nn.PReLU(), nn.Linear(6, 1)), (4,)),
    }  # fmt: skip


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("opset", [11, 13, 18])
@pytest.mark.parametrize("name", ["pictures", "sequences", "transposed", "table"])
def test_files_that_torch_writes(name: str, opset: int, tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    module, shape = torch_nets()[name]
    path, axes = tmp_path / "net.onnx", {"x": {0: "n"}}
    options = {"dynamo": False, "opset_version": opset, "dynamic_axes": axes}
    names = {"input_names": ["x"], "output_names": ["y"]}
    torch.onnx.export(module.eval(), (torch.randn(2, *shape),), path, **options, **names)
    net = pl.load(path)
    x = np.random.default_rng(1).normal(size=(4, *shape)).astype("f4")
    expected = module(torch.tensor(x)).detach().numpy()
    np.testing.assert_allclose(predicted(net, x)[0], expected, atol=2e-6)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ["table", "pictures"])
def test_files_of_the_new_exporter_of_torch(name: str, tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    pytest.importorskip("onnxscript")
    torch.manual_seed(0)
    module, rows = torch_modules(torch.nn)[name]
    x = torch.tensor(rows)
    expected = module.eval()(x).detach().numpy()
    export_by_dynamo(torch, module, x, tmp_path / "net.onnx")
    np.testing.assert_allclose(
        predicted(pl.load(tmp_path / "net.onnx"), rows)[0], expected, atol=2e-6
    )


@pytest.mark.filterwarnings("ignore")
def test_files_that_scikit_learn_comes_to(tmp_path: Path) -> None:
    convert = pytest.importorskip("skl2onnx")
    network = pytest.importorskip("sklearn.neural_network")
    scale = pytest.importorskip("sklearn.preprocessing")
    pipeline = pytest.importorskip("sklearn.pipeline")
    x = np.random.default_rng(0).normal(size=(60, 4)).astype("f4")
    words = np.array(["no", "perhaps", "yes"])[np.arange(60) % 3]
    fitted = pipeline.make_pipeline(
        scale.StandardScaler(), network.MLPClassifier((5,), max_iter=3)
    ).fit(x, words)
    path = tmp_path / "net.onnx"
    path.write_bytes(convert.to_onnx(fitted, x[:1]).SerializeToString())
    net = pl.load(path)
    assert net.class_names == ["no", "perhaps", "yes"]
    np.testing.assert_allclose(predicted(net, x)[0], fitted.predict_proba(x), atol=1e-6)


def model_of(*nodes: Any, shape: Any = ("n", 4), held: Any = (), outputs: Any = ("y",)) -> Any:
    kind = onnx.TensorProto.FLOAT
    graph = helper.make_graph(
        list(nodes), "net", [helper.make_tensor_value_info("x", kind, shape)],
        [helper.make_tensor_value_info(each, kind, None) for each in outputs],
        [onnx.numpy_helper.from_array(array, name) for name, array in dict(held).items()],
    )  # fmt: skip
    return helper.make_model(graph)


def node(kind: str, reads: str, writes: str = "y", **given: Any) -> Any:
    return helper.make_node(kind, reads.split(), [writes], **given)


def outside(location: str) -> Any:
    """A model whose numbers are said to stand in another file."""
    model = model_of(node("MatMul", "x w"), held={"w": np.ones((4, 2), "f4")})
    tensor = model.graph.initializer[0]
    onnx.external_data_helper.set_external_data(tensor, location)
    tensor.ClearField("raw_data")
    return model


def too_many() -> Any:
    """Shapes of more numbers than there are."""
    model = model_of(node("MatMul", "x w"), held={"w": np.ones((4, 2), "f4")})
    model.graph.initializer[0].dims[1] = 1 << 40
    return model


ODD = {
    "an operator": (lambda: model_of(node("Det", "x")), "the operator 'Det' has no equations here"),
    "another domain": (
        lambda: model_of(node("FusedGemm", "x", domain="com.microsoft")),
        "'FusedGemm' is of 'com.microsoft', not of ONNX",
    ),
    "a circle": (
        lambda: model_of(node("Add", "x z", "y"), node("Relu", "y", "z")),
        "'Add' reads 'z', which none before it gives",
    ),
    "nothing": (lambda: model_of(), "has no operators"),
    "no input": (
        lambda: model_of(node("Relu", "w"), held={"w": np.ones(3, "f4")}),
        "does not depend on the inputs|on numbers that do not depend",
    ),
    "open extents": (
        lambda: model_of(node("Relu", "x"), shape=("n", "steps", 3)),
        "only the number of rows may be open",
    ),
    "elsewhere": (lambda: outside("../../etc/passwd"), "numbers elsewhere are not read"),
    "an absolute path": (lambda: outside("/etc/passwd"), "numbers elsewhere are not read"),
    "no such file": (lambda: outside("weights.bin"), "which is no file beside it"),
    "too many numbers": (too_many, "has 8 numbers, not 4,398,046,511,104"),
    "much of nothing": (
        lambda: model_of(
            node("ConstantOfShape", "s", "big"), node("Add", "x big"),
            held={"s": np.array([1 << 20, 1 << 20])},
        ),
        "computes an array of shape",
    ),
    "a large border": (
        lambda: model_of(node("Pad", "x p"), held={"p": np.array([0, 1 << 40, 0, 0])}),
        "a row has 1,099,511,627,780 numbers",
    ),
    "mixed rows": (
        lambda: model_of(node("Reshape", "x s"), held={"s": np.array([-1, 8])}),
        "which mixes rows",
    ),
    "peepholes": (
        lambda: model_of(
            node("LSTM", "x w r b", "y", hidden_size=2, layout=1), shape=(3, "n", 4),
            held={"w": np.ones((1, 8, 4), "f4"), "r": np.ones((1, 8, 2), "f4"),
                  "b": np.ones((1, 16), "f4")},
        ),
        r"is not \(steps, n, numbers\)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_a_file_that_is_no_network_here(name: str, tmp_path: Path) -> None:
    make, words = ODD[name]
    path = tmp_path / "net.onnx"
    path.write_bytes(make().SerializeToString())
    with pytest.raises(ValueError, match=words) as caught:
        pl.load(path)
    assert "net.onnx" in str(caught.value)
    assert len(str(caught.value)) < 1000


def test_numbers_beside_the_file(tmp_path: Path) -> None:
    array = np.arange(8, dtype="f4").reshape(4, 2)
    (tmp_path / "weights.bin").write_bytes(array.tobytes())
    path = tmp_path / "net.onnx"
    path.write_bytes(outside("weights.bin").SerializeToString())
    x = np.ones((1, 4), "f4")
    np.testing.assert_allclose(predicted(pl.load(path), x)[0], x @ array)
    (tmp_path / "weights.bin").write_bytes(array.tobytes()[:-4])
    with pytest.raises(ValueError, match=r"is not in 'weights.bin'"):
        pl.load(path)


def test_layers_share_what_operators_share(tmp_path: Path) -> None:
    """One array that is read twice is one layer, called twice."""
    model = model_of(
        node("MatMul", "x w", "a"), node("Relu", "a", "b"), node("MatMul", "b w", "y"),
        held={"w": np.eye(4, dtype="f4")},
    )  # fmt: skip
    path = tmp_path / "net.onnx"
    path.write_bytes(model.SerializeToString())
    assert [type(each).__name__ for each in pl.load(path).layers] == ["Dense", "Activation"]


def test_the_command_shows_and_converts(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from pellucid.cli.app import app

    first = SAMPLES / "skl_classes.onnx"
    shown = CliRunner().invoke(app, ["show", str(first), "--json"])
    assert "Normalization" in json.dumps(json.loads(shown.output)["model"])
    out = tmp_path / "net.safetensors"
    assert CliRunner().invoke(app, ["convert", str(first), str(out)]).exit_code == 0
    said = CliRunner().invoke(app, ["convert", str(first), str(tmp_path / "net.kers")])
    assert "did you mean '.keras'" in said.stderr
    x = np.ones((2, 4), "f4")
    np.testing.assert_allclose(predicted(pl.load(out), x)[0], session(first, x), atol=1e-6)
