"""Executors: what runs a plan."""

from __future__ import annotations

from pellucid.executors.jax.library import need
from pellucid.settings import nearest

CHOICES = ("auto", "numpy", "native", "jax")


def check_choice(executor: str) -> str:
    """The choice of an executor, if there is one of that name, and JAX for the one of JAX."""
    if executor not in CHOICES:
        raise ValueError(f"unknown executor {executor!r}: {nearest(executor, CHOICES)}")
    if executor == "jax":
        need()
    return executor
