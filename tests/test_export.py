"""Predictions written in other languages give what the network gives, and notice if not."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pellucid as pl
from pellucid import Model, Sequential, layers
from pellucid.activations import Activation
from pellucid.interop.loops import WRITERS
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


def said(command: list[str]) -> str:
    found = subprocess.run(command, capture_output=True, text=True)
    return found.stdout if not found.returncode else f"failed: {found.stdout}{found.stderr}"


def needs(program: str, run: Callable[[Path], str], ending: str) -> Any:
    missing = shutil.which(program) is None
    return pytest.param(
        ending, run, id=ending, marks=pytest.mark.skipif(missing, reason=f"needs {program}")
    )


LANGUAGES = [needs("gcc", in_c, ".c"), needs("node", in_javascript, ".js")]
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
    golden = r"(static const float golden_y.*?};|const golden = .*?;\n)"
    expected, found = (re.search(golden, each.read_text(), re.S) for each in (path, other))
    assert expected is not None
    assert found is not None
    path.write_text(path.read_text().replace(expected[0], found[0]))
    for each in tmp_path.glob("other*"):
        each.unlink()
    assert "expected" in run(tmp_path)
    assert "rows as expected" not in run(tmp_path)


@in_each_language
def test_names_and_several_inputs(ending: str, run: Callable[[Path], str], tmp_path: Path) -> None:
    one, other = pl.Input((3,)), pl.Input((2,))
    joined = layers.Concatenate()([one, other])
    net = Model([one, other], [D(2)(joined), D(1)(joined)], name="*/ #error \\ ${x} `")
    net.export(tmp_path / f"2 odd-näme{ending}")
    assert "net_2_odd_n_me: 3 rows as expected" in run(tmp_path)


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


def test_every_call_of_a_prediction_has_loops() -> None:
    """What only gradients and training call needs none."""
    from pellucid.calls import VOCABULARY

    trained = {"uniform", "normal", "scatter", "beside", "reshape", "sum"}
    gradients = {name for name in VOCABULARY if name.endswith(("_gradient", "_image", "_kernel"))}
    assert set(VOCABULARY) - set(WRITERS) - trained - gradients == set()
