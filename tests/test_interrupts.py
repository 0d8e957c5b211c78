"""Ctrl-C and SIGTERM: what is interrupted is left as a number of whole steps made it."""

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


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise there")
def test_the_command_line_ends_tidily(number, code):
    """Before the command begins and while it loads: an exit code, and no traceback."""
    begin = "import os, sys; from pellucid import cli; import pellucid.cli.app as app;"
    strike = f"app.app = lambda: os.kill(os.getpid(), {int(number)}); cli.main()"
    ended = subprocess.run([sys.executable, "-c", begin + strike], capture_output=True, text=True)
    assert (ended.returncode, ended.stdout, ended.stderr) == (code, "", "")
