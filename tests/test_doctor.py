"""The doctor: what it gives, what it leaves as it was, and what hostile data make of it."""

from __future__ import annotations

import json
import random
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pellucid
from pellucid import Model, Sequential, layers, randomness
from pellucid.glass import doctor
from pellucid.glass.doctor.diagnosis import Diagnosis, DiagnosisError
from pellucid.glass.doctor.finding import Finding
from tests.doctor.examples import case_of, clusters

ONE_UNIT = doctor.Check.table["PL103"]
PAGE = Path(__file__).parent.parent / "docs" / "doctor.md"


def state(net):
    return [weights.copy() for weights in net.get_weights()], randomness.drawn_so_far()


def test_it_changes_nothing():
    net, x, y, fit = case_of(ONE_UNIT.example)
    before, kept = state(net), x.copy()
    net.diagnose(x, y, **fit)
    after = state(net)
    assert all(map(np.array_equal, before[0], after[0]))
    assert before[1] == after[1]
    np.testing.assert_array_equal(x, kept)
    assert fit == {"epochs": 30}


class Counting(pellucid.callbacks.Callback):
    """Ends a training after three epochs, and counts them where it was made."""

    def __init__(self, deep):
        super().__init__()
        self.deep = deep

    def on_epoch_end(self, epoch, logs=None):
        self.deep["epochs"] = self.deep.get("epochs", 0) + 1
        self.model.stop_training = self.deep["epochs"] == 3


class Drawing(Counting):
    def on_epoch_end(self, epoch, logs=None):
        random.random()
        self.model.stop_training = True


class Counted(Counting):
    def on_epoch_end(self, epoch, logs=None):
        global ENDED
        ENDED += 1
        self.model.stop_training = True


ENDED = 0


@pytest.mark.parametrize("kind", [Counting, Drawing, Counted])
def test_callbacks_of_ones_own_are_as_they_were(kind):
    x, y = clusters(120, 4, 3)
    net = Sequential([layers.Dense(8, "relu"), layers.Dense(3, "softmax")])
    net.compile("adam", "sparse_categorical_crossentropy")
    deep, before = {}, random.getstate()
    net.diagnose(x, y, epochs=8, callbacks=[kind(deep)])
    assert deep == {}
    assert ENDED == 0
    assert random.getstate() == before


def test_training_after_it_gives_the_same_bits():
    losses = []
    for looks in (False, True):
        net, x, y, fit = case_of(doctor.Check.table["PL401"].near_miss)
        if looks:
            net.diagnose(x, y, trials=False, **fit)
        losses.append(net.fit(x, y, verbose=0, epochs=2).history["loss"])
    assert losses[0] == losses[1]


def test_it_is_the_same_each_time():
    found = []
    for _ in range(2):
        net, x, y, fit = case_of(doctor.Check.table["PL207"].example)
        found.append([each.to_data() for each in net.diagnose(x, y, seconds=60, **fit)])
    assert found[0] == found[1]


def test_what_a_diagnosis_is():
    net, x, y, fit = case_of(ONE_UNIT.example)
    found = net.diagnose(x, y, **fit)
    assert found
    assert len(found) == len(list(found)) == len(found.codes)
    assert found.codes[0] == "PL103"
    assert found[0].trial.before < found[0].trial.after
    data = json.loads(found.to_json())
    assert data["findings"][0]["code"] == "PL103"
    assert "PL103" in str(found)
    assert "PL103" in found._repr_html_()
    with pytest.raises(DiagnosisError, match="PL103"):
        found.raise_for("error")
    with pytest.raises(ValueError, match="did you mean 'error'"):
        found.raise_for("eror")


def test_a_healthy_network_has_no_findings():
    net, x, y, fit = case_of(doctor.Check.table["PL401"].near_miss)
    found = net.diagnose(x, y, **fit)
    assert not found
    found.raise_for("warning")
    assert str(Diagnosis([])) == "no findings"


def test_names_are_escaped_in_a_notebook():
    found = Diagnosis([Finding("PL001", "note", "<script>", "<b>", where={"layer": "<i>"})])
    assert "<script>" not in found._repr_html_()
    assert "&lt;script&gt;" in found._repr_html_()


def test_without_trials_a_guess_is_none():
    net, x, y, fit = case_of(doctor.Check.table["PL401"].example)
    assert "PL401" not in net.diagnose(x, y, trials=False, **fit).codes


def test_a_network_that_was_trained_is_looked_at_too():
    net, x, y, fit = case_of(ONE_UNIT.example)
    net.fit(x, y, verbose=0, epochs=2)
    assert net.diagnose(x, y, **fit).codes[0] == "PL103"


def test_sparse_rows_are_tried_like_dense_ones():
    sparse = pytest.importorskip("scipy.sparse")
    net, x, y, fit = case_of(doctor.Check.table["PL402"].example)
    found = [net.diagnose(given, y, **fit)[0] for given in (x, sparse.csr_matrix(x))]
    assert [each.code for each in found] == ["PL402", "PL402"]
    assert found[0].trial.after == pytest.approx(found[1].trial.after, abs=0.03)


