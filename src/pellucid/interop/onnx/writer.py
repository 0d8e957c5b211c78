"""What has been written of an ONNX graph, by the tensors and the calls of the plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from pellucid.calls import Call, Calls, Given, Operand, Rows, Shape, Unrecordable, record
from pellucid.interop.listing import number
from pellucid.interop.onnx.graph import Graph, ascii_name
from pellucid.plan import Plan
from pellucid.plan.interpret import interpret
from pellucid.plan.trace import trace
from pellucid.tensor import Tensor

#: the numbers of a file, by the dtype of a call
KINDS = {"float32": np.float32, "float64": np.float32, "int64": np.int64, "bool": np.bool_}
FLOAT, WHOLE = "float32", "int64"


class Writer:
    """What has been written. An image is held channels last, channels first, or both."""

    def __init__(self, plan: Plan, held: Mapping[Tensor, Any], taken: Iterable[str] = ()):
        self.plan, self.held, self.graph = plan, held, Graph()
        self.graph.taken.update(taken)
        #: what a moving mean keeps of itself while it is trained
        self.momenta: dict[Tensor, float] = {}
        self.names, self.lines = plan.names, plan.writers
        self.recorded = recorded(plan)
        self.tensors = {value: each for each, value in self.recorded.values.items()}
        self.known = set(held) | {each for each in self.read_first() if each.is_setting}
        for line in plan.lines:
            if all(each in self.known for each in line.inputs):
                self.known |= set(line.outputs)
        self.last: dict[Tensor, str] = {}
        self.first: dict[Tensor, str] = {}
        self.calls: dict[Operand, str] = {}
        for tensor in plan.inputs:
            self.last[tensor] = self.graph.name(self.wanted(tensor))

    def read_first(self) -> list[Tensor]:
        return [each for line in self.plan.lines for each in line.inputs if each.line is None]

    def wanted(self, tensor: Tensor) -> str:
        return ascii_name(self.names.get(tensor) or tensor.name or "v")

    def value(self, tensor: Tensor) -> np.ndarray:
        """The numbers of a tensor that depends on no input, in double precision."""
        given = {each: np.asarray(array, np.float64) for each, array in self.held.items()}
        values = interpret(trace([tensor]), given, np)
        if tensor.is_setting and tensor not in values:
            return np.asarray(tensor.value, np.float64)
        return np.asarray(values[tensor], np.float64)

    def put(self, tensor: Tensor, name: str) -> None:
        self.last[tensor] = name

    def put_images(self, tensor: Tensor, name: str) -> None:
        """What an operator gave with the channels first."""
        self.first[tensor] = name

    def read(self, tensor: Tensor) -> str:
        """The name of a tensor, as it is in the plan."""
        if tensor not in self.last:
            if tensor in self.first:
                axes = (0, *range(2, len(tensor.shape)), 1)
                name = self.wanted(tensor)
                self.last[tensor] = self.graph.node(
                    "Transpose", [self.first[tensor]], name, perm=axes
                )
            else:
                assert tensor in self.known, tensor
                numbers = self.value(tensor).astype(np.float32)
                self.last[tensor] = self.graph.array(numbers, self.wanted(tensor))
        return self.last[tensor]

    def images(self, tensor: Tensor) -> str:
        """The name of a tensor with its last axis behind that of the rows."""
        if tensor not in self.first:
            rank = len(tensor.shape)
            axes = (0, rank - 1, *range(1, rank - 1))
            self.first[tensor] = self.graph.node("Transpose", [self.read(tensor)], perm=axes)
        return self.first[tensor]

    def operand(self, operand: Operand, kind: str) -> str:
        """The name of what a call reads, as numbers of a kind."""
        if isinstance(operand, Rows):
            return self.cast(self.rows(operand), WHOLE, kind)
        if not isinstance(operand, (Call, Given)):
            return self.graph.array(np.asarray(number(operand), KINDS[kind]))
        name = self.calls.get(operand) or self.read(self.tensors[operand])
        return self.cast(name, operand.dtype, kind)

    def cast(self, name: str, given: str, kind: str) -> str:
        if KINDS[given] is KINDS[kind]:
            return name
        return self.graph.once("Cast", name, to=np.dtype(KINDS[kind]).name)

    def rows(self, count: Rows) -> str:
        """How many rows the batch has, times a number; one whole number."""
        name = self.graph.once("Shape", self.last[self.plan.inputs[0]], start=0, end=1)
        if count.times == 1:
            return name
        return self.graph.node("Mul", [name, self.graph.whole(count.times)])

    def extents(self, shape: Shape) -> str:
        """A shape, the rows of the batch as they are."""
        if not any(isinstance(each, Rows) for each in shape):
            return self.graph.whole(*(int(each) for each in shape))  # type: ignore[arg-type]
        parts = [
            self.rows(each) if isinstance(each, Rows) else self.graph.whole(each) for each in shape
        ]
        return parts[0] if len(parts) == 1 else self.graph.node("Concat", parts, axis=0)


def recorded(plan: Plan) -> Calls:
    try:
        return record(plan.lines, FLOAT)
    except Unrecordable as why:
        raise ValueError(f"the network cannot be written as ONNX: {why}") from None
