"""Predictions written in other languages give what the network gives, and notice if not."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import re
import runpy
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pellucid as pl
from pellucid import Model, Sequential, layers
from pellucid.activations import Activation
from pellucid.interop.loops import WRITERS
from pellucid.interop.onnx.calls import WRITERS as OPERATORS
from tests.contract import layers as contract

STRICT = ["-std=c99", "-O1", "-Wall", "-Wextra", "-Werror", "-pedantic"]
WATCHED = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
D = layers.Dense


def in_c(folder: Path) -> str:
    """Compile and run the test of the only program in a folder; what it prints, or its failure."""
    (path,) = folder.glob("*.c")
    found = re.search(r"-D\w+_TEST", path.read_text())
    assert found is not None
    program = folder / "program"
    subprocess.run(["gcc", *STRICT, *WATCHED, found[0], path, "-lm", "-o", program], check=True)
    return said([str(program)])


def in_javascript(folder: Path) -> str:
    (path,) = folder.glob("*.js")
    (folder / "package.json").write_text('{"type": "module"}')
    return said(["node", str(path), "--test"])


def in_python(folder: Path) -> str:
    (path,) = folder.glob("*.py")
    with contextlib.redirect_stdout(io.StringIO()) as told:
        program = runpy.run_path(str(path))
        wrong = program["test"]()
    if "start" in program:
        program["start"].close()
    return wrong or told.getvalue()


def in_onnx(folder: Path) -> str:
    """Run the golden rows of the only file in a folder through onnxruntime, and the first alone."""
    runtime = pytest.importorskip("onnxruntime")
    (path,) = folder.glob("*.onnx")
    session = runtime.InferenceSession(str(path))
    about = session.get_modelmeta()
    golden = json.loads(about.custom_metadata_map["golden"])
    kinds = ["int64" if "int64" in each.type else "float32" for each in session.get_inputs()]
    inputs = [np.array(*pair) for pair in zip(golden["inputs"], kinds, strict=True)]
    for rows in (len(inputs[0]), 1):
        names = (each.name for each in session.get_inputs())
        given = {name: x[:rows] for name, x in zip(names, inputs, strict=True)}
        found = session.run(None, given)
        for y, true, bound in zip(found, golden["outputs"], golden["bounds"], strict=True):
            off = np.abs(y - np.array(true)[:rows]).max()
            if not off <= bound:
                return f"failed: off by {off}, expected {bound}"
    return f"{about.graph_name}: {len(inputs[0])} rows as expected"


def said(command: list[str]) -> str:
    found = subprocess.run(command, capture_output=True, text=True)
    return found.stdout if not found.returncode else f"failed: {found.stdout}{found.stderr}"


def needs(program: str, run: Callable[[Path], str], ending: str) -> Any:
    missing = shutil.which(program) is None
    return pytest.param(
        ending, run, id=ending, marks=pytest.mark.skipif(missing, reason=f"needs {program}")
    )


without_onnx = pytest.mark.skipif(
    None in map(importlib.util.find_spec, ["onnx", "onnxruntime"]),
    reason="needs onnx and onnxruntime",
)
LANGUAGES = [
    needs("gcc", in_c, ".c"),
    needs("node", in_javascript, ".js"),
    pytest.param(".py", in_python, id=".py"),
    pytest.param(".onnx", in_onnx, id=".onnx", marks=without_onnx),
]
in_each_language = pytest.mark.parametrize(("ending", "run"), LANGUAGES)


def every_activation() -> Model:
    """Every activation by name on the same numbers, side by side."""
    x = pl.Input((7,))
    names = sorted(kind.registered_name() for kind in Activation.members())
    branches = [layers.Activation(name)(D(7, name=f"d_{name}")(x)) for name in names]
    return Model(x, layers.Concatenate()(branches))


def some(seed: int) -> Model:
    """A network of a few layers, drawn at random."""
    rng = np.random.default_rng(seed)
    pl.set_random_seed(seed)
    kind, width = ["table", "image", "sequence"][seed % 3], int(rng.integers(1, 9))
    pick = [None, "relu", "tanh", "gelu", "selu", "softmax"]
    if kind == "table":
        first: list[Any] = [layers.Input((width,)), layers.LayerNormalization()]
    elif kind == "image":
        size, pool = (int(rng.integers(5, 9)), int(rng.integers(4, 8)), 2), int(rng.integers(1, 3))
        first = [layers.Input(size),
                 layers.Conv2D(3, int(rng.integers(1, 4)), strides=int(rng.integers(1, 3)),
                               padding=str(rng.choice(["same", "valid"])), activation="relu"),
                 layers.AveragePooling2D(pool, padding="same"), layers.BatchNormalization(),
                 layers.Flatten()]  # fmt: skip
    else:
        recurrent = [layers.LSTM, layers.GRU, layers.SimpleRNN][int(rng.integers(3))]
        first = [layers.Input((int(rng.integers(1, 6)), width)),
                 layers.GRU(3, return_sequences=True), recurrent(4)]  # fmt: skip
    hidden = [D(int(rng.integers(1, 12)), pick[int(rng.integers(6))]) for _ in range(seed % 4)]
    return Sequential([*first, *hidden, D(3, "softmax")])


def nets() -> dict[str, Callable[[], tuple[Model, Any]]]:
    rows = {
        f"{type(row.layer).__name__} {at}": lambda row=row: (
            contract.network(row, "float32"),
            list(row.arrays) if len(row.arrays) > 1 else row.arrays[0],
        )
        for at, row in enumerate(contract.ROWS)
    }
    random = {f"random {seed}": lambda seed=seed: (some(seed), None) for seed in range(12)}
    return rows | random | {"activations": lambda: (every_activation(), None)}


@in_each_language
@pytest.mark.parametrize("name", nets())
def test_a_program_gives_what_the_network_gives(
    name: str, ending: str, run: Callable[[Path], str], tmp_path: Path
) -> None:
    net, rows = nets()[name]()
    net.export(tmp_path / f"net{ending}", rows)
    assert "rows as expected" in run(tmp_path)


@in_each_language
def test_another_weight_is_noticed(ending: str, run: Callable[[Path], str], tmp_path: Path) -> None:
    net = some(3)
    net.export(tmp_path / f"net{ending}")
    rows = [np.random.default_rng(0).normal(size=(3, *net.input_shape[1:])).astype("f4")]
    weights = net.get_weights()
    weights[-2] = weights[-2] * 1.001
    net.set_weights(weights)
    net.export(tmp_path / f"other{ending}", rows[0])
    path, other = tmp_path / f"net{ending}", tmp_path / f"other{ending}"
    expect(path, other)
    for each in tmp_path.glob("other*"):
        each.unlink()
    assert "expected" in run(tmp_path)
    assert "rows as expected" not in run(tmp_path)


def expect(path: Path, other: Path) -> None:
    """Put the golden rows of another file into a file."""
    if path.suffix == ".onnx":
        import onnx

        models = [onnx.load(each) for each in (path, other)]
        expected, found = (
            next(each for each in model.metadata_props if each.key == "golden") for model in models
        )
        expected.value = found.value
        onnx.save(models[0], path)
        return
    golden = r"(static const float golden_y.*?};|const golden = .*?;\n|def test.*?\n\n\n)"
    pair = [re.search(golden, each.read_text(), re.S) for each in (path, other)]
    assert pair[0] is not None
    assert pair[1] is not None
    path.write_text(path.read_text().replace(pair[0][0], pair[1][0]))


@in_each_language
def test_names_and_several_inputs(ending: str, run: Callable[[Path], str], tmp_path: Path) -> None:
    one, other = pl.Input((3,)), pl.Input((2,))
    joined = layers.Concatenate()([one, other])
    net = Model([one, other], [D(2)(joined), D(1)(joined)], name="*/ #error \\ ${x} `")
    net.export(tmp_path / f"2 odd-näme{ending}")
    assert "net_2_odd_n_me: 3 rows as expected" in run(tmp_path)


def table() -> dict[str, np.ndarray]:
    """Numbers with gaps, skewed numbers, a few texts, many texts."""
    rng, n = np.random.default_rng(0), 200
    age = rng.normal(40, 10, n)
    age[::7] = np.nan
    colours, cities = np.array(["red", "green", "*/ blue"], object), [f"c{at}" for at in range(70)]
    colour = colours[rng.integers(0, 3, n)]
    price = np.exp(rng.normal(8, 1, n) + (colour == "red"))
    return {"age": age, "income": np.exp(rng.normal(8, 2, n)), "colour": colour,
            "city": np.array(cities, object)[np.arange(n) % 70], "price": price}  # fmt: skip


@pytest.fixture(scope="module")
def of_table() -> tuple[Any, dict[str, np.ndarray], np.ndarray]:
    """A network behind a preparation, rows of the table, and what is predicted of them."""
    pytest.importorskip("sklearn")
    from pellucid.preprocessing import fit

    found, x, _ = fit(table(), "price")
    kinds = [type(each).__name__ for each in found.encodings]
    assert kinds == ["Numbers", "ManyCategories", "Gaps", "Categories"]
    pl.set_random_seed(1)
    net = Sequential([layers.Input((x.shape[1],)), D(6, "relu"), D(1)])
    net.preprocessing = {"preparation": found.described()}
    rows = {name: each[:20] for name, each in table().items() if name != "price"}
    rows["city"][3] = "nowhere"
    outputs = net.predict(found.transform(rows), verbose=0)
    return net, rows, found.target.decode(outputs)


@in_each_language
def test_raw_rows_of_a_table(
    ending: str, run: Callable[[Path], str], tmp_path: Path, of_table: Any
) -> None:
    """Means, scales, gaps, texts by their number; what comes out is in its own unit."""
    net, rows, _ = of_table
    net.export(tmp_path / f"net{ending}", rows)
    assert "rows as expected" in run(tmp_path)
    if ending in (".c", ".js", ".py"):
        text = (tmp_path / f"net{ending}").read_text()
        assert "colour: the number of 0 __ blue, 1 green, 2 red, 3 any other" in text
    net.export(tmp_path / f"net{ending}")
    assert "rows as expected" in run(tmp_path)


def test_raw_rows_are_predicted_as_by_the_network(of_table: Any) -> None:
    from pellucid.interop.raw import raw

    net, rows, expected = of_table
    found = raw(net)
    assert found is not None
    given = found.network().predict(found.rows(rows), verbose=0)
    np.testing.assert_allclose(given.ravel(), expected, rtol=1e-5)


def test_dates_are_no_plain_arithmetic(tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    from pellucid.preprocessing import fit

    days = np.array("2020-01-01", "M8[D]") + np.arange(50)
    found, x, _ = fit({"day": days, "y": np.random.default_rng(0).normal(size=50)}, "y")
    net = Sequential([layers.Input((x.shape[1],)), D(1)])
    net.preprocessing = {"preparation": found.described()}
    with pytest.raises(ValueError, match=r"the columns day are dates.*say preprocessing=False"):
        net.export(tmp_path / "net.c")
    net.export(tmp_path / "net.c", x, preprocessing=False)


@pytest.mark.skipif(shutil.which("gcc") is None, reason="needs gcc")
@pytest.mark.parametrize("seed", range(6))
def test_weights_in_eight_bits(seed: int, tmp_path: Path) -> None:
    """The program is that of the packed weights; what they change is said."""
    net = some(seed)
    written: Any = net.export(tmp_path / "net.c", bits=8)
    assert "rows as expected" in in_c(tmp_path)
    (said_,) = written.remarks
    off = float(re.search(r"off by up to ([\d.e-]+)", said_)[1])  # type: ignore[index]
    assert 0 < off < 0.05
    text = (tmp_path / "net.c").read_text()
    assert "weights in 8 bits: on 256 rows" in text
    assert "static const signed char" in text


def test_eight_bits_are_for_products_in_c(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"bits=8 for .js"):
        some(0).export(tmp_path / "net.js", bits=8)
    with pytest.raises(ValueError, match="has no products"):
        Sequential([layers.Input((3,)), layers.Activation("relu")]).export(
            tmp_path / "net.c", bits=8
        )


@pytest.mark.skipif(shutil.which("arm-none-eabi-gcc") is None, reason="needs arm-none-eabi-gcc")
def test_a_microcontroller(tmp_path: Path) -> None:
    """It compiles, and takes hardly more than its weights."""
    net = Sequential([layers.Input((784,)), D(128, "relu"), D(64, "relu"), D(10, "softmax")])
    sizes = []
    for bits in (32, 8):
        net.export(tmp_path / "net.c", bits=bits)
        command = ["arm-none-eabi-gcc", "-Os", "-mcpu=cortex-m4", "-mthumb", *STRICT]
        command.remove("-O1")
        subprocess.run([*command, "-c", "net.c", "-o", "net.o"], check=True, cwd=tmp_path)
        found = subprocess.run(["arm-none-eabi-size", "net.o"], check=True, capture_output=True,
                               text=True, cwd=tmp_path)  # fmt: skip
        sizes.append(int(found.stdout.split("\n")[1].split()[0]))
    numbers = sum(each.size for each in net.get_weights())
    print(f"net.o: {sizes[0]:,} bytes of 32 bits a weight, {sizes[1]:,} of 8")
    assert sizes[0] < 1.15 * 4 * numbers
    assert sizes[1] < 1.15 * numbers


ROWS = [
    (np.ones((2, 5)), r"rows have the shape \(2, 5\); the network takes \(n, 3\)"),
    (np.ones(3), r"rows have the shape \(3,\)"),
    (np.ones((0, 3)), "one row or more"),
    (np.array([["a", "b", "c"]]), "rows are numbers"),
]


@pytest.mark.parametrize(("rows", "words"), ROWS)
def test_rows_have_the_shape_of_the_input(rows: Any, words: str, tmp_path: Path) -> None:
    net = Sequential([layers.Input((3,)), D(2)])
    with pytest.raises(ValueError, match=words):
        net.export(tmp_path / "net.py", rows)
    with pytest.raises(ValueError, match=r"bits=16 for .c"):
        net.export(tmp_path / "net.c", bits=16)


def test_what_cannot_be_written(tmp_path: Path) -> None:
    net = some(0)
    with pytest.raises(ValueError, match=r"did you mean '.c'"):
        net.export(tmp_path / "net.cc")

    assert list(tmp_path.iterdir()) == []


def test_the_command(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from pellucid.cli.app import app

    some(0).save(tmp_path / "net.safetensors")
    arguments = ["export", str(tmp_path / "net.safetensors"), str(tmp_path / "net.c")]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    assert {each.name for each in tmp_path.iterdir()} == {"net.safetensors", "net.c", "net.h"}


def test_a_program_of_numpy_tests_itself_or_reads_data(tmp_path: Path) -> None:
    net = some(0)
    paths = net.export(tmp_path / "net.py")
    x = np.random.default_rng(0).normal(size=(5, *net.input_shape[1:])).astype("f4")
    np.savez(tmp_path / "data.npz", X=x)
    assert said([sys.executable, str(paths[0])]) == "net: 3 rows as expected\n"
    given = [str(tmp_path / "data.npz"), str(tmp_path / "out.npz")]
    assert said([sys.executable, str(paths[0]), *given]) == ""
    (found,) = np.load(tmp_path / "out.npz").values()
    np.testing.assert_allclose(found, net.predict(x, verbose=0), atol=1e-6)


@without_onnx
def test_layers_are_operators() -> None:
    """Whole layers are one operator each; images are turned only where that matters."""
    net = Sequential(
        [layers.Input((6, 6, 2)), layers.Conv2D(3, 3, activation="relu"), layers.MaxPooling2D(),
         layers.BatchNormalization(), layers.Flatten(), layers.Dense(4, "gelu"),
         layers.LayerNormalization(), layers.Reshape((2, 2)), layers.LSTM(3, return_sequences=True),
         layers.GRU(3, go_backwards=True), D(2, "softmax")]
    )  # fmt: skip
    from pellucid.interop.onnx.lines import written_graph

    engine = net.engine
    graph = written_graph(engine.plan("predict"), engine.memory.arrays()).graph
    moving = ("Transpose", "Reshape", "Squeeze", "Slice")
    assert [each.operator for each in graph.nodes if each.operator not in moving] == [
        "Conv", "Relu", "MaxPool", "BatchNormalization", "Gemm", "Gelu", "LayerNormalization",
        "LSTM", "GRU", "Gemm", "Softmax"]  # fmt: skip
    images = [each.operator for each in graph.nodes[:6]]
    assert images == ["Transpose", "Conv", "Relu", "MaxPool", "BatchNormalization", "Transpose"]


def test_every_call_of_a_prediction_has_loops() -> None:
    """What only gradients and training call needs none."""
    from pellucid.calls import VOCABULARY

    trained = {"uniform", "normal", "scatter", "beside", "reshape", "sum"}
    gradients = {name for name in VOCABULARY if name.endswith(("_gradient", "_image", "_kernel"))}
    assert set(VOCABULARY) - set(WRITERS) - trained - gradients == set()
    windows = {
        "convolve",
        "convolve_image",
        "max_pool",
        "mean_pool",
        "rnn",
        "lstm",
        "gru",
        "constant",
    }
    assert set(WRITERS) - set(OPERATORS) - windows <= {"sum"}