def two_of_each(rate):
    """A network of two inputs and two outputs, and its data."""
    pellucid.set_random_seed(0)
    rng = np.random.default_rng(0)
    first, second = layers.Input((4,), name="first"), layers.Input((3,), name="second")
    inside = layers.Dense(16, "relu")(layers.Concatenate()([first, second]))
    outputs = [
        layers.Dense(1, "sigmoid", name="kind")(inside),
        layers.Dense(1, name="size")(inside),
    ]
    net = Model([first, second], outputs)
    net.compile(pellucid.optimizers.Adam(rate), {"kind": "binary_crossentropy", "size": "mse"})
    x = [rng.normal(size=(300, 4)), rng.normal(size=(300, 3))]
    return net, x, [(x[0][:, 0] > 0).astype(int), x[1][:, 0] - x[0][:, 1]]


def test_trials_of_several_inputs_and_outputs():
    net, x, y = two_of_each(1e-6)
    found = net.diagnose(x, y, epochs=20)
    assert found.codes[0] == "PL402"
    assert found[0].trial.before < found[0].trial.after
    net, x, y = two_of_each(0.01)
    assert not net.diagnose(x, y, epochs=30)


def test_of_a_stream_it_says_why_nothing_was_tried():
    net, x, y, fit = case_of(ONE_UNIT.example)
    found = net.diagnose(iter([(x, y)]), **fit)
    assert "stream" in found.stopped


def test_mends_of_a_graph():
    """Layers are put in front of a graph, and taken out of it."""
    x, y = clusters(300, 4, 3, apart=1.5)
    first = layers.Input((4,))
    inside = layers.Dense(16, "relu")(first)
    last = layers.Dense(3, "softmax")(layers.Add()([inside, inside]))
    for end, scale, code in ((layers.Dropout(0.5)(last), 1, "PL312"), (last, 1e4, "PL207")):
        net = Model(first, end)
        net.compile(pellucid.optimizers.SGD(0.05), "sparse_categorical_crossentropy")
        found = net.diagnose(scale * x, y, epochs=20)
        assert found.codes[0] == code
        known = {"net": net, "x": scale * x, "y": y, "fit": {"epochs": 20}, "pellucid": pellucid}
        exec(found[0].mend, known)
        assert known["net"].fit(known["x"], y, epochs=20, verbose=0).history["loss"][-1] < 1


def test_seconds_are_kept():
    net, x, y, fit = case_of(doctor.Check.table["PL401"].example)
    found = net.diagnose(x, y, seconds=1e-3, **fit)
    assert found.stopped


def test_it_takes_less_memory_than_the_rows():
    """Statistics are of a sample, whatever the rows are."""
    pellucid.set_random_seed(0)
    rng = np.random.default_rng(0)
    x, y = rng.random((20_000, 784), dtype="float32"), rng.integers(0, 10, 20_000)
    net = Sequential([layers.Dense(32, "relu", input_shape=(784,)), layers.Dense(10, "softmax")])
    net.compile("adam", "sparse_categorical_crossentropy")
    tracemalloc.start()
    try:
        net.diagnose(x, y, trials=False, epochs=5, validation_split=0.2)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < x.nbytes


