"""What a callback is, and the list that calls callbacks in order."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar, Self

from pellucid.processes import is_first
from pellucid.settings import Named, nearest

Logs = dict[str, float]
#: before the name of a quantity that was measured on the training rows by weights that stand still
HONEST = "honest_"


class Callback(Named, family="callback"):
    """Something done at set moments of training; override the moments that matter.

    Epochs and batches are numbered from 0. `logs` holds the loss and metrics so far; what an
    earlier callback adds to it, later ones and the history see.
    """

    #: Called after all others, to see what they did.
    runs_last: ClassVar[bool] = False
    #: Whether it shows or writes what happens: of several processes the first one alone does.
    for_the_first: ClassVar[bool] = False
    #: Whether training that met a NaN ends with that epoch, and raises no error.
    ends_at_nan: ClassVar[bool] = False
    #: The attributes that a backup keeps: numbers, text, arrays, and lists and tables of them.
    remembers: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *values: Any, **named: Any):
        super().__init__(*values, **named)
        self.model: Any = None
        self.params: dict[str, Any] = {}

    def set_model(self, model: Any) -> None:
        self.model = model

    def set_params(self, params: dict[str, Any]) -> None:
        """Take note of what fit was asked for: epochs, steps, rows, batch_size, validation_freq."""
        self.params = params

    def set_callbacks(self, callbacks: Sequence[Callback]) -> None:
        """Take note of all callbacks of the run."""

    def to_keep(self) -> dict[str, Any]:
        """What it remembers of this training, so that one that was killed goes on as if not."""
        return {name: getattr(self, name) for name in self.remembers}

    def go_on_from(self, kept: dict[str, Any]) -> None:
        """Remember what was kept. Training has begun, or the epoch that it was kept in."""
        if not self.remembers:
            raise NotImplementedError(
                f"{type(self).__name__} keeps {', '.join(kept)}; it needs a method go_on_from(kept)"
            )
        for name in self.remembers:
            setattr(self, name, kept[name])

    @property
    def wants_batches(self) -> bool:
        """Whether this callback must be called for every batch."""
        return any(overrides(self, hook) for hook in BATCH_HOOKS)

    @property
    def leaves_at(self) -> float:
        """When training is left, within a step if need be, by the clock `time.perf_counter()`."""
        return math.inf

    @property
    def validated_sometimes(self) -> bool:
        """Whether fit was asked to validate after some epochs only (validation_freq)."""
        return self.params.get("validation_freq", 1) > 1

    def close(self) -> None:
        """Let go of files and of the terminal, however training ended; called last, always."""

    def on_train_begin(self, logs: Logs | None = None) -> None: ...
    def on_train_end(self, logs: Logs | None = None) -> None: ...
    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None: ...
    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None: ...
    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None: ...
    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None: ...
    def on_test_begin(self, logs: Logs | None = None) -> None: ...
    def on_test_end(self, logs: Logs | None = None) -> None: ...
    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None: ...
    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None: ...
    def on_predict_begin(self, logs: Logs | None = None) -> None: ...
    def on_predict_end(self, logs: Logs | None = None) -> None: ...
    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None: ...
    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None: ...

    def on_progress(self, done: int, logs: Logs | None = None) -> None:
        """Called a few times a second while an epoch runs; `done` batches lie behind."""


HOOKS = tuple(name for name in vars(Callback) if name.startswith("on_"))
OTHER_NAMES = {
    "on_batch_begin": "on_train_batch_begin",
    "on_batch_end": "on_train_batch_end",
}
BATCH_HOOKS = tuple(name for name in HOOKS if "_batch_" in name)


def overrides(callback: Callback, hook: str) -> bool:
    """Whether the callback does anything at this moment."""
    return hook in vars(callback) or getattr(type(callback), hook) is not getattr(Callback, hook)


class LambdaCallback(Callback):
    """A callback made of functions: LambdaCallback(on_epoch_end=lambda epoch, logs: …)."""

    def __init__(self, **functions: Callable[..., Any] | None):
        super().__init__()
        for hook, function in functions.items():
            if hook not in HOOKS:
                raise TypeError(f"LambdaCallback has no moment {hook!r}: {nearest(hook, HOOKS)}")
            if function is not None:
                setattr(self, hook, function)


class CallbackList:
    """Callbacks of one run, called in order. Used in a `with`, it closes them in any case.

    `callbacks` is what fit takes: None, one callback, or several.
    """

    def __init__(
        self,
        callbacks: Any = None,
        model: Any = None,
        params: dict[str, Any] | None = None,
    ):
        given = as_callbacks(callbacks)
        own = [each for each in given if is_first() or not each.for_the_first]
        self.callbacks = sorted(own, key=lambda each: each.runs_last)
        for callback in self.callbacks:
            callback.set_model(model)
            callback.set_params(params or {})
            callback.set_callbacks(self.callbacks)
        #: whether any callback must be called for every batch
        self.wants_batches = any(callback.wants_batches for callback in given)
        #: when training is left, within a step if need be
        self.leaves_at = min((each.leaves_at for each in given), default=math.inf)
        #: whether training that met a NaN ends without an error
        self.ends_at_nan = any(callback.ends_at_nan for callback in given)

    def __getattr__(self, hook: str) -> Callable[..., None]:
        """What calls all that listen to a moment; put together when it is first asked for."""
        if hook not in HOOKS:
            raise AttributeError(f"CallbackList has no {hook!r}: {nearest(hook, HOOKS)}")
        listeners = [getattr(each, hook) for each in self.callbacks if overrides(each, hook)]

        def call(*arguments: Any) -> None:
            for listener in listeners:
                listener(*arguments)

        setattr(self, hook, call)
        return call

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: Any) -> None:
        for callback in self.callbacks:
            callback.close()


def as_callbacks(given: Any) -> list[Callback]:
    """The callbacks that fit's `callbacks=` stands for, each checked for misspelt moments."""
    if given is None:
        return []
    several = isinstance(given, Iterable) and not isinstance(given, (str, dict, Callback))
    found = [Callback.get(item) for item in given] if several else [Callback.get(given)]
    for callback in found:
        _hear_other_names(callback)
        _warn_of_unknown_moments(callback)
    return found


def _hear_other_names(callback: Callback) -> None:
    """Call what listens by Keras's short name of a moment."""
    for other, hook in OTHER_NAMES.items():
        if hasattr(callback, other) and not overrides(callback, hook):
            setattr(callback, hook, getattr(callback, other))


def _warn_of_unknown_moments(callback: Callback) -> None:
    own = {name for kind in type(callback).__mro__ for name in vars(kind) if name[:3] == "on_"}
    for name in sorted(own.difference(HOOKS, OTHER_NAMES)):
        warnings.warn(
            f"{type(callback).__name__}.{name} is never called: {nearest(name, HOOKS)}",
            stacklevel=4,
        )
