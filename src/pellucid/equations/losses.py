"""Losses: L = mean of one number per row, and the one equation of all their gradients.

A loss holds the number of each row in `values` and its derivative in `slope`, one below the other.
P are the predictions, Y the targets, w the weights of the rows.
"""

from __future__ import annotations

from typing import Any, ClassVar

from pellucid.arrays import Array, Namespace
from pellucid.equations.activations import filled
from pellucid.equations.base import Equation
from pellucid.equations.choices import Maximum
from pellucid.equations.eager import arrays, floating
from pellucid.equations.reductions import Mean, Sum
from pellucid.equations.weighing import (
    LEAST,
    MEANS,
    REDUCTIONS,
    WHOLE,
    per_row,
    reduced_to,
    spread,
)
from pellucid.settings import nearest, option
from pellucid.tensor import Gradients, Shape, Tensor, show_shape, size


class Loss(Equation, family="loss"):
    """L = Σ w ⊙ ℓ(P, Y) / m for the m rows of the batch; dP = dL · w ⊙ ℓ′(P, Y) / m.

    `reduction` says another: "sum", "mean_with_sample_weight", which divides by Σ w, or, on arrays,
    None for a number for each row.

    `loss(y_true, y_pred, sample_weight)` is a number and `loss.rows(y_true, y_pred)` one number for
    each row, of arrays or written on symbolic tensors. Its `line` reads (P, Y, w), as `run` does.
    """

    letter = "L"
    name: str | None = option(default=None, kw_only=True)
    reduction: str | None = option(default=WHOLE, kw_only=True)

    encloses = True
    cost = 5
    #: ℓ in print, from {p} and {y}
    row_text: ClassVar[str] = ""
    row_latex: ClassVar[str] = ""
    #: whether the targets are class numbers, one axis fewer than the predictions
    sparse: ClassVar[bool] = False
    #: the targets that it has a meaning for: "classes" (whole numbers from 0), "one-hot" (rows of
    #: probabilities that sum to 1), "probability" (each from 0 to 1), "sign" (−1 and 1, or 0
    #: and 1), "positive" (0 or more) or "any"
    expects: ClassVar[str] = "any"

    def values(self, xp: Namespace, p: Array, y: Array) -> Array:
        """ℓ: a number for each row; a new array."""
        raise NotImplementedError

    def slope(self, xp: Namespace, p: Array, y: Array) -> Array:
        """∂ℓ/∂P, of P's shape; a new array."""
        raise NotImplementedError

    def __init__(self, *values: Any, **named: Any):
        super().__init__(*values, **named)
        if self.reduction not in REDUCTIONS:
            known = nearest(str(self.reduction), [each for each in REDUCTIONS if each])
            raise ValueError(
                f"{type(self).__name__}: unknown reduction {self.reduction!r}: {known}"
            )

    def ready(self, y: Any, p: Any) -> tuple[Loss, Any]:
        """The loss as it is computed from P, and the targets that it reads; tensors or arrays."""
        return self, y

    def facing(self, y: Any, p: Any) -> tuple[Any, Any]:
        """Targets and predictions, what a row's number is made of along the last axis."""
        return y, p

    def counted(self, y: Any, p: Any) -> Any:
        """1 for each target that counts, else 0; None where all do."""
        return None

    def write(self, y: Tensor, p: Tensor, weight: Tensor | None = None) -> Tensor:
        """Write the loss of predictions `p` for targets `y`."""
        y, p = self.facing(y, p)
        counted = self.counted(y, p)
        if counted is None:
            return self.of_all(y, p, weight)
        whole = self.of_all(y, p, counted if weight is None else counted * spread(weight, counted))
        return whole / Maximum()(Mean()(counted), LEAST) if self.reduction in MEANS else whole

    def of_all(self, y: Tensor, p: Tensor, weight: Tensor | None) -> Tensor:
        """The loss where all rows count."""
        if self.reduction not in MEANS:
            return self.reduced(y, p, weight)
        return self.mean_of(y, p, weight)

    def mean_of(self, y: Tensor, p: Tensor, weight: Tensor | None) -> Tensor:
        """The loss as a mean over the rows."""
        loss, y = self.ready(y, p)
        return loss.line(p, y, weight)

    def reduced(self, y: Tensor, p: Tensor, weight: Tensor | None = None) -> Tensor:
        """The loss where it is no mean over the rows: a sum, or a mean by the sum of weights."""
        if self.reduction in (None, "none"):
            raise ValueError(
                f"{type(self).__name__}(reduction={self.reduction!r}) gives a number for each row, "
                f"and what is trained is one number: leave out reduction, or say reduction='sum'"
            )
        rows = self.of_each(y, p)
        if weight is None:
            return Sum()(rows) if self.reduction == "sum" else Mean()(rows)
        weights = spread(weight, rows)
        total = Sum()(rows * weights)
        if self.reduction == "sum":
            return total
        return total / Sum()(rows * 0 + weights)

    def written_rows(self, y: Tensor, p: Tensor) -> Tensor:
        """ℓ(P, Y), a number for each row, 0 for one that does not count."""
        y, p = self.facing(y, p)
        rows, counted = self.of_each(y, p), self.counted(y, p)
        return rows if counted is None else rows * counted

    def of_each(self, y: Tensor, p: Tensor) -> Tensor:
        """ℓ(P, Y), a number for each row."""
        loss, y = self.ready(y, p)
        return RowLoss(loss)(p, y)

    def line(self, p: Tensor, y: Tensor, w: Tensor | None = None) -> Tensor:
        return super().line(p, y) if w is None else super().line(p, y, w)

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """The loss of arrays, or written on symbolic tensors."""
        if isinstance(y_pred, Tensor):
            return self.write(y_true, y_pred, sample_weight)
        xp, y, p = self.as_arrays(y_true, y_pred)
        values, counted, weight = *self.valued(xp, y, p), None
        if sample_weight is not None:
            weight = floating(xp, xp.asarray(sample_weight), p)
            while values.ndim and weight.ndim > values.ndim and weight.shape[-1] == 1:
                weight = weight[..., 0]
            if values.ndim:
                weight = xp.broadcast_to(per_row(xp, weight, values), values.shape)
            values = xp.multiply(values, weight)
        if counted is not None:
            weight = counted if weight is None else xp.multiply(weight, counted)
        found = reduced_to(xp, self.reduction, values, weight)
        if counted is None or self.reduction not in MEANS:
            return found
        return xp.divide(found, xp.maximum(xp.mean(counted), LEAST))

    def valued(self, xp: Namespace, y: Array, p: Array) -> tuple[Array, Any]:
        """ℓ of arrays, 0 for a row that does not count; and which do."""
        counted = self.counted(y, p)
        loss, y = self.ready(y, p)
        values = loss.values(xp, p, y)
        return (values if counted is None else xp.multiply(values, counted)), counted

    def rows(self, y_true: Any, y_pred: Any, **settings: Any) -> Any:
        """ℓ(P, Y), one number for each row, of arrays or written on symbolic tensors.

        Settings named in the call stand for this call: `from_logits=True`.
        """
        if settings:
            return type(self)(**self.settings() | settings).rows(y_true, y_pred)
        if isinstance(y_pred, Tensor):
            return self.written_rows(y_true, y_pred)
        xp, y, p = self.as_arrays(y_true, y_pred)
        return self.valued(xp, y, p)[0]

    def as_arrays(self, y_true: Any, y_pred: Any) -> tuple[Any, Any, Any]:
        xp, (y, p) = arrays(y_true, y_pred)
        p = floating(xp, p)
        if not self.sparse:
            y = floating(xp, y, p)
        elif not xp.isdtype(y.dtype, "integral"):
            y = xp.astype(y, xp.int64)
        y, p = self.facing(y, p)
        wanted = p.shape[:-1] if self.sparse else p.shape
        if y.shape == (*wanted, 1):
            y = y[..., 0]
        elif wanted == (*y.shape, 1):
            y = y[..., None]
        elif not self.sparse and y.shape == (*p.shape, 1):
            p = p[..., None]
        self.shape(p.shape, y.shape)
        return xp, y, p

    def target_shape(self, predictions: Shape) -> Shape:
        """The shape of the targets of predictions."""
        return predictions[:-1] if self.sparse else predictions

    def run(self, xp: Namespace, p: Array, y: Array, w: Array | None = None) -> Array:
        values = self.values(xp, p, y)
        if w is not None:
            values *= per_row(xp, w, values)
        return xp.mean(values)

    def gradient(self, dy: Tensor, y: Tensor, *inputs: Tensor) -> Gradients:
        return LossGradient(self)(dy, *inputs), *(None for _ in inputs[1:])

    def shape(self, *shapes: Shape) -> Shape:
        expected = shapes[0][:-1] if self.sparse else shapes[0]
        if shapes[1] != expected:
            raise ValueError(
                f"{type(self).__name__} of predictions {show_shape(shapes[0])} needs targets "
                f"{show_shape(expected)}, got {show_shape(shapes[1])}"
            )
        return ()

    def flops(self, value: Shape, *shapes: Shape) -> int:
        return self.cost * size(shapes[0])

    def template(self, style: str) -> str:
        row = self.row_text if style == "text" else self.row_latex
        return f"mean({row})" if style == "text" else rf"\operatorname{{{{mean}}}}({row})"


