"""What every test runs with: one thread for NumPy's products, since tests run side by side."""

import os
import signal
import sys

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest
from hypothesis import settings

# No test depends on how fast the machine is: examples have no deadline.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# Tests press Ctrl-C; a shell that runs them in the background has it ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def path(tmp_path):
    """Where a model may be saved."""
    return tmp_path / "net.safetensors"


def levels():
    """The CPU levels that this machine has kernels for; none where they are not installed."""
    try:
        from pellucid.executors.native import _kernels
    except ImportError:
        return ["none"]
    return _kernels.levels()[::-1]


@pytest.fixture(params=levels())
def level(request, monkeypatch):
    """Each CPU level of this machine in turn."""
    monkeypatch.setenv("PELLUCID_CPU", request.param)
    return request.param


@pytest.fixture(autouse=True)
def _pictures_closed():
    """Close what a test has drawn, so that the next finds no picture open."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
