"""Executors: what runs a plan."""

from __future__ import annotations

from pellucid.settings import nearest

CHOICES = ("auto", "numpy", "native")


def check_choice(executor: str) -> str:
    """The choice of an executor, if there is one of that name."""
    if executor not in CHOICES:
        raise ValueError(f"unknown executor {executor!r}: {nearest(executor, CHOICES)}")
    return executor