HOSTILE = {
    "nothing": (None, None),
    "empty": (np.zeros((0, 4)), np.zeros(0)),
    "a number": (3.0, 1),
    "text": (np.array([["a"] * 4] * 9), np.arange(9) % 3),
    "objects": (np.array([[object()] * 4] * 9), np.arange(9) % 3),
    "all NaN": (np.full((30, 4), np.nan), np.arange(30) % 3),
    "one row": (np.ones((1, 4)), np.zeros(1, int)),
    "no columns": (np.ones((9, 0)), np.arange(9) % 3),
    "of other lengths": (np.ones((9, 4)), np.arange(7) % 3),
    "complex": (np.ones((9, 4), complex), np.arange(9) % 3),
    "one class": (clusters(90, 4, 3)[0], np.zeros(90, int)),
    "y of nothing": (clusters(90, 4, 3)[0], None),
    "y of NaN": (clusters(90, 4, 3)[0], np.full(90, np.nan)),
    "negative classes": (clusters(90, 4, 3)[0], np.arange(90) % 3 - 1),
    "a generator": ((each for each in [(np.ones((9, 4)), np.zeros(9))]), None),
    "three axes": (np.ones((9, 4, 2)), np.arange(9) % 3),
    "lists": (clusters(90, 4, 3)[0].tolist(), clusters(90, 4, 3)[1].tolist()),
    "huge": (1e30 * clusters(90, 4, 3)[0], clusters(90, 4, 3)[1]),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_whatever_is_given_it_raises_nothing(what):
    pellucid.set_random_seed(0)
    net = Sequential([layers.Dense(8, "relu", input_shape=(4,)), layers.Dense(3, "softmax")])
    net.compile("adam", "sparse_categorical_crossentropy")
    for trials in (False, True):
        found = net.diagnose(*HOSTILE[what], seconds=2, trials=trials, epochs=3)
        str(found), found.to_json(), found._repr_html_()


def test_a_network_that_is_not_compiled_or_built():
    assert Sequential([layers.Dense(3)]).diagnose(np.ones((9, 4)), np.ones(9)).codes == ["PL001"]
    net = Sequential([layers.Dense(3, "softmax")])
    net.compile("adam", "sparse_categorical_crossentropy")
    x, y = clusters(90, 4, 3)
    net.diagnose(x, y, epochs=3)
    assert not net.built


@pytest.mark.parametrize("wrong", [lambda y: np.array(list("abc"))[y], lambda y: y + 1])
def test_what_fit_refuses_before_there_is_a_network(wrong):
    net = Sequential([layers.Dense(8, "relu"), layers.Dense(3, "softmax")])
    net.compile("adam", "sparse_categorical_crossentropy")
    x, y = clusters(90, 4, 3)
    assert net.diagnose(x, wrong(y), epochs=3).codes[0] in ("PL115", "PL114")


def test_the_page_is_that_of_the_checks():
    from pellucid.glass.doctor import pages

    assert PAGE.read_text(encoding="utf-8") == pages.text(), (
        "write it anew: python -m tests.doctor.examples"
    )


def test_a_doctor_watches_and_speaks_once(capsys):
    net, x, y, _ = case_of(doctor.Check.table["PL404"].example)
    watching = pellucid.callbacks.Doctor()
    watching.on_train_begin()
    for loss in (1.0, 0.5, 3.0, 4.0):
        watching.on_epoch_end(0, {"loss": loss})
    watching.on_train_end()
    assert [each.code for each in watching.findings] == ["PL401"]
    assert capsys.readouterr().out.count("PL401") == 1
    x, y = clusters(90, 4, 3)
    net = case_of(doctor.Check.table["PL110"].near_miss)[0]
    net.fit(x, np.eye(3)[y], epochs=2, verbose=0, doctor=True)


@pytest.mark.parametrize(("curves", "code"), [
    ({"loss": [5.0, 1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0, 1.9]}, "PL404"),
    ({"loss": [1.0] * 13, "val_loss": [2.0, 1.0, *[1.2] * 11]}, "PL503"),
    ({"loss": [3.0, 2.0, 1.0]}, None),
])  # fmt: skip
def test_what_losses_say(curves, code):
    from pellucid.glass.doctor.watching import watched

    assert [each.code for each in watched(curves)] == ([code] if code else [])


def test_the_command(tmp_path):
    from typer.testing import CliRunner

    from pellucid.cli.app import app

    x, y = clusters(200, 3, 2)
    table = tmp_path / "table.csv"
    rows = "\n".join(",".join(map(str, [*row, label])) for row, label in zip(x, y, strict=True))
    table.write_text(f"a,b,c,target\n{rows}\n")
    done = CliRunner().invoke(app, ["doctor", str(table), "--no-trials"])
    assert done.exit_code == 0, done.output
    assert "no findings" in done.output
    for target, code in (("a", 0), ("aa", 1)):
        done = CliRunner().invoke(app, ["doctor", str(table), "--no-trials", "--target", target])
        assert done.exit_code == code, done.output
    done = CliRunner().invoke(
        app, ["train", str(table), "--epochs", "2", "--out", str(tmp_path / "run")]
    )
    assert done.exit_code == 0, done.output
    assert "no findings" in done.output
    done = CliRunner().invoke(app, ["doctor", str(tmp_path / "run"), "--target", "a"])
    assert "is for data" in done.output
    done = CliRunner().invoke(app, ["doctor", str(tmp_path / "run"), "--no-trials", "--json"])
    assert (
        json.loads(done.output[done.output.index("{") :])["findings"] == [] or done.exit_code == 0
    )


KINDS = st.sampled_from(["f4", "f8", "i8", "u1", "?", "O", "U3", "c8", "M8[D]"])


@settings(max_examples=25, deadline=None)
@given(
    st.data(),
    KINDS,
    KINDS,
    st.lists(st.integers(0, 5), max_size=3),
    st.lists(st.integers(0, 5), max_size=3),
)
def test_no_array_makes_it_raise(data, of_x, of_y, shape_x, shape_y):
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    x = (9 * rng.normal(size=shape_x)).astype(of_x) if of_x != "M8[D]" else np.zeros(shape_x, of_x)
    y = (2 * rng.normal(size=shape_y)).astype(of_y) if of_y != "M8[D]" else np.zeros(shape_y, of_y)
    loss = data.draw(
        st.sampled_from(["mse", "sparse_categorical_crossentropy", "binary_crossentropy"])
    )
    units = data.draw(st.integers(1, 3))
    net = Sequential([layers.Dense(3, "relu"), layers.Dense(units, "sigmoid")])
    net.compile("adam", loss)
    str(net.diagnose(x, y, seconds=1, epochs=2))
