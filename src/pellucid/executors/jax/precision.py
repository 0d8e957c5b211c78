"""JAX's functions of arrays as plans are given them; products of matrices with fewer digits.

Mixed, factors are of 16 bits and sums of 32; all else is computed and kept in float32.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

#: the kind of the factors, by the name of the policy
FACTORS = {"mixed_bfloat16": jnp.bfloat16, "mixed_float16": jnp.float16}


class Exact:
    """JAX's functions of arrays, a loop, since XLA is slow to compile what is written out, and σ.

    As a tanh it would be kept beside its own value.
    """

    def __getattr__(self, name: str) -> Any:
        return getattr(jnp, name)

    def logistic(self, z: Any) -> Any:
        """1 / (1 + e⁻ᶻ)"""
        return lax.logistic(z)

    def repeated(self, count: int, function: Callable[[Any], Any], start: Any) -> Any:
        """What a function makes of lists of whole numbers, so many times."""
        kind = jax.tree.leaves(start)[0].dtype
        begin = jax.tree.map(lambda each: jnp.asarray(each, kind), start)
        return lax.fori_loop(0, count, lambda _, now: function(now), begin)


class Mixed(Exact):
    """The same, with such products."""

    def __init__(self, policy: str):
        self.kind = FACTORS[policy]
        #: bfloat16 reaches as far as float32; float16 does not, and underflows early
        self.scales = policy == "mixed_float16"

    def matmul(self, a: Any, b: Any) -> Any:
        """a·b; of float16 the factors are brought to numbers of up to 1, by powers of two."""
        kind = jnp.result_type(a, b)
        if not self.scales:
            factors = a.astype(self.kind), b.astype(self.kind)
            return jnp.matmul(*factors, preferred_element_type=kind)
        power_a, power_b = power(a), power(b)
        factors = (a / power_a).astype(self.kind), (b / power_b).astype(self.kind)
        return jnp.matmul(*factors, preferred_element_type=kind) * power_a * power_b


def power(array: Any) -> Any:
    """The least power of two that is larger than all numbers of an array; 1 where all are 0."""
    largest = jnp.max(jnp.abs(array), initial=0)
    exponent = jnp.frexp(largest)[1]
    known = (largest > 0) & jnp.isfinite(largest)
    return jnp.where(known, jnp.ldexp(jnp.ones_like(largest), exponent), 1)
