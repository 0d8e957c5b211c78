"""Guides beside a step: how they are written, what they may speak of, and those that come along."""

from __future__ import annotations

from importlib.resources import files

import numpy as np
import pytest

import pellucid
from pellucid import Sequential, initializers, layers
from pellucid.glass.guides import GuideError, guide, placed
from tests.nets import classes, numbers
from tests.test_explanation import small
from tests.test_page import large


def trained(parts, loss, y, optimizer="adam", steps=1):
    """A network on 3 rows of 4, after so many steps."""
    pellucid.set_random_seed(3)
    net = Sequential([layers.Input((4,)), *parts], dtype="float64")
    net.compile(optimizer, loss, executor="numpy")
    x = numbers(3, 4)
    for _ in range(steps):
        net.train_on_batch(x, y)
    return net.explain(x, y)


def rectified(bias=0.0, steps=1):
    """A network with a ReLU, of which no unit is 0 on all rows, or all are."""
    pellucid.set_random_seed(3)
    start = initializers.Constant(bias)
    hidden = layers.Dense(3, "relu", bias_initializer=start)
    return trained([hidden, layers.Dense(2, "softmax")], SPARSE, classes(3, 2), steps=steps)


SPARSE = "sparse_categorical_crossentropy"
STEPS = {
    "alive": lambda: rectified(9.0, 4),
    "dead": lambda: rectified(-9.0),
    "first": lambda: rectified(0.0, 0),
    "one-hot": lambda: trained([layers.Dense(3, "softmax")], "categorical_crossentropy",
                               np.eye(3)[classes(3)]),
    "one neuron": lambda: trained([layers.Dense(1, "sigmoid")], "binary_crossentropy",
                                  classes(3, 2), "sgd"),
    "numbers": lambda: trained([layers.Dense(3, "tanh"), layers.Dense(1)], "mse", numbers(3, 1)),
}  # fmt: skip
FIT = {
    "alive": ["A forward pass", "Where dZ = (Ŷ − Y)/n comes from", "A dead ReLU",
              "What Adam remembers"],
    "one-hot": ["A forward pass", "Where dZ = (Ŷ − Y)/n comes from", "What Adam remembers"],
    "one neuron": ["A forward pass", "Where dZ = (Ŷ − Y)/n comes from"],
    "numbers": ["A forward pass", "What Adam remembers"],
}  # fmt: skip


def guides_of(step):
    """The guides in the page of a step, each by its title; every name in them is a value of it."""
    return {each["title"]: each["pages"] for each in step.as_data()["guides"]}


@pytest.mark.parametrize("name", FIT)
def test_guides_are_those_that_fit(name):
    assert [*guides_of(STEPS[name]())] == FIT[name]


def test_every_page_fits_some_step():
    shown = [page["title"] for make in STEPS.values() for pages in guides_of(make()).values()
             for page in pages]  # fmt: skip
    for file in (files("pellucid") / "glass" / "guides").iterdir():
        if file.name.endswith(".md"):
            for page in guide(file.read_text(encoding="utf-8")).pages:
                assert page.title in shown, page.title


def test_no_letter_is_left_and_each_name_can_be_opened():
    for make in STEPS.values():
        step = make()
        values = step.as_data()["values"]
        for pages in guides_of(step).values():
            for page in pages:
                spans = [span for block in page["blocks"] for span in block["spans"]]
                assert "{" not in "".join(each for each in spans if isinstance(each, str))
                for each in spans:
                    if isinstance(each, dict) and "at" in each:
                        assert each["at"][0] in values


def test_what_is_said_of_the_derivative_holds():
    """(p − 1)/n for the true class and q/n for another: the numbers that the guide compares."""
    step = trained([layers.Dense(3, "softmax")], SPARSE, classes(3))
    pages = guides_of(step)["Where dZ = (Ŷ − Y)/n comes from"]
    recorded = step.recording
    (name, at), (other, there) = pages[1]["on"], pages[4]["on"]
    assert name == other == "dZ1"
    assert recorded[name].flat[at] == pytest.approx((recorded["Ŷ"].flat[at] - 1) / 3)
    assert recorded[name].flat[there] == pytest.approx(recorded["Ŷ"].flat[there] / 3)


