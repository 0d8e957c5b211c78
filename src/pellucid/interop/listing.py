"""A prediction as calls on arrays of fixed sizes: what a writer of another language goes by.

It is of one row: the rows of a batch are 1. A reshaped array is the same numbers by another shape.
The others have places in one piece of memory, which are taken again when nobody reads them.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from pellucid.calls import Call, Given, Number, Operand, Rows, Shape, Unrecordable, record
from pellucid.interop.memory import Memory
from pellucid.plan.printing import sentence
from pellucid.tensor import Tensor
from pellucid.training.engine import Engine


class Array(NamedTuple):
    """Numbers in a row: the variable that holds them, where they begin in it, and their shape."""

    name: str
    start: int
    shape: tuple[int, ...]
    #: whether each number is times another, one for each place of the last axis
    scaled: bool = False

    @property
    def size(self) -> int:
        return math.prod(self.shape)


class Step(NamedTuple):
    """A call, what it reads, where its result stands, and the printed equation it is a part of."""

    call: Call
    given: tuple[Array | float, ...]
    result: Array
    equation: str


class Prediction(NamedTuple):
    """All of a prediction; `scratch` is how many numbers it works on at once."""

    inputs: list[Array]
    outputs: list[Array]
    weights: dict[str, np.ndarray]
    steps: list[Step]
    scratch: int


def prediction(engine: Engine) -> Prediction:
    """What a network does with one row."""
    plan = engine.plan("predict")
    try:
        calls = record(plan.lines, "float32")
    except Unrecordable as why:
        raise ValueError(f"the network cannot be written in another language: {why}") from None
    outputs = [calls.values[tensor] for tensor in plan.outputs]
    needed = living(calls.calls, outputs)
    places = Places(engine, needed, outputs)
    steps = [
        Step(call, places.given(call), places.taken(call), sentence(plan, call.line))
        for call in needed
    ]
    shapes = [closed(tensor.shape) for tensor in plan.inputs]
    inputs = [Array(f"x{at or ''}", 0, shape) for at, shape in enumerate(shapes)]
    return Prediction(
        inputs, [places.array(each) for each in outputs], places.weights, steps, places.memory.most
    )


def living(calls: Sequence[Call], wanted: Iterable[Operand]) -> list[Call]:
    """The calls that the results depend on, in order."""
    known, stack = set[Call](), [each for each in wanted if isinstance(each, Call)]
    while stack:
        call = stack.pop()
        if call not in known:
            known.add(call)
            stack += [each for each in call.operands if isinstance(each, Call)]
    return [call for call in calls if call in known]


def closed(shape: Shape | tuple[int | None, ...]) -> tuple[int, ...]:
    """The shape for one row."""
    return tuple(
        each.times if isinstance(each, Rows) else 1 if each is None else each for each in shape
    )


def root(operand: Operand) -> Operand:
    """The call or the array whose numbers these are."""
    while isinstance(operand, Call) and operand.function == "reshape":
        operand = operand.operands[0]
    return operand


class Places:
    """Where the numbers of each operand stand."""

    def __init__(self, engine: Engine, calls: Sequence[Call], outputs: Sequence[Operand]):
        plan = engine.plan("predict")
        self.memory, self.weights = Memory(), dict[str, np.ndarray]()
        self.inputs = {tensor: f"x{at or ''}" for at, tensor in enumerate(plan.inputs)}
        self.names, self.held = plan.names, engine.memory.arrays()
        self.called: dict[Tensor, str] = {}
        self.starts: dict[Operand, int] = {}
        self.left: dict[Operand, int] = {}
        for operand in (*outputs, *(each for call in calls for each in call.operands)):
            self.left[root(operand)] = self.left.get(root(operand), 0) + 1

    def given(self, call: Call) -> tuple[Array | float, ...]:
        """What a call reads: arrays, or plain numbers."""
        return tuple(
            self.array(each) if isinstance(each, (Call, Given)) else number(each)
            for each in call.operands
        )

    def taken(self, call: Call) -> Array:
        """The place of a call's result; those that it was the last to read are free then."""
        if root(call) is call:
            self.starts[call] = self.memory.take(math.prod(closed(call.shape)))
        for each in map(root, call.operands):
            self.left[each] -= 1
            if not self.left[each] and each in self.starts:
                self.memory.free(self.starts[each])
        if root(call) is not call:
            self.left[root(call)] = self.left.get(root(call), 0)
        return self.array(call)

    def array(self, operand: Operand) -> Array:
        source = root(operand)
        assert isinstance(operand, (Call, Given))
        shape = closed(operand.shape)
        if isinstance(source, Call):
            return Array("m", self.starts[source], shape)
        assert isinstance(source, Given)
        if source.tensor in self.inputs:
            return Array(self.inputs[source.tensor], 0, shape)
        if source.tensor not in self.called:
            self.called[source.tensor] = name = self._name(source.tensor)
            self.weights[name] = np.asarray(self.held[source.tensor])
        return Array(self.called[source.tensor], 0, shape)

    def _name(self, tensor: Tensor) -> str:
        """A name that no other weight has."""
        name = identifier(self.names.get(tensor) or f"w{len(self.weights)}")
        while name in self.weights:
            name += "_"
        return name


def number(operand: Operand) -> float:
    if isinstance(operand, Rows):
        return float(operand.times)
    if isinstance(operand, Number):
        raise ValueError("the prediction depends on a number that is known only while it runs")
    assert isinstance(operand, (int, float))
    return float(operand)


#: Greek letters of names, in letters that every language has
SPELLED = {"γ": "gamma", "β": "beta", "μ": "mu", "σ": "sigma", "²": "2", "α": "alpha", "θ": "theta"}


def identifier(name: str) -> str:
    """A printed name as other languages can have it: W1, gamma3, sigma2_4."""
    spelled = unicodedata.normalize("NFKC", "".join(SPELLED.get(each, each) for each in name))
    return "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in spelled)
