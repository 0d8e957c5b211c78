"""A network made ready to run: its numbers, a plan and an executor for each purpose, meters."""

from __future__ import annotations

import contextlib
import copy
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid.data import Features
from pellucid.distribution.strategies import distribution
from pellucid.executors.choosing import jax_executor, native_or_reason, predictor
from pellucid.executors.executor import Executor
from pellucid.executors.memory import Memory
from pellucid.executors.numpy import NumpyExecutor
from pellucid.layers.keeping import keepers
from pellucid.layers.training import Training
from pellucid.networks.network import Network
from pellucid.networks.planning import (
    evaluation_plan,
    fresh_inputs,
    fresh_targets,
    prediction_plan,
    training_plan,
)
from pellucid.networks.sized import is_open, no_size, of_size
from pellucid.optimizers.base import Optimizer
from pellucid.plan import Plan
from pellucid.tensor import Shape, Tensor
from pellucid.training.compiled import Compiled, check_suited
from pellucid.training.feeding import input_in_shape
from pellucid.training.meters import Meters
from pellucid.weights import Weight

if TYPE_CHECKING:
    from pellucid.executors.jax.executor import JaxExecutor
    from pellucid.executors.native.executor import NativeExecutor

#: what a plan is for, and whether the rows have weights
Key = tuple[str, bool]
#: the shapes of rows, one for each input
Sizes = tuple[Shape, ...]
#: what an engine makes of its network when it is asked to, and again for another goal
MADE = ("plans", "numpies", "natives", "jaxes", "copies", "sizes")
#: of how many sizes of rows the plans are kept, where extents are open
MOST_SIZES = 32
#: held while the equations of a network of open extents are written, which layers settle for a size
WRITING = threading.RLock()


