"""Functions and methods of tensors as operators: what stands in a module's forward."""

from __future__ import annotations

from typing import Any

from pellucid.interop.torch.translating import FUNCTIONS, Name, Translation, function

To = Translation
#: functions of one tensor that are an operator as they stand
ALIKE = {
    "relu": "Relu",
    "relu_": "Relu",
    "sigmoid": "Sigmoid",
    "tanh": "Tanh",
    "exp": "Exp",
    "log": "Log",
    "sqrt": "Sqrt",
    "abs": "Abs",
    "sign": "Sign",
    "sin": "Sin",
    "cos": "Cos",
    "neg": "Neg",
    "selu": "Selu",
    "silu": "Swish",
    "mish": "Mish",
    "softsign": "Softsign",
    "softplus": "Softplus",
    "hardswish": "HardSwish",
    "reciprocal": "Reciprocal",
}


def asked(given: list[Any], named: dict[str, Any], *names: str, **usual: Any) -> list[Any]:
    """The arguments of a call by their names, in order."""
    found = dict(zip(names, given, strict=False)) | named
    left = set(found) - set(names) - {"inplace", "_stacklevel", "dtype"}
    if left or found.get("dtype") is not None:
        raise TypeError(f"with {', '.join(map(str, left or {'dtype'}))}")
    return [found.get(each, usual.get(each)) for each in names]


def entered(name: str, kind: str) -> None:
    def read(to: To, given: list[Any], named: dict[str, Any]) -> Any:
        (x, *rest) = given or [named.get("input")]
        more = {key: each for key, each in named.items() if key not in ("input", "inplace")}
        if rest not in ([], [False], [True]) or more:
            raise TypeError(f"{name} with {rest or sorted(more)}")
        return to.emit(kind, [x])

    FUNCTIONS[name] = read


for each_name, each_kind in ALIKE.items():
    entered(each_name, each_kind)


def with_settings(name: str, kind: str, *names: str, **usual: Any) -> None:
    """A function whose settings are the attributes of an operator."""

    def read(to: To, given: list[Any], named: dict[str, Any]) -> Any:
        x, *settings = asked(given, named, "input", *names, **usual)
        found = dict(zip(names, settings, strict=True))
        return to.emit(kind, [x], **RENAMED.get(name, dict)(found))

    FUNCTIONS[name] = read


RENAMED: dict[str, Any] = {
    "leaky_relu": lambda given: {"alpha": given["negative_slope"]},
    "hardshrink": lambda given: {"lambd": given["lambd"], "bias": 0.0},
    "softshrink": lambda given: {"lambd": given["lambd"], "bias": given["lambd"]},
    "softmax": lambda given: {"axis": given["dim"]},
    "log_softmax": lambda given: {"axis": given["dim"]},
    "relu6": lambda given: {"min": 0.0, "max": 6.0},
    "hardsigmoid": lambda given: {"alpha": 1 / 6, "beta": 0.5},
    "logsigmoid": lambda given: {"function": "log_sigmoid"},
    "tanhshrink": lambda given: {"function": "tanh_shrink"},
    "dropout": lambda given: {"ratio": given["p"]},
}
with_settings("leaky_relu", "LeakyRelu", "negative_slope", negative_slope=0.01)
with_settings("elu", "Elu", "alpha", alpha=1.0)
with_settings("celu", "Celu", "alpha", alpha=1.0)
with_settings("gelu", "Gelu", "approximate", approximate="none")
with_settings("hardshrink", "Shrink", "lambd", lambd=0.5)
with_settings("softshrink", "Shrink", "lambd", lambd=0.5)
with_settings("relu6", "Clip")
with_settings("hardsigmoid", "HardSigmoid")
with_settings("logsigmoid", "Activation")
with_settings("log_sigmoid", "Activation")
RENAMED["log_sigmoid"] = RENAMED["logsigmoid"]
with_settings("tanhshrink", "Activation")
with_settings("softmax", "Softmax", "dim")
with_settings("log_softmax", "LogSoftmax", "dim")
with_settings("dropout", "Dropout", "p", "training", p=0.5)


@function("hardtanh")
def between(to: To, given: list[Any], named: dict[str, Any]) -> Any:
    x, low, high = asked(given, named, "input", "min_val", "max_val", min_val=-1.0, max_val=1.0)
    if (low, high) == (-1, 1):
        return to.emit("Activation", [x], function="hard_tanh")
    return to.emit("Clip", [x], min=low, max=high)


@function("clamp", "clip")
def clamp(to: To, given: list[Any], named: dict[str, Any]) -> Any:
    x, low, high = asked(given, named, "input", "min", "max")
    return to.emit("Clip", [x], min=low, max=high)


#: arithmetic, of which the operands may be numbers
ARITHMETIC = {
    "add": "Add",
    "sub": "Sub",
    "mul": "Mul",
    "truediv": "Div",
    "div": "Div",
    "maximum": "Max",
    "minimum": "Min",
    "pow": "Pow",
    "matmul": "MatMul",
    "bmm": "MatMul",
}


def arithmetic(name: str, kind: str) -> None:
    def read(to: To, given: list[Any], named: dict[str, Any]) -> Any:
        a, b = asked(given, named, "input", "other")
        if not any(isinstance(each, Name) for each in (a, b)):
            raise TypeError("of plain numbers")
        return to.emit(kind, [to.operand(a), to.operand(b)])

    FUNCTIONS[name] = read


for each_name, each_kind in ARITHMETIC.items():
    arithmetic(each_name, each_kind)


@function("square")
def square(to: To, given: list[Any], named: dict[str, Any]) -> Any:
    return to.emit("Pow", [given[0], to.operand(2.0)])


@function("linear")
def linear(to: To, given: list[Any], named: dict[str, Any]) -> Any:
    x, w, b = asked(given, named, "input", "weight", "bias")
    return to.emit("Gemm", [x, w, b or ""], transB=1)
