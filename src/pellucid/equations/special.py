"""Functions of arrays that several equations are made of, none of which overflows."""

from __future__ import annotations

from pellucid.arrays import Array, Namespace

# Rational approximations by W. J. Cody, Mathematics of Computation 23 (1969), highest power first.
_BORDER, _FAR = 0.46875, 6.0
_NEAR = (
    (1.85777706184603153e-1, 3.16112374387056560e0, 1.13864154151050156e2,
     3.77485237685302021e2, 3.20937758913846947e3),
    (1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3,
     2.84423683343917062e3),
)  # fmt: skip
_TAIL = (
    (2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594e0,
     6.61191906371416295e1, 2.98635138197400131e2, 8.81952221241769090e2,
     1.71204761263407058e3, 2.05107837782607147e3, 1.23033935479799725e3),
    (1.0, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2,
     1.62138957456669019e3, 3.29079923573345963e3, 4.36261909014324716e3,
     3.43936767414372164e3, 1.23033935480374942e3),
)  # fmt: skip


def erf(xp: Namespace, x: Array) -> Array:
    """2/√π ∫₀ˣ e^−t² dt, to the last digit of double precision or nearly"""
    y = xp.abs(x)
    near = xp.minimum(y, _BORDER)
    near = xp.multiply(near, ratio(xp, xp.multiply(near, near), _NEAR))
    far = xp.minimum(y, _FAR)
    tail = xp.exp(xp.negative(xp.multiply(far, far)))
    tail *= ratio(xp, far, _TAIL)
    tail *= -1.0
    tail += 1.0
    result = xp.where(xp.less(y, _BORDER), near, tail)
    result *= xp.sign(x)
    return result


def ratio(
    xp: Namespace, x: Array, coefficients: tuple[tuple[float, ...], tuple[float, ...]]
) -> Array:
    """One polynomial in x over another."""
    above, below = (polynomial(xp, x, each) for each in coefficients)
    above /= below
    return above


def polynomial(xp: Namespace, x: Array, coefficients: tuple[float, ...]) -> Array:
    first, *others, last = coefficients
    value = xp.multiply(x, first)
    for each in others:
        value += each
        value *= x
    value += last
    return value


def sigmoid(xp: Namespace, z: Array) -> Array:
    """1 / (1 + e⁻ᶻ), as (1 + tanh(z/2)) / 2 where the library has no function for it"""
    own = getattr(type(xp), "logistic", None)  # of the class, for recorders refuse other names
    if own is not None:
        return own(xp, z)
    a = xp.tanh(xp.multiply(z, 0.5))
    a += 1.0
    a *= 0.5
    return a


def softplus(xp: Namespace, z: Array) -> Array:
    """log(1 + eᶻ), as max(z, 0) + log(1 + e^−|z|)"""
    a = xp.log1p(xp.exp(xp.negative(xp.abs(z))))
    a += xp.maximum(z, 0.0)
    return a


def softmax(xp: Namespace, z: Array, axis: int = -1) -> Array:
    """eᶻ / Σ eᶻ, shifted by max z"""
    a = xp.exp(xp.subtract(z, xp.max(z, axis=axis, keepdims=True)))
    a /= xp.sum(a, axis=axis, keepdims=True)
    return a


def log_softmax(xp: Namespace, z: Array, axis: int = -1) -> Array:
    """z − log Σ eᶻ, shifted by max z"""
    a = xp.subtract(z, xp.max(z, axis=axis, keepdims=True))
    a -= xp.log(xp.sum(xp.exp(a), axis=axis, keepdims=True))
    return a


def log_sum_exp(xp: Namespace, z: Array) -> Array:
    """log Σ eᶻ along the last axis, shifted by max z"""
    top = xp.max(z, axis=-1, keepdims=True)
    total = xp.log(xp.sum(xp.exp(xp.subtract(z, top)), axis=-1))
    total += top[..., 0]
    return total


def indicator(xp: Namespace, condition: Array, like: Array) -> Array:
    """1 where the condition holds, else 0, in the dtype of `like`"""
    return xp.astype(condition, like.dtype)


def one_hot(xp: Namespace, y: Array, like: Array) -> Array:
    """Class numbers y as rows of 0 and 1, in the shape and dtype of `like`"""
    columns = xp.arange(like.shape[-1], dtype=y.dtype)
    return indicator(xp, xp.equal(y[..., None], columns), like)