class Engine:
    """The memory of a network, what it was compiled for, and what runs it."""

    def __init__(
        self,
        network: Network,
        choice: str = "auto",
        threads: int | None = None,
        policy: str | None = None,
    ):
        self.network, self.choice, self.threads = network, choice, threads
        self.distribution, self.policy = distribution(), policy
        fitted = network.trainable_weights
        others = [weight for weight in network.weights if weight not in set(fitted)]
        self.memory = Memory(fitted, others, network.dtype)
        #: what the rows are like: inputs, the targets of the outputs with a loss, numbers given
        self.inputs, self.targets = fresh_inputs(network), list[Tensor]()
        self.given_per_row = sum(tensor.size for tensor in network.outputs)
        self.compiled: Compiled | None = None
        #: the user's own metrics; threads beside the main one have copies
        self.own_meters, self.copies = Meters([]), dict[int, Meters]()
        self.plans: dict[Key, Plan] = {}
        #: those of each thread, since they write into the same arrays at every step
        self.numpies: dict[tuple[Key, int], NumpyExecutor] = {}
        self.natives: dict[Key, NativeExecutor | str] = {}
        self.jaxes: dict[Key, JaxExecutor] = {}
        #: where extents are open, what runs the network on rows of a size, the latest last
        self.sizes: dict[Sizes, Engine] = {}
        self.opens = is_open(network)
        #: whether layers keep states from batch to batch
        self.keeps = bool(keepers(network))

    def at(self, x: Sequence[Features]) -> Engine:
        """What runs the network on such rows: itself, unless extents are open.

        It has the same numbers, meters and goal, and plans of its own.
        """
        if not self.opens:
            return self
        pairs = zip(x, self.inputs, strict=True)
        rows = [input_in_shape(one, tensor).shape for one, tensor in pairs]
        size: Sizes = tuple((None, *shape[1:]) for shape in rows)
        with WRITING:
            found = self.sizes.pop(size, None) or self._of_size(size)
            self.sizes[size] = found
            while len(self.sizes) > MOST_SIZES:
                del self.sizes[next(iter(self.sizes))]
        return found

    def _of_size(self, size: Sizes) -> Engine:
        found = copy.copy(self)
        found.network, found.copies, found.opens = of_size(self.network, size), self.copies, False
        found.inputs = fresh_inputs(found.network)
        found.given_per_row = sum(tensor.size for tensor in found.network.outputs)
        if self.compiled is not None:
            found.targets = fresh_targets(found.network, self.compiled.goal)
            if not self.sizes:
                check_suited(found.network, self.compiled.goal)
        return found

    @property
    def known(self) -> Engine:
        """Itself; an error where it does not know the extents of its rows."""
        if self.opens:
            raise no_size(self.network)
        return self

    @property
    def by_rows(self) -> Engine:
        """Itself, of known extents; an error where what a row gives depends on earlier batches."""
        refuse_kept(self.network)
        return self.known

    @property
    def latest(self) -> Engine:
        """What ran the network on the rows seen last, where extents are open; else itself."""
        return next(reversed(self.sizes.values()), self)

    def __getstate__(self) -> dict[str, Any]:
        """What a copy takes along: all but the plans and programs, which are made again."""
        return self.__dict__ | {name: {} for name in MADE}

    def compile(self, compiled: Compiled) -> None:
        """Train for another goal from now on, with a fresh optimizer."""
        self.compiled = compiled
        self.memory.prepare(compiled.optimizer)
        self.targets = fresh_targets(self.network, compiled.goal)
        used = compiled.goal.names(self.network.output_names)
        self.own_meters = Meters(compiled.metrics, [f"{name}_loss" for name in used])
        for name in MADE:
            getattr(self, name).clear()

    @property
    def meters(self) -> Meters:
        """The meters of this thread, so that several can evaluate at the same time.

        A metric that cannot be copied is shared.
        """
        if threading.current_thread() is threading.main_thread():
            return self.own_meters
        number = threading.get_ident()
        if number not in self.copies:
            with contextlib.suppress(TypeError):
                self.copies[number] = copy.deepcopy(self.own_meters)
        return self.copies.get(number, self.own_meters)

    @property
    def stale(self) -> bool:
        """Whether layers were frozen, thawed or exchanged since it was made."""
        held: list[Weight] = self.memory.parameters.weights
        return held != self.network.trainable_weights

    @property
    def aim(self) -> Compiled:
        """What it was compiled for, of an engine that was."""
        assert self.compiled is not None
        return self.compiled

    @property
    def trains(self) -> bool:
        """Whether anything is to be made smaller: a loss, or what layers add to it."""
        if self.compiled is None or any(self.compiled.goal.aimed):
            return self.compiled is not None
        self.plan("predict")
        weighed = any(weight.regularizer is not None for weight in self.network.weights)
        return weighed or bool(self.network.penalties)

    @property
    def optimizer(self) -> Optimizer:
        return self.aim.optimizer

    def by_output(self, targets: Sequence[np.ndarray]) -> list[np.ndarray | None]:
        """The targets of each output, None for one without a loss."""
        if self.compiled is None:
            return []
        remaining = iter(targets)
        return [next(remaining, None) if aimed else None for aimed in self.compiled.goal.aimed]

    def plan(self, purpose: str, weighted: bool = False) -> Plan:
        """The plan to "predict", "evaluate" or "train"; `weighted` if the rows have weights."""
        key = (purpose, weighted)
        if key not in self.plans:
            self.plans[key] = self._written(*key)
        return self.plans[key]

    def numpy(self, purpose: str, weighted: bool = False) -> NumpyExecutor:
        """The executor that defines what is right."""
        key = (purpose, weighted), threading.get_ident()
        if key not in self.numpies:
            self.numpies[key] = NumpyExecutor(self.plan(*key[0]), self.memory)
        return self.numpies[key]

    def executor(self, purpose: str, weighted: bool = False) -> Executor:
        """The native executor, or NumPy's where there is none or it is ruled out; or JAX's."""
        if self.choice == "jax":
            return self.jax(purpose, weighted)
        found = self.native(purpose, weighted)
        return self.numpy(purpose, weighted) if isinstance(found, str) else found

    def native(self, purpose: str, weighted: bool = False) -> NativeExecutor | str:
        """The native executor, or why there is none."""
        key = (purpose, weighted)
        if key not in self.natives:
            plan = self.plan(*key)
            self.natives[key] = native_or_reason(plan, self.memory, self.choice, self.threads)
        return self.natives[key]

    def jax(self, purpose: str, weighted: bool = False) -> JaxExecutor:
        """The executor of JAX, which is loaded here."""
        key = (purpose, weighted)
        if key not in self.jaxes:
            goes_by = self.network, self.distribution, self.policy
            self.jaxes[key] = jax_executor(self.plan(*key), self.memory, *goes_by)
        return self.jaxes[key]

    def predictor(self) -> Any:
        """A prepared prediction by the native executor; None where there is none."""
        if self.choice in ("numpy", "jax") or self.opens or self.keeps:
            return None
        return predictor(self.plan("predict"), self.memory, self.threads)

    def report(self) -> str:
        """Which executor runs the plan, equation by equation."""
        purpose = "train" if self.trains else "predict"
        if self.choice == "jax":
            return self.executor(purpose).report()
        found = self.native(purpose)
        reason = f"\n\nnot native: {found}" if isinstance(found, str) else ""
        return self.executor(purpose).report() + reason

    def _written(self, purpose: str, weighted: bool) -> Plan:
        with WRITING:
            return self.known._plan(purpose, weighted)

    def _plan(self, purpose: str, weighted: bool) -> Plan:
        if purpose == "predict":
            return prediction_plan(self.network)
        goal, step = self.aim.goal, self.memory.step
        if purpose == "evaluate":
            return evaluation_plan(self.network, goal, weighted)
        assert step is not None
        return training_plan(self.network, goal, weighted, self.optimizer, step, Training())


def refuse_kept(network: Network) -> None:
    """An error where what a row gives depends on the batches before it."""
    names = ", ".join(each.layer_name for each in keepers(network))
    if names:
        raise ValueError(
            f"{names} goes on from the states of the batch before, as fit, evaluate, predict and "
            "calls on arrays do; for this, make the network with stateful=False and give it the "
            "weights: set_weights(net.get_weights())"
        )
