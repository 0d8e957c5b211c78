"""Activations: A = f(Z), and the one equation of all their gradients, dZ = dA ⊙ f′(Z).

An activation holds its function in `run` and its derivative in `slope`, one below the other.
"""

from __future__ import annotations

from typing import Any, ClassVar

from pellucid.arrays import Array, Namespace
from pellucid.equations.base import PRODUCT, Elementwise, Equation
from pellucid.equations.eager import arrays, floating
from pellucid.equations.special import indicator, log_softmax, sigmoid, softmax
from pellucid.tensor import Gradients, Shape, Symbolic, Tensor, place_of


class Activation(Equation, family="activation"):
    """A = f(Z).

    Called on a symbolic tensor, it writes a line of a plan; called on an array, it computes.
    Settings given in the call stand for this call: `softmax(x, axis=1)`, `elu(x, 0.5)`.
    """

    letter = "A"
    encloses = True
    cost = 10

    def __call__(self, *inputs: Any, **settings: Any) -> Any:
        if settings or len(inputs) > 1:
            settings |= zip(self._fields, inputs[1:], strict=False)
            return type(self)(**self.settings() | settings)(*inputs[:1])
        if inputs and isinstance(inputs[0], Symbolic):
            return self.write(*inputs)
        xp, given = arrays(*inputs)
        return self.run(xp, *(floating(xp, each) for each in given))

    def write(self, z: Tensor) -> Tensor:
        return self.line(z)


class Pointwise(Activation, Elementwise, abstract=True):
    """A = f(Z), element by element; dZ = dA ⊙ f′(Z)."""

    #: f′ in print, from {z}, {a} and the settings
    slope_text: ClassVar[str] = ""
    slope_latex: ClassVar[str] = ""

    def run(self, xp: Namespace, z: Array) -> Array:
        raise NotImplementedError

    def slope(self, xp: Namespace, z: Array, a: Array) -> Array:
        """f′(Z), from Z and from A = f(Z); a new array."""
        raise NotImplementedError

    def gradient(self, dy: Tensor, y: Tensor, *inputs: Tensor) -> Gradients:
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
        slope = filled(slope, f)
        return f"{{da}} ⊙ {slope}" if style == "text" else rf"{{da}} \odot {slope}"

    def run(self, xp: Namespace, da: Array, z: Array, a: Array) -> Array:
        slope = self.activation.slope(xp, z, a)
        slope *= da
        return slope


def filled(template: str, equation: Equation) -> str:
    """The template with the settings of `equation` in it, for another equation to print."""
    for name, value in equation.settings().items():
        template = template.replace(f"{{{name}}}", str(value))
    return template


class Linear(Activation, Elementwise):
    """A = Z;  dZ = dA"""

    text, latex = "{z}", "{z}"
    cost = 0

    def run(self, xp: Namespace, z: Array) -> Array:
        return z

    def gradient(self, dy: Tensor, y: Tensor, *inputs: Tensor) -> Gradients:
        return (dy,)

    def write(self, z: Tensor) -> Tensor:
        return z


class Exponential(Pointwise):
    """A = eᶻ;  dZ = dA ⊙ A"""

    text, latex = "exp({z})", r"\exp({z})"
    slope_text = slope_latex = "{a}"

    def run(self, xp: Namespace, z: Array) -> Array:
        return xp.exp(z)

    def slope(self, xp: Namespace, z: Array, a: Array) -> Array:
        return xp.multiply(a, 1.0)


class Sigmoid(Pointwise):
    """A = 1 / (1 + e⁻ᶻ), as (1 + tanh(Z/2)) / 2, which never overflows;  dZ = dA ⊙ A(1−A)"""

    text, latex = "sigmoid({z})", r"\sigma({z})"
    slope_text, slope_latex = "{a}⊙(1 − {a})", r"{a} \odot (1 - {a})"

    def run(self, xp: Namespace, z: Array) -> Array:
        return sigmoid(xp, z)

    def slope(self, xp: Namespace, z: Array, a: Array) -> Array:
        slope = xp.subtract(1.0, a)
        slope *= a
        return slope


