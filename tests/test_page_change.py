"""What if a number were another: what the page computes is as near to the truth as Python's."""

from __future__ import annotations

import json

import numpy as np
import pytest

from pellucid.equations.random import Draw
from pellucid.glass.changes import Edit, changed
from pellucid.glass.elements import StepElements
from pellucid.glass.recording import Recording
from tests.browsing import browser, shown  # noqa: F401, a fixture
from tests.contract.layers import ROWS
from tests.test_explanation import classifier, small
from tests.test_glass_elements import NETWORKS, OPTIMIZERS
from tests.test_page import bits, large
from tests.test_page_words import around, attending, step_of

pytestmark = pytest.mark.browser

MADE = {
    **{f"{name} {dtype}": lambda name=name, dtype=dtype: step_of(
        classifier(*NETWORKS[name], dtype=dtype)) for name in NETWORKS
        for dtype in ("float32", "float64")},
    **{repr(each): lambda each=each: step_of(classifier(*NETWORKS["dense"], optimizer=each))
       for each in OPTIMIZERS},
    "several inputs": lambda: step_of(attending()),
    "large": lambda: step_of(large(2)),
    **{f"{row.layer!r} {at}": lambda row=row: around(row) for at, row in enumerate(ROWS)},
}  # fmt: skip

#: numbers of a value that are compared
MOST = 1000
#: changes numbers of another step in the page, each by itself, and gives what has moved
CHANGE = """async ([text, edits, most]) => {
    const { read, changed } = window.pellucid, step = await read(text);
    const isOther = (after, key) => after.countOfMoved(key) || after.isUnknown(key);
    const some = all => Array.from(all).filter((_, at) => at % Math.ceil(all.length / most) === 0);
    return edits.map((held) => {
        const after = changed(step, held.map(
            ([name, index, value]) => ({ place: step.place(name, index), value })));
        const moved = Object.keys(step.data.values).filter((key) => isOther(after, key));
        return Object.fromEntries(moved.map((key) =>
            [key, after.isUnknown(key) ? null : some(after.numbers(key))]));
    });
}"""


@pytest.fixture(scope="module")
def changing(browser, tmp_path_factory):  # noqa: F811
    """A page, in which numbers of other steps are changed."""
    path = tmp_path_factory.mktemp("pages") / "why.html"
    step_of(small()).save(path)
    with shown(browser, path) as page:
        yield page


def edits_of(explained):
    """A number of each kind: of the data, a parameter, the first and a later line, η."""
    plan, names = explained.found.plan, explained.found.names
    written = [t for line in plan.section("forward") if not isinstance(line.equation, Draw)
               for t in line.outputs if t in names]  # fmt: skip
    chosen = [*plan.inputs[:1], *list(plan.layout)[:1], *written[:1], *written[-2:-1]]
    chosen += [each for name, each in plan.numbers.items() if name == "η"]
    for tensor in dict.fromkeys(chosen):
        value = np.asarray(explained.found.value(tensor))
        if value.size and value.dtype.kind == "f":
            index = tuple(int(each) // 2 for each in value.shape)
            yield names.get(tensor) or tensor.name, index, float(value[index]) * 0.5 + 0.25


def exactly(explained, edits):
    """The changed step, computed in double precision from the same numbers."""
    found = explained.found
    values = {each: wide(value) for each, value in found.values.items()}
    held = [Edit(found.place(name, index), value) for name, index, value in edits]
    return changed(StepElements(Recording(found.plan, {}, values)), held)


def wide(value):
    is_single = isinstance(value, np.ndarray) and value.dtype == np.float32
    return value.astype(np.float64) if is_single else value


@pytest.mark.parametrize("name", MADE)
def test_the_page_computes_what_python_does(changing, name):
    explained = MADE[name]()
    data, edits = explained.as_data(), list(edits_of(explained))
    several = [*([each] for each in edits), edits]
    said = changing.evaluate(CHANGE, [json.dumps(data), several, MOST])
    for held, found in zip(several, said, strict=True):
        compare(explained, data, held, found)


def compare(explained, data, held, found):
    """What moved in the page is what moved in Python, and is no further from the truth."""
    assert None not in found.values(), held
    after = explained
    for each in held:
        after = after.changed(*each)
    steps = explained.recording, after.recording, exactly(explained, held)
    single = any(each.get("kept") == "<f4" for each in data["values"].values())
    rounding = 1e-6 if single else 1e-7
    values = {
        key: [known(data, key, each[key].astype(np.float64)) for each in steps]
        for key in data["values"].keys() & steps[0].keys()
    }
    # what is rounded in one value is seen in those that are made of it: the worst of them counts
    pairs = [(python, true) for _, python, true in values.values()]
    worst = max(apart(*pair) / (size_of(*pair) + 1e-3) for pair in pairs)
    for key, (before, python, true) in values.items():
        most = (4 * worst + rounding) * (size_of(before, python, true) + 1e-3)
        page = np.reshape(found.get(key, before), true.shape)
        assert np.allclose(page, true, 0, most, equal_nan=True), (held, key)


def size_of(*arrays):
    """The largest number in any of them that is one."""
    return max(np.nanmax(np.abs(each), initial=0) for each in arrays)


def apart(one, other):
    """The largest difference, where both are numbers."""
    both = np.isfinite(one) & np.isfinite(other)
    return np.abs(one[both] - other[both]).max(initial=0)


def known(data, key, array):
    """Of a value the numbers that the page has, and gives."""
    about = data["values"][key]
    whole = data["values"][about["part"]] if "part" in about else about
    array = array.reshape(-1)
    if "places" in whole:
        places = bits(data, whole["places"]) - about.get("start", 0)
        array = array[places[(places >= 0) & (places < array.size)]]
    return array[:: max(1, -(-array.size // MOST))]


@pytest.mark.parametrize("place", [("Z1", 0, 1), ("A1", 2, 0), ("L",), ("X", 1, 2)])
def test_what_is_said_of_a_number_that_is_held(changing, place):
    explained = step_of(small())
    name, *index = place
    after = explained.changed(name, tuple(index), 0.75)
    reads = "async ([text]) => (await window.pellucid.read(text)).data"
    assert changing.evaluate(reads, [json.dumps(after.as_data())])["held"]
    asked = """async ([text, [name, ...index]]) => {
        const step = await window.pellucid.read(text), place = step.place(name, index);
        const after = window.pellucid.changed(step, [{ place, value: 0.75 }]);
        return [after.data.change, after.why(place)?.text() ?? null];
    }"""
    words, why = changing.evaluate(asked, [json.dumps(explained.as_data()), place])
    assert words == after.change.words
    assert why == (None if name == "X" else after.why(*place).text())
