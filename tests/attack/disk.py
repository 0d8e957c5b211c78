"""Disks that are full, folders that may not be written to or vanish, names that no file can have.

What was there stays whole, nothing that was being written is left, and whoever asked is told in a
sentence. Each case is a child in a world of its own, where disks can be mounted unseen by others.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import functools
import hashlib
import io
import os
import resource
import shutil
import signal
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file

import pellucid as keras
from pellucid import Sequential, layers
from pellucid.callbacks import BackupAndRestore, CSVLogger, ModelCheckpoint
from tests.attack.children import ended, forked
from tests.attack.kill import load_all
from tests.attack.mutating import pick
from tests.attack.sentences import assert_sentence

LIMIT = 60.0
#: what unshare and mount are told; as Linux has it
NEW_NAMESPACE, NEW_USER, PRIVATE = 0x20000, 0x10000000, 0x44000
READ_ONLY, REMOUNT, BIND = 1, 32, 4096
NOBODY = 65534


class NotHereError(Exception):
    """Something that this machine, or who runs on it, may not do."""


def case(rng: np.random.Generator, folder: Path) -> str:
    load_more()
    act, trouble = pick(rng, ACTS), pick(rng, TROUBLES)
    word = folder / "word.txt"
    assert ended(forked(tried, act, trouble, rng, folder, word)) == 0
    return word.read_text()


@functools.cache
def load_more() -> None:
    """Everything that is imported on the way, while it may be read; on one thread."""
    load_all()
    net, x, y = network()
    with tempfile.TemporaryDirectory() as folder:
        for act in (recording, report, command, log, backup):
            act(net, x, y, Path(folder) / "net.safetensors")


def tried(
    act: Callable[..., Any],
    trouble: Callable[..., Any],
    rng: np.random.Generator,
    folder: Path,
    word: Path,
) -> None:
    said = word.open("w")
    home = folder / "home"
    home.mkdir()
    net, x, y = network()
    try:
        with trouble(rng, home) as place:
            said.write(f"{trouble.__name__}: {outcome(act, net, x, y, place, home)}")
    except NotHereError:
        said.write(f"{trouble.__name__} cannot be had here")
    said.close()


def outcome(act: Callable[..., Any], net: Any, x: Any, y: Any, place: Path, home: Path) -> str:
    """What comes of it; whatever is looked at afterwards is in the case's own folder."""
    before, weights = contents(home), net.get_weights()
    try:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            act(net, x, y, place)
        for each in told:
            assert_sentence(each.message)
        word = "warned" if told else "written"
    except (OSError, ValueError) as error:
        assert_ours(error)
        word = "refused"
    after = contents(home)
    parts = {name for name in after if name.endswith(".part")}
    removable = os.access(home, os.W_OK, effective_ids=True)
    assert not (parts and removable), f"{act.__name__} leaves {parts}"
    after = {name: held for name, held in after.items() if name not in parts}
    if word == "refused" and act in WHOLE and home.exists():
        assert after == before, f"{act.__name__} changed {before} into {after}"
    recorded = act is recording and word == "written"
    look_at_files(home, load_file if recorded else net.load_weights)
    assert all(np.isfinite(each).all() for each in [*weights, net.predict(x, verbose=0)])
    return word


def assert_ours(error: Exception) -> None:
    assert_sentence(error)
    assert "cannot be" in str(error), f"not a sentence of ours: {error!r}"


def look_at_files(folder: Path, read: Callable[[Path], Any]) -> None:
    for path in folder.rglob("*.safetensors"):
        if path.is_file() and path.name.startswith(("net", "epoch")):
            read(path)
    for path in folder.rglob("*.csv"):
        commas = {line.count(",") for line in path.read_text().splitlines()}
        assert len(commas) <= 1, f"a row of {path} is torn"


def contents(folder: Path) -> dict[str, str]:
    """Every file in a folder, and what it holds."""
    with contextlib.suppress(OSError):
        return {
            str(path): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
    return {}


def network() -> tuple[Any, np.ndarray, np.ndarray]:
    keras.set_random_seed(0)
    net = Sequential([layers.Dense(200, "relu", input_shape=(20,)), layers.Dense(3, "softmax")])
    net.compile("adam", "sparse_categorical_crossentropy", threads=1)
    rng = np.random.default_rng(0)
    return net, rng.normal(size=(60, 20)), rng.integers(0, 3, 60)


# ---- what is written


def save(net: Any, x: Any, y: Any, place: Path) -> None:
    net.save(place)


def save_weights(net: Any, x: Any, y: Any, place: Path) -> None:
    net.save_weights(place)


def recording(net: Any, x: Any, y: Any, place: Path) -> None:
    net.record(x, y).to_safetensors(place)


def checkpoint(net: Any, x: Any, y: Any, place: Path) -> None:
    net.fit(x, y, epochs=2, verbose=0, callbacks=[ModelCheckpoint(place)])


def backup(net: Any, x: Any, y: Any, place: Path) -> None:
    """What is backed up before the trouble is what the next run goes on from."""
    folder = place.with_suffix("")
    net.fit(x, y, epochs=3, verbose=0, callbacks=[BackupAndRestore(folder)])


def log(net: Any, x: Any, y: Any, place: Path) -> None:
    path = place.with_suffix(".csv") if place.suffix == ".safetensors" else place
    net.fit(x, y, epochs=40, verbose=0, callbacks=[CSVLogger(path, append=True)])


def report(net: Any, x: Any, y: Any, place: Path) -> None:
    from pellucid.cli.choices import Choices
    from pellucid.cli.training import train
    from pellucid.report import write

    place = place.with_suffix(".html") if place.suffix == ".safetensors" else place
    write(train(Choices("digits", epochs=1, threads=1)), place)


def command(net: Any, x: Any, y: Any, place: Path) -> None:
    """`pellucid train`: a line on standard error, and the exit code of a mistake."""
    from pellucid.cli.app import app

    errors, out = io.StringIO(), place.with_suffix("")
    options = ["train", "digits", "--epochs", "1", "--threads", "1", "--out", str(out)]
    try:
        with contextlib.redirect_stderr(errors), contextlib.redirect_stdout(io.StringIO()):
            app(options, standalone_mode=False)
    except SystemExit as end:
        raise OSError(errors.getvalue().rpartition("error: ")[2]) from end
    assert "Traceback" not in errors.getvalue()


ACTS = [save, save, save_weights, recording, checkpoint, backup, log, report, command]
#: what writes one file, so that nothing at all may change
WHOLE = [save, save_weights, recording, report]


# ---- what is wrong


@contextlib.contextmanager
def no_large_files(rng: np.random.Generator, home: Path) -> Iterator[Path]:
    """A file may have so many bytes and no more, as on a disk that fills up while it is written."""
    place = there_already(home)
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(rng.integers(0, 40_000)), hard))
    yield place
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


