"""scikit-learn's callbacks (from its version 1.9 on): contexts of a fit and of its epochs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

try:
    from sklearn.callback import CallbackSupportMixin, with_callbacks
except ImportError:  # before 1.9

    class CallbackSupportMixin:  # type: ignore[no-redef]
        """Nothing: this scikit-learn has no callbacks."""

    def with_callbacks(fit: Callable[..., Any]) -> Callable[..., Any]:
        return fit


class Following:
    """A fit as callbacks follow it: begun, an epoch after another, ended."""

    def __init__(self, estimator: Any, X: Any, y: Any, weight: Any, epochs: int):
        metadata = None if weight is None else {"sample_weight": weight}
        self.told = {"estimator": estimator, "X": X, "y": y, "metadata": metadata}
        begins = getattr(estimator, "_init_callback_context", None)
        self.context: Any = begins(max_subtasks=epochs) if begins else None
        self.inner: Any = None

    def __enter__(self) -> Self:
        if self.context is not None:
            self.context.call_on_fit_task_begin(**self.told)
        return self

    def __exit__(self, kind: object, *error: object) -> None:
        if self.context is not None and kind is None:
            self.context.call_on_fit_task_end(**self.told, reconstruction_attributes=dict)

    def begin_epoch(self) -> None:
        if self.context is not None:
            self.inner = self.context.subcontext(task_name="epoch")
            self.inner.call_on_fit_task_begin(**self.told)

    def end_epoch(self, fitted: Callable[[], dict[str, Any]]) -> bool:
        """Whether a callback asks for the end. `fitted` are the attributes that predict as it is
        now, made only if somebody asks.
        """
        if self.inner is None:
            return False
        return bool(self.inner.call_on_fit_task_end(**self.told, reconstruction_attributes=fitted))
