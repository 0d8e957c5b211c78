"""Settings of optimizers that no update can be written from are refused where they are given."""

from __future__ import annotations

import math
from collections.abc import Callable
from numbers import Real
from typing import Any

from pellucid.schedules import Schedule

CLIPS = ("clipnorm", "clipvalue", "global_clipnorm")
DECAY_RATES = ("momentum", "rho", "beta_1", "beta_2", "ema_momentum")
STRENGTHS = tuple(f"{name}_regularization_strength" for name in ("l1", "l2", "l2_shrinkage"))
AT_LEAST_0 = ("epsilon", "weight_decay", "initial_accumulator_value", "beta", *STRENGTHS)


def checked_rate(rate: Any) -> float:
    """`rate` as a learning rate, if it is one."""
    if isinstance(rate, bool) or not isinstance(rate, Real):
        raise TypeError(
            f"learning_rate must be a number or a schedule, got {rate!r}; "
            'write for example Adam(learning_rate=0.001), or Optimizer.get("adam") for its default'
        )
    if not 0 <= float(rate) < math.inf:
        raise ValueError(f"learning_rate must be a finite number of 0 or more, got {rate!r}")
    return float(rate)


def check(optimizer: Any) -> None:
    """Refuse settings that no update can be written from."""
    if not isinstance(optimizer.learning_rate, Schedule):
        checked_rate(optimizer.learning_rate)
    given = optimizer.settings()
    for name in DECAY_RATES:
        demand(given, name, lambda rate: 0 <= rate < 1, "in [0, 1)")
    if isinstance(given.get("weight_decay"), Schedule):
        del given["weight_decay"]
    for name in AT_LEAST_0:
        demand(given, name, lambda number: 0 <= number < math.inf, "a finite number of 0 or more")
    every = given["gradient_accumulation_steps"]
    if every is not None and (not isinstance(every, int) or isinstance(every, bool) or every < 2):
        raise ValueError(
            f"gradient_accumulation_steps must be a whole number of 2 or more, got {every!r}"
        )
    for name in CLIPS:
        demand(given, name, lambda limit: limit > 0, "above 0 (None for no clipping)")
    check_together(optimizer)


def demand(given: dict[str, Any], name: str, holds: Callable[[Any], bool], means: str) -> None:
    value = given.get(name)
    if value is not None and not (isinstance(value, Real) and holds(float(value))):
        raise ValueError(f"{name} must be {means}, got {value!r}")


def check_together(optimizer: Any) -> None:
    limits = {name: getattr(optimizer, name) for name in CLIPS}
    clips = [f"{name}={limit!r}" for name, limit in limits.items() if limit is not None]
    if len(clips) > 1:
        raise ValueError(
            f"only one of {', '.join(CLIPS)} can be given, got {' and '.join(clips)}; leave one"
        )
    every = optimizer.ema_overwrite_frequency
    if every is None:
        return
    if isinstance(every, bool) or not isinstance(every, int) or every < 1:
        raise ValueError(
            f"ema_overwrite_frequency must be a whole number of steps, 1 or more, got {every!r}"
        )
    if not optimizer.use_ema:
        raise ValueError(
            f"ema_overwrite_frequency={every} needs averaged weights: add use_ema=True"
        )
