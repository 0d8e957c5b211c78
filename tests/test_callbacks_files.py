"""Callbacks that write files: checkpoints, tables, events, backups."""

from __future__ import annotations

import csv
import json
import os
import sys

import pytest

from pellucid.training.callbacks import (
    BackupAndRestore,
    CallbackList,
    CSVLogger,
    History,
    ModelCheckpoint,
    ReduceLROnPlateau,
    TensorBoard,
)
from tests.playing import Net, play


def test_checkpoint_after_every_epoch(tmp_path, capsys):
    path = tmp_path / "new" / "{epoch:02d}-{val_loss:.2f}.safetensors"
    play(Net(), [ModelCheckpoint(path, verbose=1)], [3, 2])
    assert sorted(os.listdir(path.parent)) == ["01-3.00.safetensors", "02-2.00.safetensors"]
    assert "Epoch 2: saved" in capsys.readouterr().out


def test_checkpoint_of_the_best(tmp_path):
    path = tmp_path / "best.safetensors"
    for threshold, best in ((None, 1), (2.5, 1), (0.5, None)):
        path.unlink(missing_ok=True)
        checkpoint = ModelCheckpoint(
            path, save_best_only=True, save_weights_only=True, initial_value_threshold=threshold
        )
        play(Net(), [checkpoint], [3, 1, 2])
        assert (json.loads(path.read_text())[0] if path.exists() else None) == best


def test_checkpoint_by_batches(tmp_path):
    play(Net(), [ModelCheckpoint(tmp_path / "{epoch}", save_freq=3)], [1] * 5, batches=2)
    assert sorted(os.listdir(tmp_path)) == ["2", "3", "5"]


def read(path, **options):
    with open(path, newline="") as file:
        return list(csv.reader(file, **options))


def test_csv_logger(tmp_path):
    path = tmp_path / "new" / "log.csv"
    play(Net(), [CSVLogger(path)], [3.5, 2.5])
    play(Net(), [CSVLogger(path, append=True)], [1.5], also=lambda loss: {"late": 1.0})
    assert read(path) == [
        ["epoch", "loss", "val_loss"],
        ["0", "1.0", "3.5"],
        ["1", "1.0", "2.5"],
        ["0", "1.0", "1.5"],
    ]
    play(Net(), [CSVLogger(path, separator=";")], [9.0])
    assert read(path, delimiter=";")[1:] == [["0", "1.0", "9.0"]]


def test_csv_logger_survives_a_disk_error(tmp_path, monkeypatch):
    logger = CSVLogger(tmp_path / "log.csv")

    def full(rows):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(logger, "_write", full)
    with pytest.warns(UserWarning, match="No space left") as told:
        history = play(Net(), [logger], [3, 2, 1])
    assert (len(told), len(history.epoch)) == (1, 3)


def test_tensorboard(tmp_path):
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_file_loader import EventFileLoader

    def events(run):
        (file,) = (tmp_path / run).iterdir()
        return {
            (event.step, value.tag): list(value.tensor.float_val)
            for event in EventFileLoader(str(file)).Load()
            for value in event.summary.value
        }

    play(Net(), [TensorBoard(tmp_path, histogram_freq=2)], [3.0, 2.0])
    assert events("validation") == {(0, "epoch_loss"): [3.0], (1, "epoch_loss"): [2.0]}
    assert set(events("train")) == {
        (0, "epoch_loss"),
        (1, "epoch_loss"),
        (1, "dense/weights_0/histogram"),
    }


def test_tensorboard_names_its_extra(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "tensorboard.summary.writer.event_file_writer", None)
    with pytest.raises(ImportError, match=r"pellucid\[tensorboard\]"):
        play(Net(), [TensorBoard(tmp_path)], [1.0])


@pytest.mark.parametrize(
    ("save_freq", "fail_at", "left"), [("epoch", (2, 1), 2), (3, (2, 0), 1), (3, (1, 0), None)]
)
def test_backup_goes_on_where_it_was(tmp_path, save_freq, fail_at, left):
    losses = [5.0, 4.0, 3.0, 2.0]
    backup = BackupAndRestore(tmp_path, save_freq)
    with pytest.raises(KeyboardInterrupt):
        play(Net(), [backup, ReduceLROnPlateau()], losses, fail_at=fail_at)
    net = Net(rate=0.7)
    history = play(net, [BackupAndRestore(tmp_path, save_freq), ReduceLROnPlateau()], losses)
    assert history.epoch == [0, 1, 2, 3]
    assert history.history["val_loss"] == losses
    assert len(history.seconds) == 4
    assert net.resume_at == (left or 0)
    assert net.optimizer.learning_rate == (0.7 if left is None else 0.1)
    assert os.listdir(tmp_path) == []


def test_backup_is_kept_when_training_did_not_end(tmp_path):
    calls = CallbackList([BackupAndRestore(tmp_path), History()], Net(), {"epochs": 3})
    calls.on_train_begin()
    calls.on_epoch_begin(0)
    calls.on_epoch_end(0, {"loss": 1.0})
    calls.on_train_end()
    assert sorted(os.listdir(tmp_path)) == ["backup.json", "epoch-0001.safetensors"]
    play(Net(), [BackupAndRestore(tmp_path, delete_checkpoint=False)], [1.0] * 3)
    assert sorted(os.listdir(tmp_path)) == ["backup.json", "epoch-0003.safetensors"]


@pytest.mark.parametrize("damage", ["index", "empty", "model", "missing"])
def test_a_damaged_backup_is_told(tmp_path, damage):
    play(Net(), [BackupAndRestore(tmp_path, delete_checkpoint=False)], [1.0])
    index, model = tmp_path / "backup.json", tmp_path / "epoch-0001.safetensors"
    if damage == "missing":
        model.unlink()
    else:
        path, text = {"index": (index, "{"), "empty": (index, "{}"), "model": (model, "[")}[damage]
        path.write_text(text)
    with pytest.raises(ValueError, match=r"damaged.*shutil\.rmtree"):
        play(Net(), [BackupAndRestore(tmp_path)], [1.0])


def test_files_where_validation_is_not_after_each_epoch(tmp_path):
    best = ModelCheckpoint(tmp_path / "{epoch}", save_best_only=True)
    play(Net(), [CSVLogger(tmp_path / "log"), best], [1, 3, 0, 2], freq=2)
    assert sorted(os.listdir(tmp_path)) == ["2", "4", "log"]
    assert [row[2] for row in read(tmp_path / "log")] == ["val_loss", "NA", "3", "NA", "2"]


def test_a_row_is_logged_whole_or_not_at_all(tmp_path):
    """The disk is full in the middle of the second row; once there is space, rows are whole."""
    resource = pytest.importorskip("resource")
    path, (soft, hard) = tmp_path / "log.csv", resource.getrlimit(resource.RLIMIT_FSIZE)
    calls = CallbackList([CSVLogger(path)], Net(), {})
    calls.on_train_begin({})
    calls.on_epoch_end(0, {"loss": 0.5})
    whole = path.read_bytes()
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(whole) + 4, hard))
    try:
        with pytest.warns(UserWarning, match="could not write epoch 2"):
            calls.on_epoch_end(1, {"loss": 0.25})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_bytes() == whole
