"""Where JAX is not installed, asking for it says what to install, and nothing else changes."""

from __future__ import annotations

import pytest

from pellucid import Sequential, distribution, layers
from pellucid.cli.app import app
from pellucid.executors.jax import library

INSTALL = r'JAX is not installed: pip install "pellucid\[jax\]"'


@pytest.fixture(autouse=True)
def without_jax(monkeypatch):
    monkeypatch.setattr(library, "problem", lambda: "JAX is not installed")


@pytest.mark.parametrize(
    "ask",
    [
        distribution.list_devices,
        distribution.DataParallel,
        distribution.initialize,
        lambda: distribution.DeviceMesh((1,), ("batch",)),
        lambda: Sequential([layers.Dense(1)]).compile("sgd", "mse", executor="jax"),
    ],
)
def test_asking_says_what_to_install(ask):
    with pytest.raises(ImportError, match=INSTALL):
        ask()


def test_launching_says_what_to_install(capfd):
    with pytest.raises(SystemExit):
        app(["launch", __file__])
    assert 'pellucid launch needs JAX, and JAX is not installed: pip install "pell' in (
        capfd.readouterr().err
    )


def test_layouts_are_looked_at_without_devices():
    mesh = distribution.DeviceMesh((2,), ("model",), ["cpu:0", "cpu:1"])
    layouts = distribution.LayoutMap(mesh)
    layouts["dense.*/kernel"] = (None, "model")
    assert layouts["dense_1/kernel"].axes == (None, "model")
    assert "last/bias" not in layouts
    with pytest.raises(ValueError, match="did you mean 'model'"):
        layouts["last/bias"] = ("modell",)
    with pytest.raises(ValueError, match="has a layout already"):
        layouts["dense.*/kernel"] = ("model", None)
    with pytest.raises(ValueError, match="a name of its own"):
        distribution.DeviceMesh((2, 1), ("model", "model"), ["cpu:0", "cpu:1"])
    layouts["dense_1"] = (None,)
    with pytest.raises(ValueError, match="matched by several layouts"):
        layouts.matching("dense_1/kernel")