@contextlib.contextmanager
def full(rng: np.random.Generator, home: Path) -> Iterator[Path]:
    """A small disk with little space left."""
    mounted(home, b"tmpfs", f"size={int(rng.integers(16, 40)) * 4}k".encode())
    yield there_already(home)


@contextlib.contextmanager
def read_only(rng: np.random.Generator, home: Path) -> Iterator[Path]:
    place = there_already(home)
    mounted(home, b"tmpfs", b"", BIND)
    mounted(home, b"", b"", BIND | REMOUNT | READ_ONLY)
    yield place


@contextlib.contextmanager
def nobodys(rng: np.random.Generator, home: Path) -> Iterator[Path]:
    """A folder of somebody else's; or one whose permission goes while it trains."""
    if os.geteuid():
        raise NotHereError
    place = there_already(home)
    home.parent.chmod(0o755)
    later, left = rng.random() < 0.5, int(rng.integers(3))
    if later:
        os.chown(home, NOBODY, NOBODY)
    os.seteuid(NOBODY)
    with meanwhile(lambda: home.chmod(0o555), left if later else -1):
        yield place


@contextlib.contextmanager
def vanished(rng: np.random.Generator, home: Path) -> Iterator[Path]:
    """The folder goes while it trains, or was never there."""
    if rng.random() < 0.3:
        yield home / "nowhere" / "deep" / "net.safetensors"
        return
    place = there_already(home)
    with meanwhile(lambda: shutil.rmtree(home, ignore_errors=True), int(rng.integers(3))):
        yield place


@contextlib.contextmanager
def odd_name(rng: np.random.Generator, home: Path) -> Iterator[Path]:
    place = there_already(home)
    (home / "folder.safetensors").mkdir()
    (home / "loop.safetensors").symlink_to("loop.safetensors")
    (home / "broken.safetensors").symlink_to("nowhere/net.safetensors")
    names = [
        "folder.safetensors", "loop.safetensors", "broken.safetensors", "x" * 300, "a\0b",
        "\ud800.safetensors", "net.safetensors/within", "/".join(["d" * 200] * 30), "/dev/full",
        "/dev/null/net.safetensors", "/proc/net.safetensors",
    ]  # fmt: skip
    yield place.with_name("x") if rng.random() < 0.1 else home / pick(rng, names)


@contextlib.contextmanager
def one_call_fails(rng: np.random.Generator, home: Path) -> Iterator[Path]:
    """The system refuses one of the calls with which a file is written."""
    place, name = there_already(home), str(rng.choice(["fsync", "replace"]))
    usual, number = getattr(os, name), errno.ENOSPC if rng.random() < 0.7 else errno.EIO
    left = int(rng.integers(0, 3))

    def call(*given: Any) -> Any:
        nonlocal left
        left -= 1
        if left == -1:
            raise OSError(number, os.strerror(number))
        return usual(*given)

    setattr(os, name, call)
    yield place
    setattr(os, name, usual)


TROUBLES = [no_large_files, full, read_only, nobodys, vanished, odd_name, one_call_fails]


def there_already(home: Path) -> Path:
    """A place where a model is already, and a backup beside it."""
    net, *_ = network()
    place = home / "net.safetensors"
    with contextlib.suppress(OSError):
        net.save(place)
    return place


@contextlib.contextmanager
def meanwhile(do: Callable[[], None], left: int) -> Iterator[None]:
    """It is done in the middle of writing, when so many files have been written."""
    usual = os.fsync

    def fsync(file: int) -> None:
        nonlocal left
        left -= 1
        if left == -1:
            do()
        usual(file)

    os.fsync = fsync
    yield
    os.fsync = usual


def mounted(place: Path, kind: bytes, options: bytes, flags: int = 0) -> None:
    """Something mounted here, which this process alone sees."""
    try:
        system = ctypes.CDLL(None, use_errno=True)
        unshare, mount = system.unshare, system.mount
    except (OSError, AttributeError) as error:
        raise NotHereError from error
    if unshare(NEW_NAMESPACE) and unshare(NEW_NAMESPACE | NEW_USER):
        raise NotHereError
    mount(b"none", b"/", None, PRIVATE, None)
    source = bytes(place) if flags & BIND else b"none"
    if mount(source, bytes(place), kind, flags, options):
        raise NotHereError
