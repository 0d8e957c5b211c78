"""Short trainings: a case, trained on some rows and judged on others, within steps and time.

How many rows and epochs a run has follows from the arithmetic of the plan, not from a clock, so
that the same case gives the same numbers on any machine. The clock only ends what takes too long.
"""

from __future__ import annotations

import math
import threading
import time
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from pellucid import randomness
from pellucid.glass.doctor.case import BY_ROW, Case
from pellucid.glass.doctor.goal import FIGURES, Ending, ending, kind_of, task_of
from pellucid.glass.doctor.patient import Patient, to_train
from pellucid.glass.doctor.steered import steering
from pellucid.networks.ends import listed
from pellucid.training.callbacks.base import Callback, Logs
from pellucid.training.nonfinite import NonFiniteError

#: operations in a second, and seconds of a step, that a slow machine reaches (native, NumPy)
OPERATIONS = {True: 1e10, False: 2e9}
OVERHEAD = {True: 2e-5, False: 4e-4}
#: the share of the rows that runs are judged on, and the fewest and the most of them
HELD, FEWEST, MOST = 0.25, 8, 4000
#: into how many parts rows are cut, each held out once, where there are few of them
FOLDS = 4
#: rows that a run has at least, before its epochs are cut
LEAST_ROWS = 2000
#: rows that are predicted before a look at the clock
AT_ONCE = 1024
#: steps of a run where nobody says how many epochs there are to be
STEPS = 600
#: what is asked of fit that a run asks too
ASKED = ("batch_size", "shuffle", "class_weight", "steps_per_epoch", *BY_ROW)
#: networks are made one after the other, so that what each draws does not depend on the others
ONE_AT_A_TIME = threading.Lock()
#: the stream of draws from which rows to hold out are taken
_STREAM = 0x646F63


class Cut(NamedTuple):
    """The numbers of the rows to train on and of those to judge by."""

    train: np.ndarray
    held: np.ndarray


class Budget(NamedTuple):
    """How often a run goes over how many rows; `whole` if that is all that fit was asked for."""

    epochs: int
    rows: int
    whole: bool


class Hit(NamedTuple):
    """What an output says of the rows, what is to be said, and the ending that says it."""

    outputs: np.ndarray
    y: np.ndarray
    end: Ending

    def at(self, rows: Any) -> tuple[np.ndarray, np.ndarray]:
        return self.outputs[rows], self.y[rows]


@dataclass
class Outcome:
    """What came of a run: the loss of each epoch, and the outputs for the held rows."""

    losses: list[float] = field(default_factory=list)
    validation: list[float] = field(default_factory=list)
    rows: np.ndarray | None = None
    #: what came of each output that has a loss
    hit: list[Hit] = field(default_factory=list)
    #: the rows of each fold, where every row was held out once
    folds: list[np.ndarray] = field(default_factory=list)
    error: str = ""
    cut: bool = False
    net: Patient | None = None

    @property
    def worked(self) -> bool:
        """Whether it gave finite numbers for every row."""
        return bool(self.hit) and all(bool(np.isfinite(each.outputs).all()) for each in self.hit)

    def measure(self, net: Patient, x: Any, y: Any, clock: Until | None = None) -> None:
        """What the network says of some rows, output by output, some rows after the others."""
        targets = list(y) if isinstance(y, tuple) else [y]
        said = []
        with np.errstate(all="ignore"):
            for first in range(0, max(1, len(targets[0])), AT_ONCE):
                if clock is not None:
                    clock.leave_late()
                said.append(
                    listed(net.predict(of_rows(x, slice(first, first + AT_ONCE)), verbose=0))
                )
        outputs = [np.concatenate(parts) for parts in zip(*said, strict=True)]
        aimed = [at for at, aimed in enumerate(net.engine.aim.goal.aimed) if aimed]
        for at, target in zip(aimed, targets, strict=True):
            self.hit.append(Hit(np.asarray(outputs[at]), np.asarray(target), ending(net, at)))

    def each(self, figure: str, rows: np.ndarray | None = None) -> np.ndarray:
        """How well each held row is hit, or each of some of them; 1 is best.

        Of several outputs it is the mean, each by the figure that suits it.
        """
        assert self.hit
        at: Any = slice(None)
        if rows is not None and self.rows is not None:
            at = np.searchsorted(self.rows, rows)
        found = [FIGURES[self.name(figure, each)].each(each.end, *each.at(at)) for each in self.hit]
        return np.mean(found, axis=0)

    def name(self, figure: str, hit: Hit) -> str:
        return figure if len(self.hit) == 1 else task_of(kind_of(hit.y), hit.end)

    def mean(self, figure: str) -> float:
        """The figure over the held rows; −∞ where the network gives no finite numbers."""
        try:
            return float(np.mean(self.each(figure))) if self.worked else -math.inf
        except (ValueError, IndexError):
            return -math.inf


#: why there is no outcome
LATE = "the time was over"


class LateError(Exception):
    """The time was over within a run."""


class Until(Callback, hidden=True):
    """Leaves a run at a time, as it is: nothing of it is looked at any more."""

    end: float

    @property
    def leaves_at(self) -> float:
        return self.end

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self.leave_late()

    def leave_late(self) -> None:
        if time.perf_counter() > self.end:
            raise LateError(LATE)


def cost(net: Patient, rows: int, epochs: int, batch: int) -> float:
    """The seconds that a slow machine would take."""
    engine = net.engine
    native = not isinstance(engine.native("train"), str)
    flops = engine.plan("train").flops
    steps = epochs * math.ceil(rows / batch)
    return rows * epochs * flops / OPERATIONS[native] + steps * OVERHEAD[native]


