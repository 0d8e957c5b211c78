"""Ctrl-C and SIGTERM: what is interrupted is left as a number of whole steps made it."""

import contextlib
import os
import signal
import subprocess
import sys

import numpy as np
import pytest

import pellucid as keras
from pellucid import Sequential, layers
from pellucid.executors import numpy as numpy_executor
from pellucid.executors import update
from pellucid.executors.native.library import problem
from pellucid.executors.program import Program
from pellucid.training import loop

BATCH = 8
X, Y = np.random.default_rng(0).normal(size=(2, 40, 4))


def network(optimizer="adam"):
    keras.set_random_seed(3)
    net = Sequential([layers.Dense(5, "tanh", input_shape=(4,)), layers.BatchNormalization()])
    net.add(layers.Dense(4))
    net.compile(optimizer, "mse", executor="numpy")
    return net


def state(net):
    memory = net.engine.memory
    optimizer = {name: np.asarray(each).tolist() for name, each in memory.optimizer.items()}
    return memory.steps, [each.tolist() for each in net.get_weights()], optimizer


@pytest.mark.parametrize("moment", [1, 3, 17, 29])
@pytest.mark.parametrize("optimizer", ["sgd", "adam", "nadam"])
def test_a_numpy_step_that_is_interrupted_leaves_no_trace(optimizer, moment, monkeypatch):
    """At some part of some update; what is trained then is trained as ever."""
    monkeypatch.setattr(loop, "STRETCH", 1e9)
    monkeypatch.setattr(update, "PART", 10)
    net, calm, looks = network(optimizer), network(optimizer), []
    calm.fit(X, Y, BATCH, verbose=0)
    before, usual = state(net), update.finite

    def finite(numbers):
        looks.append(numbers)
        if len(looks) == moment:
            raise KeyboardInterrupt
        return usual(numbers)

    monkeypatch.setattr(update, "finite", finite)
    with pytest.raises(KeyboardInterrupt):
        net.fit(X, Y, BATCH, verbose=0)
    assert state(net) == before
    net.fit(X, Y, BATCH, verbose=0)
    assert state(net) == state(calm)


def test_a_long_numpy_step_is_left_between_two_equations(monkeypatch):
    monkeypatch.setattr(numpy_executor, "LONG_STEP", 0)
    net, calm = network(), network()
    net.fit(X, Y, len(X), epochs=2, shuffle=False, verbose=0)
    calm.fit(X, Y, len(X), epochs=2, shuffle=False, verbose=0)
    lines, usual = [], Program.run

    def run(self, stops=None):
        def asked():
            lines.append(1)
            if len(lines) == 9:
                os.kill(os.getpid(), signal.SIGINT)
            return stops()

        return usual(self, stops and asked)

    monkeypatch.setattr(Program, "run", run)
    history = net.fit(X, Y, len(X), epochs=5, shuffle=False, verbose=0)
    assert len(lines) == 9
    assert history.epoch == []
    assert state(net) == state(calm)


def test_ctrl_c_that_is_ignored_ends_no_training():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        press = keras.callbacks.LambdaCallback(
            on_epoch_begin=lambda epoch, logs: os.kill(os.getpid(), signal.SIGINT)
        )
        assert network().fit(X, Y, epochs=3, verbose=0, callbacks=[press]).epoch == [0, 1, 2]
    finally:
        signal.signal(signal.SIGINT, before)


def press(*given, **named):
    os.kill(os.getpid(), signal.SIGINT)


def test_a_line_of_many_products_is_left_between_two_of_them(monkeypatch):
    """That of a recurrence has a product for every moment of the sequence."""
    monkeypatch.setattr(numpy_executor, "LONG_STEP", 0)
    keras.set_random_seed(3)
    net = Sequential([layers.LSTM(3, input_shape=(40, 4)), layers.Dense(1)])
    net.compile("adam", "mse", executor="numpy")
    rows = np.ones((5, 40, 4)), np.ones((5, 1))
    net.fit(*rows, verbose=0)
    before, questions = state(net), []

    def asked(interrupt):
        questions.append(1)
        if len(questions) == 50:
            press()
        return interrupt.asked

    monkeypatch.setattr(loop.Interrupt, "__call__", asked)
    assert net.fit(*rows, verbose=0).epoch == []
    assert len(net.plan.lines) < 50
    assert state(net) == before


