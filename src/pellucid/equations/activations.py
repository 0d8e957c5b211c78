"""Activations: A = f(Z), and the one equation of all their gradients, dZ = dA ⊙ f′(Z).

An activation holds its function in `run` and its derivative in `slope`, one below the other.
"""

from __future__ import annotations

from typing import Any, ClassVar

from pellucid.equations.base import PRODUCT, Elementwise, Equation
from pellucid.tensor import Shape, Tensor


class Activation(Equation, family="activation"):
    """A = f(Z)."""

    letter = "A"
    encloses = True
    cost = 10


class Pointwise(Activation, Elementwise, abstract=True):
    """A = f(Z), element by element; dZ = dA ⊙ f′(Z)."""

    #: f′ in print, from {z} and {a}
    slope_text: ClassVar[str] = ""
    slope_latex: ClassVar[str] = ""

    def run(self, xp: Any, z: Any) -> Any:
        raise NotImplementedError

    def slope(self, xp: Any, z: Any, a: Any) -> Any:
        """f′(Z), from Z and from A = f(Z); a new array."""
        raise NotImplementedError

    def gradient(self, dy: Tensor, y: Tensor, *inputs: Tensor) -> tuple[Tensor | None, ...]:
        return (Slope(self)(dy, inputs[0], y),)


class Slope(Elementwise):
    """dZ = dA ⊙ f′(Z)"""

    activation: Pointwise

    binds = PRODUCT
    cost = 4

    def template(self, style: str) -> str:
        f = self.activation
        slope = f.slope_text if style == "text" else f.slope_latex
        if not slope:
            slope = f.template(style).replace("(", "′(" if style == "text" else "'(", 1)
        return f"{{da}} ⊙ {slope}" if style == "text" else rf"{{da}} \odot {slope}"

    def run(self, xp: Any, da: Any, z: Any, a: Any) -> Any:
        slope = self.activation.slope(xp, z, a)
        slope *= da
        return slope


class Linear(Pointwise):
    """A = Z;  dZ = dA"""

    text, latex = "{z}", "{z}"

    def __call__(self, *inputs: Any) -> Tensor:
        return inputs[0]


class Relu(Pointwise):
    """A = max(0, Z);  dZ = dA ⊙ [Z > 0]"""

    text, latex = "relu({z})", r"\operatorname{{relu}}({z})"
    slope_text, slope_latex = "[{z} > 0]", "[{z} > 0]"
    cost = 1

    def run(self, xp: Any, z: Any) -> Any:
        return xp.maximum(z, 0.0)

    def slope(self, xp: Any, z: Any, a: Any) -> Any:
        return xp.astype(xp.greater(z, 0.0), z.dtype)


class Sigmoid(Pointwise):
    """A = 1 / (1 + e⁻ᶻ), computed as (1 + tanh(Z/2)) / 2, which never overflows;  dZ = dA ⊙ A(1−A)"""

    text, latex = "sigmoid({z})", r"\sigma({z})"
    slope_text, slope_latex = "{a}⊙(1 − {a})", r"{a} \odot (1 - {a})"

    def run(self, xp: Any, z: Any) -> Any:
        a = xp.tanh(0.5 * z)
        a += 1.0
        a *= 0.5
        return a

    def slope(self, xp: Any, z: Any, a: Any) -> Any:
        slope = xp.subtract(1.0, a)
        slope *= a
        return slope


class Tanh(Pointwise):
    """A = tanh Z;  dZ = dA ⊙ (1 − A²)"""

    text, latex = "tanh({z})", r"\tanh({z})"
    slope_text, slope_latex = "(1 − {a}²)", "(1 - {a}^2)"

    def run(self, xp: Any, z: Any) -> Any:
        return xp.tanh(z)

    def slope(self, xp: Any, z: Any, a: Any) -> Any:
        slope = xp.multiply(a, a)
        slope *= -1.0
        slope += 1.0
        return slope


class Softmax(Activation):
    """A = eᶻ / Σ eᶻ along an axis, shifted by max Z;  dZ = A ⊙ (dA − Σ dA⊙A)"""

    axis: int = -1

    text, latex = "softmax({z})", r"\operatorname{{softmax}}({z})"
    cost = 12

    def run(self, xp: Any, z: Any) -> Any:
        a = xp.subtract(z, xp.max(z, axis=self.axis, keepdims=True))
        a = xp.exp(a)
        a /= xp.sum(a, axis=self.axis, keepdims=True)
        return a

    def gradient(self, dy: Tensor, y: Tensor, z: Tensor) -> tuple[Tensor | None, ...]:
        return (SoftmaxGradient(self.axis)(dy, y),)


class SoftmaxGradient(Equation):
    """dZ = A ⊙ (dA − Σ dA⊙A)"""

    axis: int = -1

    text, latex = "{a}⊙({da} − Σ {da}⊙{a})", r"{a} \odot ({da} - \sum {da} \odot {a})"
    binds = PRODUCT
    cost = 4

    def run(self, xp: Any, da: Any, a: Any) -> Any:
        dz = xp.multiply(da, a)
        dz = xp.subtract(da, xp.sum(dz, axis=self.axis, keepdims=True))
        dz *= a
        return dz

    def shape(self, *shapes: Shape) -> Shape:
        return shapes[0]
