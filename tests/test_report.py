"""Reports: whole, in one file, safe, and about the very run."""

import csv
import html
import re
from html.parser import HTMLParser

import numpy as np
import pytest

import pellucid
from pellucid import layers, models, report
from pellucid.cli.choices import Choices
from pellucid.cli.training import train
from pellucid.report.sizes import Sizes, matrices

pytest.importorskip("matplotlib")
pytest.importorskip("sklearn")
DATA = {"digits": 3, "moons": 3, "diabetes": 3}


@pytest.fixture(scope="module")
def runs():
    return {name: train(Choices(data=name, epochs=epochs)) for name, epochs in DATA.items()}


def page(run, tmp_path):
    report.write(run, tmp_path / "report.html")
    return (tmp_path / "report.html").read_text()


class Balance(HTMLParser):
    """Which tags are open."""

    VOID = {"meta", "br", "path", "use", "rect", "image", "link"}

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attrs):
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag


EVERY = ["Training", "Activations and gradients", "The network", "To repeat this run", "Data"]
OWN = {
    "digits": ["Confusion", "ROC", "Calibration", "Class by class", "Most confident mistakes",
               "What the first layer looks for", "softmax and cross-entropy cancel"],
    "moons": ["Confusion", "ROC", "Calibration", "First-layer weights"],
    "diabetes": ["Predicted against true", "Residuals", "Largest errors", "R²"],
}  # fmt: skip


@pytest.mark.parametrize("name", DATA)
def test_a_report_is_whole_and_in_one_file(runs, name, tmp_path):
    run = runs[name]
    text = page(run, tmp_path)
    for words in (*EVERY, *OWN[name], run.sha256, run.command):
        assert words in text
    assert "<script" not in text
    outside = [each for each in re.findall(r'(?:src|href)="([^"]*)"', text)
               if not each.startswith(("#", "data:"))]  # fmt: skip
    assert not outside
    assert "prefers-color-scheme: dark" in text
    assert "currentColor" in text
    balance = Balance()
    balance.feed(text)
    assert balance.open == []
    names = re.findall(r'\bid="([^"]*)"', text)
    assert len(names) == len(set(names))


def test_a_row_of_each_class_is_explained(runs, tmp_path):
    """Its score, as the network computes it: the terms that are shown add up to it."""
    run = runs["digits"]
    text = html.unescape(page(run, tmp_path))
    for at, name in enumerate(run.classes):
        row = int(np.flatnonzero(run.truth == at)[0])
        assert f"{name} (row {row})" in text
        said = int(run.guess[row])
        found = run.net.explain(run.preparation.transform(run.raw[[row]]))
        last = [each for each in found.recording if each.startswith("Z")][-1]
        why = found.why(last, 0, said, most=4)
        assert why.text() in text
        assert why.more == len(why.made.parts) - 4
    assert "explained" not in page(runs["diabetes"], tmp_path)


def test_what_people_wrote_is_escaped(runs, tmp_path):
    run = runs["moons"]
    run.notes.append("<script>alert(1)</script>")
    assert "<script" not in page(run, tmp_path)


HOSTILE = '"><img src=x onerror=alert(1)>\x1b[2J\u202e$\\frac$'


def test_a_report_of_hostile_names_is_inert(tmp_path):
    path = tmp_path / "<b>$x$.csv"
    words = [f"{HOSTILE} {at % 3}" for at in range(60)]
    with path.open("w", newline="") as file:
        lines = [[at % 7, at % 3 + 0.5, word] for at, word in enumerate(words)]
        csv.writer(file).writerows([[f"{HOSTILE}a", f"{HOSTILE}b", f"{HOSTILE}c"], *lines])
    text = page(train(Choices(data=str(path), epochs=2, hidden="3")), tmp_path)
    assert "<img" not in text
    assert text.replace("\n", "").isprintable()
    balance = Balance()
    balance.feed(text)
    assert balance.open == []


def test_scores_are_those_of_the_rows_held_out(runs):
    run = runs["digits"]
    x, y = run.raw, run.truth
    loss, accuracy = run.net.evaluate(x, y, verbose=0)
    assert run.scores["accuracy"] == pytest.approx(accuracy)
    assert run.scores["log_loss"] == pytest.approx(loss, rel=1e-4)
    r2 = pytest.importorskip("sklearn.metrics").r2_score
    run = runs["diabetes"]
    assert run.scores["r2"] == pytest.approx(r2(run.truth, run.guess))


def small(dropout=0.0, dtype="float32"):
    pellucid.set_random_seed(3)
    net = models.Sequential([
        layers.Dense(4, activation="tanh", input_shape=(3,)), layers.Dropout(dropout),
        layers.Dense(2, activation="softmax"),
    ], dtype=dtype)  # fmt: skip
    net.compile("sgd", "sparse_categorical_crossentropy")
    return net


def test_sizes_are_those_of_the_equations():
    net = small(dtype="float64")
    x, y = np.random.default_rng(0).normal(size=(20, 3)), np.arange(20) % 2
    values = net.record(x, y)
    W1, b1, W2, b2 = net.get_weights()
    A1 = np.tanh(x @ W1 + b1)
    scores = np.exp(A1 @ W2 + b2)
    Y = scores / scores.sum(axis=1, keepdims=True)
    dW2 = A1.T @ (Y - np.eye(2)[y]) / 20
    np.testing.assert_allclose(values["A1"], A1, rtol=1e-9)
    np.testing.assert_allclose(values["dW2"], dW2, rtol=1e-9)
    assert values.plan.layer_outputs == ["A1", "Ŷ"]
    assert matrices(values.plan) == {"W1": "dW1", "W2": "dW2"}


def test_sizes_are_noted_after_each_epoch():
    x, y = np.random.default_rng(0).normal(size=(20, 3)), np.arange(20) % 2
    sizes = Sizes(x, y)
    net = small(dropout=0.5)
    net.fit(x, y, epochs=3, verbose=0, callbacks=[sizes])
    assert sizes.epochs == [1, 2, 3]
    assert {"W1", "W2"} == set(sizes.gradients)
    assert "A1" in sizes.activations
    assert all(len(each) == 3 and min(each) > 0 for each in sizes.gradients.values())
