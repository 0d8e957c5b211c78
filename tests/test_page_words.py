"""What a page says of numbers: of every equation, layer and optimizer what Python says."""

from __future__ import annotations

import json

import numpy as np
import pytest

import pellucid
from pellucid import Input, Model, layers
from pellucid.glass import Explanation
from pellucid.glass.recording import recording
from pellucid.plan import Plan
from pellucid.plan.interpret import interpret
from pellucid.plan.step import Taken
from tests.browsing import browser, shown  # noqa: F401, a fixture
from tests.contract.layers import ROWS, network
from tests.contract.lines import written
from tests.contract.rows import every_row
from tests.nets import classes, numbers
from tests.test_explanation import classifier, small
from tests.test_glass_elements import NETWORKS, OPTIMIZERS, every_number

pytestmark = pytest.mark.browser


def attending():
    """An embedding, a layer that is called twice, and two inputs."""
    pellucid.set_random_seed(5)
    words, more = Input((4,), dtype="int32"), Input((12,))
    shared = layers.Dense(2, "tanh")
    first = shared(layers.Flatten()(layers.Embedding(6, 3)(words)))
    both = layers.Concatenate()([first, shared(more)])
    net = Model([words, more], layers.Dense(2, "softmax")(both), dtype="float64")
    net.compile("adam", "sparse_categorical_crossentropy", executor="numpy")
    return net, [classes(3, 6)[:, None].repeat(4, axis=1), numbers(3, 12)], classes(3, 2)


def alone(row):
    """An equation and its gradient, as if they were a network."""
    lines, given = written(row)
    values = interpret(lines, given, np)
    values = {tensor: np.asarray(value) for tensor, value in values.items()}
    plan = Plan(
        [each for each in given if each.shape], [out for line in lines for out in line.outputs]
    )
    return Explanation(recording(plan, Taken(values, {})))


def around(row):
    """A step of a small network around a layer."""
    net = network(row)
    net.compile("adam", "mse", executor="numpy")
    x = list(row.arrays) if len(row.arrays) > 1 else row.arrays[0]
    return net.explain(x, numbers(*net.predict(x).shape))


def step_of(made):
    net, *rows = made
    return net.explain(*rows)


MADE = {
    **{name: lambda name=name: step_of(classifier(*NETWORKS[name])) for name in NETWORKS},
    **{f"{name} float32": lambda name=name: step_of(classifier(*NETWORKS[name], dtype="float32"))
       for name in ("images", "gru")},
    **{repr(each): lambda each=each: step_of(classifier(*NETWORKS["dense"], optimizer=each))
       for each in OPTIMIZERS},
    "several inputs": lambda: step_of(attending()),
    **{f"{row.equation!r} {at}": lambda row=row: alone(row) for at, row in enumerate(every_row())
       if all(map(np.size, row.arrays))},
    **{f"{row.layer!r} {at}": lambda row=row: around(row) for at, row in enumerate(ROWS)},
}  # fmt: skip

#: reads another step in the page, and says of some of its numbers why they are what they are
READ = """async ([text, asked]) => {
    const step = await window.pellucid.read(text);
    return asked.map(([name, ...at]) => step.why(step.place(name, at)).text());
}"""


@pytest.fixture(scope="module")
def reader(browser, tmp_path_factory):  # noqa: F811
    """A page, in which other steps are read."""
    path = tmp_path_factory.mktemp("pages") / "why.html"
    step_of(small()).save(path)
    with shown(browser, path) as page:
        yield page


@pytest.mark.parametrize("name", MADE)
def test_the_page_says_what_python_says(reader, name):
    """Word for word and figure for figure, of every equation and its gradient."""
    explained = MADE[name]()
    asked = [[name, *map(int, at)] for name, at, _ in every_number(explained.found, 5)]
    assert asked
    said = reader.evaluate(READ, [json.dumps(explained.as_data()), asked])
    for place, words in zip(asked, said, strict=True):
        assert words == explained.why(*place).text(), place
