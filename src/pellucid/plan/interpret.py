"""The plainest way to run a plan: line by line, each on what the lines before it gave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pellucid.numbers import NUMBERS
from pellucid.tensor import Line, Tensor


def interpret(lines: Iterable[Line], given: Mapping[Tensor, Any], xp: Any) -> dict[Tensor, Any]:
    """The value of every tensor, from those `given`. Nothing is reused, nothing is overwritten.

    Numbers such as η and t are plain, or arrays of `xp` where they are not known yet.
    """
    values = dict(given)

    def value_of(tensor: Tensor) -> Any:
        return tensor.value if tensor not in values and tensor.is_setting else values[tensor]

    for line in lines:
        inputs = [value_of(tensor) for tensor in line.inputs]
        known = all(isinstance(value, (int, float)) for value in inputs)
        namespace = NUMBERS if line.output.is_setting and known else xp
        result = line.equation.run(namespace, *inputs)
        results = result if isinstance(result, tuple) else (result,)
        values.update(zip(line.outputs, results, strict=True))
    return values
