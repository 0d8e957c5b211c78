"""Rows of activations, and of the equations of their gradients."""

from pellucid.equations import activations as a
from pellucid.equations import rectifiers as r
from pellucid.equations import shrinking as s
from pellucid.equations import sparsity as z

from . import Row, apart, draw

SMOOTH = [
    a.Linear(), a.Exponential(), a.Sigmoid(), a.Tanh(), r.Softplus(), r.Silu(), r.Mish(),
    r.Gelu(), r.Gelu(approximate=True),
]  # fmt: skip
KINKED = [r.Relu(), r.LeakyRelu(), r.LeakyRelu(1.5), r.Elu(), r.Elu(0.7), r.Selu(), r.Softsign()]
CURVED = [s.TanhShrink(), s.LogSigmoid(), s.Squareplus(), z.Sparsemax(), z.Glu()]
STRAIGHT = [s.HardTanh(), s.HardShrink(), s.SoftShrink(0.4), s.HardSilu(), s.Celu(), s.Celu(0.6),
            z.Threshold(0.5, -1.0), z.SparsePlus(), z.SparseSigmoid()]  # fmt: skip

ROWS = [
    *(Row(equation, (draw(3, 4),)) for equation in SMOOTH),
    *(Row(equation, (apart(3, 4),)) for equation in KINKED),
    *(Row(equation, (draw(3, 4),)) for equation in CURVED),
    *(Row(equation, (3 * apart(3, 4) + 0.02,)) for equation in STRAIGHT),
    *(Row(equation, (8 * apart(3, 4) + 3,)) for equation in (r.Relu6(), a.HardSigmoid())),
    *(
        Row(equation(axis), (draw(2, 3, 4),))
        for equation in (a.Softmax, a.LogSoftmax)
        for axis in (-1, 1)
    ),
    Row(r.Ramp(0.2, 1.5, 0.1), (3 * apart(3, 4) + 0.05,)),
    Row(a.Slope(r.Relu()), (draw(3, 4), draw(3, 4, seed=1), draw(3, 4, seed=2))),
    Row(a.SoftmaxGradient(), (draw(3, 4), draw(3, 4, seed=1))),
    Row(a.LogSoftmaxGradient(), (draw(3, 4), draw(3, 4, seed=1))),
]
