"""Every number of every equation: its terms make it, and it reads what it says and nothing else."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pellucid.elements.element import total
from pellucid.elements.reading import OfPlan
from pellucid.elements.rounding import bound
from pellucid.equations.base import Equation
from pellucid.plan.interpret import interpret
from tests.contract.lines import every_line, written
from tests.contract.rows import every_row

LINES = every_line(every_row())
DOUBLE = np.dtype(float)


def name_of(case):
    row, at = case
    line = written(row)[0][at]
    return f"{line.equation!r}-{'-'.join(str(each.shape) for each in line.inputs)}"


def numbers_of(case, dtype="float64"):
    """A line, the values it reads and writes, and all of its numbers by what they are made of.

    What it reads holds no 0, which would hide what it is multiplied with.
    """
    row, at = case
    lines, given = written(row)
    line, values = lines[at], interpret(lines, given, np)
    random = np.random.default_rng(11)
    for tensor in line.inputs:
        if tensor.value is None and tensor.dtype == "float":
            array = np.asarray(values[tensor], dtype)
            other = random.uniform(0.1, 0.5, array.shape).astype(dtype)
            values[tensor] = np.where(array == 0, other, array)
    values |= dict(zip(line.outputs, run(line, values), strict=True))
    return line, values, OfPlan([line], values, line.outputs).line(line)


def run(line, values):
    result = line.equation.run(np, *(values.get(each, each.value) for each in line.inputs))
    return result if isinstance(result, tuple) else (result,)


def indices(line, values):
    return [
        (of, index)
        for of, output in enumerate(line.outputs)
        for index in np.ndindex(np.shape(values[output]))
    ]


@pytest.mark.parametrize("case", LINES, ids=name_of)
def test_the_terms_make_the_number(case):
    """Within what the order of rounding can do; the Python expression is the number exactly."""
    line, values, numbers = numbers_of(case)
    for of, index in indices(line, values):
        terms = numbers.terms(index, of)
        assert terms.value == values[line.outputs[of]][index]
        assert abs(terms.rounding) <= terms.most_rounding, (index, terms.text())
        assert eval(terms.python(), {"math": math}) == terms.value, terms.python()
        if terms.how == "sum":
            parts = total(list(terms.parts))
            assert abs(parts - terms.value) <= bound(parts, DOUBLE), (index, terms.text())
        elif terms.number.operation is not None:
            assert terms.number.operation.of(terms.parts) == terms.number
        else:
            assert terms.parts == (terms.number,)


#: one line of each kind of equation
KINDS = list({type(written(row)[0][at].equation): (row, at) for row, at in LINES}.values())


@pytest.mark.parametrize("case", KINDS, ids=name_of)
def test_the_terms_make_a_number_of_single_precision(case):
    line, values, numbers = numbers_of(case, "float32")
    for of, index in indices(line, values):
        terms = numbers.terms(index, of)
        assert abs(terms.rounding) <= terms.most_rounding, (index, terms.text())
        assert eval(terms.python(), {"math": math}) == terms.value, terms.python()


#: lines whose numbers look at others that none of the changes tried here moves them by
UNMOVED = {
    "MaxPoolGradient": "only a number that equals the maximum would be the first of a window",
    "LookupGradient": "no other row names the rows of the table that nobody reads",
    "GatedRecurrence": "before the first step R is 0, and what multiplies it does not matter",
    "LossGradient(loss=CategoricalHinge": "where no margin is missing, its derivative is 0",
    "LossGradient(loss=SquaredHinge": "where no margin is missing, its derivative is 0",
    "AnyUnequal": "where several numbers differ from it, none decides alone",
    "CarriedGated": "before the first step R is 0, and what multiplies it does not matter",
    "Slope(activation=SparsePlus": "beyond −1 and 1 it is 0 or 1, whatever the number is",
    "Sparsemax": "a share that is 0 by far stays so, whatever one of the others is",
    "SampleGradient": "where a place is far from a number, it may be elsewhere and still is",
    "Sample(fill_mode='constant'": "beyond the border one way, the other way does not matter",
    "Sample(interpolation='nearest', fill_mode='constant'": "likewise",
    "Standardize(axis=(0,), epsilon=0.1)-(1, 3)": "a single row is its own mean",
}


@pytest.mark.parametrize("case", LINES, ids=name_of)
def test_a_number_reads_what_it_says(case):
    """What it does not name may change as it likes; what it names changes it in some way."""
    line, values, numbers = numbers_of(case)
    said = {(of, index): numbers.reads(index, of) for of, index in indices(line, values)}
    for number, tensor in enumerate(line.inputs):
        if tensor.value is not None:
            continue
        for place in np.ndindex(np.shape(values[tensor])):
            moved = moved_by(line, values, tensor, place)
            named = {where for where, places in said.items() if (tensor, place) in places}
            assert moved <= named, (number, place, moved - named)
            if not name_of(case).startswith(tuple(UNMOVED)):
                assert named <= moved, (number, place, named - moved)


def moved_by(line, values, tensor, place):
    """The indices of the line's values that change, in one of several ways to change a number."""
    moved = set()
    for other in instead(values[tensor], place):
        array = np.array(values[tensor])
        array[place] = other
        with np.errstate(all="ignore"):
            results = run(line, values | {tensor: array})
        for of, (output, result) in enumerate(zip(line.outputs, results, strict=True)):
            moved |= {(of, index) for index in changed(values[output], result)}
    return moved


def changed(before, after):
    same = np.equal(before, after) | (np.isnan(before) & np.isnan(after))
    return {index for index in np.ndindex(np.shape(same)) if not same[index]}


def instead(array, place):
    """Other numbers for one of an array."""
    array = np.asarray(array)
    if array.dtype.kind in "iu":
        others = range(array.max() + 1) if array.ndim else range(20)
        return [other for other in others if other != array[place]]
    x = array[place]
    return [1.01 * x + 0.013, x + 2.3, x - 2.3, x + 7.3, x - 7.3, x + 1e3, x - 1e3, 0.0]


def test_an_array_function_that_nobody_knows_is_named():
    class Odd(Equation):
        def run(self, xp, x):
            return xp.logg(x)

    with pytest.raises(AttributeError, match=r"calls 'logg' are not known.*did you mean 'log'"):
        Odd().made_of(1.0)
