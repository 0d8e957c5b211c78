"""What is known of a case: the facts that checks share, and what short runs of it show."""

from __future__ import annotations

import gc
import time
from dataclasses import replace
from typing import Any

import numpy as np

from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.facts import Facts
from pellucid.glass.doctor.patient import Patient, is_large
from pellucid.glass.doctor.runs import (
    LATE,
    Budget,
    Cut,
    Outcome,
    budget,
    cut,
    folds,
    merged,
    of_rows,
    prepared,
    run,
)
from pellucid.lazy import once

#: less than this is not left to be won: it is not worth a guess
REST = 0.1
#: by how much better than others rows that were trained on are hit, where they are learnt by heart
MISSED = 0.3
#: how many times its least the loss of others has become, where training went on for too long
OVERDONE = 1.5
#: rows below which every one is held out once
FEW = 1200
#: rows up to which none is held out
TINY = 8
#: facts that hold as much as the network, or as some of its rows
LOOKED_AT = ("first", "columns", "read", "usually_read")
#: the share of the time that a run on the user's data may take, by the estimate of a slow machine
SHARE = 1 / 16


class Evidence(Facts):
    """The facts about one case, and what short runs of it show. `net` itself is never trained."""

    @once
    def budget(self) -> Budget:
        """What a run on these data goes over."""
        _ = self.opened
        seconds = self.seconds * SHARE
        found = budget(self.net, len(self.cut.train), self.fit, seconds)
        if self.large:
            self.net.engine.natives.clear()
        return found

    @once
    def cut(self) -> Cut:
        """Rows to train on and rows to judge by, for all runs."""
        if self.tiny:
            return Cut(np.arange(self.row_count), np.arange(self.row_count))
        return cut(self.row_count, self.labels, self.row_count)

    @property
    def tiny(self) -> bool:
        """Whether rows are so few that they are all there is, as those of XOR: none is held out."""
        return self.row_count <= TINY

    @once
    def chosen(self) -> Cut:
        """The same, as many as there is time for."""
        rows = self.cut.train
        if self.budget.rows < len(rows):
            picked = np.linspace(0, len(rows) - 1, self.budget.rows).astype(np.intp)
            rows = rows[np.unique(picked)]
        return Cut(rows, self.cut.held)

    @once
    def as_it_is(self) -> Outcome:
        """The network as it is, trained as it would be."""
        found = self.trial(self.case, watch=True)
        self.on_trained_rows = self.measured_again(found)
        self._as_it_was_trained = None if self.large else found.net
        found.net = None
        self.collect()
        return found

    #: the figure on rows that the network as it is was trained on; None where it was not
    on_trained_rows: float | None = None
    #: the network of that run, where it is not large
    _as_it_was_trained: Patient | None = None

    @property
    def as_it_was_trained(self) -> Patient | None:
        """The network as it is, trained as it would be; None without trials."""
        if not self.trials or not self.tryable or self.error is not None:
            return None
        _ = self.as_it_is
        return self._as_it_was_trained

    def measured_again(self, outcome: Outcome) -> float | None:
        """The figure on rows that a network was trained on."""
        if not outcome.worked or outcome.net is None or self.late:
            return None
        rows = self.chosen.train[: max(500, len(self.chosen.held))]
        seen = Outcome()
        seen.measure(outcome.net, of_rows(self.case.x, rows), of_rows(self.case.y, rows))
        return seen.mean(self.figure)

    @property
    def uncertainty(self) -> float:
        """The standard error of the figure on rows that were held out."""
        each = self.folded_as_it_is.each(self.figure)
        return float(each.std() / np.sqrt(len(each)))

    @property
    def learns(self) -> bool:
        """Whether the network as it is learns the rows that it is trained on."""
        _ = self.as_it_is
        return self.on_trained_rows is not None and self.on_trained_rows > 1 - REST

    @property
    def by_heart(self) -> bool:
        """Whether all rows are learnt, and others missed, in fewer epochs than fit is asked for."""
        if self.budget.rows < len(self.cut.train) or not self.learns:
            return False
        seen = self.on_trained_rows or 0.0
        return seen - self.as_it_is.mean(self.figure) > MISSED

    @property
    def overdone(self) -> bool:
        """Whether the loss of others has risen by far, in fewer epochs than fit is asked for."""
        losses = self.as_it_is.validation
        if self.budget.rows < len(self.cut.train) or len(losses) < 5:
            return False
        return bool(losses[-1] > OVERDONE * min(losses))

    @once
    def second_opinion(self) -> Outcome:
        """The same from other draws."""
        return self.trial(replace(self.case, start=None), seed=1)

    def wants(self, figure: str) -> bool:
        """Whether the network as it is leaves something to be won, as a run of it shows."""
        if not self.trials or not self.tryable or self.late:
            return False
        if self.as_it_is.cut:
            return False
        enough = self.budget.whole or self.by_heart or self.overdone
        if self.as_it_is.worked and not enough:
            return False
        return not self.as_it_is.worked or self.as_it_is.mean(figure) < 1 - REST

    @once
    def few(self) -> bool:
        """Whether rows are so few that one part of them tells little."""
        return TINY < self.row_count < FEW and self.budget.whole

    @once
    def folded_as_it_is(self) -> Outcome:
        """The network as it is, with every row held out once; where rows are many, some of them."""
        return self.folded(self.case) if self.few else self.as_it_is

    def folded(self, case: Case) -> Outcome:
        """A case, with every row held out once."""
        return self.in_folds(case) if self.few else self.trial(case)

    def in_folds(self, case: Case) -> Outcome:
        """A case, with every row held out once, however many there are."""
        outcomes = []
        for part in folds(self.row_count, self.labels):
            outcomes.append(self.trial(case, watch=True, chosen=part))
            outcomes[-1].net = None
        return merged(outcomes)

    def trial(
        self,
        case: Case,
        seed: int | None = None,
        watch: bool = False,
        chosen: Cut | None = None,
    ) -> Outcome:
        """A case, trained on the rows that all trials are trained on, or on others."""
        if self.late or self.over_before_it_ends:
            return Outcome(error=LATE, cut=True)
        _ = self.budget
        self.let_go()
        began = time.perf_counter()
        try:
            net = prepared(case, self.start, seed)
            self.collect()
        except Exception as error:
            return Outcome(error=f"{type(error).__name__}: {error}")
        epochs = case.fit.get("epochs", 0)
        asked = self.fit.get("epochs", 0)
        other = epochs != asked and (self.budget.whole or 0 < epochs < self.budget.epochs)
        own = epochs if other else self.budget.epochs
        found = run(case, net, chosen or self.chosen, own, self.end, watch)
        self.took.append(time.perf_counter() - began)
        return found

    @property
    def large(self) -> bool:
        """Whether a network by itself takes much memory, so that one is trained at a time."""
        return is_large(self.net)

    def collect(self) -> None:
        """Let go of the last network that was trained: networks go round in circles."""
        if self.large:
            gc.collect()

    def let_go(self) -> None:
        """Let go of what was only looked at, before others are trained, where that is much."""
        if self.large:
            for name in LOOKED_AT:
                self.__dict__.pop(name, None)
            self.collect()

    @property
    def over_before_it_ends(self) -> bool:
        """Whether the time will be over before another run has ended, as runs have taken so far."""
        usual = float(np.median(self.took)) if self.took else self.opening
        return self.end - time.perf_counter() < usual

    @once
    def attempts(self) -> dict[tuple[int, int], Any]:
        """What came of each mend that was tried, by its suspicion and its place among the ways."""
        return {}

    @once
    def took(self) -> list[float]:
        """The seconds of each run so far."""
        return []

    @once
    def chance(self) -> float:
        """What saying the same for every row is worth: the share of the commonest class, or 0."""
        labels = self.labels
        if self.task == "several" and self.y is not None:
            shares = np.asarray(self.y > 0.5).reshape(len(self.y), -1).mean(axis=0)
            return float(np.maximum(shares, 1 - shares).mean())
        if labels is None:
            return 0.0
        if self.figure == "balanced":
            return 1 / len(np.unique(labels))
        return float(np.bincount(labels).max() / len(labels))
