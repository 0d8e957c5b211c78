"""Going on after a crash with what callbacks remember, and with streams where they were."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from pellucid.callbacks import (
    BackupAndRestore,
    Callback,
    CSVLogger,
    EarlyStopping,
    LambdaCallback,
    ModelCheckpoint,
    ReduceLROnPlateau,
)
from pellucid.models.files import opened
from pellucid.optimizers import Adam
from tests.nets import WIDTH
from tests.test_resume import SIZE, Crash, X, Y, bits, network


class Noting(Callback):
    """One of the user's own: it remembers numbers, an array and a table."""

    remembers = ("calls", "largest", "table")

    def on_train_begin(self, logs=None):
        self.calls, self.largest, self.table = 0, np.zeros(3, "float32"), {}

    def on_epoch_begin(self, epoch, logs=None):
        self.table[f"epoch {epoch}"] = self.table.get(f"epoch {epoch}", 0) + 1

    def on_train_batch_end(self, batch, logs=None):
        self.calls += 1
        self.largest = np.maximum(self.largest, self.model.get_weights()[-1])

    def on_train_end(self, logs=None):
        self.found = self.calls, self.largest.tobytes(), self.table


def with_every_memory(folder, *more):
    """A training whose end depends on what callbacks remember: bits, history, files."""
    folder.mkdir(exist_ok=True)
    stopping, noting, net = EarlyStopping("loss", patience=2), Noting(), network(Adam(0.02))
    callbacks = [
        stopping, ReduceLROnPlateau("accuracy", factor=0.5, patience=1, cooldown=1, min_delta=0.02),
        CSVLogger(folder / "new.csv"), CSVLogger(folder / "more.csv", append=True), noting,
        ModelCheckpoint(folder / "best", "accuracy", save_best_only=True),
        ModelCheckpoint(folder / "often", save_freq=4), *more,
    ]  # fmt: skip
    history = net.fit(X, Y, epochs=30, **SIZE, callbacks=callbacks)
    files = {path.name: content(path) for path in folder.iterdir()}
    return bits(net), history.history, stopping.stopped_epoch, noting.found, files


def content(path):
    """What is in a file; the order of the parts of a model file is any."""
    if path.suffix == ".csv":
        return path.read_bytes()
    with opened(path) as file:
        return file.metadata, {name: array.tobytes() for name, array in file.arrays().items()}


@pytest.mark.parametrize("every", ["epoch", 1, 5])
def test_going_on_with_what_callbacks_remember(every, tmp_path):
    """As the undisturbed run: wherever it was killed, even twice, and in its last epoch."""
    whole = with_every_memory(tmp_path / "whole")
    assert 4 < whole[2] < 29
    crashed, backups = tmp_path / "crashed", tmp_path / "backups"
    for epoch in (0, 2, 3, 3, whole[2] - 1, whole[2]):
        with pytest.raises(KeyboardInterrupt):
            with_every_memory(crashed, BackupAndRestore(backups, every), Crash(epoch))
    assert with_every_memory(crashed, BackupAndRestore(backups, every)) == whole
    assert not list(backups.iterdir())


def test_a_training_that_was_to_stop_stops(tmp_path):
    """It was killed after the last backup, and before its end."""

    def end(logs=None):
        raise KeyboardInterrupt

    whole = with_every_memory(tmp_path / "whole")
    late = LambdaCallback(on_train_end=end)
    with pytest.raises(KeyboardInterrupt):
        with_every_memory(tmp_path / "crashed", late, BackupAndRestore(tmp_path / "backups"))
    found = with_every_memory(tmp_path / "crashed", BackupAndRestore(tmp_path / "backups"))
    assert found == whole


@pytest.mark.parametrize("fault", ["keeps a set", "does not go on"])
def test_a_memory_that_cannot_be_kept_is_told(fault, tmp_path):
    class Mine(Callback):
        def to_keep(self):
            return {"seen": {1, 2} if fault == "keeps a set" else 3}

    def train(*more):
        network().fit(X, Y, epochs=3, **SIZE, callbacks=[Mine(), BackupAndRestore(tmp_path), *more])

    if fault == "keeps a set":
        with pytest.raises(TypeError, match=r"a set cannot be kept .* Mine\.to_keep\(\) gives"):
            train()
        return
    with pytest.raises(KeyboardInterrupt):
        train(Crash(2))
    with pytest.raises(NotImplementedError, match=r"Mine keeps seen; .* go_on_from"):
        train()


def endless():
    """Batches that never come again."""
    for number in itertools.count():
        rng = np.random.default_rng(number)
        yield rng.normal(size=(8, WIDTH)), rng.integers(0, 3, 8)


def several(count):
    return [pair for _, pair in zip(range(count), endless(), strict=False)]


STREAMS = {
    "a generator": (endless, endless, {"steps_per_epoch": 5, "validation_steps": 2}),
    "a function": (lambda: endless, lambda: endless, {"steps_per_epoch": 5, "validation_steps": 2}),
    "a list, not in step": (lambda: several(7), lambda: several(4), {"steps_per_epoch": 5}),
    "a list": (lambda: several(7), endless, {"validation_steps": 2, "validation_freq": 3}),
}


@pytest.mark.parametrize("every", ["epoch", 1, 3])
@pytest.mark.parametrize("kind", STREAMS)
def test_streams_go_on_where_they_were(kind, every, tmp_path):
    batches, held, options = STREAMS[kind]

    def train(*callbacks):
        net = network()
        history = net.fit(
            batches(), epochs=8, validation_data=held(), **options, verbose=0, callbacks=callbacks
        )
        return bits(net), history.history

    for epoch in (1, 5):
        with pytest.raises(KeyboardInterrupt):
            train(BackupAndRestore(tmp_path, every), Crash(epoch))
    assert train(BackupAndRestore(tmp_path, every)) == train()
