"""Plain numbers behind the array functions, so that equations on settings cost no arrays."""

from __future__ import annotations

import math
import operator


class NUMBERS:
    """The part of an array namespace that arithmetic on Python floats needs."""

    add = staticmethod(operator.add)
    subtract = staticmethod(operator.sub)
    multiply = staticmethod(operator.mul)
    divide = staticmethod(operator.truediv)
    pow = staticmethod(operator.pow)
    negative = staticmethod(operator.neg)
    square = staticmethod(lambda x: x * x)
    sqrt = staticmethod(math.sqrt)
    exp = staticmethod(math.exp)
    log = staticmethod(math.log)
    log1p = staticmethod(math.log1p)
    sin = staticmethod(math.sin)
    cos = staticmethod(math.cos)
    tanh = staticmethod(math.tanh)
    abs = staticmethod(abs)
    sign = staticmethod(lambda x: float((x > 0) - (x < 0)))
    maximum = staticmethod(max)
    minimum = staticmethod(min)
    greater = staticmethod(lambda a, b: float(a > b))
    not_equal = staticmethod(operator.ne)
    where = staticmethod(lambda c, a, b: a if c else b)
    astype = staticmethod(lambda x, dtype: x)
