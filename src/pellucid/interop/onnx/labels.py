"""What classifiers of scikit-learn give in ONNX beside probabilities: labels, and tables of both.

Here the probabilities are the output, and the labels the names of the classes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from pellucid.interop.operators.graph import Operator

#: where the names of classes stand in the metadata
CLASSES = "classes"


class Labels(NamedTuple):
    """The values that are labels; `tables` are made of probabilities, by the names of both."""

    names: frozenset[str]
    tables: dict[str, str]

    def __contains__(self, name: object) -> bool:
        return name in self.names and name not in self.tables

    def passed(self, name: str) -> str:
        """The probabilities that a table is made of."""
        return self.tables.get(name, name)


def telling(operators: Sequence[Operator]) -> Labels:
    """What follows from the largest of several probabilities."""
    names, tables = set[str](), dict[str, str]()
    for each in operators:
        if each.kind == "ArgMax" or names & set(each.reads):
            names |= set(each.writes)
        if each.kind == "ZipMap":
            names |= set(each.writes)
            tables[each.writes[0]] = each.reads[0]
    return Labels(frozenset(names), tables)


def classes_of(graph: Any, array: Callable[[Any], np.ndarray]) -> list[str] | None:
    """The names of the classes, where labels are taken from a list of texts."""
    held = {each.name: each for each in graph.initializer}
    for node in graph.node:
        if node.op_type == "ArrayFeatureExtractor" and node.input and node.input[0] in held:
            found = np.ravel(array(held[node.input[0]]))
            return [str(each) for each in found] if found.dtype == object else None
    return None


def told_classes(model: Any) -> list[str] | None:
    """The names of the classes that the metadata of a file of pellucid's say."""
    said = {each.key: each.value for each in model.metadata_props}
    found = json.loads(said[CLASSES]) if CLASSES in said else None
    known = isinstance(found, list) and all(isinstance(each, str) for each in found)
    return found if known else None
