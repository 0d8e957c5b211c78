"""Callbacks that trials run too: those that steer, and one's own that do no more than that."""

from __future__ import annotations

import copy
import dis
from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import Any

from pellucid.glass.doctor.case import Case
from pellucid.training.callbacks.base import Callback
from pellucid.training.callbacks.learning_rate import LearningRateScheduler, ReduceLROnPlateau
from pellucid.training.callbacks.stopping import EarlyStopping

STEERING = (EarlyStopping, LearningRateScheduler, ReduceLROnPlateau)

#: what a callback sets that ends a training, and what none has that leaves something behind: such
#: a one is not run again
ENDS = "stop_training"
#: what a callback sets that turns the rate of a training up or down
TURNS = {"learning_rate", "lr"}
LEAVES = {
    *("open", "save", "save_weights", "write", "dump", "savez", "savefig", "append", "system"),
    *("random", "seed", "shuffle", "setattr", "globals"),
}
#: operations that change what is not the callback's own
OUTSIDE = {"STORE_GLOBAL", "DELETE_GLOBAL", "STORE_DEREF"}
#: names of functions with which one asks for input, or starts something
WAITS = {"input", "run", "Popen", "exec", "eval"}


def steering(case: Case) -> list[Callback]:
    """Copies of the callbacks of fit that steer a training by its numbers, and do no more."""
    given = listed(case.fit)
    ours = [copy.copy(each) for each in given if type(each) in STEERING]
    return ours + [alike for each in given if steers(each) and (alike := apart(each))]


def listed(fit: dict[str, Any]) -> list[Any]:
    """The callbacks of fit."""
    given = fit.get("callbacks") or []
    return list(given) if isinstance(given, (list, tuple)) else [given]


def apart(own: Callback) -> Callback | None:
    """A copy that shares nothing with the user's own callback, if one can be made."""
    try:
        return copy.deepcopy(own)
    except Exception:
        return None


def steers(given: object) -> bool:
    """Whether a callback of the user's own ends trainings or sets their rate, by its code."""
    kind = type(given)
    if not isinstance(given, Callback) or kind.__module__.startswith("pellucid."):
        return False
    own = list(codes(kind))
    names = set().union(*(code.co_names for code in own))
    steps = [each for code in own for each in dis.get_instructions(code)]
    done = {each.opname for each in steps}
    turns = any(each.opname == "STORE_ATTR" and each.argval in TURNS for each in steps)
    return (ENDS in names or turns) and not names & (LEAVES | WAITS) and not done & OUTSIDE


def codes(kind: type) -> Iterator[CodeType]:
    """The code of all methods that a class has beside those of the library."""
    for each in kind.__mro__:
        if each.__module__.startswith("pellucid.") or each is object:
            continue
        for member in vars(each).values():
            if isinstance(member, FunctionType):
                yield from within(member.__code__)


def within(code: CodeType) -> Iterator[CodeType]:
    """A code and those of the functions in it."""
    yield code
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from within(each)
