"""Models: networks to compile, fit, evaluate, predict with, save and load."""

from pellucid.models.files import load
from pellucid.models.model import Model
from pellucid.models.sequential import Sequential

load_model = load

__all__ = ["Model", "Sequential", "load", "load_model"]
