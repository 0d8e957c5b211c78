"""What a metric is, and the metrics that are a weighted mean of one value for each row.

    result = Σ wᵢ·vᵢ / Σ wᵢ

Both sums are kept in float64 and made row by row, so that not a bit of the result depends on how
the rows are cut into batches.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike

from pellucid.foreign import check_name
from pellucid.metrics.keeping import back, plainly
from pellucid.metrics.shapes import aligned, spread
from pellucid.metrics.variables import Variable, copy_of, start_of
from pellucid.settings import Named, option

_KEPT = (
    "a metric that is to go on in the middle of an epoch keeps numbers, arrays and lists of them. "
    "Back up epochs instead of batches: save_freq='epoch'"
)


class Metric(Named, family="metric"):
    """A number that tells how good predictions are: update_state, result, reset_state."""

    name: str = option(default=None, kw_only=True)
    dtype: str | None = option(default=None, kw_only=True)

    #: whether not a bit of the result depends on how rows are cut; else it is given single batches
    any_cut: ClassVar[bool] = False

    def __init__(self, *values: Any, **named: Any):
        super().__init__(*values, **named)
        self.own_variables: list[Variable] = []
        if self.name is None:
            self.name = self.default_name()
        check_name(self.name, "metric")
        if self.dtype not in (None, "float32", "float64"):
            raise ValueError(f"metrics count in double precision, got dtype={self.dtype!r}")
        self.check_settings()
        if not _has_constructor(type(self)):
            self.reset_state()

    def default_name(self) -> str:
        return self.registered_name()

    def check_settings(self) -> None:
        """Raise an error if the settings make no sense together."""

    def settings(self) -> dict[str, Any]:
        named = self.name != self.default_name()
        return {**super().settings(), "name": self.name if named else None}

    def add_variable(
        self, shape: Sequence[int] = (), initializer: Any = "zeros", name: str | None = None
    ) -> Variable:
        """An array that a metric of one's own keeps between batches."""
        kept = Variable(shape, start_of(initializer), name or f"variable_{len(self.own_variables)}")
        self.own_variables.append(kept)
        return kept

    add_weight = add_variable

    def _by_name(self) -> dict[str, np.ndarray]:
        """What it counts, by Keras's names."""
        return {}

    @property
    def variables(self) -> list[Variable]:
        """What a metric of one's own keeps between batches; of the others copies of what counts."""
        return [*self.own_variables, *(copy_of(*pair) for pair in self._by_name().items())]

    def reset_state(self) -> None:
        """Forget everything seen."""
        if not self.own_variables and not _has_constructor(type(self)):
            raise NotImplementedError(f"{type(self).__name__} needs a method reset_state(self)")
        for each in self.own_variables:
            each.reset()

    def update_state(
        self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> None:
        """Take in one batch."""
        raise NotImplementedError

    def result(self) -> float:
        """The metric over everything seen since the last reset."""
        raise NotImplementedError

    def record(self) -> dict[str, Any]:
        """All that was seen since the last reset, as plain data, which `load` takes back."""
        seen = {name: value for name, value in vars(self).items() if name not in self.settings()}
        kept = [each.value for each in seen.pop("own_variables")]
        plain = {name: each for name, each in seen.items() if not isinstance(each, Variable)}
        found = {name: plainly(value, _KEPT) for name, value in plain.items()}
        return found | ({"variables": plainly(kept, _KEPT)} if kept else {})

    def load(self, record: dict[str, Any]) -> None:
        """Go on from what was seen."""
        for name, value in record.items():
            if name == "variables":
                for kept, each in zip(self.own_variables, back(value), strict=True):
                    kept.assign(each)
            else:
                setattr(self, name, back(value))

    def __call__(self, *batch: Any, **named: Any) -> float:
        self.update_state(*batch, **named)
        return self.result()

    @classmethod
    def get(cls, identifier: Any) -> Self:
        """A metric from a metric, a class, a name, or a function of (y_true, y_pred).

        A metric asked for by a short name goes by it: `get("mse").name == "mse"`.
        """
        if isinstance(identifier, str):
            found = cls.find(identifier)
            return found() if identifier == found.__name__ else found(name=identifier)
        if callable(identifier) and not isinstance(identifier, (type, Metric)):
            return MeanMetricWrapper(identifier)  # type: ignore[return-value]
        return super().get(identifier)


def _has_constructor(kind: type) -> bool:
    """Whether a class of one's own makes its variables in a constructor, after that of Metric."""
    return any("__init__" in vars(each) for each in kind.__mro__[: kind.__mro__.index(Metric)])


class Averaging(Metric, abstract=True):
    """Σ wᵢ·vᵢ / Σ wᵢ, 0 before any row is seen."""

    any_cut = True

    def reset_state(self) -> None:
        self.total = self.weight = 0.0

    def add(self, values: np.ndarray, sample_weight: ArrayLike | None) -> None:
        weight = spread(sample_weight, values.shape)
        if weight is None:
            self.total = float(total(self.total, values))
            self.weight += values.size
        else:
            self.total = float(total(self.total, values * weight))
            self.weight = float(total(self.weight, weight))

    def result(self) -> float:
        return self.total / self.weight if self.weight else 0.0


def total(before: float, values: np.ndarray) -> Any:
    """before + v₁ + v₂ + …, in this order; how many are true is a whole number in any."""
    if values.dtype.kind == "b":
        return before + np.count_nonzero(values)
    return in_order(np.array(before), values.reshape(-1))


def in_order(before: np.ndarray, rows: np.ndarray) -> Any:
    """before + row₁ + row₂ + …: what `sum` gives in an order that is all its own."""
    return np.add.accumulate(np.concatenate([before[None], rows], dtype=np.float64))[-1]


class Mean(Averaging):
    """The weighted mean of any values: update_state(values, sample_weight=None)."""

    def update_state(self, values: ArrayLike, sample_weight: ArrayLike | None = None) -> None:  # type: ignore[override]
        self.add(np.asarray(values), sample_weight)


class RowMean(Averaging, abstract=True):
    """The weighted mean of one value for each row."""

    def values(self, y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
        """The value of each row (or of each step of each row)."""
        raise NotImplementedError

    def update_state(
        self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> None:
        self.add(self.values(y_true, y_pred), sample_weight)


class MeanMetricWrapper(RowMean):
    """The mean of a function of (y_true, y_pred), which gives a value for each row or one for all.

    Where the two differ by a last dimension of 1, the function gets both with it.
    """

    fn: Callable[[Any, Any], Any]

    any_cut = False

    def default_name(self) -> str:
        return getattr(self.fn, "__name__", type(self.fn).__name__).strip("<>")

    def values(self, y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
        truth, prediction = aligned(y_true, y_pred)
        values, rows = np.asarray(self.fn(truth, prediction)), len(prediction)
        if values.ndim == 0:
            return np.broadcast_to(values, (rows,))
        if len(values) != rows:
            raise ValueError(
                f"the metric function {self.name!r} gave values of shape {values.shape} for {rows} "
                "rows: return one value for each row, or one number for all of them"
            )
        return values
