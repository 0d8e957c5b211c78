"""Models: networks to compile, fit, evaluate, predict with, save and load."""

from pellucid.models.files import load
from pellucid.models.members import clone_model, model_from_json
from pellucid.models.model import Model
from pellucid.models.sequential import Sequential
from pellucid.wording import tell

load_model = load

__all__ = ["Model", "Sequential", "clone_model", "load", "load_model", "model_from_json"]

tell(globals(), "models")
