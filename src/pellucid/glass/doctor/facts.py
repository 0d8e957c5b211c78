"""Facts of a case that no training is needed for, each gathered when it is first asked for."""

from __future__ import annotations

import contextlib
import time
from typing import Any

import numpy as np

from pellucid import randomness
from pellucid.data import ArrayData, StreamData
from pellucid.glass.doctor import statistics
from pellucid.glass.doctor.blueprint import blueprint
from pellucid.glass.doctor.case import Case, as_arrays
from pellucid.glass.doctor.first import First
from pellucid.glass.doctor.goal import (
    Ending,
    classes_in,
    ending,
    kind_of,
    numbers_of_units,
    task_of,
)
from pellucid.glass.doctor.patient import Patient
from pellucid.glass.doctor.statistics import Columns, columns, sampled, without_outliers
from pellucid.lazy import once
from pellucid.models.preparing import course
from pellucid.randomness import permutation
from pellucid.sparse import is_sparse
from pellucid.training.loop import Course

#: rows of the step that is recorded before any training
ROWS, FEWEST_ROWS = 256, 32
#: the share of the time after which nothing new is begun: what is under way cannot be cut at once
KEPT = 0.92
#: operations of a recorded step for each second; after this share of the time it has fewer rows
RECORDED, LOOK = 1e8, 0.25
#: why batches are not looked at
STREAM = (
    "nothing was tried: batches of a stream may be had once only, and trials go over rows again "
    "and again; give some of its rows as arrays"
)
#: what is no argument of the course of a training
APART = ("verbose", "callbacks", "doctor")


