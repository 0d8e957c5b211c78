"""Why a plan has no native program: each equation that has no native form, with the reason."""

from __future__ import annotations

from pellucid.calls import Given, Unrecordable, record
from pellucid.executors.native.graph import Number, Unsupported
from pellucid.executors.native.lowerer import Lowerer
from pellucid.executors.native.lowering import lower
from pellucid.plan import Plan
from pellucid.tensor import Line


def without_native_form(plan: Plan, dtype: str) -> list[str]:
    """Every reason once, in the order of the equations."""
    reasons = (reason_of(line, dtype) for line in plan.lines if line.output is not plan.g)
    return list(dict.fromkeys(reason for reason in reasons if reason))


def reason_of(line: Line, dtype: str) -> str | None:
    """Why the equation cannot be lowered, whatever its inputs come from; None if it can."""
    try:
        calls, to = record([line], dtype), Lowerer()
        for each in calls.given:
            if isinstance(each, Given):
                to.values[each] = to.graph.given("given", each.shape, None)
            else:
                to.numbers[each] = Number("given")
        lower(to, calls.calls)
    except (Unrecordable, Unsupported) as why:
        return str(why)
    return None
