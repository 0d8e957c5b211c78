"""Without JAX nothing changes, and asking for it says what to install."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import Sequential, layers, models
from pellucid.executors.jax import library
from pellucid.models import files

LACKING = "JAX is not installed"


@pytest.fixture
def absent(monkeypatch):
    monkeypatch.setattr(library, "problem", lambda: LACKING)
    monkeypatch.setattr(files, "problem", lambda: LACKING)


def network(executor):
    net = Sequential([layers.Input((2,)), layers.Dense(1)])
    net.compile("sgd", "mse", executor=executor)
    return net


def test_asking_for_it_says_what_to_install(absent):
    with pytest.raises(ImportError, match=r'JAX is not installed: pip install "pellucid\[jax\]"'):
        network("jax")


def test_auto_trains_as_ever(absent):
    net = network("auto")
    net.fit(np.ones((4, 2)), np.ones((4, 1)), verbose=0)
    assert not net.executor_report().startswith("jax")


def test_auto_never_takes_it():
    assert network("auto").engine.executor("train").name != "jax"


def test_a_file_of_it_is_read(absent, path, monkeypatch):
    """A network that was trained on a graphics card predicts on a machine without JAX."""
    net = network("auto")
    net.engine.choice = "jax"
    net.save(path)
    with pytest.warns(UserWarning, match="was trained with executor='jax', and JAX is not inst"):
        again = models.load_model(path)
    assert again.predict(np.ones((1, 2)), verbose=0).shape == (1, 1)


def test_an_old_jax_is_refused(monkeypatch):
    jax = pytest.importorskip("jax")
    monkeypatch.setattr(jax, "__version_info__", (0, 4, 30))
    assert "0.8 or a later one is needed" in library.problem.__wrapped__()
