"""Every number of every equation: its terms make it, and it reads what it says and nothing else."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pellucid.elements.number import total
from pellucid.elements.rounding import bound
from pellucid.equations.base import Equation
from pellucid.plan.interpret import interpret
from tests.contract.lines import every_line, written
from tests.contract.rows import every_row

LINES = every_line(every_row())
EPSILON = np.finfo(float).eps


def name_of(case):
    row, at = case
    line = written(row)[0][at]
    return f"{line.equation!r}-{'-'.join(str(each.shape) for each in line.inputs)}"


def numbers_of(case):
    """A line, the values it reads and writes, and all of its numbers by what they are made of.

    What it reads holds no 0, which would hide what it is multiplied with.
    """
    row, at = case
    lines, given = written(row)
    line, values = lines[at], interpret(lines, given, np)
    read = {tensor: values.get(tensor, tensor.value) for tensor in line.inputs}
    random = np.random.default_rng(11)
    for tensor, array in read.items():
        if tensor.value is None and tensor.dtype == "float":
            read[tensor] = np.where(array == 0, random.uniform(0.1, 0.5, np.shape(array)), array)
    result = line.equation.run(np, *read.values())
    results = result if isinstance(result, tuple) else (result,)
    values = read | dict(zip(line.outputs, results, strict=True))
    return line, values, line.elements(values)


def indices(line, values):
    return [
        (of, index)
        for of, output in enumerate(line.outputs)
        for index in np.ndindex(np.shape(values[output]))
    ]


@pytest.mark.parametrize("case", LINES, ids=name_of)
def test_the_terms_make_the_number(case):
    """Within what the order of rounding can do; the Python expression is the number exactly."""
    line, values, elements = numbers_of(case)
    for of, index in indices(line, values):
        terms = elements.terms(index, of)
        assert terms.value == values[line.outputs[of]][index]
        assert abs(terms.rounding) <= terms.most_rounding, (index, terms.text())
        assert eval(terms.python(), {"math": math}) == terms.value, terms.python()
        if terms.how == "sum":
            parts = total(list(terms.parts))
            assert abs(parts - terms.value) <= bound(parts, EPSILON), (index, terms.text())
        elif terms.number.operation is not None:
            assert terms.number.operation.of(terms.parts) == terms.number
        else:
            assert terms.parts == (terms.number,)


#: why changing what a number looks at may change nothing
UNMOVED: dict[str, str] = {}


@pytest.mark.parametrize("case", LINES, ids=name_of)
def test_a_number_reads_what_it_says(case):
    """What it does not name may change as it likes; what it names changes it in some way."""
    line, values, elements = numbers_of(case)
    said = {
        (of, index): elements.reads(index, of) for of, index in indices(line, values)
    }
    for number, tensor in enumerate(line.inputs):
        if tensor.value is not None:
            continue
        for place in np.ndindex(np.shape(values[tensor])):
            moved = moved_by(line, values, tensor, place)
            named = {where for where, places in said.items() if (tensor, place) in places}
            assert moved <= named, (number, place, moved - named)
            if type(line.equation).__name__ not in UNMOVED:
                assert named <= moved, (number, place, named - moved)


def moved_by(line, values, tensor, place):
    """The indices of the line's values that change, in one of several ways to change a number."""
    moved = set()
    for other in instead(values[tensor], place):
        array = np.array(values[tensor])
        array[place] = other
        with np.errstate(all="ignore"):
            found = line.equation.run(
                np, *(array if each is tensor else values.get(each, each.value)
                      for each in line.inputs)
            )  # fmt: skip
        for of, result in enumerate(found if isinstance(found, tuple) else (found,)):
            before = values[line.outputs[of]]
            same = np.equal(result, before) | (np.isnan(result) & np.isnan(before))
            moved |= {(of, index) for index in zip(*np.nonzero(~same), strict=True)} if (
                np.ndim(result)) else ({(of, ())} if not same else set())
    return moved


def instead(array, place):
    """Other numbers for one of an array."""
    array = np.asarray(array)
    if array.dtype.kind == "b":
        return [not array[place]]
    if array.dtype.kind in "iu":
        return [other for other in range(array.max() + 1) if other != array[place]]
    x = array[place]
    return [1.01 * x + 0.013, x + 7.3, x - 7.3, x + 1e3, x - 1e3, 0.0]


def test_an_array_function_that_nobody_knows_is_named():
    class Odd(Equation):
        def run(self, xp, x):
            return xp.logg(x)

    with pytest.raises(AttributeError, match="calls 'logg' are not known.*did you mean 'log'"):
        from pellucid.elements.reading import Elements

        Elements(Odd().run, [("x", np.ones(3))], [("y", np.ones(3))])
