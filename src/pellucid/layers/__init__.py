"""Layers: what a network is put together from."""

from pellucid.layers.base import Layer
from pellucid.layers.dense import Activation, Dense

__all__ = ["Activation", "Dense", "Layer"]
