"""A network made ready to run: its numbers, and for each purpose a plan and its executor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid.data import Batch
from pellucid.executors.memory import Memory
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
from pellucid.weights import Weight


class Engine:
    """Runs a network: predictions, evaluations, training steps."""

    def __init__(self, network: Network):
        self.network = network
        fitted = network.trainable_weights
        others = [weight for weight in network.weights if weight not in set(fitted)]
        self.memory = Memory(fitted, others, network.dtype)
        self.compiled: Compiled | None = None
        self.training = Training()
        self.meters = Meters([])
        self.executors: dict[tuple[str, bool], NumpyExecutor] = {}

    def compile(self, compiled: Compiled) -> None:
        """Train for another goal from now on, with a fresh optimizer."""
        self.compiled, self.training = compiled, Training()
        self.memory.prepare(compiled.optimizer)
        names = self.network.output_names
        used = [name for name, loss in zip(names, compiled.goal.losses, strict=True) if loss]
        self.meters = Meters(compiled.metrics, [f"{name}_loss" for name in used])
        self.executors.clear()

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

    def report(self) -> str:
        """Which executor runs the plan, equation by equation."""
        executor = self.executor("train" if self.compiled else "predict")
        steps = [f"  {sentence(executor.plan, line)}" for line in executor.lines]
        return "\n".join([f"{executor.name}: {len(steps)} equations, one after the other", *steps])

    def predict(self, batch: Batch) -> list[np.ndarray]:
        executor = self.executor("predict")
        executor.run(self._inputs(executor.plan, batch))
        return [executor.value(tensor) for tensor in executor.plan.outputs]

    def evaluate(self, batch: Batch) -> None:
        """Take a batch into the meters."""
        executor = self.executor("evaluate", batch.weight is not None)
        given, targets = self._given(executor.plan, batch)
        executor.run(given)
        self._measure(executor, batch, targets)

    def train(self, batch: Batch, epoch: int, number: int) -> None:
        """One step: forward, backward, update; and the batch into the meters."""
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
        assert self.compiled is not None
        remaining = iter(targets)
        by_output = [next(remaining) if loss else None for loss in self.compiled.goal.losses]
        losses = [float(executor.value(tensor)) for tensor in plan.losses]
        self.meters.update(
            len(batch.x[0]), float(executor.value(plan.total)), losses, by_output,
            [executor.value(tensor) for tensor in plan.outputs], batch.weight,
        )  # fmt: skip

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
