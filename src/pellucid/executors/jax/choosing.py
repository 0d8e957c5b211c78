"""The door to the JAX executor, which loads JAX when it is opened and says so where it cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pellucid.executors.jax.library import need

if TYPE_CHECKING:
    from pellucid.executors.jax.executor import JaxExecutor
    from pellucid.executors.memory import Memory
    from pellucid.plan import Plan


def jax_executor(plan: Plan, memory: Memory) -> JaxExecutor:
    """An executor for the plan; an error that says what to install where there is no JAX."""
    need()
    from pellucid.executors.jax.executor import JaxExecutor

    return JaxExecutor(plan, memory)
