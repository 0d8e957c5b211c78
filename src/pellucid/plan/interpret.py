"""The plainest way to run a plan: line by line, each on what the lines before it gave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pellucid.numbers import NUMBERS
from pellucid.tensor import Line, Tensor


def interpret(lines: Iterable[Line], given: Mapping[Tensor, Any], xp: Any) -> dict[Tensor, Any]:
    """The value of every tensor, from those `given`. Nothing is reused, nothing is overwritten."""
    values = dict(given)

    def value_of(tensor: Tensor) -> Any:
        return tensor.value if tensor not in values and tensor.is_setting else values[tensor]

    for line in lines:
        namespace = NUMBERS if line.output.is_setting else xp
        result = line.equation.run(namespace, *map(value_of, line.inputs))
        results = result if isinstance(result, tuple) else (result,)
        values.update(zip(line.outputs, results, strict=True))
    return values
