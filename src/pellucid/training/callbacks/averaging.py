"""Looking at validation rows by averaged weights while the others go on training."""

from __future__ import annotations

from typing import ClassVar

from pellucid.training.callbacks.base import Callback, Logs


class SwapEMAWeights(Callback):
    """While the validation data are looked at, the network has the averages of its weights.

    The optimizer has to keep them: use_ema=True. With `swap_on_epoch` the network has them from the
    end of each epoch until the next begins, so that a ModelCheckpoint behind it writes them.
    """

    swap_on_epoch: bool = False

    training: ClassVar[bool] = False

    def on_train_begin(self, logs: Logs | None = None) -> None:
        if self.model.optimizer.average is None:
            raise ValueError(
                "SwapEMAWeights needs an optimizer that averages weights: add use_ema=True to "
                f"{type(self.model.optimizer).__name__}"
            )

        self.training = True  # type: ignore[misc]

    def on_train_end(self, logs: Logs | None = None) -> None:
        self.training = False  # type: ignore[misc]

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        if self.swap_on_epoch:
            self._swap("wake")

    def on_test_begin(self, logs: Logs | None = None) -> None:
        self._swap("rest")

    def on_test_end(self, logs: Logs | None = None) -> None:
        self._swap("wake")

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if self.swap_on_epoch:
            self._swap("rest")

    def _swap(self, to: str) -> None:
        """To "rest", with the averages, or to "wake", with the weights that are trained."""
        if self.training:
            memory = self.model.engine.memory
            getattr(memory, to)(self.model.optimizer.average)
