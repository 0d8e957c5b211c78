"""Trainings killed at random moments: what they leave is whole, and going on gives the same."""

from __future__ import annotations

import functools
import hashlib
import itertools
import json
import os
import signal
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import pellucid as keras
from pellucid import Sequential, layers
from pellucid.callbacks import (
    BackupAndRestore,
    Callback,
    CSVLogger,
    EarlyStopping,
    LearningRateScheduler,
    ModelCheckpoint,
    ReduceLROnPlateau,
)
from pellucid.models.files import opened
from tests.attack.children import ended, forked

LIMIT = 60.0
CLASSES, WIDTH = 3, 6
#: at most so many times is one training killed
KILLS = 6


class Setting(NamedTuple):
    """A training, and how often it is backed up."""

    seed: int
    rows: int
    batch_size: int
    epochs: int
    optimizer: str
    every: str | int
    streamed: str
    changes_rate: str
    patience: int
    split: float


def case(rng: np.random.Generator, folder: Path) -> str:
    load_all()
    setting = chosen(rng)
    (folder / "backups").mkdir()
    begun = time.perf_counter()
    run(setting, folder / "alone", "alone")
    duration = time.perf_counter() - begun
    kills = 0
    for _ in range(rng.integers(1, KILLS + 1)):
        child = forked(train, setting, folder / "killed", folder / "backups")
        time.sleep(float(rng.random()) * duration)
        os.kill(child, signal.SIGKILL)
        if ended(child) == 0:
            break
        kills += 1
        look_at_checkpoint(folder / "killed")
    if not (folder / "killed.json").exists():
        run(setting, folder / "killed", folder / "backups")
    alone, killed = (
        json.loads((folder / name).read_text()) for name in ("alone.json", "killed.json")
    )
    assert killed == alone, f"{setting} after {kills} kills: {killed} instead of {alone}"
    left = [path.name for path in (folder / "backups").iterdir()]
    assert not left, f"{setting} left {left}"
    return f"{kills} kills"


@functools.cache
def load_all() -> None:
    """Everything that a training imports, so that no child has to; on one thread, to leave none."""
    net = Sequential([layers.Dense(1, input_shape=(1,))])
    net.compile("adam", "mse", threads=1)
    net.fit(np.ones((2, 1)), np.ones((2, 1)), verbose=0)
    with tempfile.TemporaryDirectory() as folder:
        net.save(f"{folder}/net.safetensors")
        keras.load(f"{folder}/net.safetensors")


def chosen(rng: np.random.Generator) -> Setting:
    return Setting(
        seed=int(rng.integers(1000)),
        rows=int(rng.integers(40, 400)),
        batch_size=int(rng.choice([7, 16, 32])),
        epochs=int(rng.integers(1, 12)),
        optimizer=str(rng.choice(["sgd", "adam", "rmsprop", "nadam", "averaged"])),
        every="epoch" if rng.random() < 0.3 else int(rng.integers(1, 12)),
        streamed=str(rng.choice(["no", "no", "no", "by epochs", "endless"])),
        changes_rate=str(rng.choice(["no", "by a schedule", "on a plateau"])),
        patience=int(rng.integers(1, 4)),
        split=float(rng.choice([0.0, 0.25])),
    )


def run(*given: Any) -> None:
    assert ended(forked(train, *given)) == 0


def train(setting: Setting, path: Path, backups: Path | str) -> None:
    """The whole training; at its end a file holds what came out, and how it went."""
    rng = np.random.default_rng(setting.seed)
    x, y = rng.normal(size=(setting.rows, WIDTH)), rng.integers(0, CLASSES, setting.rows)
    net = network(setting)
    stopping, largest = EarlyStopping("accuracy", patience=setting.patience), Largest()
    callbacks: list[Any] = [stopping, largest, *writers(path), *rates(setting)]
    if isinstance(backups, Path):
        callbacks.append(BackupAndRestore(backups, setting.every))
    data: dict[str, Any] = {"x": x, "y": y, "batch_size": setting.batch_size}
    data["validation_split"] = setting.split
    if setting.streamed != "no":
        data = {"x": [(x[at : at + 20], y[at : at + 20]) for at in range(0, len(x), 20)]}
    if setting.streamed == "endless":
        data = {"x": itertools.cycle(data["x"]), "steps_per_epoch": 7}
    history = net.fit(**data, epochs=setting.epochs, callbacks=callbacks, verbose=0)
    weights = b"".join(each.tobytes() for each in net.get_weights())
    found = {
        "weights": hashlib.sha256(weights).hexdigest(),
        "steps": net._ready().memory.steps,
        "history": history.history,
        "stopped": stopping.stopped_epoch,
        "largest": largest.found.tolist(),
        "files": {file.suffix: content(file) for file in files(path)},
    }
    beside = path.with_suffix(".part")
    beside.write_text(json.dumps(found))
    beside.replace(path.with_suffix(".json"))


def writers(path: Path) -> list[Any]:
    often, best, new, more = files(path)
    return [
        ModelCheckpoint(often, save_freq=3), ModelCheckpoint(best, "loss", save_best_only=True),
        CSVLogger(new), CSVLogger(more, append=True),
    ]  # fmt: skip


def files(path: Path) -> list[Path]:
    return [path.with_suffix(ending) for ending in (".safetensors", ".best", ".csv", ".more")]


def content(file: Path) -> Any:
    """The text of a table; of a model file the checksum, as its parts come in any order."""
    if not file.exists():
        return None
    if file.suffix in (".csv", ".more"):
        text = file.read_text()
        return last_rows(text) if file.suffix == ".more" else text
    with opened(file) as container:
        return container.metadata["checksum"]


def last_rows(text: str) -> str:
    """The rows from the last epoch 0 on: those before are of a run killed before its backup."""
    return text[text.rindex("\n0,") :]


def rates(setting: Setting) -> list[Any]:
    if setting.changes_rate == "by a schedule":
        return [LearningRateScheduler(lambda epoch, rate: rate * 0.7)]
    plateau = ReduceLROnPlateau("loss", factor=0.5, patience=1, min_delta=0.05, cooldown=1)
    return [plateau] if setting.changes_rate == "on a plateau" else []


class Largest(Callback):
    """A callback of one's own: the largest that each number of the last bias ever was."""

    def on_train_begin(self, logs: Any = None) -> None:
        self.found = np.full(CLASSES, -np.inf, np.float32)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.found = np.maximum(self.found, self.model.get_weights()[-1])

    def to_keep(self) -> dict[str, Any]:
        return {"found": self.found}

    def go_on_from(self, kept: dict[str, Any]) -> None:
        self.found = kept["found"]


def network(setting: Setting) -> Any:
    keras.set_random_seed(setting.seed)
    net = Sequential([
        layers.Dense(12, "relu", input_shape=(WIDTH,)), layers.BatchNormalization(),
        layers.Dropout(0.3), layers.Dense(CLASSES, "softmax"),
    ])  # fmt: skip
    measures = ["accuracy", keras.metrics.AUC(average="macro"), top_score]
    averaged = keras.optimizers.Adam(0.01, use_ema=True, ema_momentum=0.9)
    optimizer = averaged if setting.optimizer == "averaged" else setting.optimizer
    net.compile(optimizer, "sparse_categorical_crossentropy", metrics=measures)
    return net


@keras.register
def top_score(y: np.ndarray, p: np.ndarray) -> Any:
    return p.max(axis=-1)


def look_at_checkpoint(path: Path) -> None:
    """The file of a killed training is a whole model, if it is there."""
    file = path.with_suffix(".safetensors")
    if file.exists():
        keras.load(file)