class HardSigmoid(Pointwise):
    """A = Z/6 + 1/2, between 0 and 1;  dZ = dA/6 where −3 < Z < 3, else 0"""

    text, latex = "hard_sigmoid({z})", r"\operatorname{{hard\_sigmoid}}({z})"
    slope_text, slope_latex = "[|{z}| < 3]/6", r"[|{z}| < 3] / 6"
    cost = 4

    def run(self, xp: Namespace, z: Array) -> Array:
        a = xp.add(z, 3.0)
        a /= 6.0
        return xp.clip(a, 0.0, 1.0)

    def slope(self, xp: Namespace, z: Array, a: Array) -> Array:
        slope = indicator(xp, xp.less(xp.abs(z), 3.0), z)
        slope /= 6.0
        return slope


class Tanh(Pointwise):
    """A = tanh Z;  dZ = dA ⊙ (1 − A²)"""

    text, latex = "tanh({z})", r"\tanh({z})"
    slope_text, slope_latex = "(1 − {a}²)", "(1 - {a}^2)"

    def run(self, xp: Namespace, z: Array) -> Array:
        return xp.tanh(z)

    def slope(self, xp: Namespace, z: Array, a: Array) -> Array:
        slope = xp.multiply(a, a)
        slope *= -1.0
        slope += 1.0
        return slope


class Softmax(Activation):
    """A = eᶻ / Σ eᶻ along an axis, shifted by max Z;  dZ = A ⊙ (dA − Σ dA⊙A)"""

    axis: int = -1

    text, latex = "softmax({z})", r"\operatorname{{softmax}}({z})"
    cost = 12

    def run(self, xp: Namespace, z: Array) -> Array:
        return softmax(xp, z, self.axis)

    def gradient(self, dy: Tensor, y: Tensor, *inputs: Tensor) -> Gradients:
        return (SoftmaxGradient(self.axis)(dy, y),)

    def shape(self, *shapes: Shape) -> Shape:
        place_of(self.axis, shapes[0])
        return shapes[0]


class SoftmaxGradient(Equation):
    """dZ = A ⊙ (dA − Σ dA⊙A)"""

    axis: int = -1

    text, latex = "{a}⊙({da} − Σ {da}⊙{a})", r"{a} \odot ({da} - \sum {da} \odot {a})"
    binds = PRODUCT
    cost = 4

    def run(self, xp: Namespace, da: Array, a: Array) -> Array:
        dz = xp.multiply(da, a)
        dz = xp.subtract(da, xp.sum(dz, axis=self.axis, keepdims=True))
        dz *= a
        return dz

    def shape(self, *shapes: Shape) -> Shape:
        return shapes[0]


class LogSoftmax(Activation):
    """A = Z − log Σ eᶻ along an axis, shifted by max Z;  dZ = dA − eᴬ ⊙ Σ dA"""

    axis: int = -1

    text, latex = "log_softmax({z})", r"\log \operatorname{{softmax}}({z})"
    cost = 12

    def run(self, xp: Namespace, z: Array) -> Array:
        return log_softmax(xp, z, self.axis)

    def gradient(self, dy: Tensor, y: Tensor, *inputs: Tensor) -> Gradients:
        return (LogSoftmaxGradient(self.axis)(dy, y),)

    def shape(self, *shapes: Shape) -> Shape:
        place_of(self.axis, shapes[0])
        return shapes[0]


class LogSoftmaxGradient(Equation):
    """dZ = dA − eᴬ ⊙ Σ dA"""

    axis: int = -1

    text, latex = "{da} − exp({a})⊙Σ {da}", r"{da} - \exp({a}) \odot \sum {da}"
    binds = PRODUCT
    cost = 12

    def run(self, xp: Namespace, da: Array, a: Array) -> Array:
        dz = xp.exp(a)
        dz *= xp.sum(da, axis=self.axis, keepdims=True)
        dz *= -1.0
        dz += da
        return dz

    def shape(self, *shapes: Shape) -> Shape:
        return shapes[0]
