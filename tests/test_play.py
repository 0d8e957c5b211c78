"""The playground without a server: its commands, what they refuse, the script of its numbers."""

import base64
import subprocess
import sys

import numpy as np
import pytest

from pellucid import Sequential, datasets, layers, optimizers, schedules
from pellucid.play import Player, Session
from pellucid.play.frames import packed, unpacked
from pellucid.play.given import given as opened
from pellucid.play.session import COMMANDS
from tests.play_at_random import TABLE, equals_its_script, run

SMALL = {"do": "show", "plane": 8, "units": 4}
DIGITS = {"data": {"name": "digits", "n": 200}, "layers": [{"units": 6, "activation": "relu"}]}


def ask(session, do, **given):
    """What comes of a command that is done."""
    answer = session.handle({"do": do, **given})
    assert "error" not in answer.header, answer.header["error"]
    return answer


def refused(session, do, **given):
    """The sentence for a command that is not done."""
    answer = session.handle({"do": do, **given})
    assert not answer.arrays
    return answer.header["error"]


def theta(session):
    return session.stage.course.memory.parameters.vector.tobytes()


@pytest.fixture
def session():
    found = Session()
    ask(found, **SMALL)
    return found


def test_hello_tells_everything(session):
    answer = ask(session, "hello")
    state, now = answer.header["state"], answer.header["now"]
    assert state["title"] == "moons, 2-8-8-1"
    assert state["parameters"] == 105
    assert [layer["a"] for layer in state["layers"]] == ["A1", "A2", "Ŷ"]
    assert [layer["from"] for layer in state["layers"]] == ["X", "A1", "A2"]
    assert state["plan"][0]["text"] == "Z1 = X·W1 + b1"
    assert 'data-t="W1"' in state["plan"][0]["right"]
    assert (state["data"]["train"], state["data"]["test"]) == (210, 90)
    assert now["update"] == 0
    assert 0 < now["loss"]["test"] < 2
    shapes = {name: array.shape for name, array in answer.arrays.items()}
    assert shapes["plane"] == (8, 8, 1)
    assert shapes["unit:A1"] == (8, 4, 4)
    assert shapes["weight:W2"] == (8, 8)
    assert shapes["train:x"] == (210, 2)


def test_pictures_are_what_the_network_says(session):
    """The plane beside predict at the middles of its squares, a unit's picture beside a record."""
    ask(session, "run", updates=50)
    arrays = ask(session, "look").arrays
    plane, net = session.stage.plane, session.stage.course.net
    for row, column in ((0, 0), (2, 7), (7, 3)):
        at = plane.low + (np.array([column, row]) + 0.5) / 8 * (plane.high - plane.low)
        said = net.predict(at[None].astype("float32"), verbose=0)[0, 0]
        assert arrays["plane"][row, column, 0] == pytest.approx(said, abs=1e-6)
    at = plane.low + (np.array([1, 3]) + 0.5) / 4 * (plane.high - plane.low)
    unit = net.record(at[None].astype("float32"))["A2"][0]
    assert arrays["unit:A2"][:, 3, 1] == pytest.approx(unit, abs=1e-6)


@pytest.mark.parametrize("name", ["circles", "spirals", "blobs", "xor", "plane"])
def test_data_of_the_plane(session, name):
    data = {"name": name, "classes": 4, "inputs": ["x1", "x2", "x1²", "sin x2"]}
    answer = ask(session, "set", settings={"data": data})
    state = answer.header["state"]
    counted = 4 if name in ("spirals", "blobs") else 2
    assert len(state["data"]["classes"]) == (0 if name == "plane" else counted)
    assert answer.arrays["unit:X"].shape == (4, 4, 4)
    before = answer.header["now"]["loss"]["train"]
    assert ask(session, "run", updates=60).header["now"]["loss"]["train"] < before


def test_points_that_are_drawn(session):
    points = [[0.0, 0.0, 0], [1.0, 1.0, 2], [0.0, 1.0, 1], [1.0, 0.0, 0]]
    data = {"name": "points", "points": points, "test": 0}
    answer = ask(session, "set", settings={"data": data})
    assert answer.header["state"]["data"]["classes"] == ["0", "1", "2"]
    assert answer.arrays["train:x"].tolist() == [each[:2] for each in points]
    assert answer.header["now"]["loss"]["test"] is None


