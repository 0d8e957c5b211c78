"""Functions of the library as a program may hold them: settings as numbers, no annotations."""

from __future__ import annotations

import ast
import builtins
import inspect
import math
import operator
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import FunctionType, MethodType
from typing import Any

import numpy as np

from pellucid.glass.source.spelling import WIDTH, Names
from pellucid.schedules import Schedule
from pellucid.settings import snake_case

#: what a program imports itself
IMPORTED = {"np": np, "math": math}
#: stands for a value that is not known before the program runs
LATER = object()
PLAIN = (bool, int, float, str, np.number, np.ndarray, list, tuple, type(None))
OPERATIONS: dict[type, Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Not: operator.not_,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
}


def plainly(function: Callable[..., Any]) -> str:
    """A function of ours, which reads arrays alone, without its annotations."""
    return ast.unparse(bare(tree_of(function)))


def tree_of(function: Callable[..., Any]) -> ast.FunctionDef:
    """A function as its source says it."""
    (found,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    if not isinstance(found, ast.FunctionDef):
        raise OSError("it is no `def`")
    return found


def bare(tree: ast.FunctionDef) -> ast.FunctionDef:
    for each in (*tree.args.args, *tree.args.kwonlyargs):
        each.annotation = None
    tree.returns, tree.decorator_list = None, []
    return tree


def check_steps(optimizer: Any) -> None:
    """Whether the steps of a schedule are those of the program."""
    if optimizer.gradient_accumulation_steps is not None:
        raise ValueError(
            "a program has no schedule beside gradient_accumulation_steps: its steps are others; "
            "compile the network with a number as learning_rate"
        )


class Inlined:
    """The functions that a schedule is, each after those that it calls: `texts`."""

    def __init__(self, names: Names):
        self.names = names
        self.texts: list[str] = []
        self.known: dict[tuple[int, Any], str] = {}
        self.kept: list[object] = []

    def schedule(self, schedule: Schedule, name: str) -> str:
        """The name of the function that gives a schedule's rates for an array of steps."""
        try:
            return self.function(schedule.rate, name, type(schedule).__doc__)
        except (OSError, TypeError, NameError, SyntaxError) as error:
            raise ValueError(
                f"a program cannot be written for the schedule {type(schedule).__name__}: its "
                f"`rate` is not plain arithmetic in a file ({error}); compile the network with a "
                "schedule of pellucid.schedules, or a number as learning_rate"
            ) from error

    def function(self, found: Callable[..., Any], name: str, about: str | None = None) -> str:
        owner = getattr(found, "__self__", None)
        code: Any = found.__func__ if isinstance(found, MethodType) else found
        key = (id(owner), code)
        if key not in self.known:
            self.kept.append(owner)
            self.known[key] = self.names.new(name)
            tree = bare(tree_of(code))
            tree.name = self.known[key]
            tree.args.args = [each for each in tree.args.args if each.arg != "self"]
            if about and not ast.get_docstring(tree):
                tree.body.insert(0, ast.Expr(ast.Constant(first_sentence(about))))
            closed = inspect.getclosurevars(code)
            known = {**vars(builtins), **closed.globals, **closed.nonlocals, "self": owner}
            Folding(self, known).block(tree.body)
            self.texts.append(ast.unparse(ast.fix_missing_locations(tree)))
        return self.known[key]


class Folding(ast.NodeTransformer):
    """Computes what is known already, and leaves out what does not hold."""

    def __init__(self, inlined: Inlined, known: Mapping[str, Any]):
        self.inlined, self.known = inlined, dict(known)

    def block(self, body: list[ast.stmt]) -> None:
        body[:] = list(self.holding(body))

    def holding(self, body: Iterable[ast.stmt]) -> Iterable[ast.stmt]:
        """The statements that are reached."""
        for each in body:
            test = self.value(each.test) if isinstance(each, ast.If) else LATER
            if isinstance(each, ast.If) and test is not LATER:
                taken = list(self.holding(each.body if test else each.orelse))
                yield from taken
                if taken and isinstance(taken[-1], ast.Return):
                    return
                continue
            self.visit(each)
            if not idle(each):
                yield each
            if isinstance(each, ast.Return):
                return

    def value(self, node: ast.expr) -> Any:
        """What an expression comes to, `LATER` where it reads what is not known."""
        try:
            return known(node, self.known)
        except LookupError:
            return LATER

    def visit(self, node: ast.AST) -> Any:
        if not isinstance(node, ast.expr) or isinstance(
            node, (ast.Constant, ast.Starred, ast.Tuple)
        ):
            return super().visit(node)
        if isinstance(node, ast.Name):
            return self.name(node)
        found = self.value(node)
        if isinstance(found, PLAIN):
            return ast.parse(written(found), mode="eval").body
        if isinstance(found, (FunctionType, MethodType, Schedule)) and outside(found) is None:
            return ast.Name(self.called(found), ast.Load())
        return super().visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> Any:
        test = self.value(node.test)
        if test is LATER:
            return self.generic_visit(node)
        return self.visit(node.body if test else node.orelse)

    def name(self, node: ast.Name) -> ast.expr:
        found = self.known.get(node.id, LATER)
        if found is LATER or not isinstance(node.ctx, ast.Load) or node.id in vars(builtins):
            return node
        if node.id in IMPORTED and found is IMPORTED[node.id]:
            return node
        if isinstance(found, PLAIN):
            return ast.parse(written(found), mode="eval").body
        return ast.Name(self.called(found), ast.Load())

    def called(self, found: Any) -> str:
        """The name of a function that the program is to have too."""
        if isinstance(found, Schedule):
            return self.inlined.function(
                found.rate, snake_case(type(found).__name__), type(found).__doc__
            )
        if not isinstance(found, (FunctionType, MethodType)):
            raise NameError(f"it reads {found!r}")
        of_method = "_of" if isinstance(found, MethodType) else ""
        return self.inlined.function(found, found.__name__ + of_method)


def known(node: ast.expr, names: Mapping[str, Any]) -> Any:
    """What an expression comes to where these names are known; a LookupError where it needs more.

    Its operations are Python's own, one by one, so that nothing is run but what it says.
    """

    def of(part: ast.expr) -> Any:
        return known(part, names)

    match node:
        case ast.Constant():
            return node.value
        case ast.Name():
            return names[node.id]
        case ast.Attribute():
            return getattr(of(node.value), node.attr)
        case ast.Tuple() | ast.List():
            return [of(each) for each in node.elts]
        case ast.Call():
            named = {word.arg: of(word.value) for word in node.keywords if word.arg}
            return of(node.func)(*map(of, node.args), **named)
        case ast.UnaryOp():
            return OPERATIONS[type(node.op)](of(node.operand))
        case ast.BinOp():
            return OPERATIONS[type(node.op)](of(node.left), of(node.right))
        case ast.Compare(ops=[sign], comparators=[other]):
            return OPERATIONS[type(sign)](of(node.left), of(other))
        case ast.BoolOp():
            return deciding(map(of, node.values), isinstance(node.op, ast.And))
        case ast.IfExp():
            return of(node.body if of(node.test) else node.orelse)
    raise LookupError(ast.unparse(node))


def deciding(values: Iterable[Any], conjunction: bool) -> Any:
    """What `and`, or `or`, gives: the first value that decides it, or the last."""
    value = None
    for value in values:
        if bool(value) is not conjunction:
            break
    return value


def idle(statement: ast.stmt) -> bool:
    """Whether a statement says no more than x = x."""
    return (
        isinstance(statement, ast.Assign)
        and isinstance(statement.value, ast.Name)
        and [ast.unparse(each) for each in statement.targets] == [statement.value.id]
    )


def first_sentence(about: str) -> str:
    """The first paragraph, as a docstring has it."""
    first = inspect.cleandoc(about).split("\n\n")[0]
    return textwrap.fill(first, WIDTH - 6, subsequent_indent="    ")


def outside(found: Any) -> str | None:
    """The module of a function that is NumPy's or Python's own."""
    module = getattr(found, "__module__", "") or ""
    return module if module.split(".")[0] in ("numpy", "math", "builtins") else None


def written(value: Any) -> str:
    """A known value as Python writes it."""
    if isinstance(value, np.ndarray):
        return f"np.array({value.tolist()}, np.{value.dtype})"
    if isinstance(value, np.generic):
        return repr(value.item())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return repr([each.item() if isinstance(each, np.generic) else each for each in value])
    return repr(value)
