"""The rows of a program: how they are read, held out to validate on, and weighed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from pellucid.data.split import (
    STREAM,
    class_codes,
    class_quotas,
    count_of,
    parted,
    rank_in_class,
)
from pellucid.glass.source.lines import Lines
from pellucid.glass.source.program import taken
from pellucid.models.preparing import WITH_CLASSES, whole
from pellucid.tensor import Tensor
from pellucid.training.engine import Engine

#: the functions by which rows are held out class by class
SPLIT = (parted, class_codes, rank_in_class, class_quotas)
#: how a row is weighed by its class
BY_CLASS = """class_weight = {weights!r}
w = np.array([class_weight[each] for each in labels.tolist()])"""
BALANCED = """classes, counts = np.unique(labels, return_counts=True)
class_weight = np.zeros(labels.max() + 1)
class_weight[classes] = len(labels) / (len(classes) * counts)
w = class_weight[labels]"""


class Course(NamedTuple):
    """How a program trains, in the words of `fit`.

    `sample_weight` is whether the data hold a weight w for each row, `validation_data` whether they
    hold X_val and Y_val.
    """

    epochs: int = 1
    batch_size: int = 32
    shuffle: bool = True
    sample_weight: bool = False
    class_weight: Any = None
    validation_data: bool = False
    validation_split: float = 0.0

    def check(self, targets: int) -> None:
        """Refuse what no program can be written for."""
        for name in ("epochs", "batch_size"):
            whole(getattr(self, name), name)
        if self.validation_split:
            count_of(1, self.validation_split, "validation_split")
        if self.validation_data and self.validation_split:
            raise ValueError(
                "the rows to validate on are given (validation_data=True) or held out "
                f"(validation_split={self.validation_split}): leave one out"
            )
        for name in ("sample_weight", "validation_data"):
            if not isinstance(getattr(self, name), bool):
                raise TypeError(
                    f"{name} is True or False here, for whether the program's data hold such "
                    f"arrays, got {type(getattr(self, name)).__name__}; the arrays go into data.npz"
                )
        if self.class_weight is not None and targets != 1:
            raise ValueError(
                "class_weight needs a network with one output; use sample_weight=True instead"
            )
        if self.class_weight is not None:
            weights_of(self.class_weight)

    @property
    def weighted(self) -> bool:
        return self.sample_weight or self.class_weight is not None

    @property
    def validates(self) -> bool:
        return self.validation_data or bool(self.validation_split)


class Rows:
    """The statements that make of the data what `train` is called with."""

    def __init__(self, engine: Engine, lines: Lines, course: Course):
        self.engine, self.lines, self.course, self.plan = engine, lines, course, lines.plan
        self.given = [lines.name(each) for each in (*self.plan.inputs, *self.plan.targets)]
        #: the one array of weights, under the name of the first that the plan reads
        self.w = [lines.name(each) for each in self.plan.weights[:1]]
        self.own = self.w if course.sample_weight else []

    @property
    def needs(self) -> list[str]:
        """The names of the arrays that the data are to hold."""
        own = [*self.given, *(["w"] if self.own else [])]
        return own + [f"{each}_val" for each in own if self.course.validation_data]

    @property
    def arrays(self) -> list[str]:
        """The arrays that are trained on."""
        return [*self.given, *self.w]

    @property
    def held(self) -> list[str]:
        """The arrays that are validated on."""
        return [f"{each}_val" for each in self.arrays] if self.course.validates else []

    def statements(self) -> list[str]:
        tensors = (*self.plan.inputs, *self.plan.targets)
        found = [taken(self.lines, each) for each in tensors]
        found += [f'{w} = data["w"].astype(np.float64)' for w in self.own]
        if self.course.validation_data:
            found += [taken(self.lines, each, "_val") for each in tensors]
        elif self.course.validation_split:
            found += self.holding_out()
        if self.course.validates:
            found += self.weighing_held()
        return found + self.weighing()

    def holding_out(self) -> list[str]:
        """Rows drawn as `fit` draws them."""
        rows, labels = f"len({self.given[0]})", self.labels()
        split = f"parted(order, held, {labels})" if labels else "(order[held:], order[:held])"
        return [
            f"held = math.ceil(round({self.course.validation_split!r} * {rows}, 6))",
            f"order = generator({STREAM:#x}, 0).permutation({rows})",
            f"kept, held = map(np.sort, {split})",
            *(f"{x}, {x}_val = {x}[kept], {x}[held]" for x in [*self.given, *self.own]),
        ]

    def weighing_held(self) -> list[str]:
        """The weights of the held out rows: their own, or 1."""
        found, ones = [], f"np.ones(len({self.given[0]}_val))"
        for w in self.w:
            if self.course.validation_data and self.own:
                found.append(f'{w}_val = data["w_val"] if "w_val" in data else {ones}')
            elif not self.own:
                found.append(f"{w}_val = {ones}")
            found.append(f"{w}_val = {w}_val.astype(np.{self.lines.dtype})")
        return found

    def weighing(self) -> list[str]:
        """The weight of each row, by its class on top of its own."""
        given, found = self.course.class_weight, list[str]()
        for w in self.w:
            if given is not None:
                target = self.plan.targets[0]
                labels = labels_of(self.lines.name(target), target)
                weights = weights_of(given)
                by = BALANCED if weights is None else BY_CLASS.format(weights=weights)
                by = by.replace("\nw = ", "\nby_class = " if self.own else f"\n{w} = ")
                found += [f"labels = {labels}.astype(np.int64)", *by.split("\n")]
                found += [f"{w} = by_class * {w}"] if self.own else []
            found.append(f"{w} = {w}.astype(np.{self.lines.dtype})")
        return found

    def labels(self) -> str:
        """The classes by which the held out rows are drawn, if there are any."""
        loss, targets = self.engine.aim.goal.losses[0], self.plan.targets
        if loss is None or len(targets) != 1 or loss.expects not in WITH_CLASSES:
            return ""
        shape = targets[0].shape
        fits = len(shape) < 3 or shape[1:] == (1,)
        return labels_of(self.lines.name(targets[0]), targets[0]) if fits else ""


def weights_of(class_weight: Any) -> dict[int, float] | None:
    """The weight of each class as plain numbers, None where classes count alike."""
    if class_weight == "balanced":
        return None
    if not isinstance(class_weight, Mapping):
        raise ValueError(f"class_weight is 'balanced' or a dictionary, got {class_weight!r}")
    return {int(each): float(weight) for each, weight in class_weight.items()}


def labels_of(name: str, target: Tensor) -> str:
    """The class of each row, of targets by class number or with a column for each class."""
    columns = len(target.shape) > 1 and target.shape[-1] != 1
    return f"{name}.argmax(axis=-1)" if columns else f"{name}.reshape(-1)"
