"""The checks, family by family; each joins its family's table by being defined."""

from pellucid.glass.doctor.checks import (  # noqa: F401, their checks join the table
    columns,
    dynamics,
    first_state,
    generalisation,
    labels,
    layout,
    outputs,
    rows,
    setting_up,
    training,
)
from pellucid.glass.doctor.checks.base import Check, Suspicion

__all__ = ["Check", "Suspicion"]
