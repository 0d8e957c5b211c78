"""Model files: everything comes back, and an interrupted save leaves the file that was there."""

from __future__ import annotations

import errno
import os
import subprocess
import sys

import pytest

import pellucid as keras
from pellucid import Sequential, layers, ops, writing
from pellucid.layers import Dense, Layer
from pellucid.models import files
from pellucid.models.files import ModelFileError
from tests.contract.layers import ROWS, network
from tests.nets import WIDTH, assert_same, classifier, clusters, numbers, saved, skipping

X, Y = clusters(30)


def outputs(net, rows):
    return net.predict(list(rows) if len(rows) > 1 else rows[0], verbose=0)


@pytest.mark.filterwarnings("ignore:flatten was given steps with a mask")
@pytest.mark.parametrize("row", ROWS, ids=lambda row: repr(row.layer))
def test_every_kind_of_layer_comes_back(row, path):
    net = network(row, "float32")
    net.compile("adam", "mse")
    net.save(path)
    other = keras.load(path)
    assert_same(other.get_weights(), net.get_weights())
    assert_same([outputs(other, row.arrays)], [outputs(net, row.arrays)])
    assert repr(other.layers) == repr(net.layers)
    assert str(other.plan) == str(net.plan)


def nested():
    inner = Sequential([Dense(3, "relu", input_shape=(WIDTH,)), Dense(WIDTH)], name="inner")
    return Sequential([inner, Sequential([skipping()]), Dense(2)])


@pytest.mark.parametrize("make", [skipping, nested])
def test_graphs_and_nested_networks_come_back(make, path):
    net = make()
    rows = numbers(5, WIDTH)
    expected = net.predict(rows, verbose=0)
    net.save(path)
    other = keras.load(path)
    assert type(other) is type(net)
    assert_same([other.predict(rows, verbose=0)], [expected])
    assert len(other.weights) == len(net.weights)


def test_compilation_and_class_names_come_back(path):
    net = classifier(keras.optimizers.Nadam(0.02, clipnorm=1.0), metrics=["accuracy"])
    net.fit(X, Y, verbose=0)
    net.class_names = ["cat", "dog", "ö"]
    net.save(path)
    other = keras.load(path)
    assert other.class_names == net.class_names
    assert repr(other.optimizer) == repr(net.optimizer)
    assert other.loss == net.loss
    assert other.evaluate(X, Y, verbose=0) == net.evaluate(X, Y, verbose=0)
    assert other.epochs_trained == 1


def test_weights_alone(path):
    net, other = classifier(seed=1), classifier(seed=2)
    net.save_weights(path)
    other.load_weights(path)
    assert_same(other.get_weights(), net.get_weights())
    with pytest.raises(ModelFileError, match=r"holds weights alone.*load_weights"):
        keras.load(path)
    with pytest.raises(ModelFileError, match="does not fit this network"):
        skipping().load_weights(path)


@keras.register
def bent(x):
    return ops.maximum(x, 0.1 * x)


class Doubled(Layer):
    """Y = 2·X"""

    factor: float = 2.0

    def call(self, x):
        return x * self.factor


def own_loss(y, p):
    return (y - p) ** 2


def test_objects_of_ones_own(path):
    net = Sequential([Dense(3, bent, input_shape=(WIDTH,)), Doubled(3.0), Dense(1)])
    net.compile("adam", own_loss)
    rows = numbers(4, WIDTH)
    with pytest.raises(TypeError, match=r"own_loss.*@pellucid\.register"):
        net.save(path)
    assert not path.exists()
    with files.known_objects({"own_loss": own_loss}):
        net.save(path)
    with pytest.raises(ModelFileError, match="custom_objects"):
        keras.load(path)
    other = keras.load(path, custom_objects={"own_loss": own_loss, "Doubled": Doubled})
    assert_same([other.predict(rows, verbose=0)], [net.predict(rows, verbose=0)])
    assert other.layers[1].factor == 3.0


class Full:
    """A disk on which no more than a few bytes can be written."""

    def __init__(self, file):
        self.file = file

    def __getattr__(self, name):
        return getattr(self.file, name)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.file.close()

    def write(self, content):
        self.file.write(content[:10])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("point", ["open", "fsync", "replace"])
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "full"), KeyboardInterrupt()])
def test_an_interrupted_save_leaves_the_old_file(point, error, path, monkeypatch):
    whole = saved(path)

    def fail(*given):
        if point == "open" and isinstance(error, OSError):
            return Full(open(*given))
        raise error

    net = classifier(seed=9)
    with monkeypatch.context() as patch:
        patch.setattr(writing if point == "open" else os, point, fail, raising=False)
        with pytest.raises(type(error)):
            net.save(path)
    assert path.read_bytes() == whole
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_saving_writes_over_and_makes_no_directories(path, tmp_path):
    saved(path)
    net = classifier(seed=4)
    net.save(str(path))
    assert_same(keras.load(path).get_weights(), net.get_weights())
    with pytest.raises(FileNotFoundError):
        net.save(tmp_path / "nowhere" / "net.safetensors")
    with pytest.raises(ValueError, match="no weights to save yet"):
        Sequential([Dense(3)]).save(path)


def test_layers_that_share_a_layer_share_it_again(path):
    net = skipping()
    net.save(path)
    assert len(keras.load(path).layers) == 3
    assert isinstance(keras.load(path).layers[1], layers.Add)


def test_what_a_killed_process_was_writing_is_swept_up(tmp_path):
    """Of this machine's processes those that are gone; never a stranger's file."""
    ended = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"],
                           capture_output=True, text=True, check=True).stdout.strip()  # fmt: skip
    host, mine = writing._HOST, os.getpid()
    left = [f".pellucid-00-{host}-{ended}.part", f".pellucid-01-{host}-{mine}.part"]
    kept = [f".pellucid-02-{host}-{os.getppid()}.part", f".pellucid-03-elsewhere-{ended}.part",
            "pellucid.part", ".pellucid-notes.part"]  # fmt: skip
    for name in (*left, *kept):
        (tmp_path / name).write_text("half")
    classifier().save(tmp_path / "net")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*kept, "net"])


def test_what_cannot_be_written_is_told_with_the_mend(tmp_path):
    """Also before anything is written: a folder, a name that no file can have."""
    net, whole = classifier(), saved(tmp_path / "net.safetensors")
    for place, words in [
        (tmp_path, "is a directory. It is a folder: name a file in it"),
        (tmp_path / "no" / "net", "No such file or directory. Make its folder first"),
        (tmp_path / ("x" * 300), "name too long. Choose a shorter name"),
        (tmp_path / "net.safetensors" / "net", "Not a directory. A part of its path is a file"),
        (tmp_path / "a\0b", "cannot be the name of a file"),
    ]:
        with pytest.raises((OSError, ValueError), match=f"(?i){words}"):
            net.save(place)
    assert (tmp_path / "net.safetensors").read_bytes() == whole
    assert [each.name for each in tmp_path.iterdir()] == ["net.safetensors"]


@pytest.mark.skipif(os.name == "nt", reason="links and devices are another thing there")
def test_a_link_stays_a_link_and_a_pipe_a_pipe(tmp_path):
    net, link, pipe = classifier(), tmp_path / "latest", tmp_path / "pipe"
    link.symlink_to("net.safetensors")
    os.mkfifo(pipe)
    net.save(link)
    assert link.is_symlink()
    assert_same(keras.load(tmp_path / "net.safetensors").get_weights(), net.get_weights())
    with pytest.raises(OSError, match="a device or a pipe, which no file can replace"):
        net.save(pipe)
    assert pipe.is_fifo()