def test_a_table(session):
    pytest.importorskip("sklearn")
    pytest.importorskip("pyarrow")
    seen = ask(session, "table", text=TABLE).header
    assert [each["kind"] for each in seen["columns"]] == ["numbers", "categories", "numbers"]
    assert (seen["target"], seen["rows"]) == ("target", 60)
    data = {"name": "table", "text": TABLE, "file": "t.csv"}
    state = ask(session, "set", settings={"data": data}).header["state"]
    assert state["data"]["inputs"] == ["a", "b = x", "b = y", "b = z"]
    assert "text" not in state["settings"]["data"]
    ask(session, "set", settings={"data": {"columns": ["a"]}})
    assert session.stage.plane is None
    assert "no column is called" in refused(session, "set", settings={"data": {"target": "c"}})


def test_digits_and_the_pad(session):
    pytest.importorskip("PIL")
    answer = ask(session, "set", settings=DIGITS)
    assert answer.arrays["unit:W1"].shape == (6, 8, 8)
    assert answer.header["state"]["data"]["plane"] is None
    drawn = np.full((40, 30), 255, np.uint8)
    drawn[5:35, 14:17] = 0
    pixels = base64.b64encode(drawn.tobytes()).decode()
    sent = {"pixels": pixels, "height": 40, "width": 30}
    said = ask(session, "digit", **sent)
    assert sum(said.header["said"]["shares"]) == pytest.approx(1, abs=1e-5)
    assert said.arrays["stage:cut"].shape == (30, 3)
    assert said.arrays["stage:scaled"].shape == (8, 1)
    assert ask(session, "digit", **sent, cut=False).arrays["stage:scaled"].shape == (8, 6)
    empty = base64.b64encode(bytes(40 * 30)).decode()
    assert ask(session, "digit", **sent | {"pixels": empty}).header["empty"]
    assert "a byte for each" in refused(session, "digit", pixels=pixels, height=40, width=31)


@pytest.mark.parametrize(
    "parts", [[1] * 23, [23], [5, 10, 8], [300], [7, 293]], ids=lambda parts: str(len(parts))
)
def test_cuts_change_no_bit(parts):
    """However training is cut into runs: the same weights, the same ring."""
    total = sum(parts)
    one, other = Session(), Session()
    for each in (one, other):
        ask(each, **SMALL)
    ask(one, "run", updates=total)
    for part in parts:
        ask(other, "run", updates=part)
    assert theta(one) == theta(other)
    for name in ("ring", "curve:train"):
        assert ask(one, "look").arrays[name].tobytes() == ask(other, "look").arrays[name].tobytes()


def test_rewind_new_and_back_again(session):
    start = theta(session)
    ask(session, "run", updates=450)
    there, ring = theta(session), ask(session, "look").arrays["ring"]
    assert len(ring) <= 200
    assert ring[0] == 0
    ask(session, "goto", update=100)
    assert session.stage.course.update == 100
    ask(session, "goto", update=450)
    assert theta(session) == there
    ask(session, "goto", update=99)
    ask(session, "run", updates=450 - session.stage.course.update)
    assert theta(session) == there
    ask(session, "rewind")
    assert theta(session) == start
    ask(session, "new")
    assert theta(session) != start
    ask(session, "new", seed=0)
    assert theta(session) == start


def test_a_weight_is_opened_changed_and_put_back(session):
    ask(session, "run", updates=20)
    was = session.stage.course.wired.number("W1", (0, 3))
    place = {"name": "W1", "index": [0, 3]}
    state = ask(session, "weight", **place, value=0.5).header["state"]
    assert state["edits"] == [place | {"from": was, "update": 20, "to": 0.5}]
    ask(session, "weight", **place, value=0.25)
    seen = ask(session, "watch", **place)
    assert seen.header["value"] == 0.25
    assert seen.arrays["values"][-1] == np.float32(was)
    assert ask(session, "putback", **place).header["state"]["edits"][0]["to"] == was
    assert session.stage.course.wired.number("W1", (0, 3)) == was
    assert "was not changed" in refused(session, "putback", name="W1", index=[0, 1])


def test_what_grew_beyond_what_can_be_set_is_put_back(session):
    """Training may lead further than a client may go by hand."""
    places = [{"name": "W1", "index": [0, 0]}, {"name": "b2", "index": [3]}]
    session.stage.course.wired.weight("b2").value[3] = 3e6
    before = theta(session)
    for place in places:
        ask(session, "weight", **place, value=1)
    ask(session, "putback")
    assert theta(session) == before
    session.stage.course.events = (("rate", 0, 0.1),) * 1999
    ask(session, "weight", **places[0], value=1)
    for do, given in (("weight", places[1] | {"value": 1}), ("set", {"settings": {"rate": 3}})):
        assert "rewind first" in refused(session, do, **given)


