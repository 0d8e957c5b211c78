"""Ctrl-C, twice, and SIGTERM at random moments: the process answers, and nothing is lost by it.

Files stay whole, the network stays as a number of whole steps made it, and what goes on from the
backup comes to the same bits as an undisturbed training.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import pellucid as keras
from pellucid import Sequential, layers
from pellucid.callbacks import BackupAndRestore, LambdaCallback, ModelCheckpoint
from tests.attack.children import ended, forked
from tests.attack.kill import load_all, look_at_checkpoint

LIMIT = 60.0
CLASSES, WIDTH = 3, 6
CODE = "import sys; from pellucid.cli import main; print('begun', flush=True); main()"


class Setting(NamedTuple):
    """A training, and how often it is backed up."""

    seed: int
    rows: int
    batch_size: int
    epochs: int
    optimizer: str
    executor: str
    units: int
    every: str | int
    form: str


class Blow(NamedTuple):
    """After so many parts of the time that it takes: this signal, and perhaps another."""

    moment: float
    signal: int
    again: float | None


def case(rng: np.random.Generator, folder: Path) -> str:
    load_all()
    blow = Blow(
        float(rng.random()),
        signal.SIGTERM if rng.random() < 0.15 else signal.SIGINT,
        float(rng.random() * 0.02) if rng.random() < 0.4 else None,
    )
    way = rng.random()
    if way < 0.1:
        return command(rng, folder, blow)
    return training(rng, folder, blow) if way < 0.7 else other_work(rng, folder, blow)


def training(rng: np.random.Generator, folder: Path, blow: Blow) -> str:
    setting = chosen(rng)
    begun = time.perf_counter()
    assert struck(None, train, setting, folder / "alone", None) == 0
    duration = time.perf_counter() - begun
    code = struck(blow, train, setting, folder / "mine", folder, duration=duration)
    assert code in (0, -blow.signal), f"{setting} ended by {code}"
    look_at_checkpoint(folder / "mine")
    alone = json.loads((folder / "alone.json").read_text())
    word = "ended" if code else answered(folder, alone, setting)
    if not (folder / "mine.json").exists():
        assert struck(None, train, setting, folder / "mine", folder) == 0
    mine = json.loads((folder / "mine.json").read_text())
    assert mine["end"] == alone["end"], f"{setting} resumed: {mine['end']} not {alone['end']}"
    left = sorted(path.name for path in folder.iterdir() if path.suffix not in (".json", ".txt"))
    assert set(left) <= {"alone.safetensors", "mine.safetensors", "backups"}, f"{setting}: {left}"
    assert not list((folder / "backups").glob("*"))
    return f"fit {word}"


def answered(folder: Path, alone: dict[str, Any], setting: Setting) -> str:
    """What the child says: after how many steps it stopped, and that these were whole ones."""
    said = json.loads((folder / "answer.txt").read_text())
    known = alone["weights"][str(said["steps"])] if said["steps"] else said["weights"]
    assert said["weights"] == known, f"{setting} {said['word']} between two steps"
    return str(said["word"])


def chosen(rng: np.random.Generator) -> Setting:
    return Setting(
        seed=int(rng.integers(1000)),
        rows=int(rng.integers(40, 600)),
        batch_size=int(rng.choice([7, 16, 32])),
        epochs=int(rng.integers(1, 10)),
        optimizer=str(rng.choice(["sgd", "adam", "nadam"])),
        executor=str(rng.choice(["auto", "numpy"])),
        units=int(rng.choice([12, 12, 700])),
        every="epoch" if rng.random() < 0.4 else int(rng.integers(1, 12)),
        form=str(rng.choice(["arrays", "arrays", "batches", "generator"])),
    )


def struck(blow: Blow | None, act: Callable[..., Any], *given: Any, duration: float = 0.0) -> int:
    """How a child ended that did this and was struck meanwhile. Signals wait for it to begin."""
    signals = [signal.SIGINT, signal.SIGTERM]
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    try:
        child = forked(act, *given)
        if blow is not None:
            strike(child, blow, duration)
        return ended(child)
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, signals)


def strike(child: int, blow: Blow, duration: float) -> None:
    time.sleep(blow.moment * duration)
    os.kill(child, blow.signal)
    if blow.again is not None:
        time.sleep(blow.again)
        os.kill(child, blow.signal)


def in_danger(act: Callable[[], Any]) -> Any:
    """What the act gives; None if it was interrupted. It alone is open to signals."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT, signal.SIGTERM])
        found = act()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        return None
    return found


def train(setting: Setting, path: Path, folder: Path | None) -> None:
    """All of it, with backups in a folder; or alone, where it notes the weights of every step."""
    net, (x, y) = network(setting), data(setting)
    callbacks: list[Any] = [ModelCheckpoint(path.with_suffix(".safetensors"), save_freq=3)]
    weights: dict[int, str] = {}
    if folder is None:
        noting = LambdaCallback(
            on_train_batch_end=lambda batch, logs: weights.update({steps(net): digest(net)})
        )
        callbacks.append(noting)
    else:
        callbacks.append(BackupAndRestore(folder / "backups", setting.every))
    rows = given(setting, x, y)
    history = in_danger(
        lambda: net.fit(**rows, epochs=setting.epochs, callbacks=callbacks, verbose=0)
    )
    word = "was interrupted" if history is None else "stopped"
    if history is not None and len(history.epoch) == setting.epochs:
        word = "went on"
        end = {"weights": digest(net), "steps": steps(net), "history": history.history}
        path.with_suffix(".json").write_text(json.dumps({"end": end, "weights": weights}))
    if folder is not None:
        said = {"word": word, "steps": steps(net), "weights": digest(net)}
        (folder / "answer.txt").write_text(json.dumps(said))
        use(net, x, y, folder)


