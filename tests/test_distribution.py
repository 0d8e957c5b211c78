"""Many devices, and many processes, come to the numbers of one."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import pellucid
from pellucid.cli.app import app
from pellucid.distribution.launching import JobError, launch
from tests.nets import clusters

pytest.importorskip("jax", reason='JAX is not installed: pip install "pellucid[jax]"')
from tests.jobs.shared import apart, network, pairs, small, trained

ROOT = Path(__file__).parent.parent
PAIR = [sys.executable, "-m", "tests.jobs.pair"]
FLAGS = "--xla_cpu_multi_thread_eigen=false --xla_backend_optimization_level=0"
#: how JAX itself ends a process when it has lost the first one, if it is quicker
BY_JAX = "the JAX distributed service detected fatal errors"


@pytest.mark.parametrize("case", ["same", "wide", "said"])
def test_eight_devices(case):
    flags = f"{FLAGS} --xla_force_host_platform_device_count=8"
    done = subprocess.run(
        [sys.executable, "-m", "tests.jobs.eight", case], cwd=ROOT, capture_output=True, text=True,
        env=os.environ | {"XLA_FLAGS": flags, "JAX_PLATFORMS": "cpu"}, check=False,
    )  # fmt: skip
    assert done.stdout.split() == [case, "held"], done.stderr


def job(folder, case, count=2, timeout=60.0):
    launch([*PAIR, str(folder), case], count, timeout)
    return [dict(np.load(folder / f"{at}-of-{count}.npz")) for at in range(count)]


@pytest.fixture(autouse=True)
def on_processors(monkeypatch):
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("XLA_FLAGS", FLAGS)
    monkeypatch.setenv("JAX_PLATFORMS", "cpu")


def test_two_processes_come_to_what_one_does(tmp_path):
    one, other = job(tmp_path, "run")
    assert one.pop("few") == other.pop("few") == 32
    assert_same_bytes(one, other)
    assert apart(one, trained(network("numpy"))) <= 1e-10
    assert (tmp_path / "log.csv").read_text().count("\n") == 2
    assert (tmp_path / "model-0.safetensors").is_file()
    assert not (tmp_path / "model-1.safetensors").exists()


def test_the_documented_script_is_launched_from_the_command_line(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    x, y = clusters(128)
    np.save("rows.npy", x.astype("float32"))
    np.save("labels.npy", y)
    script = str(ROOT / "docs" / "cluster" / "train.py")
    with pytest.raises(SystemExit) as ended:
        app(["launch", "-n", "2", script, "rows.npy", "labels.npy"])
    assert ended.value.code == 0
    assert capfd.readouterr().out.count("jax: float32, 2 devices (2 batch), cpu") == 1
    assert pellucid.load("model.safetensors").epochs_trained == 5
    assert not list((tmp_path / "backup").glob("*"))


def test_a_script_that_is_not_there(capfd):
    with pytest.raises(SystemExit) as ended:
        app(["launch", "nothing.py"])
    assert ended.value.code == 1
    assert "there is no script 'nothing.py'" in capfd.readouterr().err


def assert_same_bytes(one, other, but=()):
    assert one.keys() == other.keys()
    for name in one.keys() - {*but}:
        assert one[name].tobytes() == other[name].tobytes(), name


def test_each_process_can_have_rows_of_its_own(tmp_path):
    one, other = job(tmp_path, "own")
    assert_same_bytes(one, other, but=["output"])
    x, y = pairs(64)
    net = small("numpy", metrics=["mae"])
    history = net.fit(x, y, batch_size=16, epochs=3, verbose=0, shuffle=False).history
    for at, each in enumerate(net.get_weights()):
        assert apart({"": one[f"weights {at}"]}, {"": each}) <= 1e-5
        assert apart({"": one[f"streamed {at}"]}, {"": each}) <= 1e-5
    for name, each in history.items():
        assert apart({"": one[name]}, {"": each}) <= 1e-5
    parts = np.stack([one["output"], other["output"]]).reshape(2, 4, 8, 3)
    expected = net.predict(x, verbose=0)
    assert apart({"": parts.swapaxes(0, 1).reshape(64, 3)}, {"": expected}) <= 1e-5


def test_a_nan_in_the_rows_of_one_process_is_found_by_all(tmp_path):
    one, other = job(tmp_path, "nan")
    assert one["said"] == other["said"]
    assert one["batch"] == 2


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        patch.setenv("XLA_FLAGS", FLAGS)
        patch.setenv("JAX_PLATFORMS", "cpu")
        return job(tmp_path_factory.mktemp("undisturbed"), "go on")[0]


def test_a_job_goes_on_from_where_a_process_was_killed(tmp_path, undisturbed, capfd):
    begun = time.monotonic()
    with pytest.raises(JobError, match="process 1 of 2 was ended by SIGKILL"):
        job(tmp_path, "kill 1")
    assert time.monotonic() - begun < 50
    assert "process 1 of 2 has ended or does not answer" in capfd.readouterr().err
    one, other = job(tmp_path, "go on")
    assert_same_bytes(one, undisturbed)
    assert_same_bytes(other, undisturbed)


@pytest.mark.parametrize(
    ("case", "sentences"),
    [
        ("kill 0", ("process 0 of 2 has ended or does not answer", BY_JAX)),
        ("uneven", ("process 0 has come to the end of its script, while process 1 goes on",)),
    ],
)
def test_whatever_ends_too_early_ends_all(case, sentences, tmp_path, capfd):
    with pytest.raises(JobError):
        job(tmp_path, case)
    told = capfd.readouterr().err
    assert any(each in told for each in sentences)


def test_control_c_in_one_process_ends_training_in_all(tmp_path):
    one, other = job(tmp_path, "interrupt 1")
    assert one["epochs"] == other["epochs"] == 3
    assert_same_bytes(one, other)


def test_a_process_alone_is_told_how_to_start_several():
    """In a process that has not used JAX yet, for only there it can be called."""
    script = "from pellucid.distribution import initialize; initialize()"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert re.search(r"ValueError: .*pellucid launch -n 2 script\.py", ended.stderr)
