"""The module that a network becomes in PyTorch: layers by name, and calls in order."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn import functional

from pellucid.interop.torch.expressions import value


def images(layer: Any, x: Any) -> Any:
    """A layer of PyTorch, which has channels first, on images that have them last."""
    return layer(x.movedim(-1, 1)).movedim(1, -1)


class Separable(nn.Module):
    """A window over each channel by itself, then the channels together."""

    def __init__(self, depthwise: Any, pointwise: Any):
        super().__init__()
        self.depthwise, self.pointwise = depthwise, pointwise

    def forward(self, x: Any) -> Any:
        return self.pointwise(self.depthwise(x))


class Slopes(nn.Module):
    """x where it is above 0, else a slope of its own times x."""

    def __init__(self, shape: Any):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(shape))

    def forward(self, x: Any) -> Any:
        return functional.relu(x) - self.weight * functional.relu(-x)


class Ways(nn.Module):
    """A recurrent layer, and one that reads from the last step."""

    def __init__(self, ahead: Any, back: Any):
        super().__init__()
        self.ahead, self.back = ahead, back


#: what programs call beside torch, as `net.source("torch")` writes it into them
KNOWN = {
    "nn": nn,
    "F": functional,
    "torch": torch,
    "float": float,
    "abs": abs,
    "images": images,
    "Separable": Separable,
    "Slopes": Slopes,
    "Ways": Ways,
}


class Net(nn.Module):
    """What `net.source("torch")` prints as a class, with the same layers and the same calls."""

    def __init__(self) -> None:
        super().__init__()
        self.inputs: list[str] = []
        self.calls: list[tuple[str, Any]] = []
        self.outputs: list[str] = []
        #: layers that training leaves as they are
        self.still: list[str] = []
        self.dtype = torch.float32

    def settle(self, inputs: list[str], calls: list[tuple[str, Any]], outputs: list[str]) -> None:
        self.inputs, self.calls, self.outputs = inputs, calls, outputs

    def forward(self, x: Any) -> Any:
        """The outputs for rows."""
        return self.run(x)

    def run(self, *given: Any) -> Any:
        """The outputs for rows of each input."""
        known = {**KNOWN, "self": self, "dtype": self.dtype}
        known |= zip(self.inputs, given, strict=True)
        for name, expression in self.calls:
            known[name] = value(expression, known)
        found = [known[each] for each in self.outputs]
        return found[0] if len(found) == 1 else tuple(found)

    def train(self, mode: bool = True) -> Net:
        super().train(mode)
        for name in self.still:
            getattr(self, name).train(False)
        return self


class NetOfTwo(Net):
    """The same of two inputs; who reads a module looks how many it takes."""

    def forward(self, x1: Any, x2: Any) -> Any:  # type: ignore[override]
        return self.run(x1, x2)


class NetOfThree(Net):
    """The same of three."""

    def forward(self, x1: Any, x2: Any, x3: Any) -> Any:  # type: ignore[override]
        return self.run(x1, x2, x3)


class NetOfMany(Net):
    """The same of more."""

    def forward(self, *given: Any) -> Any:
        return self.run(*given)


def net_of(inputs: int) -> Net:
    return {1: Net, 2: NetOfTwo, 3: NetOfThree}.get(inputs, NetOfMany)()
