"""The native executor: plans as programs of compiled kernels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pellucid.executors.native.library import problem

if TYPE_CHECKING:
    from pellucid.executors.memory import Memory
    from pellucid.executors.native.executor import NativeExecutor
    from pellucid.plan import Plan


def native_or_reason(plan: Plan, memory: Memory, choice: str) -> NativeExecutor | str:
    """A native executor for the plan, or why there is none; an error if `choice` insists on it."""
    if choice == "numpy":
        return "executor='numpy' was asked for"
    found = problem() or made(plan, memory)
    if choice == "native" and isinstance(found, str):
        raise RuntimeError(
            f"executor='native' cannot run this network: {found}. "
            "With executor='auto' NumPy runs what the native executor cannot"
        )
    return found


def made(plan: Plan, memory: Memory) -> Any:
    from pellucid.executors.native.executor import NativeExecutor
    from pellucid.executors.native.graph import Unsupported

    try:
        return NativeExecutor(plan, memory)
    except Unsupported as reason:
        return str(reason)
