"""Products of matrices with fewer digits: factors of 16 bits, sums of 32.

What else is computed, and what is kept, stays float32.
"""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp

#: the kind of the factors, by the name of the policy
FACTORS = {"mixed_bfloat16": jnp.bfloat16, "mixed_float16": jnp.float16}


class Mixed:
    """JAX's functions of arrays, with such products."""

    def __init__(self, policy: str):
        self.kind = FACTORS[policy]
        #: bfloat16 reaches as far as float32; float16 does not, and underflows early
        self.scales = policy == "mixed_float16"

    def __getattr__(self, name: str) -> Any:
        return getattr(jnp, name)

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
