"""The page of a step, without a browser: what is in it, that it is inert, that it is built."""

from __future__ import annotations

import base64
import gzip
import json
import re
import shutil
import subprocess
import zlib
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

import pellucid
from pellucid import Input, Model, Sequential, layers
from pellucid.glass.page import page
from pellucid.glass.page.programs import KNOWN
from tests.attack.names import NAMES
from tests.nets import classes, numbers
from tests.test_explanation import classifier, small
from tests.test_glass_elements import NETWORKS

ROOT = Path(__file__).parent.parent
BUILT = ROOT / "src" / "pellucid" / "web" / "static"


def explained(name="dense", dtype="float32", rows=3):
    net, x, y = classifier(*NETWORKS[name], dtype=dtype, rows=rows)
    return net.explain(x, y)


def unpacked(data, key):
    """A value as the page reads it."""
    about = data["values"][key]
    if "value" in about:
        return np.asarray(about["value"])
    source = data["values"][about["part"]] if "part" in about else about
    found = bits(data, source)[about.get("start", 0) :]
    return found[: np.prod(about["shape"], dtype=int)].reshape(about["shape"])


def bits(data, packed):
    whole = zlib.decompress(base64.b64decode(data["arrays"]))
    return np.frombuffer(whole, packed["kept"], packed["count"], packed["at"])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", NETWORKS)
def test_every_number_is_in_the_page(name, dtype):
    made = explained(name, dtype)
    data = made.as_data()
    assert len(json.dumps(data, allow_nan=False)) < 200_000
    for key in data["values"]:
        if key in made.recording:
            value = made.recording[key]
            assert np.array_equal(unpacked(data, key), value, equal_nan=True), key
    assert made.recording.keys() <= data["values"].keys()


@pytest.mark.parametrize("name", NETWORKS)
def test_every_line_can_be_opened(name):
    data = explained(name).as_data()
    assert all(line["program"] for line in data["lines"]), name
    texts = [line["text"] for line in data["lines"]]
    assert texts == [line.equation for line in explained(name).lines.values()]
    for line in data["lines"]:
        assert {*line["reads"], *line["gives"], line["value"]} <= data["values"].keys()
        assert line["section"] in ("forward", "backward", "update")


def test_what_the_page_does_not_know_is_left_to_python(monkeypatch):
    monkeypatch.setattr("pellucid.glass.page.programs.KNOWN", KNOWN - {"matmul"})
    data = explained().as_data()
    assert data["lines"][0]["program"] is None
    assert data["lines"][0]["reads"] == ["X", "W1", "b1"]
    assert data["lines"][1]["program"] is not None


def large(rows=8):
    """784-128-64-10, as it is trained on digits."""
    pellucid.set_random_seed(0)
    widths = [layers.Dense(128, "relu"), layers.Dense(64, "relu"), layers.Dense(10, "softmax")]
    net = Sequential([layers.Input((784,)), *widths], dtype="float32")
    net.compile("adam", "sparse_categorical_crossentropy", executor="numpy")
    seen = np.random.default_rng(0).uniform(size=(rows, 784)) > 0.8
    x = (seen * np.random.default_rng(1).uniform(size=seen.shape)).astype("float32")
    y = classes(rows, 10)
    net.fit(x, y, batch_size=rows, epochs=2, verbose=0)
    return net, x, y


def test_a_large_network_leaves_out_most_of_its_update(tmp_path):
    net, x, y = large()
    made = net.explain(x, y)
    data = made.as_data()
    assert len(json.dumps(data)) < 1_500_000
    for key in ("m", "new m", "v̂", "new θ"):
        about = data["values"][key]
        places = bits(data, about["places"])
        assert 1_024 <= len(places) == about["count"] < 2_000
        assert np.array_equal(bits(data, about), made.recording[key][places])
        assert np.argmax(np.abs(made.recording["g"])) in places
    assert np.array_equal(unpacked(data, "dW1"), made.recording["dW1"])
    assert data["values"]["new W1"] | {"label": ""} == {
        "label": "",
        "shape": [784, 128],
        "role": "parameter",
        "batch": False,
        "part": "new θ",
        "start": 0,
    }
    assert data["picture"] == {"name": "X", "shape": [28, 28, 1]}
    made.save(tmp_path / "why.html")
    assert (tmp_path / "why.html").stat().st_size < 1_600_000


