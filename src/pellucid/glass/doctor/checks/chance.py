"""Data in which nothing is found: what a network says of new rows is worth no more than chance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.checks.base import Check, Suspicion
from pellucid.glass.doctor.checks.memory import smaller
from pellucid.glass.doctor.checks.pace import batches_of
from pellucid.glass.doctor.checks.standstill import as_usual
from pellucid.glass.doctor.checks.worth import larger, linear
from pellucid.glass.doctor.evidence import Evidence
from pellucid.glass.doctor.goal import TINY
from pellucid.glass.doctor.runs import Outcome

#: rows from which on it is seen whether there is anything to be learnt
ENOUGH = 200
#: the share of the way from chance that rows trained on have gone, where they are learnt
LEARNT = 0.4
#: the steps in which a network learns its rows that can, and the share of the way that shows it
ABLE, BY_ABLE = 2000, 0.2
#: how much above chance is little, and by how many standard errors a figure is certainly below it
LITTLE, ERRORS = 0.1, 2.0
#: and from how many standard errors on it is one
SURELY = 1.5


class Unrelated(Check):
    """The inputs say nothing of the targets.

    Rows that are trained on can be learnt by heart, and of others the network knows no more than
    chance; so do a smaller one, a linear one, and one that is made as usual. The columns do not
    hold what is asked, or rows and targets are not in the same order, as when one was shuffled.
    """

    code = "PL227"
    severity = "error"
    sure = True
    tried = False
    guessed = True
    folded = True
    denies = True
    after = ("PL210", "PL211", "PL212", "PL216", "PL224", "PL228")
    cure = (
        "Look whether row i of x and y are the same thing, after every sorting, join and shuffle."
    )
    confused = "Memorising, where others are hit less often, but more often than by chance."
    example = """
net = Sequential([layers.Dense(128, "relu", input_shape=(64,)), layers.Dense(10, "softmax")])
net.compile(optimizers.Adam(0.005), "sparse_categorical_crossentropy")
x, y = digits(400)
y = rng.permutation(y)
fit = {"epochs": 40}
"""
    near_miss = """
net = Sequential([layers.Dense(128, "relu", input_shape=(64,)), layers.Dense(10, "softmax")])
net.compile(optimizers.Adam(0.005), "sparse_categorical_crossentropy")
x, y = digits(400)
y = np.where(rng.random(400) < 0.5, rng.integers(0, 10, 400), y)
fit = {"epochs": 40}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        if len(evidence.rows) < ENOUGH or not evidence.plain or evidence.task == "several":
            return
        _ = evidence.as_it_is
        seen, found = evidence.on_trained_rows, evidence.folded_as_it_is
        chance = evidence.chance
        if seen is None or not found.worked or not of_chance(evidence, found):
            return
        outcomes = [found]
        if seen < chance + LEARNT * (1 - chance):
            outcomes.append(evidence.trial(able(evidence), watch=True))
            seen = evidence.measured_again(outcomes[-1]) or 0.0
            gained = gains(evidence, outcomes[-1]) if outcomes[-1].worked else ()
            if seen < chance + BY_ABLE * (1 - chance) or any(map(more, gained)):
                return
        for case in designs(evidence):
            outcomes.append(evidence.folded(case))
            if not nothing(evidence, outcomes[-1]):
                return
        best = max(each.mean(evidence.figure) for each in outcomes)
        yield Suspicion(
            f"rows trained on are hit at {seen:.3g}, and others at {best:.3g} at best, where "
            f"saying the same for every row gives {chance:.3g}",
            {"on rows trained on": seen, "on others": best, "by chance": chance},
        )


def able(evidence: Evidence) -> Case:
    """A larger network, as usual in all else, that is trained for long enough to learn its rows."""
    case = as_usual(0.003)(larger(evidence.case))
    more = max(evidence.budget.epochs, ABLE // max(1, batches_of(evidence, len(evidence.rows))))
    return case.fitted(epochs=int(more), batch_size=None)


def designs(evidence: Evidence) -> list[Case]:
    """A smaller network and a linear one, trained as long and for a quarter of it."""
    found = []
    for design in (smaller, linear):
        try:
            case = design(evidence.case)
        except Exception:  # another kind of network
            continue
        epochs = max(1, evidence.budget.epochs // 4)
        found += [case, replace(case, fit=case.fit | {"epochs": epochs})]
    return found


class NothingGained(Check):
    """Saying the same for every row is as good.

    What the network says of rows that were held out is worth no more than the commonest class, or
    the mean of the targets: as far as it goes, the inputs do not say what is asked.
    """

    code = "PL508"
    severity = "warning"
    sure = True
    tried = False
    guessed = True
    outdoes = False
    last_resort = True
    cure = "Other columns, or more rows; a network learns what is there."
    confused = "Any fault that keeps a network from learning: its mend helps, and it is told first."
    example = """
net = Sequential([layers.Dense(16, "relu", input_shape=(6,)), layers.Dense(1)])
net.compile(optimizers.Adam(0.003), "mse")
x, y = rng.normal(size=(1000, 6)), rng.normal(size=1000)
fit = {"epochs": 5}
"""
    near_miss = """
net = Sequential([layers.Dense(16, "relu", input_shape=(6,)), layers.Dense(1)])
net.compile(optimizers.Adam(0.01), "mse")
x, y = rng.normal(size=(1000, 6)), rng.normal(size=1000)
y, fit = y + x[:, 0], {"epochs": 5}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        found = evidence.folded_as_it_is
        if not found.worked or evidence.task not in ("classes", "numbers"):
            return
        if of_chance(evidence, found):
            reached = found.mean(evidence.figure)
            yield Suspicion(
                f"on rows held out it reaches {reached:.3g}, and saying the same for every row "
                f"{evidence.chance:.3g}",
                {"reached": reached, "saying the same for every row": evidence.chance},
            )


def more(each: np.ndarray) -> bool:
    """Whether a gain is one, as far as so few rows tell."""
    return float(each.mean()) > ERRORS * float(each.std()) / len(each) ** 0.5


def nothing(evidence: Evidence, found: Outcome) -> bool:
    """Whether a run came to its end, and has learnt nothing of rows that were held out."""
    return found.worked and of_chance(evidence, found)


def of_chance(evidence: Evidence, found: Outcome) -> bool:
    """Whether rows are hit no better than by saying the same for all of them."""
    return all(map(no_better, gains(evidence, found)))


def gains(evidence: Evidence, found: Outcome) -> Iterator[np.ndarray]:
    """By how much each row is hit better than by the same for all: of classes by two figures."""
    if evidence.labels is not None:
        yield found.each("classes") - np.bincount(evidence.labels).max() / len(evidence.labels)
        yield found.each("balanced") - 1 / len(np.unique(evidence.labels))
        return
    y = found.hit[0].y.reshape(len(found.hit[0].y), -1).astype(np.float64)
    spread = max(float(y.var(axis=0).mean()), TINY)
    yield found.each(evidence.figure) - 1 + np.square(y - y.mean(axis=0)).mean(axis=1) / spread


def no_better(each: np.ndarray) -> bool:
    """Whether a gain is none, as far as so many rows tell, and certainly little."""
    mean, error = float(each.mean()), float(each.std() / np.sqrt(len(each)))
    return mean < SURELY * error and mean + ERRORS * error < LITTLE
