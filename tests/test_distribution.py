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
from pellucid import callbacks
from pellucid.cli.app import app
from pellucid.distribution import RowGroups
from pellucid.distribution.launching import JobError, launch
from tests.nets import clusters

pytest.importorskip("jax", reason='JAX is not installed: pip install "pellucid[jax]"')
pytest.importorskip("pyarrow")
from tests.jobs.shared import apart, network, pairs, small, trained

ROOT = Path(__file__).parent.parent
PAIR = [sys.executable, "-m", "tests.jobs.pair"]
FLAGS = "--xla_cpu_multi_thread_eigen=false --xla_backend_optimization_level=0"
#: how JAX itself ends a process when it has lost the first one, if it is quicker
BY_JAX = "the JAX distributed service detected fatal errors"
#: what one job of two processes does, one after the other
TOGETHER = ("whole", "own", "groups", "nan", "straight", "parts", "interrupt 1")


@pytest.fixture(scope="module", autouse=True)
def on_processors():
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        patch.setenv("XLA_FLAGS", FLAGS)
        patch.setenv("JAX_PLATFORMS", "cpu")
        yield


def job(folder, *cases, timeout=60.0):
    """What each of two processes came to, by cases."""
    launch([*PAIR, str(folder), *cases], 2, timeout)
    return {
        case: [dict(np.load(folder / f"{case}-{at}-of-2.npz")) for at in range(2)] for case in cases
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("together")


@pytest.fixture(scope="module")
def together(folder):
    write_rows(folder / "rows.parquet", *pairs(64))
    return job(folder, *TOGETHER)


def write_rows(path, x, y):
    """As a Parquet file in groups of eight rows."""
    import pyarrow
    from pyarrow import parquet

    columns = {f"{name}{at}": each[:, at] for name, each in (("x", x), ("y", y))
               for at in range(each.shape[1])}  # fmt: skip
    parquet.write_table(pyarrow.table(columns), path, row_group_size=8)


def assert_same_bytes(one, other, but=()):
    assert one.keys() == other.keys()
    for name in one.keys() - {*but}:
        assert one[name].tobytes() == other[name].tobytes(), name


def weights(net):
    return {f"weights {at}": each for at, each in enumerate(net.get_weights())}


def of(found, name="weights"):
    return {each: array for each, array in found.items() if each.startswith(name)}


def test_eight_devices(tmp_path):
    """Several cases in one process, each of which says that it held; then a file of it here."""
    known = os.environ | {"XLA_FLAGS": f"{FLAGS} --xla_force_host_platform_device_count=8"}
    command = [sys.executable, "-m", "tests.jobs.eight", str(tmp_path)]
    done = subprocess.run(command, env=known, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["same", "wide", "said"], done.stderr
    assert len(list(tmp_path.glob("wide.safetensors.1-of-1.*"))) == 1
    assert (tmp_path / "wide.safetensors").stat().st_size < 20_000
    net = pellucid.load(tmp_path / "wide.safetensors")
    assert_same_bytes(weights(net), dict(np.load(tmp_path / "wide.npz")))


def test_two_processes_come_to_what_one_does(folder, together):
    one, other = together["whole"]
    assert one.pop("few") == other.pop("few") == 32
    assert_same_bytes(one, other)
    assert apart(one, trained(network("numpy"))) <= 1e-10
    assert (folder / "log.csv").read_text().count("\n") == 2
    assert (folder / "model-0.safetensors").is_file()
    assert not (folder / "model-1.safetensors").exists()


def test_each_process_can_have_rows_of_its_own(together):
    one, other = together["own"]
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


def test_each_process_reads_row_groups_of_its_own(together):
    one, other = together["groups"]
    assert one.pop("taken").tolist() == [0, 2, 4, 6]
    assert other.pop("taken").tolist() == [1, 3, 5, 7]
    assert_same_bytes(one, other)
    net = small("numpy")
    net.fit(*pairs(64), batch_size=16, verbose=0, shuffle=False)
    assert apart(one, weights(net)) <= 1e-5


def test_a_process_alone_reads_all_row_groups(tmp_path):
    x, y = pairs(20)
    write_rows(tmp_path / "a.parquet", x[:12], y[:12])
    write_rows(tmp_path / "b.parquet", x[12:], y[12:])
    both = [tmp_path / "a.parquet", tmp_path / "b.parquet"]
    rows = RowGroups(both, ["y0", "y2"], 7, ["x1", "x0"], "y1")
    found = list(rows)
    assert [len(each) for each, _, _ in found] == [7, 7, 6]
    assert len(rows) == 3
    several = [np.concatenate(each) for each in zip(*found, strict=True)]
    for each, expected in zip(several, (x[:, [1, 0]], y[:, [0, 2]], y[:, 1]), strict=True):
        np.testing.assert_array_equal(each, expected)
    assert [each.shape for each in next(iter(RowGroups(both[0], "y1", 12)))] == [(12, 7), (12,)]
    with pytest.raises(ValueError, match="no column 'y4'"):
        next(iter(RowGroups(both, "y4")))


def test_a_nan_in_the_rows_of_one_process_is_found_by_all(together):
    one, other = together["nan"]
    assert one["said"] == other["said"]
    assert one["batch"] == 2


def test_weights_in_parts_of_two_processes(folder, together):
    """Each holds half of the layers, and writes it; here they are one network again."""
    one, other = together["parts"]
    assert_same_bytes(one, other)
    assert one["held"].tolist() == [15, 3, 9, 3]
    net = small("numpy", "float64")
    net.fit(*pairs(64), batch_size=16, epochs=5, verbose=0)
    assert apart(of(one), weights(net)) <= 1e-10
    loaded = pellucid.load(folder / "parts.safetensors")
    assert_same_bytes(weights(loaded), of(one))
    parts = sorted(each.name[:-12] for each in folder.glob("parts.safetensors.*"))
    assert parts == ["parts.safetensors.1-of-2.", "parts.safetensors.2-of-2."]
    for each in (net, loaded):
        each.fit(*pairs(64), batch_size=16, epochs=7, initial_epoch=5, verbose=0)
    assert apart(weights(loaded), weights(net)) <= 1e-10


def test_control_c_in_one_process_ends_training_in_all(together):
    one, other = together["interrupt 1"]
    assert one["epochs"] == other["epochs"] == 3
    assert_same_bytes(one, other)


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


def test_a_job_goes_on_from_where_a_process_was_killed(tmp_path, together, capfd):
    begun = time.monotonic()
    with pytest.raises(JobError, match="process 1 of 2 was ended by SIGKILL"):
        job(tmp_path, "kill 1")
    assert time.monotonic() - begun < 50
    assert "process 1 of 2 has ended or does not answer" in capfd.readouterr().err
    for each in job(tmp_path, "go on")["go on"]:
        assert_same_bytes(of(each), together["straight"][0])


def test_one_process_goes_on_with_what_two_had_in_parts(tmp_path, together, capfd):
    """The first of them is killed; from its backup, in three files, goes on who has no parts."""
    with pytest.raises(JobError):
        job(tmp_path, "kill 0")
    told = capfd.readouterr().err
    assert BY_JAX in told or "process 0 of 2 has ended or does not answer" in told
    assert len(list((tmp_path / "backup").glob("epoch-*"))) == 3
    net = small("jax", "float64")
    backup = callbacks.BackupAndRestore(tmp_path / "backup")
    net.fit(*pairs(64), batch_size=16, epochs=5, verbose=0, callbacks=[backup])
    assert net.epochs_trained == 5
    assert apart(weights(net), of(together["parts"][0])) <= 1e-10
    assert not list((tmp_path / "backup").glob("epoch-*"))


@pytest.mark.parametrize(
    ("case", "sentence"),
    [
        ("uneven", "process 0 has come to the end of its script, while process 1 goes on"),
        ("alone", "process 0 saves a network whose weights are in parts, and process 1 does not"),
    ],
)
def test_whatever_one_does_alone_ends_all(case, sentence, tmp_path, capfd):
    with pytest.raises(JobError):
        job(tmp_path, case)
    assert sentence in capfd.readouterr().err


def test_a_process_alone_is_told_how_to_start_several():
    """In a process that has not used JAX yet, for only there it can be called."""
    script = "from pellucid.distribution import initialize; initialize()"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert re.search(r"ValueError: .*pellucid launch -n 2 script\.py", ended.stderr)
