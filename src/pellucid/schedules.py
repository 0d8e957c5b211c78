"""Schedules: the learning rate as a function of the step."""

from __future__ import annotations

from typing import Any

from pellucid.settings import Named


class Schedule(Named, family="schedule"):
    """A learning rate for each step, counted from 0. It works on arrays of steps too."""

    def __call__(self, step: Any) -> Any:
        raise NotImplementedError
