"""A network one batch at a time: a step, a look, or a prediction on the rows of one call."""

from __future__ import annotations

from typing import Any

from pellucid.data import ArrayData
from pellucid.models import preparing
from pellucid.models.preparing import Data, as_asked
from pellucid.models.seeing import Seeing
from pellucid.networks.ends import listed, unpacked
from pellucid.networks.goals import loss_of
from pellucid.training.aiming import goal_of
from pellucid.training.callbacks.base import CallbackList
from pellucid.training.epochs import Epochs, evaluate
from pellucid.training.passes import Pass
from pellucid.utils.streaming import unpack_x_y_sample_weight


class Batches(Seeing, abstract=True):
    """What Keras calls on_batch, and a prediction that is prepared for one row."""

    def predictor(self) -> Any:
        """A function that predicts a row, or rows, in microseconds; after `compile` get another."""
        return self._ready().predictor() or preparing.row_or_rows(self)

    @property
    def metrics_names(self) -> list[str]:
        """The names of what `evaluate` returns."""
        self._need_compiled("has no metrics")
        return list(self._ready().meters.logs())

    def executor_report(self) -> str:
        """Which executor runs the plan, and why."""
        return self._ready().latest.report()

    def train_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, class_weight: Any = None,
        return_dict: bool = False,
    ) -> Any:  # fmt: skip
        """One step on one batch; its loss and metrics."""
        self._need_compiled("cannot train")
        data: Data = self._batch(x, y, sample_weight)
        engine = self._ready(data)
        data = preparing.with_class_weight(preparing.checked(data, engine), class_weight)
        assert isinstance(data, ArrayData)
        engine.meters.reset()
        engine.memory.wake(engine.optimizer.average)
        batch = Pass(engine, "train", data, len(data), look=False)
        batch.epoch = engine.memory.epochs
        batch.run(0, len(data))
        return as_asked(engine.meters.logs(), return_dict)

    def test_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False
    ) -> Any:
        """The loss and metrics of one batch."""
        self._need_compiled("cannot evaluate")
        data = self._batch(x, y, sample_weight)
        engine = self._ready(data)
        batch = Epochs(engine, "evaluate", preparing.checked(data, engine), len(data))
        return as_asked(evaluate(batch, CallbackList()), return_dict)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """The loss that `compile` settled, written on symbolic tensors, or a number of arrays.

        A class of your own may give another number, written on what it is given; fit then makes it
        smaller, with the penalties that layers add.
        """
        self._need_compiled("has no loss")
        asked, tree = self.get_compile_config(), self.output_tree
        goal = goal_of(self, asked["loss"], asked["loss_weights"])
        if tree is None:
            return loss_of(goal, listed(y), listed(y_pred), sample_weight)
        ends = unpacked(y, tree, "target"), unpacked(y_pred, tree, "output")
        return loss_of(goal, *ends, sample_weight)

    @property
    def own_loss(self) -> Any:
        if type(self).compute_loss.__module__.startswith("pellucid."):
            return None
        return lambda x, y, found, weight: self.compute_loss(
            x=x, y=y, y_pred=found, sample_weight=weight
        )

    def train_step(self, data: Any) -> dict[str, float]:
        """One step on a batch (x, y) or (x, y, weight), and what is reported of it.

        A class of your own may take another; fit then calls it for every batch.
        """
        x, y, weight = unpack_x_y_sample_weight(data)
        return self.train_on_batch(x, y, weight, return_dict=True)

    def test_step(self, data: Any) -> dict[str, float]:
        """A look at a batch (x, y) or (x, y, weight), which evaluate takes where it is your own."""
        x, y, weight = unpack_x_y_sample_weight(data)
        return self.test_on_batch(x, y, weight, return_dict=True)

    def predict_on_batch(self, x: Any) -> Any:
        """The outputs of one batch."""
        data = self._batch(x)
        return self.predict(data, len(data))

    def _data(self, x: Any, y: Any = None, sample_weight: Any = None) -> Data:
        raise NotImplementedError

    def predict(self, x: Any, *further: Any, **named: Any) -> Any:
        """The outputs for every row."""
        raise NotImplementedError