def budget(net: Patient, rows: int, fit: dict[str, Any], seconds: float) -> Budget:
    """As many epochs as fit was asked for, on as many rows as there is time for; or fewer."""
    batch = fit.get("batch_size") or 32
    default = max(1, min(200, round(STEPS / math.ceil(rows / batch))))
    asked = fit.get("epochs", default)
    epochs, used = asked, rows
    while cost(net, used, epochs, batch) > seconds and used > LEAST_ROWS:
        used = max(LEAST_ROWS, used // 2)
    while cost(net, used, epochs, batch) > seconds and epochs > 1:
        epochs = max(1, epochs // 2)
    return Budget(epochs, used, (epochs, used) == (asked, rows))


def cut(rows: int, labels: np.ndarray | None, most: int) -> Cut:
    """Rows to train on, at most so many, and rows to judge by; every class has its share."""
    from pellucid.data.split import divide

    held = int(np.clip(round(HELD * rows), min(FEWEST, rows // 2), MOST))
    kept, out = divide(rows, held, _STREAM, labels)
    return Cut(np.sort(kept[:most]), np.sort(out))


def folds(rows: int, labels: np.ndarray | None, count: int = FOLDS) -> list[Cut]:
    """Every row is held out once; every class has its share of each fold."""
    from pellucid.randomness import permutation

    order = permutation(_STREAM, 1, 0, rows)
    if labels is not None:
        order = order[np.argsort(labels[order], kind="stable")]
    number = np.empty(rows, dtype=np.intp)
    number[order] = np.arange(rows) % count
    return [Cut(np.flatnonzero(number != k), np.flatnonzero(number == k)) for k in range(count)]


def merged(outcomes: list[Outcome]) -> Outcome:
    """The outcomes of all folds as one, with every row held out."""
    broken = next((each for each in outcomes if not each.worked), None)
    if broken is not None:
        return broken
    rows = np.concatenate([each.rows for each in outcomes if each.rows is not None])
    order = np.argsort(rows, kind="stable")
    if any(each.cut for each in outcomes):
        return Outcome(error=LATE, cut=True)
    found = Outcome(rows=rows[order])
    found.folds = [each.rows for each in outcomes if each.rows is not None]
    for parts in zip(*(each.hit for each in outcomes), strict=True):
        outputs, y = (np.concatenate([each[k] for each in parts])[order] for k in (0, 1))
        found.hit.append(Hit(outputs, y, parts[0].end))
    curves = [each.validation for each in outcomes]
    length = min(map(len, curves))
    found.validation = np.mean([each[:length] for each in curves], axis=0).tolist()
    found.losses = np.mean([each.losses[:length] for each in outcomes], axis=0).tolist()
    return found


def of_rows(data: Any, rows: Any) -> Any:
    """Some rows of an array, or of each of several."""
    if isinstance(data, dict):
        return {name: of_rows(each, rows) for name, each in data.items()}
    if isinstance(data, (tuple, list)):
        return tuple(of_rows(each, rows) for each in data)
    return data[rows]


def arguments(case: Case, rows: np.ndarray) -> dict[str, Any]:
    """The arguments of fit, for these rows."""
    given = {name: case.fit[name] for name in ASKED if case.fit.get(name) is not None}
    for name in BY_ROW:
        if name in given:
            given[name] = np.asarray(given[name])[rows]
    return given


def prepared(case: Case, start: tuple[int, int], seed: int | None = None) -> Patient:
    """The network to train, with weights drawn as they would be, or by another seed."""
    with ONE_AT_A_TIME, randomness.undone(start if seed is None else (seed, 0)):
        as_it_stands = seed is None and case.start is not None and not case.fresh
        if as_it_stands and case.start is not None:
            net = to_train(case.start)
            case.net.compile(net)
        else:
            net = case.net.built()
        if not net.built:
            net.build_for((None, *case.x.shape[1:]))
        net._running = net._running | {"threads": 1}
        net.engine.threads = 1
        if case.start is not None and seed is None:
            net.engine.memory.seed = case.start.engine.memory.seed
        return net


def begins(case: Case, epochs: int) -> int:
    """The epoch that a run begins with: that of fit, where it goes on to the same end."""
    first = case.fit.get("initial_epoch") or 0
    return first if isinstance(first, int) and 0 < first < epochs else 0


def run(
    case: Case, net: Patient, chosen: Cut, epochs: int, until: float, watch: bool = False
) -> Outcome:
    """Train on the rows of the case that are to be trained on, and judge by the others."""
    train = np.flatnonzero(np.isin(case.rows, chosen.train))
    held = np.flatnonzero(np.isin(case.rows, chosen.held))
    x, y = of_rows(case.x, held), of_rows(case.y, held)
    found, clock = Outcome(rows=case.rows[held]), Until(until)
    try:
        clock.leave_late()
        steered = steering(case)
        history = net.fit(
            of_rows(case.x, train),
            of_rows(case.y, train),
            epochs=epochs,
            initial_epoch=begins(case, epochs),
            verbose=0,
            callbacks=[*steered, clock],
            validation_data=(x, y) if watch or steered else None,
            **arguments(case, train),
        )
        clock.leave_late()
        note(found, history.history)
        found.measure(net, x, y, clock)
    except LateError as error:
        return Outcome(error=str(error), cut=True)
    except NonFiniteError as error:
        note(found, error.history.history if error.history else {})
        found.error = str(error)
    except Exception as error:
        found.error = f"{type(error).__name__}: {error}"
    found.net = net if watch else None
    return found


def note(found: Outcome, history: dict[str, list[float]]) -> None:
    found.losses, found.validation = history.get("loss", []), history.get("val_loss", [])
