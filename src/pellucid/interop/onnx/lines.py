"""A prediction as an ONNX graph: line by line, each as one operator, or call by call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pellucid.interop.listing import living
from pellucid.interop.onnx import recurrences  # noqa: F401, its operators join the table
from pellucid.interop.onnx.calls import write_call
from pellucid.interop.onnx.wholes import Whole, whole_of
from pellucid.interop.onnx.writer import FLOAT, Writer
from pellucid.layers import BatchNormalization
from pellucid.networks.network import Network
from pellucid.plan.printing import sentence
from pellucid.tensor import Line, Tensor
from pellucid.training.engine import Engine


def written_graph(engine: Engine, taken: Iterable[str] = ()) -> Writer:
    """The graph; what it gives is in `last` of the outputs of the plan. Some names are `taken`."""
    plan = engine.plan("predict")
    to = Writer(plan, engine.memory.arrays(), taken)
    to.momenta = dict(momenta(engine.network))
    wholes = {line: whole_of(to, line) for line in plan.lines}
    needed, chosen = living_lines(to, wholes)
    for line in chosen:
        to.graph.about = sentence(plan, line)
        found = wholes[line]
        if found:
            found.write()
        else:
            write_calls(to, line, needed)
    return to


def momenta(network: Network) -> Iterator[tuple[Tensor, float]]:
    """The momentum of each moving mean, which no line of a prediction reads."""
    for layer in network.layers:
        if isinstance(layer, Network):
            yield from momenta(layer)
        elif isinstance(layer, BatchNormalization):
            yield layer.moving_mean.tensor, float(layer.momentum)


def living_lines(to: Writer, wholes: Mapping[Line, Whole | None]) -> tuple[set[Tensor], list[Line]]:
    """The tensors that are read, and the lines that write them; an operator may read past some."""
    needed, chosen = set(to.plan.outputs), list[Line]()
    for line in reversed(to.plan.lines):
        if needed.intersection(line.outputs) and line.output not in to.known:
            found = wholes[line]
            needed |= set(found.reads if found else line.inputs)
            chosen.append(line)
    return needed, chosen[::-1]


def write_calls(to: Writer, line: Line, needed: set[Tensor]) -> None:
    """The calls of a line, as far as what is needed of it depends on them."""
    mine = [call for call in to.recorded.calls if call.line is line]
    wanted = [each for each in line.outputs if each in needed]
    for call in living(mine, [to.recorded.values[each] for each in wanted]):
        to.calls[call] = write_call(to, call)
    for tensor in wanted:
        to.put(tensor, to.operand(to.recorded.values[tensor], FLOAT))
