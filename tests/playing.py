"""A small stand-in for a model, and a loop that plays given losses to callbacks."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from pellucid.training.callbacks import (
    CallbackList,
    History,
)


class Net:
    """Weights that are the number of the epoch last trained."""

    def __init__(self, rate=0.1):
        self.weights, self.stop_training = np.array([-1.0]), False
        self.resume_at = self.resume_after = 0
        self.meters = SimpleNamespace(record=lambda: {"rows": 5}, load=self._take)
        self.optimizer = SimpleNamespace(learning_rate=rate)
        self.layers = [SimpleNamespace(name="dense", get_weights=self.get_weights)]

    def _take(self, record):
        assert record == {"rows": 5}

    def _ready(self):
        return self

    def get_weights(self):
        return [self.weights]

    def set_weights(self, weights):
        self.weights = weights[0]

    def save(self, path):
        Path(path).write_text(json.dumps([self.weights[0], self.optimizer.learning_rate]))

    save_weights = save

    def restore(self, path):
        self.weights[0], self.optimizer.learning_rate = json.loads(Path(path).read_text())


def play(net, callbacks, losses, batches=2, freq=1, fail_at=None, also=lambda loss: {}):
    """Run the moments of a training whose validation losses are given."""
    history = History()
    params = {"epochs": len(losses), "steps": batches, "rows": 6, "batch_size": 4}
    params["validation_freq"] = freq
    with CallbackList([*callbacks, history], net, params) as calls:
        calls.on_train_begin()
        for epoch in range(net.resume_at, len(losses)):
            calls.on_epoch_begin(epoch)
            begun, net.resume_after = net.resume_after, 0
            for batch in range(begun, batches):
                if fail_at == (epoch, batch):
                    raise KeyboardInterrupt
                calls.on_train_batch_begin(batch)
                net.weights[0] = epoch
                calls.on_train_batch_end(batch, {"loss": 1.0})
                calls.on_progress(batch + 1, {"loss": 1.0})
            validated = {"val_loss": losses[epoch]} if (epoch + 1) % freq == 0 else {}
            calls.on_epoch_end(epoch, {"loss": 1.0} | validated | also(losses[epoch]))
            if net.stop_training:
                break
        calls.on_train_end()
    return history
