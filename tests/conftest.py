"""What every test runs with: one thread for NumPy's products, since tests run side by side."""

import os
import sys

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest


@pytest.fixture
def path(tmp_path):
    """Where a model may be saved."""
    return tmp_path / "net.safetensors"


@pytest.fixture(autouse=True)
def _pictures_closed():
    """Close what a test has drawn, so that the next finds no picture open."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
