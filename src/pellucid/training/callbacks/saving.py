"""Saving while it trains: models to keep, and a backup from which the next run goes on.

For a backup the model is saved under a new name, then `backup.json` is put in place by one rename:
it names the model file, so the two always belong together.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from pellucid.metrics.keeping import back, plainly
from pellucid.processes import is_first
from pellucid.settings import nearest
from pellucid.training.callbacks.base import Callback, Logs
from pellucid.training.callbacks.monitor import Monitor
from pellucid.writing import make_folder, remove, sweep, write_beside


class ModelCheckpoint(Callback):
    """Save the model after every epoch, every so many batches, or when `monitor` is at its best.

    `filepath` may hold fields: "{epoch:02d}-{val_loss:.2f}.safetensors", with epochs from 1.
    """

    filepath: str | os.PathLike[str]
    monitor: str = "val_loss"
    verbose: int = 0
    save_best_only: bool = False
    save_weights_only: bool = False
    mode: str = "auto"
    save_freq: str | int = "epoch"
    initial_value_threshold: float | None = None

    remembers = ("seen", "best")

    @property
    def wants_batches(self) -> bool:
        return self.save_freq != "epoch"

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.every = batches_of("ModelCheckpoint", self.save_freq)
        self.seen = self.epoch = 0
        self.best = self.initial_value_threshold
        self.watch: Monitor | None = None
        if self.save_best_only:
            self.watch = Monitor("ModelCheckpoint", self.monitor, self.mode)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self.epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        self.seen += 1
        if self.every and self.seen % self.every == 0:
            self._consider(self.epoch, logs or {})

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if self.every is None:
            self._consider(epoch, logs or {})

    def _consider(self, epoch: int, logs: Logs) -> None:
        if self.watch is not None:
            value = self.watch.value(logs, self.validated_sometimes)
            if value is None or not self.watch.improves(value, self.best):
                return
            self.best = value
        path = self._path(epoch, logs)
        make_folder(path.parent)
        (self.model.save_weights if self.save_weights_only else self.model.save)(path)
        if self.verbose and is_first():
            print(f"Epoch {epoch + 1}: saved {path}")

    def _path(self, epoch: int, logs: Logs) -> Path:
        fields = {**logs, "epoch": epoch + 1}
        try:
            return Path(os.fspath(self.filepath).format(**fields))
        except KeyError as missing:
            name = str(missing.args[0])
            raise ValueError(
                f"ModelCheckpoint's filepath {os.fspath(self.filepath)!r} names {name!r}, "
                f"which is not measured; {nearest(name, fields)}"
            ) from None


class BackupAndRestore(Callback):
    """Back the run up after every epoch, or every so many batches, and go on from a backup.

    It goes on exactly where it was, also within an epoch: with the same rows in the same order,
    with what loss and metrics have seen of the epoch, and with what the other callbacks remember
    (`remembers`, also of your own callbacks). A stream is opened anew and passed over up to the
    batch where it was; a generator must be as fresh as at the first start, and a stream that gives
    other batches at each pass must not take them from what it remembers of the pass before. The
    backup is removed when training has come to its end, unless `delete_checkpoint` is False.
    """

    backup_dir: str | os.PathLike[str]
    save_freq: str | int = "epoch"
    delete_checkpoint: bool = True

    runs_last: ClassVar[bool] = True

    def __init__(self, *values: Any, **named: Any):
        super().__init__(*values, **named)
        if self.backup_dir in ("", None):
            raise ValueError(
                f"BackupAndRestore needs a folder as backup_dir, got {self.backup_dir!r}"
            )
        batches_of("BackupAndRestore", self.save_freq)

    @property
    def wants_batches(self) -> bool:
        return self.save_freq != "epoch"

    @property
    def _index(self) -> Path:
        return Path(self.backup_dir) / "backup.json"

    def set_callbacks(self, callbacks: Sequence[Callback]) -> None:
        """They are known by their class, and where there are several, by their number in it."""
        self.others: dict[str, Callback] = {}
        counts: Counter[str] = Counter()
        for each in callbacks:
            name = type(each).__name__
            counts[name] += 1
            if each is not self:
                self.others[f"{name} {counts[name]}"] = each

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.every = batches_of("BackupAndRestore", self.save_freq)
        self.seen = self.epoch = 0
        self.rate: float | None = None
        self.within: dict[str, Any] = {}
        if self._index.exists():
            with self._understanding():
                self._restore()

    @contextmanager
    def _understanding(self) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ValueError(
                f"the backup in {self.backup_dir} is damaged or belongs to another network "
                f"({type(error).__name__}: {error}). To start over: "
                f"shutil.rmtree({os.fspath(self.backup_dir)!r})"
            ) from error

    def _restore(self) -> None:
        backup = json.loads(self._index.read_text(encoding="utf-8"))
        path = self._index.parent / Path(backup["file"]).name
        if not path.exists():
            raise FileNotFoundError(f"{path} is missing")
        self.epoch, after, self.seen = (int(backup[key]) for key in ("epoch", "after", "seen"))
        self.model.restore(path)
        self.model.resume_at, self.model.resume_after = self.epoch, after
        self.model.stop_training = bool(backup["stops"])
        if after:
            self.model._ready().meters.load(backup["meters"])
            self.within = backup["callbacks"]
            self.rate = self.model.optimizer.learning_rate
        else:
            self._go_on(backup["callbacks"])

    def _go_on(self, kept: dict[str, Any]) -> None:
        for name, each in self.others.items():
            if name in kept:
                each.go_on_from(back(kept[name]))

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self.epoch = epoch
        if self.rate is not None:  # callbacks have begun this epoch for a second time
            self.model.optimizer.learning_rate, self.rate = self.rate, None
            with self._understanding():
                self._go_on(self.within)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        self.seen += 1
        if self.every and self.seen % self.every == 0:
            self._save(batch + 1)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self.epoch = epoch + 1
        if self.every is None:
            self._save(0)

    def on_train_end(self, logs: Logs | None = None) -> None:
        finished = self.epoch >= self.params["epochs"] or self.model.stop_training
        if finished and self.delete_checkpoint:
            remove(self._index)
            self._remove_models_but(None)
            sweep(self._index.parent)

    def _save(self, after: int) -> None:
        """Save the model under a name of its own: till the index names it, the last one counts."""
        make_folder(self._index.parent)
        within = f"-{after:06d}" if after else ""
        path = self._index.with_name(f"epoch-{self.epoch:04d}{within}.safetensors")
        self.model.save(path)
        backup = {
            "epoch": self.epoch,
            "after": after,
            "seen": self.seen,
            "file": path.name,
            "stops": self.model.stop_training,
            "callbacks": self._kept(),
            "meters": self.model._ready().meters.record() if after else None,
        }
        write_beside(self._index, json.dumps(backup).encode())
        self._remove_models_but(path)

    def _kept(self) -> dict[str, Any]:
        """What the other callbacks remember, of those that remember anything."""
        found = {}
        for name, each in self.others.items():
            mend = f"{type(each).__name__}.to_keep() gives numbers, text, arrays, and lists of them"
            if kept := each.to_keep():
                found[name] = plainly(kept, mend)
        return found

    def _remove_models_but(self, kept: Path | None) -> None:
        for path in self._index.parent.glob("epoch-*.safetensors"):
            if path != kept:
                remove(path)


def batches_of(owner: str, save_freq: Any) -> int | None:
    """`save_freq` as a number of batches, None for "epoch"."""
    if save_freq == "epoch":
        return None
    if isinstance(save_freq, int) and not isinstance(save_freq, bool) and save_freq > 0:
        return save_freq
    raise ValueError(
        f"{owner} got save_freq={save_freq!r}, expected 'epoch' or a number of batches"
    )
