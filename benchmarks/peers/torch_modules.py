"""Networks of the workloads as modules of PyTorch, with Keras's weights put into their places.

PyTorch has its images as (n, c, h, w), turns the weights of products, orders the gates of a GRU
r, z, h instead of z, r, h, and adds two biases where Keras's LSTM has one; the second stays 0.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from parts import GRU, LSTM, Conv, Dense, Dropout, Embedding, Flatten, Mean, Pool, with_weights
from parts import along as along_parts

ACTIVATIONS = {"relu": nn.ReLU, "sigmoid": nn.Sigmoid, "tanh": nn.Tanh}


class Linear(nn.Linear):
    """The rows of W stand in the order of an image (h, w, c) before it was made flat."""

    def __init__(self, W, b, image=None):
        super().__init__(*W.shape)
        self.image = image
        give(self.weight, self.ordered(W).T)
        give(self.bias, b)

    def ordered(self, W):
        if self.image is None:
            return W
        h, w, c = self.image
        return W.reshape(h, w, c, -1).transpose(2, 0, 1, 3).reshape(W.shape)

    def keras(self):
        W = taken(self.weight).T
        if self.image is not None:
            h, w, c = self.image
            W = W.reshape(c, h, w, -1).transpose(1, 2, 0, 3).reshape(W.shape)
        return [W, taken(self.bias)]


class Conv2d(nn.Conv2d):
    def __init__(self, W, b):
        side, _, given, filters = W.shape
        super().__init__(given, filters, side)
        give(self.weight, W.transpose(3, 2, 0, 1))
        give(self.bias, b)

    def keras(self):
        return [taken(self.weight).transpose(2, 3, 1, 0), taken(self.bias)]


class Words(nn.Embedding):
    def __init__(self, W):
        super().__init__(*W.shape)
        give(self.weight, W)

    def keras(self):
        return [taken(self.weight)]


class Last(nn.Module):
    """A recurrent layer, of whose values the last counts."""

    def __init__(self, kind, W, U, b):
        super().__init__()
        units = len(U)
        self.layer = kind(len(W), units, batch_first=True)
        self.is_gru = kind is nn.GRU
        biases = b if self.is_gru else np.stack([b, np.zeros_like(b)])
        give(self.layer.weight_ih_l0, self.gates(W).T)
        give(self.layer.weight_hh_l0, self.gates(U).T)
        give(self.layer.bias_ih_l0, self.gates(biases[0]))
        give(self.layer.bias_hh_l0, self.gates(biases[1]))
        self.layer.bias_hh_l0.requires_grad_(self.is_gru)

    def gates(self, a):
        """z, r, h into r, z, h and back."""
        if not self.is_gru:
            return a
        z, r, h = np.split(a, 3, axis=-1)
        return np.concatenate([r, z, h], axis=-1)

    def forward(self, x):
        return self.layer(x)[0][:, -1]

    def keras(self):
        names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
        W, U, b, c = (self.gates(taken(getattr(self.layer, name)).T) for name in names)
        return [W, U, np.stack([b, c]) if self.is_gru else b]


class OverWords(nn.Module):
    def forward(self, x):
        return x.mean(dim=1)


def network(of, first):
    """The modules of a workload, with these weights."""
    modules, image = [], None
    shapes = [given for _, given in along_parts(of.parts, of.shape)]
    for (part, own), given in zip(with_weights(of.parts, of.shape, first), shapes, strict=True):
        if isinstance(part, Flatten):
            image = given
        modules += made(part, own, image)
        if isinstance(part, Dense):
            image = None
    return nn.Sequential(*modules)


def made(part, own, image):
    match part:
        case Dense():
            return [Linear(*own, image), *activation(part)]
        case Conv():
            return [Conv2d(*own), *activation(part)]
        case Pool():
            return [nn.MaxPool2d(part.side)]
        case Flatten():
            return [nn.Flatten()]
        case Dropout():
            return [nn.Dropout(part.rate)]
        case Embedding():
            return [Words(*own)]
        case Mean():
            return [OverWords()]
        case LSTM():
            return [Last(nn.LSTM, *own)]
        case GRU():
            return [Last(nn.GRU, *own)]


def activation(part):
    return [ACTIVATIONS[part.activation]()] if part.activation else []


def weights_of(net):
    """The weights in Keras's order and form."""
    return [each for module in net if hasattr(module, "keras") for each in module.keras()]


def give(parameter, array):
    with torch.no_grad():
        parameter.copy_(torch.from_numpy(np.ascontiguousarray(array)))


def taken(parameter):
    return parameter.detach().numpy()