def test_steps_are_offered_where_the_page_can_take_them():
    """Not of a large network, nor where random numbers are drawn."""
    noisy = trained([layers.Dropout(0.5), layers.Dense(2, "softmax")], SPARSE, classes(3, 2))
    for step, offered in ((STEPS["numbers"](), True), (large_step(), False), (noisy, False)):
        titles = [page["title"] for page in guides_of(step)["What Adam remembers"]]
        assert ("Take it, and see what is remembered" in titles) == offered


def large_step():
    net, x, y = large(2)
    return net.explain(x, y)


@pytest.mark.parametrize("kind", ["alive", "dead"])
def test_a_unit_that_dies(kind):
    """The bias that the guide asks for kills the unit that it is about."""
    step = STEPS[kind]()
    pages = {page["title"]: page for page in guides_of(step)["A dead ReLU"]}
    assert ("Kill a unit" in pages) == (kind == "alive")
    if kind == "dead":
        assert np.all(step.recording["A1"] == 0)
        return
    done = pages["Kill a unit"]["done"]
    bias, unit = pages["Kill a unit"]["on"]
    spans = pages["Kill a unit"]["blocks"][0]["spans"]
    (low,) = (each["b"] for each in spans if isinstance(each, dict) and "b" in each)
    after = step.changed(bias, (unit,), float(low.replace("−", "-")))
    assert np.all(after.recording["A1"].flat[done["at"][1]] == 0)
    assert np.any(step.recording["A1"].flat[done["at"][1]] != 0)
    assert np.all(after.recording["dW1"][:, unit] == 0)


OWN = """# My lesson

## The first sum
on: Z1[0, 1]
done: open W1

A sum of **four** products: `Z1[0, 1] =`, made with `W1`,
and `code`.

- one
- two, `A1`

## Make it 0
done: A1[:, 1] ≠ 0
"""


def test_a_guide_of_a_user(tmp_path):
    net, x, y = small()
    (tmp_path / "lesson.md").write_text(OWN, encoding="utf-8")
    found = net.explain(x, y).as_data(guides=[tmp_path / "lesson.md"])["guides"]
    first, second = found[0]["pages"]
    assert found[0]["title"] == "My lesson"
    assert first["on"] == ["Z1", 1]
    assert first["done"] == {"do": "open", "at": ["W1", None]}
    assert [each["item"] for each in first["blocks"]] == [False, True, True]
    assert first["blocks"][0]["spans"] == [
        "A sum of ", {"b": "four"}, " products: ", {"at": ["Z1", 1], "shows": True},
        ", made with ", {"at": ["W1", None], "shows": False}, ", and ", {"code": "code"}, ".",
    ]  # fmt: skip
    assert second["done"] == {"do": "holds", "at": ["A1", [1, 4, 7]], "is": "≠", "than": 0.0}
    assert net.explain(x, y).as_data(guides=())["guides"] == []


WRONG = [
    ("", "a guide begins with a title"),
    ("# Only a title", "a guide begins with a title, # Title, and has pages"),
    ("# A\ntext", "'text' stands below none"),
    ("# A\n## B\non: Z9", "page 'B': no value is called 'Z9'; did you mean 'Z2'"),
    ("# A\n## B\non: Z1[7, 0]", r"'Z1\[7, 0\]' is no place: Z1 has the shape \(3, 3\)"),
    ("# A\n## B\non: Z1[:, 0]", r"'Z1\[:, 0\]' is no single number"),
    ("# A\n## B\ndone: jump Z1", r"done: 'jump Z1'; expected open, line or change"),
    ("# A\n## B\n`Z1 =`", "'Z1 =' is to show a number, and Z1 has many"),
    ("# A\n## B\n`Z1[0] =`", r"'Z1\[0\]' is no place"),
]


@pytest.mark.parametrize(("text", "words"), WRONG)
def test_what_is_wrong_with_a_guide(text, words):
    net, x, y = small()
    with pytest.raises(GuideError, match=words):
        placed(guide(text), net.explain(x, y).as_data()["values"])


def test_a_file_that_is_no_guide(tmp_path):
    net, x, y = small()
    (tmp_path / "a.md").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(GuideError, match="is no guide"):
        net.explain(x, y).as_data(guides=[tmp_path / "a.md"])
    (tmp_path / "b.md").write_text("no title", encoding="utf-8")
    with pytest.raises(GuideError, match=r"b\.md.*stands below none"):
        net.explain(x, y).as_data(guides=[tmp_path / "b.md"])