def use(net: Any, x: np.ndarray, y: np.ndarray, folder: Path) -> None:
    """The network is as good as any other."""
    kept = folder / "alone.safetensors"
    net.save(kept)
    again = keras.load(kept)
    for each in (net, again):
        each.fit(x, y, batch_size=16, epochs=2, verbose=0)
    assert digest(net) == digest(again), "it trains otherwise than its file"
    assert np.isfinite(net.predict(x, verbose=0)).all()


def data(setting: Setting) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(setting.seed)
    return rng.normal(size=(setting.rows, WIDTH)), rng.integers(0, CLASSES, setting.rows)


def given(setting: Setting, x: np.ndarray, y: np.ndarray) -> dict[str, Any]:
    size = setting.batch_size
    if setting.form == "arrays":
        return {"x": x, "y": y, "batch_size": size}
    batches = [(x[at : at + size], y[at : at + size]) for at in range(0, len(x), size)]
    return {"x": batches if setting.form == "batches" else lambda: iter(batches)}


def network(setting: Setting) -> Any:
    keras.set_random_seed(setting.seed)
    net = Sequential([layers.Dense(setting.units, "relu", input_shape=(WIDTH,))])
    net.add(layers.BatchNormalization())
    net.add(layers.Dropout(0.3))
    net.add(layers.Dense(CLASSES, "softmax"))
    net.compile(
        setting.optimizer,
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
        executor=setting.executor,
    )
    return net


def steps(net: Any) -> int:
    return int(net.engine.memory.steps)


def digest(net: Any) -> str:
    return hashlib.sha256(b"".join(each.tobytes() for each in net.get_weights())).hexdigest()


def other_work(rng: np.random.Generator, folder: Path, blow: Blow) -> str:
    """Interrupted while it saves, predicts, evaluates, loads."""
    setting = chosen(rng)
    act = ACTS[rng.integers(len(ACTS))]
    code = struck(blow, work, setting, folder, act, duration=0.1)
    assert code in (0, -blow.signal), f"{act.__name__} ended by {code}"
    return f"{act.__name__} {'ended' if code else 'interrupted'}"


def work(setting: Setting, folder: Path, act: Callable[..., Any]) -> None:
    net, (x, y) = network(setting), data(setting)
    net.fit(x, y, verbose=0)
    path, before = folder / "net.safetensors", digest(net)
    net.save(path)
    until = time.perf_counter() + 20

    def again_and_again() -> None:
        while time.perf_counter() < until:
            act(net, x, y, path)

    in_danger(again_and_again)
    assert digest(keras.load(path)) == digest(net) == before
    use(net, x, y, folder)
    assert not list(folder.glob("*.part")), "what was being written is left"


def predict(net: Any, x: np.ndarray, y: np.ndarray, path: Path) -> None:
    net.predict(x, verbose=0)


def evaluate(net: Any, x: np.ndarray, y: np.ndarray, path: Path) -> None:
    net.evaluate(x, y, verbose=0)


def save(net: Any, x: np.ndarray, y: np.ndarray, path: Path) -> None:
    net.save(path)


def save_weights(net: Any, x: np.ndarray, y: np.ndarray, path: Path) -> None:
    net.save_weights(path.with_name("weights.safetensors"))


def load(net: Any, x: np.ndarray, y: np.ndarray, path: Path) -> None:
    keras.load(path)


def record(net: Any, x: np.ndarray, y: np.ndarray, path: Path) -> None:
    net.record(x, y)


ACTS = [predict, evaluate, save, save, save_weights, load, record]


def command(rng: np.random.Generator, folder: Path, blow: Blow) -> str:
    """`pellucid train` in a process of its own, as a shell starts it."""
    x = rng.normal(size=(300, 3)).round(3)
    rows = "\n".join(f"{a},{b},{c},{'yes' if a > b else 'no'}" for a, b, c in x)
    (folder / "rows.csv").write_text(f"a,b,c,kind\n{rows}\n")
    options = ["train", "rows.csv", "--epochs", "100000", "--patience", "100000", "--out", "run"]
    with subprocess.Popen(
        [sys.executable, "-c", CODE, *options], cwd=folder, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as process:  # fmt: skip
        assert process.stdout is not None
        process.stdout.readline()
        strike(process.pid, blow, 3.0)
        told, errors = process.communicate(timeout=30)
    assert "Traceback" not in errors, errors
    code, model = process.returncode, folder / "run" / "model.safetensors"
    expected = {0, 1, 128 + blow.signal, -blow.signal}
    assert code in expected, f"exit {code}: {errors}"
    assert code != 1 or "before its first epoch" in errors, errors
    assert (code == 0) == (folder / "run" / "report.html").exists(), f"{code}: {told}"
    if model.exists():
        keras.load(model)
    return f"pellucid train {code}"
