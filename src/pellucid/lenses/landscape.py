"""The loss as the weights move along a line, or over a plane, from where they are."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pellucid.lenses.asking import of_a_network

if TYPE_CHECKING:
    from pellucid.models import Model

Weights = Sequence[np.ndarray]


class LossLine(NamedTuple):
    """The loss at each share of the way along a direction; at 0 the network as it is."""

    at: np.ndarray
    loss: np.ndarray


class LossPlane(NamedTuple):
    """loss[j, i] at `across[i]` of one direction and `up[j]` of another."""

    across: np.ndarray
    up: np.ndarray
    loss: np.ndarray


@of_a_network
def loss_line(
    net: Model,
    x: Any,
    y: Any,
    to: Weights | None = None,
    span: tuple[float, float] | None = None,
    steps: int = 41,
    seed: int = 0,
) -> LossLine:
    """The loss on these rows on the way to other weights, or in a direction drawn from a seed.

    On the way to the weights `to`, as get_weights() gives them, it goes from 0 to 1; else from −1
    to 1. A direction that is drawn is, unit by unit, as long as the unit's weights, and moves no
    bias (Li et al., 2018). The network stays as it is.
    """
    moved = Moved(net, x, y)
    direction = moved.drawn(seed) if to is None else moved.towards(to)
    at = np.linspace(*(span or ((-1.0, 1.0) if to is None else (0.0, 1.0))), steps)
    return LossLine(at, np.array([moved.loss([(share, direction)]) for share in at]))


@of_a_network
def loss_plane(
    net: Model,
    x: Any,
    y: Any,
    span: tuple[float, float] = (-1.0, 1.0),
    steps: int = 21,
    seed: int = 0,
) -> LossPlane:
    """The same over two directions that are drawn."""
    moved = Moved(net, x, y)
    one, other = moved.drawn(seed), moved.drawn(seed + 1)
    at = np.linspace(*span, steps)
    loss = [[moved.loss([(across, one), (up, other)]) for across in at] for up in at]
    return LossPlane(at, at, np.array(loss))


class Moved:
    """A copy of a network, whose weights are moved."""

    def __init__(self, net: Model, x: Any, y: Any):
        self.net, self.x, self.y = copy.deepcopy(net), x, y
        self.start = net.get_weights()
        trained = {id(weight) for weight in net.trainable_weights}
        self.trained = [id(weight) in trained for weight in net.weights]

    def loss(self, moves: list[tuple[float, Weights]]) -> float:
        weights = [each.astype(np.float64) for each in self.start]
        for share, direction in moves:
            for weight, way in zip(weights, direction, strict=True):
                weight += share * way
        self.net.set_weights([w.astype(s.dtype) for w, s in zip(weights, self.start, strict=True)])
        return float(self.net.evaluate(self.x, self.y, verbose=0, return_dict=True)["loss"])

    def towards(self, to: Weights) -> Weights:
        given = [np.shape(each) for each in to]
        wanted = [each.shape for each in self.start]
        if given != wanted:
            raise ValueError(f"to= has weights of the shapes {given}; the network's are {wanted}")
        return [np.asarray(there) - here for there, here in zip(to, self.start, strict=True)]

    def drawn(self, seed: int) -> Weights:
        rng = np.random.default_rng(seed)
        return [
            as_long_as(rng.normal(size=weight.shape), weight) * trained
            for weight, trained in zip(self.start, self.trained, strict=True)
        ]


def as_long_as(direction: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """A direction, each unit of which is as long as that of the weight; 0 for a bias."""
    if weight.ndim < 2:
        return np.zeros_like(direction)
    axes = tuple(range(weight.ndim - 1))
    lengths = np.sqrt((direction**2).sum(axis=axes))
    return direction * (np.sqrt((weight.astype(np.float64) ** 2).sum(axis=axes)) / lengths)
