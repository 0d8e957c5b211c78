"""Lenses: ways of looking at a network. NumPy in, NumPy out; `pellucid.plots` draws what they give.

Numbers go by the names of the printed plan: "Ŷ[3]" is output 3 of every row, "A1[5]" a unit;
of feature maps "A1[5]" is channel 5, its mean over all places, and "A1[2, 3, 5]" one number of it.
"""

from pellucid.lenses.activations import activations, histograms
from pellucid.lenses.boundary import Boundary, boundary
from pellucid.lenses.confusion import Confusion, confusion
from pellucid.lenses.dependence import Dependence, Importance, importance, partial_dependence
from pellucid.lenses.exciting import Ascent, Exciting, ascent, excites
from pellucid.lenses.gradient import gradient
from pellucid.lenses.landscape import LossLine, LossPlane, loss_line, loss_plane
from pellucid.lenses.occlusion import occlusion
from pellucid.lenses.saliency import Attribution, integrated_gradients, saliency
from pellucid.lenses.weights import kernels
from pellucid.wording import tell

__all__ = [
    "Ascent",
    "Attribution",
    "Boundary",
    "Confusion",
    "Dependence",
    "Exciting",
    "Importance",
    "LossLine",
    "LossPlane",
    "activations",
    "ascent",
    "boundary",
    "confusion",
    "excites",
    "gradient",
    "histograms",
    "importance",
    "integrated_gradients",
    "kernels",
    "loss_line",
    "loss_plane",
    "occlusion",
    "partial_dependence",
    "saliency",
]

tell(globals(), "lenses")
