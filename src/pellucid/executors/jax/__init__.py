"""The JAX executor: plans as programs that XLA compiles, for graphics cards and many devices."""