class Facts:
    """The facts about one case. `net` is a copy, which is never trained itself."""

    def __init__(
        self, net: Patient, x: Any, y: Any, fit: dict[str, Any], seconds: float, trials: bool = True
    ):
        self.net, self.given, self.fit, self.trials = net, (x, y), fit, trials
        self.seconds, self.end = seconds, time.perf_counter() + KEPT * seconds
        self.start = randomness.drawn_so_far()
        self.history = net.history.history if net.history is not None else {}

    @property
    def late(self) -> bool:
        """Whether the time is over."""
        return time.perf_counter() > self.end

    @once
    def opened(self) -> Course | Exception:
        """What fit is to go over, or the error that it raises before its first step."""
        (x, y), began = self.given, time.perf_counter()
        given = {name: value for name, value in self.fit.items() if name not in APART}
        try:
            with randomness.undone():
                found = course(self.net, x, y, **given)
            self.net.engine.plan("train")
            data = found.training.data
            if isinstance(data, StreamData):
                raise NotImplementedError(STREAM)
        except Exception as error:
            return error
        self.opening = time.perf_counter() - began
        return found

    #: the seconds that it took to make the network, which each run does anew
    opening = 0.0

    @property
    def error(self) -> Exception | None:
        return self.opened if isinstance(self.opened, Exception) else None

    @property
    def course(self) -> Course:
        assert isinstance(self.opened, Course)
        return self.opened

    @property
    def data(self) -> ArrayData:
        """The rows to train on."""
        assert isinstance(self.course.training.data, ArrayData)
        return self.course.training.data

    @once
    def validation(self) -> ArrayData | None:
        """The rows that fit validates on."""
        if self.error is not None or self.course.validation is None:
            return None
        data = self.course.validation.data
        return data if isinstance(data, ArrayData) else None

    @once
    def x(self) -> Any:
        """The inputs as an array or sparse rows; as they were given where they are no such thing.

        Several inputs are a tuple, in the order of the network's.
        """
        if self.net.built and len(self.net.inputs) > 1 and self.error is None:
            return self.data.x
        found = as_arrays(self.given[0])
        return found.tocsr() if is_sparse(found) else found

    @once
    def targets(self) -> Any:
        """The targets: an array, or a tuple of them where several outputs have a loss."""
        if not self.single and self.error is None and len(self.data.y) > 1:
            return self.data.y
        return self.y

    @once
    def y(self) -> np.ndarray | None:
        """The targets as an array, also of text; None where there is none."""
        given = self.given[1]
        if given is None or (not self.single and isinstance(given, (list, tuple, dict))):
            return None
        found = as_arrays(given)
        return found if isinstance(found, np.ndarray) and found.ndim else None

    @once
    def plain(self) -> bool:
        """Whether there is one input, an array of numbers, and one of targets for its rows."""
        x, y = self.x, self.y
        if not isinstance(x, np.ndarray) or x.dtype.kind not in "biuf" or x.ndim < 2 or y is None:
            return False
        return bool(len(x) == len(y) and x.size and self.single)

    @once
    def tryable(self) -> bool:
        """Whether trials can go over the rows: arrays, several of them too, and sparse rows."""
        if self.plain:
            return True
        if self.error is not None or self.targets is None or not self.row_count:
            return False
        of_targets = self.targets if isinstance(self.targets, tuple) else (self.targets,)
        return all(len(each) == self.row_count for each in of_targets)

    @property
    def untried(self) -> str:
        """Why nothing can be tried on such data, where no finding says it."""
        return str(self.error) if isinstance(self.error, NotImplementedError) else ""

    @property
    def single(self) -> bool:
        """Whether the network has one input and one output, as far as it is known."""
        return not self.net.built or (len(self.net.inputs) == 1 and len(self.net.outputs) == 1)

    @property
    def last_layer(self) -> str:
        """The name of the last layer."""
        layers = self.net.layers
        return layers[-1].layer_name if layers else ""

    @property
    def row_count(self) -> int:
        x: Any = self.x
        shape: tuple[int, ...] = getattr(x[0] if isinstance(x, tuple) and x else x, "shape", ())
        return int(shape[0]) if shape else 0

    @once
    def rows(self) -> np.ndarray:
        """The numbers of the rows to train on."""
        if self.error is not None:
            return np.arange(self.row_count)
        data = self.data
        return np.arange(len(data)) if data.rows is None else data.rows

    @once
    def kind(self) -> str:
        """What the targets are: classes too where each of few rows has one that the loss takes."""
        found = kind_of(self.y)
        spread = found == "several" and self.y is not None and self.y.dtype.kind in "iu"
        numbered = found == "numbers" or spread
        return "classes" if numbered and numbers_of_units(self.ending, self.y) else found

    @once
    def ending(self) -> Ending | None:
        """How the network ends; None where that cannot be known."""
        _ = self.opened  # the data tell a network the shape of its input
        try:
            return ending(self.net)
        except Exception:
            return None

    @once
    def task(self) -> str:
        return task_of(self.kind, self.ending)

    @property
    def figure(self) -> str:
        """What runs are judged by: where classes have weights, each class counts alike."""
        if isinstance(self.targets, tuple):
            return "outputs"
        weighted = self.task == "classes" and self.fit.get("class_weight") is not None
        return "balanced" if weighted else self.task

    @once
    def labels(self) -> np.ndarray | None:
        """The class of each row, numbered from 0 in the order of their values.

        None where rows have several, as pictures do of which each pixel has one.
        """
        if self.y is None or (self.task != "classes" and self.kind != "one-hot"):
            return None
        found = classes_in(self.y, self.kind)
        return found if found is not None and len(found) == len(self.y) else None

    @once
    def sample(self) -> np.ndarray:
        """Rows to train on, spread over all of them."""
        wide = int(np.prod(self.x.shape[1:])) if isinstance(self.x, np.ndarray) else 1
        return self.rows[sampled(len(self.rows), wide)]

    @once
    def columns(self) -> Columns:
        return columns(self.x[self.sample])

    @once
    def read(self) -> np.ndarray | None:
        """What the first layer of weights reads, on some rows; None where that is no number."""
        first = self.first
        if first is None or len(first.plan.inputs) != 1 or self.net.input_kinds[0] == "int":
            return None
        return first.first_read()

    @once
    def usually_read(self) -> np.ndarray | None:
        """The same by its columns, without numbers that lie far outside of the others."""
        read = self.read
        return None if read is None else without_outliers(read.reshape(-1, read.shape[-1]))

    @once
    def bad_x(self) -> bool:
        return any(map(statistics.not_finite, self.x if isinstance(self.x, tuple) else (self.x,)))

    @once
    def first(self) -> First | None:
        """A step on some rows, recorded before any training; None where there is none."""
        if self.error is not None or self.late:
            return None
        flops = max(1, self.net.engine.plan("train").flops)
        rows = int(np.clip(RECORDED * self.seconds / flops, FEWEST_ROWS, ROWS))
        soon = min(self.end, time.perf_counter() + LOOK * self.seconds)
        try:
            return self.recorded(rows, soon) or self.recorded(FEWEST_ROWS, self.end)
        except Exception:
            return None

    def recorded(self, rows: int, end: float) -> First | None:
        """A step on so many rows; None where it takes too long."""
        batch = self.data.take(np.sort(self.spread_rows()[:rows]))
        with np.errstate(all="ignore"), contextlib.suppress(TimeoutError):
            return First.of(self.net.engine, batch, end)
        return None

    def spread_rows(self) -> np.ndarray:
        """Places among the rows to train on, in an order that mixes them."""
        return permutation(0, 0, 0, len(self.rows))

    @once
    def case(self) -> Case:
        """The case as it is, to be changed by mends."""
        start = self.net if not self.trained else None
        rows = np.arange(self.row_count)
        found = blueprint(self.net)
        return Case(found, self.x, self.targets, dict(self.fit), rows, (), start)

    @property
    def trained(self) -> bool:
        """Whether the network has taken steps, so that trials begin from fresh weights."""
        engine = self.net._engine
        return engine is not None and engine.memory.steps > 0
