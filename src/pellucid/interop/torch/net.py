"""The module that a network becomes in PyTorch: layers by name, and calls in order."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn import functional

from pellucid.glass.source.torch_classes import Separable, Slopes, Ways, by_feature, images
from pellucid.interop.torch.expressions import value

#: what programs call beside torch, as `net.source("torch")` writes it into them
KNOWN = {
    "nn": nn,
    "F": functional,
    "torch": torch,
    "float": float,
    "abs": abs,
    "images": images,
    "by_feature": by_feature,
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
