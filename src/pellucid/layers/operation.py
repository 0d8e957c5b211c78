"""What operators and functions write between layers, as layers: x + y, 2 * x, ops.exp(x)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pellucid.equations.activations import Activation
from pellucid.equations.base import Equation
from pellucid.equations.known import Known
from pellucid.equations.shape import Pick, pick
from pellucid.layers.base import Layer
from pellucid.layers.calling import Call
from pellucid.settings import snake_case
from pellucid.tensor import Tensor


class Operation(Layer):
    """Y = `equation` of tensors, and of `numbers` where they are not None"""

    equation: Equation | dict[str, Any]
    numbers: Sequence[float | None] = (None,)

    def __init__(self, *values: Any, **named: Any):
        super().__init__(*values, **named)
        self.several_inputs = list(self.numbers).count(None) > 1  # type: ignore[misc]

    @property
    def layer_name(self) -> str:
        written = self.written
        kind = "numbers" if isinstance(written, Known) else snake_case(type(written).__name__)
        return self.name or kind

    @property
    def written(self) -> Equation:
        """The equation, also from its description."""
        given = self.equation
        if not isinstance(given, dict):
            return given
        kind = next((family for family in (Activation, Equation) if knows(family, given)), Equation)
        settings = {name: as_tuple(each) for name, each in given.get("config", {}).items()}
        return kind.get({**given, "config": settings})

    def call(self, x: Any) -> Any:  # type: ignore[override]
        tensors, equation = iter(x if self.several_inputs else [x]), self.written
        if isinstance(equation, Pick):
            return pick(x, equation.at)  # −1 is another place at each extent
        return equation(*(next(tensors) if each is None else each for each in self.numbers))


def operation_of(tensor: Tensor) -> Call | None:
    """The call of a layer that a line written between layers amounts to."""
    line = tensor.line
    if line is None or tensor is not line.output or not isinstance(line.equation, Equation):
        return None
    numbers = [each.value if each.is_setting else None for each in line.inputs]
    inputs = tuple(each for each in line.inputs if not each.is_setting)
    return Call(Operation(line.equation, numbers), inputs, (tensor,))


def knows(family: type[Activation] | type[Equation], described: dict[str, Any]) -> bool:
    try:
        family.find(str(described.get("class")))
    except ValueError:
        return False
    return True


def as_tuple(value: Any) -> Any:
    """Lists of a configuration as the tuples that equations have."""
    return tuple(map(as_tuple, value)) if isinstance(value, list) else value
