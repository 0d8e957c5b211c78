"""What every test runs with: one thread for NumPy's products, since tests run side by side."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest


@pytest.fixture
def path(tmp_path):
    """Where a model may be saved."""
    return tmp_path / "net.safetensors"
