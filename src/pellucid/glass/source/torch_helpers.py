"""Functions and classes that a program of PyTorch holds if it calls them."""

from __future__ import annotations

HELPERS = {
    "images": '''
def images(layer, x):
    """A layer of PyTorch, which has channels first, on images that have them last."""
    return layer(x.movedim(-1, 1)).movedim(1, -1)
''',
    "Separable": '''
class Separable(nn.Module):
    """A window over each channel by itself, then the channels together."""

    def __init__(self, depthwise, pointwise):
        super().__init__()
        self.depthwise, self.pointwise = depthwise, pointwise

    def forward(self, x):
        return self.pointwise(self.depthwise(x))
''',
    "Slopes": '''
class Slopes(nn.Module):
    """x where it is above 0, else a slope of its own times x."""

    def __init__(self, shape):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(shape))

    def forward(self, x):
        return F.relu(x) - self.weight * F.relu(-x)
''',
    "Ways": '''
class Ways(nn.Module):
    """A recurrent layer, and one that reads from the last step."""

    def __init__(self, ahead, back):
        super().__init__()
        self.ahead, self.back = ahead, back
''',
}
