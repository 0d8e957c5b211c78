"""Callbacks that act on training, and those that show it."""

from __future__ import annotations

import pytest

from pellucid.metrics import Mean, MeanMetricWrapper, Metric, Sum
from pellucid.training.callbacks import (
    BackupAndRestore,
    Callback,
    CallbackList,
    EarlyStopping,
    History,
    LambdaCallback,
    LearningRateScheduler,
    ModelCheckpoint,
    Progress,
    ReduceLROnPlateau,
)
from pellucid.training.callbacks.base import HOOKS
from pellucid.training.callbacks.monitor import Monitor
from pellucid.training.progress import show_seconds, show_value
from tests.contract.families import a_metric
from tests.playing import Net, play


def test_called_in_order_with_what_the_earlier_ones_added():
    seen = []
    first = LambdaCallback(on_epoch_end=lambda epoch, logs: logs.update(extra=epoch))
    second = LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(logs["extra"]))
    history = play(Net(), [first, second], [3.0, 2.0])
    assert seen == history.history["extra"] == [0, 1]


def test_who_wants_batches():
    assert not CallbackList([History(), Progress(), EarlyStopping()]).wants_batches
    assert not CallbackList(ModelCheckpoint("a")).wants_batches
    assert CallbackList(ModelCheckpoint("a", save_freq=3)).wants_batches
    assert CallbackList(BackupAndRestore("a", save_freq=3)).wants_batches
    assert CallbackList(LambdaCallback(on_test_batch_end=print)).wants_batches
    assert not CallbackList(LambdaCallback(on_train_batch_end=None)).wants_batches


def test_what_fit_takes():
    stopping = EarlyStopping()
    assert CallbackList(None).callbacks == []
    assert CallbackList(stopping).callbacks == CallbackList([stopping]).callbacks == [stopping]
    assert isinstance(CallbackList(("early_stopping",)).callbacks[0], EarlyStopping)
    with pytest.raises(TypeError, match="expected a callback"):
        CallbackList([print])
    with pytest.raises(TypeError, match="did you mean 'on_epoch_end'"):
        LambdaCallback(on_epoch_ends=print)
    with pytest.raises(AttributeError, match="did you mean 'on_epoch_end'"):
        CallbackList().on_epoch_ends()


def test_a_misspelt_moment_is_told():
    class Mine(Callback):
        def on_batch_ends(self, batch, logs=None): ...

    with pytest.warns(UserWarning, match="on_batch_ends is never called"):
        CallbackList(Mine())


def test_every_moment_reaches_its_callback():
    seen = []
    hooks = {hook: lambda *given, hook=hook: seen.append(hook) for hook in HOOKS}
    calls = CallbackList(LambdaCallback(**hooks))
    for hook in HOOKS:
        getattr(calls, hook)()
    assert seen == list(HOOKS)


@pytest.mark.parametrize(
    ("losses", "options", "epochs", "best"),
    [
        ([3, 2, 4, 1], {}, 3, 1),
        ([3, 2, 4, 1], {"patience": 2}, 4, 3),
        ([3, 2, 4, 5, 1], {"patience": 2}, 4, 1),
        ([3, 2.9, 2.8, 1], {"patience": 2, "min_delta": 0.5}, 3, 0),
        ([1, 2, 4, 3], {"mode": "max"}, 4, 2),
        ([9, 8, 7, 6], {"baseline": 5, "patience": 2}, 4, 3),
        ([1, 8, 7, 9], {"start_from_epoch": 1}, 4, 2),
        ([1, float("nan"), 0], {}, 2, 0),
        ([float("nan"), 3, 2, 2.5], {"patience": 2}, 4, 2),
        ([3, 2, 4, 1], {"restore_best_weights": False}, 3, 2),
        ([3, 2, 1], {"patience": 5}, 3, 2),
        ([3, 1, 2, 1, 1.5], {"patience": 5}, 5, 1),
        ([3, 1, 2, 1, 1.5], {"patience": 5, "latest": True}, 5, 3),
        ([3, 1, 1, 1], {"patience": 2, "latest": True}, 4, 3),
    ],
)
def test_early_stopping(losses, options, epochs, best):
    net = Net()
    history = play(net, [EarlyStopping(**options)], losses)
    assert (len(history.epoch), net.weights[0]) == (epochs, best)


def test_waiting_counts_validations_only():
    rate = ReduceLROnPlateau(patience=1, factor=0.5)
    history = play(Net(), [EarlyStopping(patience=2), rate], [0, 3, 0, 4, 0, 5, 0, 1], freq=2)
    assert history.epoch == [0, 1, 2, 3, 4, 5]
    assert history.history["learning_rate"] == [0.1, 0.1, 0.1, 0.1, 0.05, 0.05]


def test_early_stopping_tells(capsys):
    play(Net(), [EarlyStopping(verbose=1)], [3, 2, 4])
    assert capsys.readouterr().out == (
        "Epoch 3: early stopping; the best val_loss, 2.0, was that of epoch 2\n"
    )