def test_a_step_line_by_line_is_a_step(session):
    start, whole = theta(session), Session()
    ask(whole, "step", by="update")
    seen = []
    while (line := ask(session, "step", by="line").header["line"]) is not None:
        assert theta(session) == start
        seen.append(line["text"])
    assert len(seen) == len(ask(session, "hello").header["state"]["plan"])
    assert seen[0].startswith("Z1 =")
    assert theta(session) == theta(whole)
    assert session.stage.course.update == 1


def test_an_epoch_ends_where_it_ends(session):
    ask(session, "step", by="update")
    now = ask(session, "step", by="epoch").header["now"]
    assert (now["update"], now["epoch"], now["within"]) == (7, 1, 0)


def test_what_is_not_finite_stops_it_in_a_sentence(session):
    ask(session, "set", settings={"data": {"name": "plane"}, "layers": [],
                                  "optimizer": {"name": "sgd"}, "rate": 100})  # fmt: skip
    now = ask(session, "run", updates=3000).header["now"]
    assert "not finite" in now["stopped"] or "NaN" in now["stopped"] or "inf" in now["stopped"]
    assert ask(session, "run", updates=1).header["now"]["update"] == now["update"]
    assert ask(session, "rewind").header["now"]["stopped"] is None


def test_confusion_and_its_rows(session):
    counts = ask(session, "confusion", part="test").arrays["counts"]
    assert counts.sum() == 90
    rows = ask(session, "rows", part="test", truth=1, said=0).arrays["rows"]
    assert len(rows) == counts[1, 0]
    test = session.stage.course.data.test
    assert (test.y[rows] == 1).all()
    mistakes = ask(session, "rows", part="test")
    assert len(mistakes.arrays["rows"]) == counts.sum() - np.trace(counts)


def test_a_row_is_explained_as_the_network_explains_it(session):
    trace = ask(session, "explain", part="test", row=5).header["trace"]
    stage = session.stage
    x, y, _ = stage.course.data.test
    expected = stage.course.net.explain(x[5:6], y[5:6]).as_data(trace["title"], ["0", "1"])
    assert trace == expected


def test_the_doctor_is_asked(session):
    ask(session, "set", settings={"rate": 50, "seed": 1})
    found = ask(session, "doctor").header
    assert len(found["notes"]) <= 3
    assert all(each["code"].startswith("PL") and each["title"] for each in found["notes"])


def test_what_can_be_chosen_can_be_chosen(session):
    found = ask(session, "choices").header
    for each in found["optimizers"]:
        given = {each["name"]: each["default"] for each in each["settings"]}
        ask(session, "set", settings={"optimizer": {"name": each["name"], **given}})
        ask(session, "run", updates=2)
    for each in found["activations"]:
        ask(session, "set", settings={"layers": [{"units": 2, "activation": each}]})
        ask(session, "run", updates=2)
    for each in found["initializers"]:
        ask(session, "set", settings={"layers": [{"units": 2, "initializer": each}]})


BROKEN = [
    (None, "an object"),
    ({"do": "fly"}, "Known: choices, code"),
    ({"do": "expalin"}, "did you mean 'explain'"),
    ({}, "lacks 'do'"),
    ({"do": "run", "updates": 10**400}, "a number of 1,329 bits"),
    ({"do": "run", "updates": True}, "updates is True"),
    ({"do": "run", "updates": 10_001}, "from 1 to 10,000"),
    ({"do": "set", "settings": {"data": {"noise": float("nan")}}}, "noise is nan"),
    ({"do": "set", "settings": {"data": {"name": "/etc/passwd"}}}, "name is"),
    ({"do": "set", "settings": {"layers": [{"units": 10**6}]}}, "units is 1000000"),
    ({"do": "set", "settings": {"layers": [{}] * 9}}, "a list of up to 8"),
    ({"do": "set", "settings": {"layers": [{"class": "Lambda"}]}}, "'class'"),
    ({"do": "set", "settings": {"optimizer": {"name": "adam", "use_ema": True}}}, "'use_ema'"),
    ({"do": "set", "settings": {"optimizer": {"name": "adam", "beta_1": 2}}}, "beta_1 must be"),
    ({"do": "set", "settings": {"rate": 0}}, "above 0"),
    ({"do": "set", "settings": {"data": {"inputs": []}}}, "inputs are some of"),
    ({"do": "set", "settings": {"data": {"name": "points", "points": [[0, 0, 9]]}}}, "class is 9"),
    ({"do": "set", "settings": {"data": {"name": "table"}}}, "no table yet"),
    ({"do": "weight", "name": "W9", "index": [0], "value": 1}, "no parameter is called"),
    ({"do": "weight", "name": "W1", "index": [0, 9], "value": 1}, "no place in it"),
    ({"do": "weight", "name": "W1", "index": [0, 1], "value": 1e30}, "value is 1e+30"),
    ({"do": "show", "across": 1}, "two inputs"),
    ({"do": "explain", "row": 10**6}, "row is 1000000"),
    ({"do": "digit"}, "the pad is for digits"),
    ({"do": "table", "text": ""}, "it is empty"),
]


