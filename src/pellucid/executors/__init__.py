"""Executors: what runs a plan."""

from __future__ import annotations

from pellucid.settings import nearest

CHOICES = ("auto", "numpy")


def check_choice(executor: str) -> None:
    """Refuse an executor that does not exist."""
    if executor not in CHOICES:
        raise ValueError(f"unknown executor {executor!r}: {nearest(executor, CHOICES)}")