#: the ends of names of what is better the smaller it is
LOWER = (
    "Error",
    "Crossentropy",
    "Divergence",
    "Poisson",
    "Hinge",
    "FalsePositives",
    "FalseNegatives",
)


@pytest.mark.parametrize("member", Metric.members())
def test_the_direction_of_every_metric_is_known(member):
    if member in (Mean, MeanMetricWrapper, Sum):
        return
    monitor = Monitor("EarlyStopping", f"val_{a_metric(member).name}")
    assert monitor.improves(2.0, 1.0) == (not member.__name__.endswith(LOWER))


@pytest.mark.parametrize(
    ("quantity", "mode", "logs", "message"),
    [
        ("val_loss", "auto", {"loss": 1}, r"validation_split=0\.2.*monitor='loss'"),
        ("val_acc", "auto", {"val_accuracy": 1}, "did you mean 'val_accuracy'"),
        ("loss", "higher", {}, "'auto', 'min' or 'max'"),
        ("profit", "auto", {}, "mode='max' or mode='min'"),
    ],
)
def test_what_cannot_be_watched(quantity, mode, logs, message):
    with pytest.raises(ValueError, match=message):
        Monitor("EarlyStopping", quantity, mode).value(logs)


@pytest.mark.parametrize(
    ("callback", "message"),
    [
        (lambda p: ModelCheckpoint(p / "{acc}"), "names 'acc'"),
        (lambda p: ModelCheckpoint(p / "a", save_freq="batch"), "number of batches"),
        (lambda p: BackupAndRestore(p, save_freq=0), "number of batches"),
        (lambda p: ReduceLROnPlateau(factor=2), "between 0 and 1"),
        (lambda p: LearningRateScheduler(lambda epoch: None), "gave None for epoch 0"),
        (lambda p: Progress(3), "verbose must be"),
    ],
)
def test_mistakes_are_told(callback, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        play(Net(), [callback(tmp_path)], [1.0])


@pytest.mark.parametrize("schedule", [lambda epoch, rate: rate / 2, lambda epoch: 0.05 / 2**epoch])
def test_learning_rate_scheduler(schedule, capsys):
    history = play(Net(), [LearningRateScheduler(schedule, verbose=1)], [1, 1, 1])
    assert history.history["learning_rate"] == [0.05, 0.025, 0.0125]
    assert "Epoch 2: learning rate 0.025" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("losses", "options", "rates"),
    [
        ([3, 3, 3, 3], {"patience": 1, "factor": 0.5}, [0.1, 0.1, 0.05, 0.025]),
        ([3, 2, 1, 1], {"patience": 1, "factor": 0.5}, [0.1, 0.1, 0.1, 0.1]),
        ([3] * 5, {"patience": 1, "factor": 0.5, "cooldown": 2}, [0.1, 0.1, 0.05, 0.05, 0.025]),
        ([3] * 4, {"patience": 1, "factor": 0.1, "min_lr": 0.05}, [0.1, 0.1, 0.05, 0.05]),
        ([3, 2.95, 2.9, 1], {"patience": 2, "min_delta": 1}, [0.1, 0.1, 0.1, 0.01]),
    ],
)
def test_reduce_on_plateau(losses, options, rates):
    history = play(Net(), [ReduceLROnPlateau(**options)], losses)
    assert history.history["learning_rate"] == pytest.approx(rates)


@pytest.mark.parametrize("callback", [ReduceLROnPlateau(), LearningRateScheduler(lambda e: 1.0)])
def test_a_schedule_and_a_callback_do_not_share_the_rate(callback):
    with pytest.raises(ValueError, match="leave out the callback"):
        play(Net(rate="CosineDecay()"), [callback], [1.0])


@pytest.mark.parametrize("verbose", ["auto", 1, 2])
def test_progress_is_plain_lines_where_there_is_no_terminal(verbose, capsys, monkeypatch):
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    play(Net(), [Progress(verbose)], [0.5, 1234567.0])
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("epoch 1/2  0.0 s  loss 1.0000  val_loss 0.5000")
    assert second.endswith("val_loss 1.235e+06")
    assert "\x1b" not in first + second


def test_progress_can_be_silent(capsys):
    play(Net(), [Progress(0)], [0.5])
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("fail_at", [None, (1, 1)])
def test_progress_on_a_terminal_leaves_it_clean(fail_at, capsys, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    try:
        play(Net(), [Progress()], [0.5, 0.4], fail_at=fail_at)
    except KeyboardInterrupt:
        assert fail_at
    out = capsys.readouterr().out
    assert "2/2" in out
    assert "rows/s" in out
    assert out.count("\x1b[?25l") == out.count("\x1b[?25h") == 2, "the cursor is shown again"


def test_numbers_for_people():
    shown = [show_value(v) for v in (0, 0.5, 0.00012, float("nan"), 1e7)]
    assert shown == ["0.0000", "0.5000", "1.200e-04", "nan", "1.000e+07"]
    assert [show_seconds(s) for s in (0.25, 99, 125, 7322)] == [
        "0.2 s",
        "99.0 s",
        "2:05",
        "2:02:02",
    ]
