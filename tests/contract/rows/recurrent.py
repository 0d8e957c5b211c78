"""Rows of recurrent equations: one step, several steps, other activations."""

from pellucid.equations.activations import Sigmoid, Tanh
from pellucid.equations.gated import GatedRecurrence
from pellucid.equations.recurrent import LongShortTerm, SimpleRecurrence

from . import Row, draw


def arrays(steps, gates):
    return draw(2, steps, gates * 3), draw(3, gates * 3, seed=1)


ROWS = [
    *(Row(SimpleRecurrence(f), arrays(steps, 1)) for f in (Tanh(), Sigmoid()) for steps in (1, 4)),
    *(Row(LongShortTerm(Tanh(), Sigmoid()), arrays(steps, 4)) for steps in (1, 4)),
    Row(LongShortTerm(Sigmoid(), Tanh()), arrays(3, 4)),
    *(Row(GatedRecurrence(Tanh(), Sigmoid()), arrays(steps, 3)) for steps in (1, 4)),
    Row(GatedRecurrence(Sigmoid(), Tanh()), arrays(3, 3)),
    Row(GatedRecurrence(Tanh(), Sigmoid()), (*arrays(4, 3), draw(9, seed=2))),
]