@pytest.mark.parametrize("executor", ["numpy", "auto"])
def test_a_look_at_validation_rows_is_left_and_the_epoch_is_not_told(executor):
    net = network()
    net.compile("adam", "mse", executor=executor)
    looks = []
    watch = keras.callbacks.LambdaCallback(
        on_test_begin=press, on_test_end=lambda logs: looks.append(logs)
    )
    history = net.fit(X, Y, BATCH, epochs=3, validation_data=(X, Y), verbose=0, callbacks=[watch])
    assert (history.epoch, looks, net.engine.memory.steps) == ([], [], 5)


@contextlib.contextmanager
def alarms(ring, *seconds):
    """After so many seconds, and then every so many, this is called."""
    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, *seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


with_timers = pytest.mark.skipif(
    problem() is not None or not hasattr(signal, "setitimer"),
    reason="native kernels or timers are not here",
)


@with_timers
@pytest.mark.parametrize("batch", [1, 64])
def test_a_long_native_step_is_left_anywhere_and_undone(batch):
    """Whether its products are left, or its moving of many weights, nothing is seen of it."""
    x = np.random.default_rng(0).normal(size=(5 * batch, 1500)).astype("float32")
    nets = [Sequential([layers.Dense(1500, input_shape=(1500,))]) for _ in range(2)]
    for net in nets:
        net.add(layers.Dense(1500, kernel_initializer="zeros"))
        net.compile("adam", "mse", executor="native", threads=2)
    net, calm = nets
    calm.set_weights(net.get_weights())
    for seconds in (0.06, 0.1, 0.15):
        with alarms(press, seconds):
            net.fit(x, x, batch, epochs=999, shuffle=False, verbose=0)
        fit_to(net.engine.memory.steps, calm, x, batch)
        assert steps_and_bits(net) == steps_and_bits(calm)


def steps_and_bits(net):
    memory = net.engine.memory
    arrays = [*net.get_weights(), *map(np.asarray, memory.optimizer.values())]
    return memory.steps, [each.tobytes() for each in arrays]


def fit_to(steps, net, x, batch):
    """As many steps as there were, uninterrupted."""

    def stop(batch, logs):
        net.stop_training = net.engine.memory.steps == steps

    if net.engine.memory.steps < steps:
        watch = keras.callbacks.LambdaCallback(on_train_batch_end=stop)
        net.fit(x, x, batch, epochs=999, shuffle=False, verbose=0, callbacks=[watch])


@with_timers
def test_a_prediction_of_many_rows_lets_signals_in():
    """Each is heard while it goes on: a single one is heard after any call."""
    net = Sequential([layers.Dense(400, "relu", input_shape=(100,)), layers.Dense(400)])
    net.compile("adam", "mse", threads=1)
    predict, heard = net.predictor(), []
    with alarms(lambda *alarm: heard.append(alarm), 0.01, 0.01):
        for rows in (30_000, 100_000, 300_000):
            heard.clear()
            predict(np.zeros((rows, 100), "float32"))
            if len(heard) > 2:
                break
    assert len(heard) > 2


def test_a_model_is_kept_before_the_doctor_has_spoken(monkeypatch, tmp_path):
    pytest.importorskip("sklearn")
    from pellucid.cli import app, training

    said = []

    def leave(*given):
        raise KeyboardInterrupt

    watch = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: epoch == 2 and press()
    )
    monkeypatch.setattr(app, "say", said.append)
    monkeypatch.setattr(training, "Sizes", lambda *rows: watch)
    monkeypatch.setattr(training, "concluded", leave)
    with pytest.raises(SystemExit):
        app.app(["train", "digits", "--out", str(tmp_path)])
    assert keras.load(tmp_path / "model.safetensors").engine.memory.steps
    assert "is stopped" in said[-1]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise there")
def test_the_command_line_ends_tidily(number, code):
    """Before the command begins and while it loads: an exit code, and no traceback."""
    begin = "import os, sys; from pellucid import cli; import pellucid.cli.app as app;"
    strike = f"app.app = lambda: os.kill(os.getpid(), {int(number)}); cli.main()"
    ended = subprocess.run([sys.executable, "-c", begin + strike], capture_output=True, text=True)
    assert (ended.returncode, ended.stdout, ended.stderr) == (code, "", "")
