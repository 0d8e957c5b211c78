"""Rows of recurrences from a given state, with steps that do not count, and with neither."""

import numpy as np

from pellucid.equations.activations import Sigmoid, Tanh
from pellucid.equations.carried import Before, CarriedSimple
from pellucid.equations.carried_gates import CarriedGated, CarriedLongShortTerm
from pellucid.equations.known import Known
from pellucid.equations.masking import AnyUnequal, Causal, Unequal, Within

from . import Row, draw

K = np.array([[1.0, 1.0, 0.0, 1.0], [0.0, 1.0, 1.0, 0.0]])
FUNCTIONS = Tanh(), Sigmoid()


def rows(equation, gates, states, *further):
    """From a state and past some steps; from 0 past some; from a state past all."""
    z, u = draw(2, 4, gates * 3), draw(3, gates * 3, seed=1)
    start = draw(2, states * 3, seed=2)
    given = ((start, K), (0.0, K), (start, 1.0))
    return [Row(equation, (z, u, *each, *further), constant=(3,)) for each in given]


ROWS = [
    *rows(CarriedSimple(Tanh()), 1, 1),
    *rows(CarriedSimple(Sigmoid()), 1, 1)[:1],
    *rows(CarriedLongShortTerm(*FUNCTIONS), 4, 2),
    *rows(CarriedLongShortTerm(*FUNCTIONS[::-1]), 4, 2)[:1],
    *rows(CarriedGated(*FUNCTIONS), 3, 1),
    *rows(CarriedGated(*FUNCTIONS[::-1]), 3, 1, draw(9, seed=3))[:1],
    Row(CarriedSimple(Tanh()), (draw(2, 1, 3), draw(3, 3), draw(2, 3), K[:, :1]), constant=(3,)),
    Row(Before(), (draw(2, 3, 2), draw(2, 2))),
    Row(Unequal(), (np.array([[0, 2, 0], [1, 0, 3]]), draw(2, 3, 2))),
    Row(AnyUnequal(), (np.array([[[0.0, 0.0], [1.0, 0.0]], [[0.0, 2.0], [0.0, 0.0]]]),)),
    Row(Causal(), (draw(2, 3, 4),)),
    Row(Known(((0.5, -1.0, 2.0), (3.0, 0.25, 1.0))), (draw(2, 3, 4),)),
    Row(Within(2), (draw(2, 3, 4),)),
]
