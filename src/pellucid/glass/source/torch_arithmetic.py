"""Number by number in PyTorch: activations that are layers, arrays that are learned, operations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pellucid.glass.source.graph import Step, refused, row_of
from pellucid.glass.source.torch_parts import TORCH, Made, same


def rectified(step: Step) -> Made:
    layer: Any = step.layer
    x = step.read[0]
    if layer.threshold or (layer.negative_slope and layer.max_value is not None):
        raise refused("ReLU with these settings together", TORCH)
    if layer.negative_slope:
        return Made("", f"F.leaky_relu({x}, {layer.negative_slope})")
    most = layer.max_value
    return Made("", f"F.relu({x})" if most is None else f"F.hardtanh({x}, 0.0, {float(most)})")


def learned_slope(step: Step) -> Made:
    """PyTorch has one slope for each channel, or one for all."""
    layer: Any = step.layer
    shape, rank = layer.a.shape, len(step.reads[0].shape)
    if shape[:-1] != (1,) * (rank - 2):
        raise refused("PReLU with slopes that differ from place to place", TORCH, "share the axes")
    call = f"{{m}}({step.read[0]})" if rank == 2 else f"images({{m}}, {step.read[0]})"
    return Made(f"nn.PReLU({shape[-1]})", call, (("weight", 0, np.ravel),))


SIGNS = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/"}


def with_array(step: Step) -> Made:
    layer: Any = step.layer
    held, x = '{m}["weight"]', step.read[0]
    a, b = (held, x) if layer.turned else (x, held)
    sign = SIGNS.get(layer.operation)
    call = f"{a} {sign} {b}" if sign else f"torch.{layer.operation}({a}, {b})"
    shape = tuple(layer.weight_shape)
    module = f'nn.ParameterDict({{"weight": torch.zeros({shape})}})'
    return Made(module, call, (("weight", 0, same),))


def bound(function: str, side: str) -> Callable[..., str]:
    """The larger or the smaller of two, one of which may be a number."""

    def text(a: str, b: str, equation: Any, numbers: Any) -> str:
        first, second = numbers
        if first is None and second is None:
            return f"torch.{function}({a}, {b})"
        return f"{a if second is not None else b}.clamp({side}={b if second is not None else a})"

    return text


def signed(sign: str) -> Callable[..., str]:
    return lambda a, b, *_: f"{a} {sign} {b}"


def of_one(template: str) -> Callable[..., str]:
    return lambda x, *_: template.format(x=x)


def picked(x: str, equation: Any, numbers: Any) -> str:
    return f"{x}[{', '.join(map(shown, equation.at))}]"


def shown(key: Any) -> str:
    if isinstance(key, int):
        return str(key)
    parts = ["" if each is None else str(each) for each in (key.start, key.stop)]
    return ":".join(parts if key.step in (None, 1) else [*parts, str(key.step)])


def padded(x: str, equation: Any, numbers: Any) -> str:
    listed = [number for pair in equation.sides[:0:-1] for number in pair]
    return f"F.pad({x}, ({', '.join(map(str, listed))}))"


def reduced(function: str) -> Callable[..., str]:
    def text(x: str, equation: Any, numbers: Any) -> str:
        axes = equation.axis
        if axes is None:
            raise refused(f"{type(equation).__name__} over the rows", TORCH)
        kept = ", keepdim=True" if equation.keepdims else ""
        return f"{x}.{function}(dim={axes}{kept})"

    return text


def reshaped(x: str, equation: Any, numbers: Any) -> str:
    return f"{x}.reshape({', '.join(map(str, equation.target))})"


#: equations between layers: the text of one on what it reads, its settings, its numbers
EQUATIONS: dict[str, Callable[..., str]] = {
    "Add": signed("+"),
    "Subtract": signed("-"),
    "Multiply": signed("*"),
    "Divide": signed("/"),
    "Power": signed("**"),
    "Maximum": bound("maximum", "min"),
    "Minimum": bound("minimum", "max"),
    "Negative": of_one("-{x}"),
    "Square": of_one("{x} * {x}"),
    "Sqrt": of_one("torch.sqrt({x})"),
    "Exp": of_one("torch.exp({x})"),
    "Log": of_one("torch.log({x})"),
    "Sin": of_one("torch.sin({x})"),
    "Cos": of_one("torch.cos({x})"),
    "Absolute": of_one("torch.abs({x})"),
    "Pick": picked,
    "Flip": lambda x, equation, numbers: f"{x}.flip({equation.axis})",
    "Pad": padded,
    "Repeat": lambda x, e, numbers: f"{x}.repeat_interleave({e.times}, dim={e.axis})",
    "Permute": lambda x, e, numbers: f"{x}.permute({', '.join(map(str, e.axes))})",
    "Mean": reduced("mean"),
    "Sum": reduced("sum"),
    "Reshape": reshaped,
    "RowProduct": lambda a, b, *_: f"torch.matmul({a}, {b})",
}


def operation(step: Step) -> Made:
    layer: Any = step.layer
    equation, numbers = layer.written, list(layer.numbers)
    text = row_of(EQUATIONS, equation, "equation", TORCH)
    read = iter(step.read)
    given = [next(read) if each is None else repr(float(each)) for each in numbers]
    return Made("", text(*given, equation, numbers))


LAYERS = {
    "ReLU": rectified,
    "LeakyReLU": lambda step: Made(
        "", f"F.leaky_relu({step.read[0]}, {step.layer.negative_slope})"
    ),
    "ELU": lambda step: Made("", f"F.elu({step.read[0]}, {step.layer.alpha})"),
    "Softmax": lambda step: Made("", f"F.softmax({step.read[0]}, dim={step.layer.axis})"),
    "PReLU": learned_slope,
    "Elementwise": with_array,
    "Operation": operation,
}
