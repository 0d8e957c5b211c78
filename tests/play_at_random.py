"""A client of the playground that knows no shame: commands from a seed, right, odd and hostile.

python -m tests.play_at_random --commands 100000 --seed 0
"""

from __future__ import annotations

import argparse
import base64
import json
import random
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np

from pellucid.play import Session
from pellucid.play.choices import DATA, activations, initializers, optimizers
from pellucid.play.frames import packed, unpacked
from pellucid.play.inputs import INPUTS
from pellucid.play.session import COMMANDS
from pellucid.randomness import undone

TABLE = "a,b,target\n" + "".join(f"{i % 7 / 2},{'xyz'[i % 3]},{i % 2}\n" for i in range(60))
#: what no command takes, anywhere
HOSTILE = [
    None, True, -1, 0, 1e308, -1e308, 10**400, float("nan"), float("inf"), "", "x" * 5000,
    "W1", "../../etc/passwd", "__class__", "\ud800\x00", [], {}, [[[]]], [None] * 20, {"do": "set"},
    2**63, -(2**63), 0.5,
]  # fmt: skip
#: commands after which the network or its place may be another
MOVING = {"set", "rewind", "new", "goto", "weight", "putback", "step", "run"}


class Client:
    """Draws one command after the other."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)
        self.asked = Counter()

    def command(self, session: Session) -> object:
        draw = self.random
        name = draw.choice([*COMMANDS, "run", "step", "set", "weight", "goto"])
        command = {"do": name, **getattr(self, f"for_{name}", lambda session: {})(session)}
        if draw.random() < 0.2:
            command = self.spoiled(command)
        if isinstance(command, dict) and draw.random() < 0.05:
            command |= {"revision": draw.choice([0, session.stage.revision, 10**9, "1"])}
        return command if draw.random() < 0.995 else draw.choice(HOSTILE)

    def spoiled(self, given):
        """The same with one thing in it, at any depth, replaced by something hostile."""
        draw = self.random
        if isinstance(given, dict) and given and draw.random() < 0.9:
            key = draw.choice(list(given))
            return given | {key: self.spoiled(given[key])}
        if isinstance(given, list) and given and draw.random() < 0.5:
            at = draw.randrange(len(given))
            return [*given[:at], self.spoiled(given[at]), *given[at + 1 :]]
        return draw.choice(HOSTILE)

    def for_set(self, session):
        draw = self.random
        parts = {
            "data": self.data(),
            "layers": [self.layer() for _ in range(draw.randrange(4))],
            "optimizer": {"name": draw.choice(optimizers())},
            "rate": draw.choice([0.001, 0.01, 0.1, 10.0]),
            "batch": draw.choice([1, 7, 32, 4096]),
            "seed": draw.randrange(5),
        }
        return {"settings": dict(draw.sample(list(parts.items()), draw.randint(1, 6)))}

    def data(self):
        draw = self.random
        name = draw.choice([each for each in DATA if each != "mnist"])
        found = {"name": name, "n": draw.choice([4, 20, 60]), "test": draw.choice([0, 0.3])}
        found |= {"noise": draw.choice([0, 0.1, 5]), "classes": draw.randint(2, 8)}
        found["inputs"] = draw.sample(list(INPUTS), draw.randint(1, 4))
        if name == "points":
            found["points"] = [[draw.uniform(-3, 3), draw.uniform(-3, 3), draw.randrange(3)]
                               for _ in range(draw.randrange(20))]  # fmt: skip
        return found | ({"text": TABLE, "test": 0.3} if name == "table" else {})

    def layer(self):
        draw = self.random
        found = {"units": draw.choice([1, 2, 5, 30]), "activation": draw.choice(activations())}
        found |= {"initializer": draw.choice(initializers())} if draw.random() < 0.3 else {}
        found |= {"dropout": 0.4} if draw.random() < 0.2 else {}
        return found | ({"l2": 0.01} if draw.random() < 0.2 else {})

    def for_new(self, session):
        return {"seed": self.random.randrange(9)} if self.random.random() < 0.5 else {}

    def for_goto(self, session):
        return {"update": self.random.randint(0, session.stage.course.update + 5)}

    def place(self, session):
        wired, draw = session.stage.course.wired, self.random
        name = draw.choice(list(wired.weights))
        return {"name": name, "index": [draw.randrange(most) for most in wired.weights[name].shape]}

    def for_weight(self, session):
        values = [0, 0.5, -1.25, self.random.gauss(0, 1), 100]
        return self.place(session) | {"value": self.random.choice(values)}

    def for_putback(self, session):
        return self.place(session) if self.random.random() < 0.5 else {}

    def for_watch(self, session):
        return self.place(session)

    def for_step(self, session):
        return {"by": self.random.choice(["line", "line", "line", "update", "epoch"])}

    def for_run(self, session):
        return {"updates": self.random.choice([1, 2, 5, 40, 300])}

    def for_show(self, session):
        draw = self.random
        names = ("plane", "units", "most")
        found = {name: draw.choice([1, 3, 8]) for name in draw.sample(names, 2)}
        found |= {"values": draw.random() < 0.2, "weights": draw.random() < 0.8}
        return found | {"across": draw.randrange(3), "up": draw.randrange(3)}

    def for_unit(self, session):
        return {"layer": self.random.randrange(3), "unit": self.random.randrange(3), "size": 5}

    def for_confusion(self, session):
        return {"part": self.random.choice(["train", "test"])}

    def for_rows(self, session):
        cell = {"truth": self.random.randrange(3), "said": self.random.randrange(3)}
        return self.for_confusion(session) | (cell if self.random.random() < 0.5 else {})

    def for_explain(self, session):
        return self.for_confusion(session) | {"row": self.random.randrange(20)}

    def for_digit(self, session):
        side = self.random.choice([1, 8, 28])
        drawn = self.random.randbytes(side * side)
        return {"pixels": base64.b64encode(drawn).decode(), "height": side, "width": side}

    def for_table(self, session):
        return {"text": self.random.choice([TABLE, "a;b\n1,5;2\n", "\n\n", "a\n"])}


def mark(session):
    """What tells whether anything is another."""
    stage = session.stage
    theta = stage.course.memory.parameters.vector.tobytes()
    course = stage.course
    return stage.choices, stage.show, stage.revision, course.update, course.events, theta


def asked(session, command):
    """One command, and what holds for each of them."""
    before = mark(session)
    answer = session.handle(command)
    again = unpacked(packed(answer))
    assert again.header == json.loads(json.dumps(answer.header))
    error = answer.header.get("error")
    if error is not None:
        assert 0 < len(error) <= 600
        assert "\n" not in error
        assert "Traceback" not in error
        assert not answer.arrays
    name = command.get("do") if isinstance(command, dict) else None
    if error is not None or answer.header.get("stale") or name not in MOVING | {"show"}:
        assert mark(session) == before, command
    assert np.isfinite(session.stage.course.memory.parameters.vector).all()
    return answer


def equals_its_script(session, folder: Path):
    """Whether the script that is offered comes to the same bits."""
    found = session.handle({"do": "code"}).header
    if "error" in found:
        return found["error"]
    stage = session.stage
    if stage.choices.data.name == "table":
        (folder / "table.csv").write_text(stage.choices.data.text)
    script = (
        found["python"].replace("print(", "(").replace("'table.csv'", repr(f"{folder}/table.csv"))
    )
    known: dict = {}
    with undone():
        exec(compile(script, "script", "exec"), known)
    ours, its = stage.course.net.get_weights(), known["net"].get_weights()
    assert [each.tobytes() for each in ours] == [each.tobytes() for each in its], found["python"]
    return "equal"


def small(session):
    """Frames that cost little."""
    session.handle({"do": "show", "plane": 6, "units": 4})


def run(count, seed, folder, every=100, say=None):
    """So many commands; what came of them."""
    client, session = Client(seed), Session()
    small(session)
    words, began = Counter(), time.perf_counter()
    for at in range(count):
        command = client.command(session)
        try:
            answer = asked(session, command)
            name = command.get("do") if isinstance(command, dict) else None
            words["refused" if "error" in answer.header else str(name)] += 1
            if at % every == every - 1:
                words[f"script: {equals_its_script(session, folder)[:40]}"] += 1
        except BaseException:
            print(f"command {at} of seed {seed}: {command!r:.500}", file=sys.stderr)
            raise
        if say and at % (count // 20) == 0:
            say(f"{at:>8}  {time.perf_counter() - began:7.0f} s  {resident():6.0f} MB")
    return words


def resident():
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--commands", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    folder = Path("/tmp")
    words = run(given.commands, given.seed, folder, say=lambda line: print(line, flush=True))
    print(*(f"{name}: {count}" for name, count in words.most_common()), sep="\n")


if __name__ == "__main__":
    main()