@pytest.mark.parametrize(("command", "said"), BROKEN, ids=lambda each: str(each)[:40])
def test_what_is_refused_says_why_and_changes_nothing(command, said):
    session = Session()
    ask(session, **SMALL)
    before = theta(session), session.stage.choices, session.stage.revision
    answer = session.handle(command)
    assert said in answer.header["error"]
    assert (theta(session), session.stage.choices, session.stage.revision) == before


def test_a_command_for_what_is_gone_is_not_done(session):
    ask(session, "new")
    gone = session.handle(
        {"do": "weight", "name": "W1", "index": [0, 0], "value": 9, "revision": 0}
    )
    assert gone.header == {"revision": 1, "stale": True}
    ask(session, "weight", name="W1", index=[0, 0], value=9, revision=1)


SCRIPTS = {
    "epochs": [("run", {"updates": 35})],
    "a part of an epoch": [("run", {"updates": 40})],
    "changed by hand": [
        ("run", {"updates": 9}),
        ("weight", {"name": "W2", "index": [0, 1], "value": 0.3}),
        ("run", {"updates": 3}),
        ("set", {"settings": {"rate": 0.003}}),
        ("run", {"updates": 6}),
        ("weight", {"name": "b1", "index": [1], "value": -2}),
    ],
    "dropout and penalties": [
        ("set", {"settings": {"layers": [{"units": 5, "dropout": 0.3, "l2": 0.01,
                                          "initializer": "he_normal"}],
                              "optimizer": {"name": "sgd", "momentum": 0.9, "nesterov": True}}}),
        ("run", {"updates": 30}),
    ],
    "chips and classes": [
        ("set", {"settings": {"data": {"name": "spirals", "classes": 5,
                                       "inputs": ["x1", "x1·x2", "sin x1"]}, "batch": 50}}),
        ("run", {"updates": 31}),
        ("goto", {"update": 12}),
        ("run", {"updates": 2}),
    ],
    "numbers": [("set", {"settings": {"data": {"name": "plane", "test": 0}}}),
                ("run", {"updates": 21})],
    "drawn": [("set", {"settings": {"data": {"name": "points", "test": 0, "points": [
                [0.1, 0.2, 0], [1, -1, 1], [0.3, 7.25, 1]]}}}), ("run", {"updates": 5})],
    "digits": [("set", {"settings": DIGITS}), ("run", {"updates": 10})],
    "a table": [("set", {"settings": {"data": {"name": "table", "text": TABLE}}}),
                ("run", {"updates": 12})],
    "rewound at another rate": [("run", {"updates": 3}), ("set", {"settings": {"rate": 0.5}}),
                                ("rewind", {}), ("run", {"updates": 3})],
}  # fmt: skip


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_script_comes_to_the_same_bits(session, name, tmp_path):
    if name == "a table":
        pytest.importorskip("sklearn")
        pytest.importorskip("pyarrow")
    for do, given in SCRIPTS[name]:
        ask(session, do, **given)
    assert equals_its_script(session, tmp_path) == "equal"


def test_the_script_is_a_program(session, tmp_path):
    """In a process of its own, with nothing known before."""
    for do, given in SCRIPTS["changed by hand"]:
        ask(session, do, **given)
    script = tmp_path / "playground.py"
    code = ask(session, "code").header
    kept = "with open('found', 'wb') as file:\n    file.writelines(net.get_weights())\n"
    script.write_text(code["python"] + kept, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, script], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    ours = b"".join(each.tobytes() for each in session.stage.course.net.get_weights())
    assert (tmp_path / "found").read_bytes() == ours
    printed = float(done.stdout.partition("'loss': ")[2].partition(",")[0])
    assert printed == pytest.approx(ask(session, "look").header["now"]["loss"]["test"], rel=1e-8)
    assert '"cell_type": "code"' in code["notebook"]
    assert r"\begin{align*}" in code["latex"]


