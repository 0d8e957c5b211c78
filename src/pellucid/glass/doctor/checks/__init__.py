"""The checks, family by family; each joins its family's table by being defined."""

from pellucid.glass.doctor.checks import (  # noqa: F401, their checks join the table
    batches,
    capacity,
    finite,
    gradients,
    growth,
    labels,
    layout,
    losses,
    meanings,
    memory,
    order,
    parts,
    probabilities,
    rates,
    reach,
    rows,
    scales,
    setting_up,
    standstill,
    starts,
    steps,
    targets,
    units,
    weights,
    worth,
)
from pellucid.glass.doctor.checks.base import Check, Suspicion

__all__ = ["Check", "Suspicion"]
