"""Losses: L = mean of one number per row, and the one equation of all their gradients.

A loss holds the number of each row in `values` and its derivative in `slope`, one below the other.
P are the predictions, Y the targets, w the weights of the rows.
"""

from __future__ import annotations

from typing import Any, ClassVar

from pellucid.equations.base import Equation
from pellucid.tensor import Shape, Tensor, show_shape, size


class Loss(Equation, family="loss"):
    """L = Σ w ⊙ ℓ(P, Y) / m for the m rows of the batch; dP = dL · w ⊙ ℓ′(P, Y) / m."""

    letter = "L"
    encloses = True
    cost = 5
    #: ℓ in print, from {p} and {y}
    row_text: ClassVar[str] = ""
    row_latex: ClassVar[str] = ""
    #: whether the targets are class numbers, one axis fewer than the predictions
    sparse: ClassVar[bool] = False

    def values(self, xp: Any, p: Any, y: Any) -> Any:
        """ℓ: a number for each row; a new array."""
        raise NotImplementedError

    def slope(self, xp: Any, p: Any, y: Any) -> Any:
        """∂ℓ/∂P, of P's shape; a new array."""
        raise NotImplementedError

    def write(self, y: Tensor, p: Tensor, weight: Tensor | None = None) -> Tensor:
        """Write the loss of predictions `p` for targets `y`."""
        return self(p, y) if weight is None else self(p, y, weight)

    def target_shape(self, predictions: Shape) -> Shape:
        return predictions[:-1] if self.sparse else predictions

    def run(self, xp: Any, p: Any, y: Any, w: Any = None) -> Any:
        values = self.values(xp, p, y)
        if w is not None:
            values *= per_row(xp, w, values)
        return xp.mean(values)

    def gradient(self, dy: Tensor, y: Tensor, *inputs: Tensor) -> tuple[Tensor | None, ...]:
        return LossGradient(self)(dy, *inputs), *(None for _ in inputs[1:])

    def shape(self, *shapes: Shape) -> Shape:
        expected = self.target_shape(shapes[0])
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


class LossGradient(Equation):
    """dP = dL · w ⊙ ℓ′(P, Y) / m"""

    loss: Loss

    encloses = True
    cost = 5

    def template(self, style: str) -> str:
        row = self.loss.row_text if style == "text" else self.loss.row_latex
        return f"∂({row})/∂{{p}} / n" if style == "text" else (
            rf"\frac{{{{1}}}}{{{{n}}}} \frac{{{{\partial}}}}{{{{\partial {{p}}}}}} ({row})"
        )

    def run(self, xp: Any, dl: Any, p: Any, y: Any, w: Any = None) -> Any:
        slope = self.loss.slope(xp, p, y)
        count = size(y.shape if self.loss.sparse else y.shape[:-1])
        if w is not None:
            slope *= per_row(xp, w, slope)
        slope *= dl / count
        return slope

    def shape(self, *shapes: Shape) -> Shape:
        return shapes[1]


def per_row(xp: Any, w: Any, values: Any) -> Any:
    """Weights w (n,) or (n, t) in the rank of `values`."""
    return xp.reshape(w, (*w.shape, *(1,) * (values.ndim - w.ndim)))


class MeanSquaredError(Loss):
    """ℓ = mean (P − Y)²;  ∂ℓ/∂P = 2(P − Y)/k for k outputs"""

    alias = ("mse",)
    row_text, row_latex = "({p} − {y})²", "({p} - {y})^2"

    def values(self, xp: Any, p: Any, y: Any) -> Any:
        return xp.mean(xp.square(xp.subtract(p, y)), axis=-1)

    def slope(self, xp: Any, p: Any, y: Any) -> Any:
        slope = xp.subtract(p, y)
        slope *= 2.0 / p.shape[-1]
        return slope
