"""Rows of arithmetic, functions, choices and reductions, with and without broadcasting."""

from pellucid.equations import arithmetic as a
from pellucid.equations import choices as c
from pellucid.equations import reductions as r

from . import Row, apart, draw

positive = draw(3, 4, low=0.5, high=2.0)
POINTWISE = [a.Negative, a.Square, a.Exp, a.Sin, a.Cos]

ROWS = [
    *(Row(equation(), (draw(3, 4),)) for equation in POINTWISE),
    *(Row(equation(), (positive,)) for equation in (a.Sqrt, a.Log, a.Log1p)),
    *(Row(equation(), (apart(3, 4),)) for equation in (a.Absolute, a.Sign)),
    *(
        Row(equation(), (draw(3, 4), other))
        for equation in (a.Add, a.Subtract, a.Multiply)
        for other in (draw(3, 4, seed=1), draw(4, seed=1), draw(3, 1, seed=1), draw(seed=1))
    ),
    Row(a.Divide(), (draw(3, 4), positive)),
    Row(a.Divide(), (draw(4), positive)),
    Row(a.Power(), (positive, 2.5)),
    Row(a.Remainder(), (apart(3, 4), 0.37)),
    *(
        Row(equation(), (apart(3, 4), apart(4, seed=1) + 0.03))
        for equation in (c.Maximum, c.Minimum, c.Greater)
    ),
    Row(c.Where(), (apart(3, 4) > 0, draw(3, 4, seed=1), draw(4, seed=2)), constant=(0,)),
    *(
        Row(equation(axis, keepdims), (draw(2, 3, 4),))
        for equation in (r.Sum, r.Mean)
        for axis in (None, 0, -1, (0, 2))
        for keepdims in (False, True)
    ),
    Row(r.Spread(axis=1), (draw(2, 4), draw(2, 3, 4)), constant=(1,)),
    Row(r.Spread(axis=1, mean=True), (draw(2, 4), draw(2, 3, 4)), constant=(1,)),
    Row(r.SumTo(), (draw(2, 3, 4), draw(3, 1)), constant=(1,)),
    *(
        Row(r.Largest(axis, keepdims), (apart(2, 3, 4),))
        for axis in (-1, (1, 2), None)
        for keepdims in (False, True)
    ),
    Row(r.AtMost(), (draw(3, 4), draw(3, 4, seed=1))),
]
