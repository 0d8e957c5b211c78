"""Expressions of a printed program as functions: what `net.source("torch")` shows is what is built.

Only what programs here are made of is known: names, calls of layers and functions that are listed,
arithmetic. No text is run by Python.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

OPERATIONS: dict[type, Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.Mod: operator.mod,
    ast.MatMult: operator.matmul,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.LtE: operator.le,
    ast.NotEq: operator.ne,
    ast.USub: operator.neg,
}
#: functions of torch itself, and methods of tensors, that programs call
TORCH = {
    *("abs", "cat", "cos", "exp", "log", "log1p", "maximum", "minimum", "ones_like", "randn_like"),
    *("sigmoid", "sign", "sin", "sqrt", "square", "stack", "tanh", "where", "zeros"),
}
METHODS = {
    *("clamp", "expand", "flatten", "flip", "max", "mean", "movedim", "permute", "sqrt", "square"),
    *("repeat_interleave", "reshape", "sum", "to", "transpose", "unbind", "values"),
}
WAYS = ("ahead", "back")


def parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def value(node: ast.expr, known: Mapping[str, Any]) -> Any:
    """What an expression comes to."""
    match node:
        case ast.Constant():
            return node.value
        case ast.Name():
            return known[node.id]
        case ast.Tuple():
            return tuple(value(each, known) for each in node.elts)
        case ast.Dict():
            keys = [value(each, known) for each in node.keys if each is not None]
            return dict(zip(keys, (value(each, known) for each in node.values), strict=True))
        case ast.List():
            return [value(each, known) for each in node.elts]
        case ast.UnaryOp():
            return OPERATIONS[type(node.op)](value(node.operand, known))
        case ast.BinOp():
            pair = value(node.left, known), value(node.right, known)
            return OPERATIONS[type(node.op)](*pair)
        case ast.Compare():
            left, right = value(node.left, known), value(node.comparators[0], known)
            return OPERATIONS[type(node.ops[0])](left, right)
        case ast.ListComp():
            (rows,) = node.generators
            each = rows.target.id if isinstance(rows.target, ast.Name) else ""
            return [value(node.elt, {**known, each: one}) for one in value(rows.iter, known)]
        case ast.IfExp():
            return value(node.body if value(node.test, known) else node.orelse, known)
        case ast.Attribute():
            return attribute(value(node.value, known), node.attr, known)
        case ast.Call():
            given = [value(each, known) for each in node.args]
            named = {each.arg or "": value(each.value, known) for each in node.keywords}
            return value(node.func, known)(*given, **named)
        case ast.Subscript():
            return value(node.value, known)[index(node.slice, known)]
    raise ValueError(f"a program has {type(node).__name__}")


def attribute(of: Any, name: str, known: Mapping[str, Any]) -> Any:
    """A layer, a function that is listed, a method of tensors, or a part of the module."""
    if of is known.get("self") or (name in WAYS and type(of) is known["Ways"]):
        return getattr(of, name)
    if name == "get_default_dtype":
        return lambda: known["dtype"]
    if isinstance(of, ModuleType):
        found = getattr(of, name)
        layer = of is known["nn"] and isinstance(found, type)
        function = of is known["F"] and callable(found) and not name.startswith("_")
        if layer or function or (of is known["torch"] and name in TORCH):
            return found
    elif name in METHODS:
        return getattr(of, name)
    raise ValueError(f"a program calls {name}")


def index(node: ast.expr, known: Mapping[str, Any]) -> Any:
    if isinstance(node, ast.Tuple):
        return tuple(index(each, known) for each in node.elts)
    if isinstance(node, ast.Slice):
        parts = (node.lower, node.upper, node.step)
        return slice(*(None if each is None else value(each, known) for each in parts))
    return value(node, known)
