"""A graph of operators as a network of layers."""

from __future__ import annotations

from pellucid.interop.operators import (  # noqa: F401, their readers join the table
    arithmetic,
    elementwise,
    known,
    normal,
    parts,
    pools,
    products,
    recurrent,
    shapes,
    windows,
)
from pellucid.interop.operators.builder import Builder
from pellucid.interop.operators.graph import Graph, Operator
from pellucid.models import Model


def network_of(graph: Graph) -> Model:
    """The network, with the weights of the graph; what has no equations here is named."""
    return Builder(graph._replace(operators=living(graph))).network()


def living(graph: Graph) -> list[Operator]:
    """The operators that the outputs depend on."""
    needed, found = set(graph.outputs), list[Operator]()
    for each in reversed(graph.operators):
        if needed.intersection(each.writes):
            needed.update(each.reads)
            found.append(each)
    return found[::-1]
