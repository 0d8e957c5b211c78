"""A network made ready to run: its numbers, and for each purpose a plan and its executor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid.data import ArrayData, Batch
from pellucid.executors.memory import Memory
from pellucid.executors.native.choosing import native_or_reason, predictor
from pellucid.executors.numpy import NumpyExecutor
from pellucid.layers.base import Training
from pellucid.networks.network import Network
from pellucid.networks.planning import evaluation_plan, prediction_plan, training_plan
from pellucid.optimizers.base import Optimizer
from pellucid.plan import Plan, sentence
from pellucid.tensor import Tensor
from pellucid.training.compiled import Compiled
from pellucid.training.feeding import fed_input, fed_target
from pellucid.training.meters import Meters
from pellucid.training.nonfinite import explain_nonfinite
from pellucid.training.stretches import Stretches
from pellucid.weights import Weight

if TYPE_CHECKING:
    from pellucid.executors.native.executor import NativeExecutor


class Engine:
    """Runs a network: predictions, evaluations, training steps."""

    def __init__(self, network: Network, choice: str = "auto", threads: int | None = None):
        self.network, self.choice, self.threads = network, choice, threads
        fitted = network.trainable_weights
        others = [weight for weight in network.weights if weight not in set(fitted)]
        self.memory = Memory(fitted, others, network.dtype)
        self.compiled: Compiled | None = None
        self.training = Training()
        self.meters = Meters([])
        self.executors: dict[tuple[str, bool], NumpyExecutor] = {}
        self.natives: dict[tuple[str, bool], NativeExecutor | str] = {}

    def __getstate__(self) -> dict[str, Any]:
        """What a copy takes along: all but the programs, which are made again."""
        return self.__dict__ | {"executors": {}, "natives": {}}

    def compile(self, compiled: Compiled) -> None:
        """Train for another goal from now on, with a fresh optimizer."""
        self.compiled, self.training = compiled, Training()
        self.memory.prepare(compiled.optimizer)
        names = self.network.output_names
        used = [name for name, loss in zip(names, compiled.goal.losses, strict=True) if loss]
        self.meters = Meters(compiled.metrics, [f"{name}_loss" for name in used])
        self.executors.clear()
        self.natives.clear()

    @property
    def optimizer(self) -> Optimizer:
        assert self.compiled is not None
        return self.compiled.optimizer

    def plan(self, purpose: str, weighted: bool = False) -> Plan:
        """The plan to "predict", "evaluate" or "train"; `weighted` if the rows have weights."""
        if purpose == "predict":
            return prediction_plan(self.network)
        assert self.compiled is not None
        if purpose == "evaluate":
            return evaluation_plan(self.network, self.compiled.goal, weighted)
        assert self.memory.step is not None
        self.training = Training(self.training.seed, self.training.step)
        return training_plan(
            self.network, self.compiled.goal, weighted, self.optimizer, self.memory.step,
            self.training,
        )  # fmt: skip

    def executor(self, purpose: str, weighted: bool = False) -> NumpyExecutor:
        key = (purpose, weighted)
        if key not in self.executors:
            self.executors[key] = NumpyExecutor(self.plan(*key), self.memory)
        return self.executors[key]

    def native(self, purpose: str, weighted: bool = False) -> NativeExecutor | None:
        """The native executor, where there is one and it is not ruled out."""
        key = (purpose, weighted and purpose != "predict")
        if key not in self.natives:
            plan = self.executor(*key).plan
            self.natives[key] = native_or_reason(plan, self.memory, self.choice, self.threads)
        found = self.natives[key]
        return None if isinstance(found, str) else found

    def stretches(self, purpose: str, data: Any, suit: bool = True) -> Stretches | None:
        """A pass over arrays by the native executor, where there is one.

        It is to `suit` these data, unless they are only a part of others.
        """
        if not isinstance(data, ArrayData):
            return None
        executor = self.native(purpose, data.weight is not None)
        return None if executor is None else Stretches(self, executor, data, suit)

    def stretch(self, purpose: str, batch: Batch, suit: bool = False) -> Stretches | None:
        """A pass over one batch."""
        return self.stretches(purpose, ArrayData(batch.x, batch.y, batch.weight), suit)

    def predictor(self) -> Any:
        """A prepared prediction by the native executor; None where there is none."""
        if self.choice == "numpy":
            return None
        return predictor(self.executor("predict").plan, self.memory, self.threads)

    def report(self) -> str:
        """Which executor runs the plan, equation by equation."""
        purpose = "train" if self.compiled else "predict"
        native = self.native(purpose)
        if native is not None:
            return native.report()
        executor = self.executor(purpose)
        steps = [f"  {sentence(executor.plan, line)}" for line in executor.lines]
        title = f"{executor.name}: {len(steps)} equations, one after the other"
        return "\n".join([title, *steps, "", f"not native: {self.natives[purpose, False]}"])

    def predict(self, batch: Batch) -> list[np.ndarray]:
        """The outputs for a batch."""
        stretches = self.stretch("predict", batch, suit=True)
        if stretches is not None:
            return stretches.predict(len(batch.x[0]), len(batch.x[0]))
        return self.predict_by_numpy(batch)

    @np.errstate(all="ignore")
    def predict_by_numpy(self, batch: Batch) -> list[np.ndarray]:
        """The outputs for a batch by the executor that defines what is right."""
        executor = self.executor("predict")
        executor.run(self._inputs(executor.plan, batch))
        return [executor.value(tensor).copy() for tensor in executor.plan.outputs]

    def evaluate(self, batch: Batch) -> None:
        """Take a batch into the meters."""
        stretches = self.stretch("evaluate", batch)
        if stretches is not None:
            stretches.evaluate(len(batch.x[0]), len(batch.x[0]))
        else:
            self.evaluate_by_numpy(batch)

    @np.errstate(all="ignore")
    def evaluate_by_numpy(self, batch: Batch) -> None:
        """Take a batch into the meters, also one whose loss is not finite."""
        executor = self.executor("evaluate", batch.weight is not None)
        given, targets = self._given(executor.plan, batch)
        executor.run(given)
        self._measure(executor, batch, targets)

    def train(self, batch: Batch, epoch: int, number: int) -> None:
        """One step: forward, backward, update; and the batch into the meters."""
        stretches = self.stretch("train", batch)
        if stretches is None or not stretches.step(len(batch.x[0])):
            self.train_by_numpy(batch, epoch, number)

    @np.errstate(all="ignore")
    def train_by_numpy(self, batch: Batch, epoch: int, number: int) -> None:
        """One step by the executor that can say where a NaN came from."""
        executor = self.executor("train", batch.weight is not None)
        given, targets = self._given(executor.plan, batch)
        memory = self.memory
        given[self.training.seed] = memory.seed
        given[self.training.step] = memory.steps
        executor.run(given)
        step = memory.step
        assert step is not None
        loss = float(executor.value(executor.plan.total))
        rate = float(self.optimizer.rate(memory.steps))
        numbers = {step.eta: rate, step.t: float(memory.steps + 1)}
        if not np.isfinite(loss) or not executor.apply_update(numbers):
            raise explain_nonfinite(executor, batch, epoch, number)
        memory.steps += 1
        self._measure(executor, batch, targets)

    def _measure(
        self, executor: NumpyExecutor, batch: Batch, targets: Sequence[np.ndarray]
    ) -> None:
        plan = executor.plan
        losses = [float(executor.value(tensor)) for tensor in (plan.total, *plan.losses)]
        self.meters.update(
            len(batch.x[0]), losses, self.by_output(targets),
            [executor.value(tensor) for tensor in plan.outputs], batch.weight,
        )  # fmt: skip

    def by_output(self, targets: Sequence[np.ndarray]) -> list[np.ndarray | None]:
        """The targets of each output, None for one without a loss."""
        if self.compiled is None:
            return []
        remaining = iter(targets)
        return [next(remaining, None) if loss else None for loss in self.compiled.goal.losses]

    def _inputs(self, plan: Plan, batch: Batch) -> dict[Tensor, Any]:
        dtype = self.memory.dtype
        return {
            tensor: fed_input(array, tensor, dtype)
            for tensor, array in zip(plan.inputs, batch.x, strict=True)
        }

    def _given(self, plan: Plan, batch: Batch) -> tuple[dict[Tensor, Any], list[np.ndarray]]:
        """What a step reads, and its targets."""
        dtype = self.memory.dtype
        targets = [
            fed_target(array, tensor, dtype)
            for tensor, array in zip(plan.targets, batch.y, strict=True)
        ]
        given = self._inputs(plan, batch) | dict(zip(plan.targets, targets, strict=True))
        if batch.weight is not None:
            weight = np.asarray(batch.weight, dtype=dtype)
            given |= dict.fromkeys(plan.weights, weight)
        return given, targets


def stale(engine: Engine | None, network: Network) -> bool:
    """Whether layers were frozen, thawed or exchanged since the engine was made."""
    if engine is None:
        return True
    held: list[Weight] = engine.memory.parameters.weights
    return held != network.trainable_weights
