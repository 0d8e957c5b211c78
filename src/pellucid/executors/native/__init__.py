"""The native executor: plans as programs of compiled kernels."""
