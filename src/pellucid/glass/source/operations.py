"""What operators and functions write between layers, x + y or ops.exp(x), in other libraries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pellucid.equations.activations import Activation
from pellucid.equations.shape import show_index
from pellucid.glass.source.graph import Step, refused
from pellucid.layers.operation import Operation

#: alike in all
SIGNS = {
    "Add": "{a} + {b}",
    "Subtract": "{a} - {b}",
    "Multiply": "{a} * {b}",
    "Divide": "{a} / {b}",
    "Power": "{a} ** {b}",
    "Remainder": "{a} % {b}",
    "Negative": "-{a}",
    "Absolute": "abs({a})",
    "Product": "{a} @ {b}",
    "Pick": "{a}[{at}]",
}
FUNCTIONS = ("Square", "Sqrt", "Sign", "Exp", "Log", "Log1p", "Sin", "Cos")
KERAS = {
    **SIGNS,
    **{name: f"keras.ops.{name.lower()}({{a}})" for name in FUNCTIONS},
    "Greater": "keras.ops.cast({a} > {b}, keras.config.floatx())",
    "Maximum": "keras.ops.where({a} >= {b}, {a}, {b})",
    "Minimum": "keras.ops.where({a} <= {b}, {a}, {b})",
    "Where": "keras.ops.where({a} != 0, {b}, {c})",
    "Sum": "keras.ops.sum({a}, axis={axis}, keepdims={keepdims})",
    "Mean": "keras.ops.mean({a}, axis={axis}, keepdims={keepdims})",
    "Reshape": "keras.ops.reshape({a}, {target})",
    "Flip": "keras.ops.flip({a}, axis={axis})",
    "Concatenate": "keras.ops.concatenate([{all}], axis={axis})",
}
TORCH = {
    **SIGNS,
    **{name: f"torch.{name.lower()}({{a}})" for name in FUNCTIONS},
    "Greater": "({a} > {b}).to(torch.get_default_dtype())",
    "Maximum": "torch.where({a} >= {b}, {a}, {b})",
    "Minimum": "torch.where({a} <= {b}, {a}, {b})",
    "Where": "torch.where({a} != 0, {b}, {c})",
    "Sum": "{a}.sum(dim={axis}, keepdim={keepdims})",
    "Mean": "{a}.mean(dim={axis}, keepdim={keepdims})",
    "Reshape": "{a}.reshape({target})",
    "Flip": "{a}.flip({axis})",
    "Concatenate": "torch.cat(({all}), dim={axis})",
    "Repeat": "{a}.repeat_interleave({times}, dim={axis})",
    "Permute": "{a}.permute({axes})",
    "Pad": "F.pad({a}, ({places}))",
    "RowProduct": "{a} @ {b}",
}


def operation(
    step: Step, table: dict[str, str], library: str, applied: Callable[[Activation, str], str]
) -> str:
    """The expression of an operation; `applied` writes an activation."""
    layer = step.layer
    assert isinstance(layer, Operation)
    equation, read = layer.written, iter(step.read)
    given = [next(read) if each is None else plain(each) for each in layer.numbers]
    if isinstance(equation, Activation):
        return applied(equation, given[0])
    name, settings = type(equation).__name__, dict(equation.settings())
    if name not in table or settings.get("transposed"):
        raise refused(f"the operation {name}", library)
    settings = {**settings, "at": ", ".join(map(show_index, settings.get("at", ())))}
    sides = reversed(settings.get("sides", ()))
    settings["places"] = ", ".join(f"{before}, {after}" for before, after in sides)
    words: dict[str, Any] = dict(zip("abc", given, strict=False)) | {"all": ", ".join(given)}
    return table[name].format(**words, **settings)


def plain(number: float) -> str:
    return f"({number!r})" if number < 0 else repr(number)
