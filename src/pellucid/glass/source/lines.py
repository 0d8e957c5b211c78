"""The lines of a plan as statements: an expression, or a call of a function for the equation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from pellucid.calls import Calls, Number, record
from pellucid.equations.base import Equation
from pellucid.equations.embedding import LookupGradient
from pellucid.glass.source.body import LONG, Body
from pellucid.glass.source.expressions import PRODUCT, Text, plain
from pellucid.glass.source.spelling import Names, number
from pellucid.optimizers.base import changing
from pellucid.plan import Plan
from pellucid.settings import snake_case
from pellucid.tensor import Line, Operation, Tensor, show_shape


class Statement(NamedTuple):
    """One line of the program, and the shape of what it writes."""

    section: str
    text: str
    shape: str


class Lines:
    """The statements of a plan, and the functions and constants that they need.

    `beside` are those of another plan of the same program, whose functions and constants it shares.
    """

    def __init__(self, plan: Plan, dtype: str, beside: Lines | None = None):
        self.plan, self.dtype = plan, dtype
        self.names, self.printed = Names(), plan.names
        self.texts: dict[Tensor, Text] = {}
        self.constants: dict[str, str] = {} if beside is None else beside.constants
        self.functions: dict[tuple[object, ...], tuple[str, str]] = {}
        if beside is not None:
            self.functions = beside.functions
            self.names.taken |= {*self.constants, *(name for name, _ in self.functions.values())}
            self.texts |= {each: beside.texts[each] for each in beside.known}
            self.names.taken |= {text.text for text in self.texts.values()}
        self.statements: list[Statement] = []
        self.readers = [tensor for line in plan.lines for tensor in line.inputs]
        self.kept = {*plan.assignments.values(), *plan.outputs}
        self.kept |= {plan.loss} if plan.loss is not None else set()
        self.state_of = {new: old for old, new in plan.assignments.items()}
        for at, line in enumerate(plan.lines):
            self.line(at, line)

    @property
    def known(self) -> list[Tensor]:
        """What the program has by a name of its own outside of any step: θ, parameters, states."""
        held = [self.plan.theta, *self.plan.layout, *self.plan.assignments]
        return [each for each in held if each is not None and each in self.texts]

    @property
    def counts_rows(self) -> bool:
        """Whether a statement reads n, the rows of the batch."""
        return any(re.search(r"\bn\b", each.text) for each in self.statements)

    def name(self, tensor: Tensor) -> str:
        """The name of what is given, or was written by a statement."""
        return self.text(tensor).text

    def text(self, tensor: Tensor) -> Text:
        if tensor not in self.texts:
            if tensor.is_setting and tensor.value is not None and not tensor.name:
                return Text(number(tensor.value), PRODUCT if tensor.value < 0 else 5)
            wanted = self.printed.get(tensor) or tensor.name or "T"
            known = tensor.is_setting and tensor.name in ("seed", "step")
            self.texts[tensor] = Text(tensor.name if known else self.names.new(wanted))
            if tensor.is_setting and tensor.value is not None:
                self.constants[self.texts[tensor].text] = repr(tensor.value)
        return self.texts[tensor]

    def line(self, at: int, line: Line) -> None:
        reads = {each: opened(each) for each in line.inputs}
        other = line.rewritten(tuple(reads[each] for each in line.inputs))
        plain_calls = not isinstance(line.equation, LookupGradient)
        calls = record([other], self.dtype, plain_calls, by_rows=False)
        back = {new: old for old, new in reads.items()}
        if line.output.is_setting:
            value = calls.values[line.output]
            found = Text(number(value)) if isinstance(value, float) else Text("")
            if isinstance(value, Number):
                found = plain(value, lambda each: self.text(back[each]))
            self.written(at, line, [line.output], found)
            return
        used = [each for each in line.outputs if each in self.kept or each in self.readers]
        body = Body(calls, used or [line.output], lambda each: self.text(back[each]))
        if body.statements or len(used) > 1:
            found = self.call(line, calls, used, back)
        else:
            found = body.results[0]
        self.written(at, line, used or [line.output], found)

    def written(self, at: int, line: Line, used: Sequence[Tensor], found: Text) -> None:
        """A statement for what has a name; other values stand where they are read."""
        first = used[0]
        named = len(used) > 1 or first in self.kept or first in self.printed
        if not named and (first.is_setting or len(found.text) <= LONG):
            self.texts[first] = found
            return
        for each in used:
            self.texts[each] = Text(self.left(at, each))
        left = ", ".join(self.texts[each].text for each in used)
        shape = "" if first.is_setting else show_shape(first.shape)
        self.statements.append(Statement(line.section, f"{left} = {found.text}", shape))

    def left(self, at: int, tensor: Tensor) -> str:
        """The name of a new value: that of the state that it takes the place of, if it may."""
        old = self.state_of.get(tensor)
        if old is None:
            return self.names.new(self.printed.get(tensor) or tensor.name or "T")
        later = {each for line in self.plan.lines[at + 1 :] for each in line.inputs}
        if old in later or old in self.plan.assignments.values():
            return self.names.new(f"new_{self.name(old)}")
        return self.name(old)

    def call(
        self, line: Line, calls: Calls, used: Sequence[Tensor], back: dict[Tensor, Tensor]
    ) -> Text:
        """A call of the function that is this equation."""
        inputs = list(dict.fromkeys(line.inputs))
        wanted = tuple(line.outputs.index(each) for each in used)
        shapes = tuple((each.shape, inputs.index(each)) for each in line.inputs)
        key = (line.equation.key(), shapes, wanted)
        arguments = [self.text(each).text for each in inputs if not is_known(each)]
        letters = parameters(line, inputs)
        body = Body(calls, used, lambda each: Text(letters[back[each]]))
        takes = [letters[each] for each in inputs if not is_known(each)]
        rows = next((each for each in inputs if each.shape[:1] == (None,)), None)
        if body.reads_n and rows is None:
            takes, arguments = [*takes, "n"], [*arguments, "n"]
        if key not in self.functions:
            name = self.names.new(function_name(line.equation))
            counted = [f"n = len({letters[rows]})"] if body.reads_n and rows is not None else []
            results = ", ".join(each.text for each in body.results)
            statements = [*counted, *body.statements, f"return {results}"]
            head = f'def {name}({", ".join(takes)}):\n    """{formula(line, letters)}"""'
            self.functions[key] = name, "\n    ".join([head, *statements])
        return Text(f"{self.functions[key][0]}({', '.join(arguments)})")


def opened(tensor: Tensor) -> Tensor:
    """The same, but a number with a name as one that is not known, so that its name is kept."""
    known = tensor.is_setting and tensor.value is not None and tensor.name
    return changing(tensor.name) if known else tensor


def is_known(tensor: Tensor) -> bool:
    unnamed = tensor.value is not None and not tensor.name
    return tensor.is_setting and (tensor.name == "seed" or unnamed)


def parameters(line: Line, inputs: Sequence[Tensor]) -> dict[Tensor, str]:
    """The letters that an equation reads its inputs by."""
    names, found = Names(), {}
    listed = line.equation.arguments()
    for tensor in inputs:
        at = line.inputs.index(tensor)
        if is_known(tensor):
            found[tensor] = tensor.name or number(float(tensor.value or 0.0))
        elif tensor.name == "step" and tensor.is_setting:
            found[tensor] = "step"
        else:
            found[tensor] = names.new(listed[at] if at < len(listed) else f"x{at + 1}")
    return found


def function_name(equation: Operation) -> str:
    """The name of an equation, and of the equations that it is about."""
    about = [each for each in equation.settings().values() if isinstance(each, Equation)]
    return "_".join(snake_case(type(each).__name__) for each in (equation, *about))


def formula(line: Line, letters: dict[Tensor, str]) -> str:
    """The equation as it is printed, in the letters of its function."""
    equation = line.equation
    pairs = zip(equation.arguments(), line.inputs, strict=False)
    parts = {name: letters[tensor] for name, tensor in pairs}
    try:
        shown = equation.template("text").format(**parts, **equation.settings())
    except (KeyError, IndexError, AttributeError):
        shown = (type(equation).__doc__ or type(equation).__name__).splitlines()[0]
    return shown.replace("\\", "").replace('"""', "")