class LossSlope(Equation, abstract=True):
    """A gradient of P that is ℓ′(P, Y) times something."""

    loss: Loss

    encloses = True
    cost = 5

    def shape(self, *shapes: Shape) -> Shape:
        return shapes[1]


class LossGradient(LossSlope):
    """dP = dL · w ⊙ ℓ′(P, Y) / m"""

    def template(self, style: str) -> str:
        slope = slope_template(self.loss, style)
        return f"{slope} / n" if style == "text" else rf"\frac{{{{1}}}}{{{{n}}}} {slope}"

    def run(self, xp: Namespace, dl: Array, p: Array, y: Array, w: Array | None = None) -> Array:
        slope = self.loss.slope(xp, p, y)
        count = size(y.shape if self.loss.sparse else y.shape[:-1])
        if w is not None:
            slope *= per_row(xp, w, slope)
        slope *= dl / count
        return slope


class RowLoss(Equation):
    """ℓ(P, Y), one number for each row;  dP = dℓ ⊙ ℓ′(P, Y)"""

    loss: Loss

    encloses = True
    cost = 5

    def template(self, style: str) -> str:
        return row_template(self.loss, style)

    def run(self, xp: Namespace, p: Array, y: Array) -> Array:
        return self.loss.values(xp, p, y)

    def gradient(self, dy: Tensor, y: Tensor, *inputs: Tensor) -> Gradients:
        return RowLossGradient(self.loss)(dy, *inputs), None

    def shape(self, *shapes: Shape) -> Shape:
        self.loss.shape(*shapes)
        return shapes[0][:-1]

    def flops(self, value: Shape, *shapes: Shape) -> int:
        return self.loss.flops(value, *shapes)


class RowLossGradient(LossSlope):
    """dP = dℓ ⊙ ℓ′(P, Y)"""

    def template(self, style: str) -> str:
        slope = slope_template(self.loss, style)
        return f"{{dl}} ⊙ {slope}" if style == "text" else rf"{{dl}} \odot {slope}"

    def run(self, xp: Namespace, dl: Array, p: Array, y: Array) -> Array:
        slope = self.loss.slope(xp, p, y)
        slope *= dl[..., None]
        return slope


def row_template(loss: Loss, style: str) -> str:
    """ℓ in print."""
    return filled(loss.row_text if style == "text" else loss.row_latex, loss)


def slope_template(loss: Loss, style: str) -> str:
    """∂ℓ/∂P in print."""
    row = row_template(loss, style)
    if style == "text":
        return f"∂({row})/∂{{p}}"
    return rf"\frac{{{{\partial}}}}{{{{\partial {{p}}}}}} ({row})"