def test_what_is_said_of_each_row():
    net, x, y = small()
    said = net.explain(x, y).as_data(classes=["<b>", "dog"])["verdicts"]
    guess = net.predict(x)
    for row, verdict in enumerate(said):
        best = int(guess[row].argmax())
        assert verdict["said"] == ["<b>", "dog"][best]
        assert verdict["truth"] == ["<b>", "dog"][y[row]]
        assert verdict["right"] == (best == y[row])
        assert verdict["sure"] == pytest.approx(float(guess[row][best]))
    assert "truth" not in net.explain(x).as_data()["verdicts"][0]
    with pytest.raises(ValueError, match="classes has 1 names for 2 classes: one for each"):
        net.explain(x, y).as_data(classes=["no"])


@pytest.mark.parametrize("truth", [[[0.0, 1.0], [0.5, 0.5]], [[1e30, 2e30], [0.0, 1.0]]])
def test_shares_of_classes_are_no_classes(truth):
    net = Sequential([layers.Dense(2, "softmax", input_shape=(3,))])
    net.compile("sgd", "mse")
    assert "right" not in net.explain(numbers(2, 3), np.array(truth)).as_data()["verdicts"][0]


def test_numbers_are_said_where_numbers_are_predicted():
    net = Sequential([layers.Dense(2, input_shape=(3,))])
    net.compile("sgd", "mse")
    x, y = numbers(2, 3), numbers(2, 2)
    said = net.explain(x, y).as_data()["verdicts"]
    assert said[1]["truth"] == ", ".join(f"{each:.4g}".replace("-", "−") for each in y[1])
    assert "right" not in said[0]


def test_a_change_is_marked():
    net, x, y = small()
    data = net.explain(x, y).changed("A1", (0, 1), 0.75).as_data()
    assert data["change"].startswith("A1[0, 1]: ")
    before = net.explain(x, y).recording
    assert np.array_equal(bits(data, data["before"]["A1"]), before["A1"].reshape(-1))
    assert "Z1" not in data["before"]
    assert "before" not in net.explain(x, y).as_data()


class Elements(HTMLParser):
    """What a page is made of, as (element, attributes), and the text of its scripts."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def hostile_page(name):
    """A page with a name wherever there is one of the user's."""
    x = Input((3,), name=printable(name))
    net = Model(x, layers.Dense(2, "softmax", name=printable(name))(x), name=printable(name))
    net.compile("sgd", "sparse_categorical_crossentropy")
    made = net.explain(numbers(2, 3), np.array([0, 1]))
    return made, made.as_data(title=name, classes=[name, "</script><script>alert(1)</script>"])


def printable(name):
    return name if name.isprintable() and name else "plain"


PLAIN = [tag for tag, _ in Elements(page(hostile_page("plain")[1])).found]


@pytest.mark.parametrize("name", NAMES, ids=repr)
def test_names_are_inert(name):
    made, data = hostile_page(name)
    text = page(data)
    elements = Elements(text).found
    assert [tag for tag, _ in elements] == PLAIN
    for tag, attributes in elements:
        assert not any(each.startswith("on") or each in ("src", "href") for each in attributes), tag
    shown = json.loads(text.split('id="trace">')[1].split("</script>")[0])
    assert shown["verdicts"] == data["verdicts"]
    frame = Elements(made._repr_html_()).found
    assert [tag for tag, _ in frame] == ["iframe"]
    assert frame[0][1]["sandbox"] == "allow-scripts"


def test_nothing_is_asked_of_anywhere():
    text = page(explained().as_data())
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)[1]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    assert "http" not in policy
    links = set(re.findall(r"https?://[^\s\"'`)]+", text))
    assert all(each.startswith("http://www.w3.org/") for each in links), links


def test_in_a_notebook(monkeypatch):
    made = explained()
    bundle = made._repr_mimebundle_()
    assert bundle["text/plain"] == made.text()
    assert bundle["text/html"].startswith('<iframe sandbox="allow-scripts" srcdoc="&lt;!doctype')
    monkeypatch.setattr("pellucid.glass.explanation.IN_A_NOTEBOOK", 10_000)
    assert "save(" in made._repr_html_()
    assert "iframe" not in made._repr_html_()


@pytest.mark.skipif(not shutil.which("node"), reason="pages are built by Node, which is not here")
@pytest.mark.skipif(
    not (ROOT / "web" / "node_modules").is_dir(), reason="`npm ci` was not run in web/"
)
def test_the_built_files_are_those_of_the_source(tmp_path):
    subprocess.run(["node", "build.mjs", str(tmp_path)], cwd=ROOT / "web", check=True)
    built = {each.name: each.read_bytes() for each in tmp_path.iterdir()}
    assert built == {each.name: each.read_bytes() for each in BUILT.iterdir()}, "run `make web`"


@pytest.mark.parametrize("name", ["explain.js", "play.js"])
def test_the_script_is_small(name):
    assert len(gzip.compress((BUILT / name).read_bytes(), 9)) < 45_000
