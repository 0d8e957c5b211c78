"""JAX, if it is installed, and the settings under which plans are traced and run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from importlib.util import find_spec

from pellucid.extras import install

#: the first version that has all that is used here
OLDEST = (0, 8)


@cache
def problem() -> str | None:
    """Why there is no JAX here; None if there is."""
    if find_spec("jax") is None:
        return "JAX is not installed"
    try:
        import jax
    except Exception as error:  # its compiled half may lack a library, or be of another version
        return f"JAX cannot be loaded ({error})"
    if jax.__version_info__ < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        return f"JAX {jax.__version__} is installed, {oldest} or a later one is needed"
    return None


def need(who: str = "executor='jax'") -> None:
    """A sentence on what to install for `who`, where there is no JAX."""
    if (lacking := problem()) is not None:
        raise ImportError(f"{who} needs JAX, and {lacking}: {install('jax')}")


@contextmanager
def settled() -> Iterator[None]:
    """Float64 is float64 and float32 is float32, here and in this thread alone.

    Graphics cards and TPUs would else multiply matrices of float32 with fewer digits.
    """
    import jax

    with ExitStack() as settings:
        settings.enter_context(jax.enable_x64(True))
        settings.enter_context(jax.default_matmul_precision("highest"))
        yield