def test_the_network_can_be_saved(session, tmp_path):
    import pellucid

    (tmp_path / "net.safetensors").write_bytes(ask(session, "save").arrays["file"].tobytes())
    net = pellucid.load(tmp_path / "net.safetensors")
    assert [each.tobytes() for each in net.get_weights()] == [
        each.tobytes() for each in session.stage.course.net.get_weights()
    ]


def of_a_file():
    """A network as from a file: pictures in whole numbers, batch statistics, a schedule."""
    (x, y), test = datasets.digits.load_data()
    net = Sequential(
        [
            layers.Rescaling(1 / 16, input_shape=(8, 8)),
            layers.Flatten(),
            layers.Dense(6),
            layers.BatchNormalization(),
            layers.Activation("relu"),
            layers.Dense(10, "softmax", use_bias=False),
        ]
    )
    rate = schedules.CosineDecay(0.02, decay_steps=200)
    net.compile(optimizers.Adam(rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
    net.fit(x[:300], y[:300], epochs=1, verbose=0)
    net.class_names = list("0123456789")
    pixels = [str(at) for at in range(64)]
    return opened(net, "runs/digits", (x[:300], y[:300]), test, pixels, 32, 16)


def test_a_network_from_a_file():
    pytest.importorskip("PIL")
    own = of_a_file()
    session = Session(None, own)
    state = ask(session, "hello").header["state"]
    assert state["title"] == "runs/digits, 64-6-10"
    assert [each["of"] for each in state["layers"]] == [None, None]
    start, states = theta(session), session.stage.course.memory.states.vector.copy()
    assert start == own.net.engine.memory.parameters.vector.tobytes()
    assert ask(session, "run", updates=30).header["now"]["rate"] < 0.02
    there = theta(session)
    assert there != start
    assert start == own.net.engine.memory.parameters.vector.tobytes()
    ask(session, "set", settings={"rate": 0.5})
    ask(session, "run", updates=3)
    ask(session, "goto", update=40)
    assert theta(session) == there
    ask(session, "rewind")
    assert theta(session) == start
    assert np.array_equal(session.stage.course.memory.states.vector, states)
    white = base64.b64encode(np.eye(8, dtype=np.uint8) * 255).decode()
    assert ask(session, "digit", pixels=white, height=8, width=8).header["said"]
    assert ask(session, "unit", layer=1, unit=3).header["unit"]["bias"] is None
    assert "pellucid source" in refused(session, "code")
    for given_ in ({"layers": [{}]}, {"seed": 3}, {"optimizer": {"name": "sgd"}}):
        assert "its own" in refused(session, "set", settings=given_)
    ask(session, "set", settings={"batch": 10})
    assert ask(session, "set", settings={"data": {"name": "xor"}}).arrays["train:x"].shape[1] == 2
    assert "no network was opened" in refused(
        Session(), "set", settings={"data": {"name": "model"}}
    )


def test_frames_come_back_as_they_were(session):
    answer = ask(session, "hello")
    frame = packed(answer)
    length = int.from_bytes(frame[:4], "little")
    assert (4 + length) % 8 == 0
    again = unpacked(frame)
    assert again.header == answer.header
    for name, array in answer.arrays.items():
        assert again.arrays[name].tobytes() == array.tobytes()
        assert again.arrays[name].shape == array.shape


def test_a_player_plays_until_it_is_there(session):
    player = Player(session)
    assert player.handle({"do": "play", "until": {"epoch": 3}}).header["playing"]
    turns = 0
    while player.playing:
        answer = player.turn()
        turns += 1
        assert turns < 100
    assert answer.header["now"]["update"] == 21
    assert "is reached" in answer.header["now"]["stopped"]
    assert "is behind" in player.handle({"do": "play", "until": {"epoch": 3}}).header["error"]
    assert player.handle({"do": "play"}).header["playing"]
    assert not player.handle({"do": "rewind"}).header["playing"]
    assert not player.handle({"do": "pause"}).header["playing"]


def test_every_command_is_tried_at_random(tmp_path):
    pytest.importorskip("sklearn")
    pytest.importorskip("pyarrow")
    pytest.importorskip("PIL")
    words = run(500, 3, tmp_path, every=25)
    assert set(COMMANDS) - set(words) <= {"digit"}
    assert words["refused"] > 50
    assert words["script: equal"] >= 15
