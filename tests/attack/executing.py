"""One act of a network, such as a training, by each executor, from the same start."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from unittest import mock

import numpy as np
from scipy import sparse

from pellucid.equations import random
from pellucid.executors.memory import Flat
from pellucid.training.engine import Engine
from pellucid.training.nonfinite import NonFiniteError
from tests.attack.drawing import Drawn
from tests.attack.judging import LONGEST, assert_refused
from tests.attack.rounding import roundings
from tests.native import drawn_in_float32


@dataclass
class Came:
    """What came of an act: numbers by name, and where it ended early, the reason."""

    numbers: dict[str, np.ndarray] = field(default_factory=dict)
    refused: str = ""
    stopped: tuple[int, int] | None = None

    @property
    def ended(self) -> tuple[tuple[int, int] | None, bool]:
        """Where, and whether an error ended it: a step that noise lets fail once only is one."""
        return self.stopped, bool(self.refused)


#: does something with a network and data, and gives the numbers
Act = Callable[[Any, Drawn], dict[str, Any]]


class Runs:
    """Runs acts on one network, each from how the network was when this was made."""

    def __init__(self, made: Drawn):
        self.made, self.engine = made, made.net.engine
        self.start = snapshot(self.engine)
        self.natives: dict[Any, Any] = {}
        self.rough: Engine | None = None

    def numpy(self, act: Act) -> Came:
        self.engine.choice, self.engine.natives = "numpy", {}
        return self._run(self.engine, act)

    def noisy(self, act: Act) -> Came:
        """By NumPy, with roundings at random."""
        if self.rough is None:
            self.rough = copy.copy(self.engine)
            self.rough.choice, self.rough.natives, self.rough.numpies = "numpy", {}, {}
        with roundings():
            return self._run(self.rough, act, flushed(self.made))

    def native(self, act: Act, threads: int = 1) -> Came:
        self.engine.choice, self.engine.natives = "native", self.natives
        self.engine.threads = threads
        for each in self.natives.values():
            each.threads = threads
        return self._run(self.engine, act)

    def exact(self, act: Act) -> Came:
        """By NumPy in float64, with the random numbers of float32."""
        if self.engine.memory.dtype == np.float64:
            return self.numpy(act)
        with mock.patch.object(random, "uniform", drawn_in_float32):
            return self._run(widened(self.engine), act)

    def _run(self, engine: Engine, act: Act, made: Drawn | None = None) -> Came:
        restore(engine, self.start)
        self.made.net._engine = engine
        try:
            return attempt(act, made or self.made)
        finally:
            self.made.net._engine = self.engine


def flushed(made: Drawn) -> Drawn:
    """The same with 0 for features that are too small to be held whole, as natively."""
    return replace(made, x=[whole(each) for each in made.x])


def whole(x: Any) -> Any:
    if x.dtype.kind != "f":
        return x
    small = x.copy()
    numbers = small.data if sparse.issparse(small) else small
    numbers[np.abs(numbers) < np.finfo(x.dtype).tiny] = 0
    return small


def attempt(act: Act, made: Drawn) -> Came:
    """What comes of the act on the network as it is."""
    came = Came()
    try:
        came.numbers = act(made.net, made)
    except NonFiniteError as error:
        assert_readable(error)
        came.stopped = error.epoch, error.batch
    except Exception as error:
        assert_refused(error)
        came.refused = str(error)
        return came
    came.numbers |= held(made.net.engine)
    return came


def held(engine: Engine) -> dict[str, np.ndarray]:
    """What a network has come to hold: its weights, and what the optimizer keeps."""
    weights = [*engine.memory.parameters.weights, *engine.memory.states.weights]
    found = {f"weights {at} {each.name}": each.value.copy() for at, each in enumerate(weights)}
    kept = engine.memory.optimizer.items()
    return found | {f"optimizer {name}": np.array(array) for name, array in kept}


@dataclass
class Start:
    theta: np.ndarray
    states: np.ndarray
    optimizer: dict[str, np.ndarray]


def snapshot(engine: Engine) -> Start:
    memory = engine.memory
    kept = {name: array.copy() for name, array in memory.optimizer.items()}
    return Start(memory.parameters.vector.copy(), memory.states.vector.copy(), kept)


def restore(engine: Engine, start: Start) -> None:
    memory = engine.memory
    memory.gather()
    memory.parameters.vector[...], memory.states.vector[...] = start.theta, start.states
    for name, array in start.optimizer.items():
        memory.optimizer[name][...] = array
    memory.steps = memory.epochs = 0


def widened(engine: Engine) -> Engine:
    """The same plans on memory in float64."""
    wide, memory = copy.copy(engine), copy.copy(engine.memory)
    memory.dtype = np.dtype(np.float64)
    memory.parameters = Flat(memory.parameters.weights, memory.dtype)
    memory.states = Flat(memory.states.weights, memory.dtype)
    memory.optimizer = {name: array.astype(float) for name, array in memory.optimizer.items()}
    wide.memory, wide.choice, wide.natives, wide.numpies = memory, "numpy", {}, {}
    return wide


def assert_readable(error: Exception) -> None:
    assert 10 <= len(str(error)) <= LONGEST, error
    assert str(error).isprintable(), error


def assert_same_bits(one: Came, other: Came, what: str) -> None:
    assert (bool(one.refused), one.stopped) == (bool(other.refused), other.stopped), what
    pairs = ((name, one.numbers[name], other.numbers[name]) for name in one.numbers)
    wrong = [name for name, a, b in pairs if not np.array_equal(a, b, equal_nan=True)]
    assert not wrong, f"{what}: other bits in {', '.join(wrong)}"
