"""What fit refuses before its first step, where no other check says why."""

from __future__ import annotations

from collections.abc import Iterator

from pellucid.glass.doctor.checks.base import Check, Suspicion
from pellucid.glass.doctor.evidence import Evidence


class FitRefuses(Check):
    """fit raises an error before its first step.

    Nothing can be trained; the words are those of the error, which names what to change.
    """

    code = "PL001"
    severity = "error"
    sure = True
    tried = False
    after = (
        *("PL105", "PL106", "PL108", "PL110", "PL111", "PL112", "PL114", "PL115", "PL116", "PL123"),
        "PL201",
    )
    confused = "Any check whose fault fit refuses: it stands before this one, which is then left."
    cure = "What the error says."
    example = """
net = Sequential([layers.Dense(3, "softmax", input_shape=(5,))])
net.compile("adam", "sparse_categorical_crossentropy")
x, y = clusters(300, 4, 3)
"""
    near_miss = """
net = Sequential([layers.Dense(3, "softmax", input_shape=(4,))])
net.compile("adam", "sparse_categorical_crossentropy")
x, y = clusters(300, 4, 3)
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        error = evidence.error
        if error is not None and not isinstance(error, NotImplementedError):
            yield Suspicion(f"fit raises {type(error).__name__}: {error}")
