"""Predictions written in other languages give what the network gives, and notice if not."""

from __future__ import annotations

import re
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
from pellucid.interop.loops import WRITERS
from pellucid.interop.onnx.calls import WRITERS as OPERATORS
from tests.contract import layers as contract
from tests.handing import drawing
from tests.handing.judging import compared, notices, with_another_weight
from tests.handing.languages import LANGUAGES, STRICT, Language, in_c, ran

D = layers.Dense
EXPORTED = [
    pytest.param(
        each, id=each.ending,
        marks=pytest.mark.skipif(bool(each.missing), reason=f"needs {each.missing}"),
    )
    for each in LANGUAGES
]  # fmt: skip
in_each_language = pytest.mark.parametrize("language", EXPORTED)
without_onnx = pytest.mark.skipif(bool(LANGUAGES[-1].missing), reason="needs onnx and onnxruntime")


def nets() -> dict[str, Callable[[], tuple[Model, Any]]]:
    rows = {
        f"{type(row.layer).__name__} {at}": lambda row=row: (
            contract.network(row, "float32"),
            list(row.arrays) if len(row.arrays) > 1 else row.arrays[0],
        )
        for at, row in enumerate(contract.ROWS)
    }
    return rows | {"activations": lambda: (drawing.every_activation(), None)}


@in_each_language
@pytest.mark.parametrize("name", nets())
def test_a_program_gives_what_the_network_gives(
    name: str, language: Language, tmp_path: Path
) -> None:
    net, rows = nets()[name]()
    net.export(tmp_path / f"net{language.ending}", rows)
    assert language.run(tmp_path).passed


@in_each_language
@pytest.mark.parametrize("seed", range(len(drawing.KINDS)))
def test_random_networks(seed: int, language: Language, tmp_path: Path) -> None:
    """One of each kind, on rows that the program does not carry; more: python -m tests.handing"""
    net = drawing.network(seed)
    assert compared(net, drawing.rows(net, seed), language, tmp_path).wrong == ""


@in_each_language
@pytest.mark.parametrize("seed", range(6, 6 + len(drawing.KINDS)))
def test_another_weight_is_noticed(seed: int, language: Language, tmp_path: Path) -> None:
    net, rng = drawing.network(seed), np.random.default_rng(seed)
    tried = (with_another_weight(net, rng) for _ in range(100))
    golden = next(each for each in tried if each is not None)
    assert notices(net, golden, language, tmp_path)


@in_each_language
def test_names_and_several_inputs(language: Language, tmp_path: Path) -> None:
    one, other = pl.Input((3,)), pl.Input((2,))
    joined = layers.Concatenate()([one, other])
    net = Model([one, other], [D(2)(joined), D(1)(joined)], name="*/ #error \\ ${x} `")
    net.export(tmp_path / f"2 odd-näme{language.ending}")
    assert "net_2_odd_n_me: 3 rows as expected" in language.run(tmp_path).said


@pytest.mark.skipif(shutil.which("gcc") is None, reason="needs gcc")
@pytest.mark.parametrize("seed", range(4))
def test_weights_in_eight_bits(seed: int, tmp_path: Path) -> None:
    """The program is that of the packed weights; what they change is said."""
    net = drawing.network(seed)
    written: Any = net.export(tmp_path / "net.c", bits=8)
    assert in_c(tmp_path).passed
    (said_,) = written.remarks
    off = float(re.search(r"off by up to ([\d.e-]+)", said_)[1])  # type: ignore[index]
    assert 0 < off < 0.05
    text = (tmp_path / "net.c").read_text()
    assert "weights in 8 bits: on 256 rows" in text
    assert "static const signed char" in text


def test_eight_bits_are_for_products_in_c(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"bits=8 for .js"):
        drawing.network(0).export(tmp_path / "net.js", bits=8)
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
    net = drawing.network(0)
    with pytest.raises(ValueError, match=r"did you mean '.c'"):
        net.export(tmp_path / "net.cc")

    assert list(tmp_path.iterdir()) == []


def test_the_command(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from pellucid.cli.app import app

    drawing.network(0).save(tmp_path / "net.safetensors")
    arguments = ["export", str(tmp_path / "net.safetensors"), str(tmp_path / "net.c")]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    assert {each.name for each in tmp_path.iterdir()} == {"net.safetensors", "net.c", "net.h"}


def test_a_program_of_numpy_tests_itself_or_reads_data(tmp_path: Path) -> None:
    net = drawing.network(0)
    paths = net.export(tmp_path / "net.py")
    x = np.random.default_rng(0).normal(size=(5, *net.input_shape[1:])).astype("f4")
    np.savez(tmp_path / "data.npz", X=x)
    assert ran([sys.executable, str(paths[0])], tmp_path) == "net: 3 rows as expected\n"
    given = [str(tmp_path / "data.npz"), str(tmp_path / "out.npz")]
    assert ran([sys.executable, str(paths[0]), *given], tmp_path) == ""
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

    graph = written_graph(net.engine).graph
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
