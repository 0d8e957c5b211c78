"""Which executor runs a plan: the one that is asked for, or the reason why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pellucid.distribution.paths import paths
from pellucid.distribution.strategies import Distribution, distribution
from pellucid.executors.jax.library import need
from pellucid.executors.native.library import problem
from pellucid.settings import nearest

if TYPE_CHECKING:
    from pellucid.executors.jax.executor import JaxExecutor
    from pellucid.executors.memory import Memory
    from pellucid.executors.native.executor import NativeExecutor
    from pellucid.networks.network import Network
    from pellucid.plan import Plan

CHOICES = ("auto", "numpy", "native", "jax")
POLICIES = ("mixed_bfloat16", "mixed_float16")


def check_choice(executor: str) -> str:
    """The choice of an executor, if there is one of that name, and JAX for the one of JAX."""
    if executor not in CHOICES:
        raise ValueError(f"unknown executor {executor!r}: {nearest(executor, CHOICES)}")
    if executor == "jax":
        need()
    elif distribution() is not None:
        raise ValueError(
            f"executor={executor!r} runs on this machine alone, but a distribution is set: "
            "compile(executor='jax') goes by it, set_distribution(None) takes it back"
        )
    return executor


def check_policy(policy: str | None, executor: str, dtype: str) -> str | None:
    """The policy by which products are computed, if it can be; None for that of the network."""
    if policy is None or policy == dtype:
        return None
    if policy not in POLICIES:
        raise ValueError(
            f"unknown dtype_policy {policy!r}: {nearest(policy, POLICIES)}; all other numbers have "
            "the dtype that the network is made with"
        )
    if executor != "jax" or dtype != "float32":
        raise ValueError(
            f"dtype_policy={policy!r} is for networks of float32 and executor='jax'; this one is "
            f"of {dtype}, and asks for executor={executor!r}"
        )
    return policy


def jax_executor(
    plan: Plan,
    memory: Memory,
    network: Network,
    spread: Distribution | None = None,
    policy: str | None = None,
) -> JaxExecutor:
    """An executor of JAX, which is loaded here; an error that says what to install without it."""
    need()
    from pellucid.executors.jax.executor import JaxExecutor
    from pellucid.executors.jax.places import spread_over

    places = None if spread is None else spread_over(spread, plan, memory, paths(network))
    return JaxExecutor(plan, memory, places, policy)


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
