"""What a network in PyTorch has beside PyTorch: `net.to_torch()` is made of it, programs hold it.

Programs hold the text of it (`torch_helpers`), for which PyTorch need not be there.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn


def images(layer: Any, x: Any) -> Any:
    """A layer of PyTorch, which has channels first, on images that have them last."""
    return layer(x.movedim(-1, 1)).movedim(1, -1)


def by_feature(x: Any, weight: Any, bias: Any) -> Any:
    """Σ x⊙w + b over the numbers of each feature, for every unit: its features stand together."""
    return (torch.einsum("ndk,udk->nud", x, weight) + bias).flatten(1)


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
        return torch.relu(x) - self.weight * torch.relu(-x)


class Ways(nn.Module):
    """A recurrent layer, and one that reads from the last step."""

    def __init__(self, ahead: Any, back: Any):
        super().__init__()
        self.ahead, self.back = ahead, back
