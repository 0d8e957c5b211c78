"""Which executor runs a plan: the one that is asked for, or the reason why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pellucid.executors.jax.library import need
from pellucid.executors.native.library import problem
from pellucid.settings import nearest

if TYPE_CHECKING:
    from pellucid.executors.jax.executor import JaxExecutor
    from pellucid.executors.memory import Memory
    from pellucid.executors.native.executor import NativeExecutor
    from pellucid.plan import Plan

CHOICES = ("auto", "numpy", "native", "jax")


def check_choice(executor: str) -> str:
    """The choice of an executor, if there is one of that name, and JAX for the one of JAX."""
    if executor not in CHOICES:
        raise ValueError(f"unknown executor {executor!r}: {nearest(executor, CHOICES)}")
    if executor == "jax":
        need()
    return executor


def jax_executor(plan: Plan, memory: Memory) -> JaxExecutor:
    """An executor of JAX, which is loaded here; an error that says what to install without it."""
    need()
    from pellucid.executors.jax.executor import JaxExecutor

    return JaxExecutor(plan, memory)


def native_or_reason(
    plan: Plan, memory: Memory, choice: str, threads: int | None = None
) -> NativeExecutor | str:
    """A native executor for the plan, or why there is none; an error if `choice` insists on it."""
    if choice == "numpy":
        return "executor='numpy' was asked for"
    found = problem() or made(plan, memory, threads)
    if choice == "native" and isinstance(found, str):
        raise RuntimeError(
            f"executor='native' cannot run this network: {found}. "
            "With executor='auto' NumPy runs what the native executor cannot"
        )
    return found


def predictor(plan: Plan, memory: Memory, threads: int | None = None) -> Any:
    """A prepared prediction, where the plan has a native one with one input and one output."""
    if problem() is not None or len(plan.inputs) != 1 or len(plan.outputs) != 1:
        return None
    from pellucid.executors.native.executor import Predictor
    from pellucid.executors.native.graph import Unsupported

    try:
        return Predictor(plan, memory, threads)
    except Unsupported:
        return None


def made(plan: Plan, memory: Memory, threads: int | None) -> Any:
    from pellucid.executors.native.executor import NativeExecutor
    from pellucid.executors.native.graph import Unsupported

    try:
        return NativeExecutor(plan, memory, threads)
    except Unsupported as reason:
        return str(reason)
