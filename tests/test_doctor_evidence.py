"""What gives faults away beside the examples of checks, and what looks like it and is none."""

from __future__ import annotations

import warnings
from types import SimpleNamespace

import numpy as np
import pytest

from pellucid import Sequential, layers
from pellucid.data import Batch
from pellucid.glass import doctor
from pellucid.glass.doctor import Check
from pellucid.glass.doctor.checks.aligned import explained, functions
from pellucid.glass.doctor.checks.base import Suspicion
from pellucid.glass.doctor.checks.doubted import lying_among
from pellucid.glass.doctor.checks.pace import called_for
from pellucid.glass.doctor.checks.steps import falling
from pellucid.glass.doctor.checks.worth import by_heart
from pellucid.glass.doctor.finding import Finding, Trial
from pellucid.glass.doctor.first import First
from pellucid.glass.doctor.goal import FIGURES
from pellucid.glass.doctor.judging import ordered
from pellucid.glass.doctor.runs import Hit, LateError, Outcome, Until
from pellucid.glass.doctor.single import one_thread, switch
from pellucid.glass.doctor.statistics import outliers, row_keys
from pellucid.glass.doctor.trials import Suspect, better, enough, in_both
from tests.doctor import evident, evident_heads, evident_outputs, evident_starts, evident_training
from tests.doctor.examples import case_of

LIKELY = FIGURES["likelihood"].name
TABLES = (evident, evident_outputs, evident_starts, evident_training, evident_heads)
SEEN = {what: case for table in TABLES for what, case in table.SEEN.items()}
WELL = {what: case for table in TABLES for what, case in table.WELL.items()}


def found(monkeypatch, program, code):
    monkeypatch.setattr(doctor, "STRICT", True)
    monkeypatch.setattr(Check, "in_order", classmethod(lambda cls: [Check.table[code]]))
    net, x, y, fit = case_of(program)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return net.diagnose(x, y, seconds=60, **fit)


@pytest.mark.parametrize("what", SEEN)
def test_it_is_seen(what, monkeypatch):
    program, code = SEEN[what]
    findings = found(monkeypatch, program, code)
    assert findings.codes[:1] == [code]
    assert findings[0].severity != "note"


@pytest.mark.parametrize("what", WELL)
def test_it_is_not_seen_where_it_is_not(what, monkeypatch):
    program, code = WELL[what]
    assert not found(monkeypatch, program, code).of("warning")


def test_what_stands_off_is_explained_at_its_distance():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(900, 4))
    y = (x[:, 0] * 2 + np.sin(x[:, 1]))[:, None]
    told = explained(functions(x), np.roll(y - y.mean(), -2, axis=0))
    assert max(told, key=told.get) == -2
    assert told[-2] > 0.8
    assert max(each for by, each in told.items() if by != -2) < 0.05


def test_equal_rows_have_one_key():
    rng = np.random.default_rng(0)
    x = rng.integers(0, 3, (400, 5)).astype("f4")
    _, right = np.unique(x, axis=0, return_inverse=True)
    keys = row_keys(x)
    assert np.array_equal(keys[:, None] == keys, right[:, None] == right)


def test_outliers_are_few():
    x = np.random.default_rng(0).normal(size=(400, 2))
    x[:5, 0], x[:200, 1] = 900, 900
    assert outliers(x).sum(axis=0).tolist() == [5, 0]


def test_rows_of_another_class_lie_evenly_among_those_of_one():
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], 200)
    where = np.where((labels == 0) | (np.arange(400) < 300), 0.6, 0.02)
    p = np.clip(where + 0.01 * rng.normal(size=400), 0, 1)
    among = lying_among(np.stack([p, 1 - p], 1), labels, 0, 1)
    assert set(among.tolist()) <= set(range(200, 300))
    assert len(among) > 80
    overlapping = np.clip(np.linspace(1, 0, 400) + 0.2 * rng.normal(size=400), 0.01, 0.99)
    assert lying_among(np.stack([overlapping, 1 - overlapping], 1), labels, 0, 1) is None


def test_the_rate_of_each_epoch_is_that_of_the_callback():
    net, x, y, fit = case_of(SEEN["a rate that a callback raises"][0])
    evidence = doctor.Evidence(net, x, y, fit, 10)
    assert called_for(evidence, 0.01)[:3].tolist() == pytest.approx([0.025, 0.0625, 0.15625])


def finding(code, after, severity="warning", figure="accuracy", **evidence):
    trial = Trial(figure, 0.5, after, 10, 300, 100)
    return Finding(code, severity, code, "", evidence, trial=trial)


@pytest.mark.parametrize(
    ("one", "other", "first"),
    [
        (finding("PL208", 0.95, "error"), finding("PL211", 0.96, "error"), "PL208"),
        (finding("PL208", 0.80, "error"), finding("PL211", 0.96, "error"), "PL211"),
        (finding("PL223", 0.99, share=0.13), finding("PL503", 0.86), "PL503"),
        (finding("PL223", 0.99, share=0.40), finding("PL503", 0.70), "PL223"),
        (finding("PL214", 0.61), finding("PL416", 0.71), "PL416"),
        (finding("PL107", 0.6, figure=LIKELY), finding("PL402", 0.9), "PL402"),
        (finding("PL107", 0.6, figure=LIKELY), finding("PL402", 0.6), "PL107"),
        (finding("PL107", 0.8), finding("PL402", 0.9), "PL107"),
        (finding("PL214", 0.71), finding("PL416", 0.71), "PL214"),
    ],
)
def test_what_gives_way_stands_behind(one, other, first):
    assert ordered([one, other])[0].code == first


def test_a_few_rows_that_run_away_do_not_hide_what_a_mend_gains():
    net, x, y, fit = case_of(evident.numbers())
    evidence = doctor.Evidence(net, x, y, fit, 10)
    suspect = Suspect(Check.table["PL404"], Suspicion(""))

    def outcome(outputs):
        return Outcome(rows=np.arange(100), hit=[Hit(outputs[:, None], y[:100], evidence.ending)])

    far = y[:100] + 0.1
    far[0] += 1e4
    assert better(evidence, suspect, "numbers", outcome(far), outcome(y[:100] + 0.1))[0]
    assert not better(evidence, suspect, "numbers", outcome(y[:100] + 0.1), outcome(far))[0]


def test_what_one_seed_hides_two_may_show():
    net, x, y, fit = case_of(evident.numbers())
    evidence = doctor.Evidence(net, x, y, fit, 10)
    suspect = Suspect(Check.table["PL303"], Suspicion(""))

    def outcome(share):
        outputs = share * (y[:200] - y.mean()) + y.mean()
        hit = [Hit(outputs[:, None], y[:200], evidence.ending)]
        return Outcome(rows=np.arange(200), hit=hit)

    first = outcome(0.5), outcome(0.53)
    assert not better(evidence, suspect, "numbers", *first)[0]
    evidence.second_opinion = outcome(0.0)
    assert in_both(evidence, suspect, "numbers", first, outcome(0.5))[0]
    assert not in_both(evidence, suspect, "numbers", first, outcome(0.0))[0]


@pytest.mark.parametrize(
    ("losses", "still"),
    [
        ([1.38, 1.35, 1.33], True),
        ([1, 0.5, 0.4], True),
        ([1, 0.2, 0.19, 0.189], False),
        ([1], False),
    ],
)
def test_whether_a_loss_still_falls(losses, still):
    assert falling(SimpleNamespace(as_it_is=Outcome(losses=losses))) == still


def test_a_rate_that_a_lower_one_mends_is_too_high_throughout(monkeypatch):
    kinds = [Check.table[code] for code in ("PL401", "PL412")]
    monkeypatch.setattr(Check, "in_order", classmethod(lambda cls: kinds))
    then = "net.compile(optimizers.SGD(0.5, momentum=0.5), 'mse'); fit = {'epochs': 15}"
    net, x, y, fit = case_of(evident.numbers(then))
    found = net.diagnose(x, y, seconds=60, **fit)
    assert [(each.code, each.severity) for each in found] == [("PL401", "error"), ("PL412", "note")]


def test_two_scales_are_put_right_together(monkeypatch):
    """Neither alone is enough; that a network as usual does well says nothing of the cause."""
    kept = [Check.table[code] for code in ("PL207", "PL210", "PL405")]
    monkeypatch.setattr(Check, "in_order", classmethod(lambda cls: kept))
    net, x, y, fit = case_of(evident_heads.BOTH)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        findings = net.diagnose(x, y, seconds=60, **fit)
    assert findings.codes[0] == "PL207"
    assert "Normalization" in findings[0].mend
    assert "y = " in findings[0].mend


def test_nothing_is_called_held_out_where_all_rows_are_trained_on():
    net, x, y, fit = case_of(evident_heads.XOR.format(kind="None", optimizer="Adam(0.1)"))
    found = net.diagnose(x, y, **fit)
    assert found[0].trial.held == 0
    assert "none held out" in str(found[0].trial)
    assert not any("held-out" in str(each.trial) or "others" in each.title for each in found)


def test_it_is_no_gain_to_be_less_sure_and_know_nothing():
    net, x, y, fit = case_of(evident_heads.LABELS.format(share=1))
    evidence = doctor.Evidence(net, x, y, fit, 10)
    suspect = Suspect(Check.table["PL505"], Suspicion(""))
    assert not enough(evidence, suspect, "likelihood", (-0.9, -0.12), (0.78, 0.01))
    assert enough(evidence, suspect, "likelihood", (-0.9, 0.2), (1.1, 0.01))


HEART = """
net = Sequential([layers.Dense(128, "tanh"), layers.Dense(128, "relu"), layers.Dense(1)])
net.compile(optimizers.Adam(0.005), "mse")
x = rng.uniform(-3, 3, ({rows}, 1))
y = np.sin(2 * x[:, 0]) + 0.5 * rng.normal(size={rows})
fit = {{"epochs": {epochs}}}
"""


LONG = """
net = Sequential([layers.Dense(64, "relu"), layers.Dense(3, "softmax")])
net.compile(optimizers.Adam(0.003), "sparse_categorical_crossentropy")
x, y = clusters(120, 20, 3, apart={apart})
y[:{wrong}] = 2 - y[:{wrong}]
fit = {{"epochs": {epochs}}}
"""


@pytest.mark.parametrize(("rows", "epochs", "told"), [(36, 350, ["PL501"]), (700, 25, [])])
def test_noise_in_few_rows_is_learnt_by_many_weights(rows, epochs, told, monkeypatch):
    assert found(monkeypatch, HEART.format(rows=rows, epochs=epochs), "PL501").codes == told


@pytest.mark.parametrize(("weights", "held"), [(15, False), (1500, True)])
def test_a_few_weights_hold_no_rows(weights, held):
    net = SimpleNamespace(trainable_weights=[SimpleNamespace(size=weights)])
    cut = SimpleNamespace(train=range(450))
    evidence = SimpleNamespace(net=net, chosen=cut, uncertainty=0.02, chance=0.5)
    assert by_heart(evidence, 0.9, 0.3) is held


def test_training_for_too_long_is_seen_in_a_part_of_it(monkeypatch):
    monkeypatch.setattr("pellucid.glass.doctor.evidence.SHARE", 1 / 4000)
    seen = found(monkeypatch, LONG.format(apart=0.4, wrong=0, epochs=300), "PL503")
    assert seen.codes == ["PL503"]
    assert seen[0].trial.epochs < 300


@pytest.mark.parametrize(("epochs", "told"), [(300, ["PL503"]), (10, [])])
def test_training_for_too_long_is_seen_by_the_loss(epochs, told, monkeypatch):
    """Answers are as right as before: nine of ten."""
    seen = found(monkeypatch, LONG.format(apart=1.0, wrong=6, epochs=epochs), "PL503")
    assert seen.codes == told
    assert {each.trial.figure for each in seen} <= {LIKELY}


def test_numpy_works_on_one_thread_meanwhile():
    found = switch()
    if found is None:
        pytest.skip("this NumPy does not bring its OpenBLAS along")
    before = found.get()
    with one_thread(), one_thread():
        assert found.get() == 1
    assert found.get() == before


def net_of(width):
    net = Sequential([layers.Dense(3, input_shape=(width,))])
    net.compile("sgd", "mse")
    return net


def test_a_step_that_is_recorded_ends_with_the_time():
    net = net_of(4)
    rows = Batch((np.ones((5, 4), "f4"),), (np.ones((5, 3), "f4"),), None, None)
    assert First.of(net.engine, rows).loss > 0
    with pytest.raises(TimeoutError):
        First.of(net.engine, rows, end=0.0)


def test_training_is_left_at_a_time():
    net, x, y = net_of(4), np.ones((64, 4), "f4"), np.ones((64, 3), "f4")
    before = net.get_weights()[0].copy()
    net.fit(x, y, epochs=3, verbose=0, callbacks=[Until(0.0)])
    assert net.engine.memory.steps == 0
    assert np.array_equal(net.get_weights()[0], before)
    with pytest.raises(LateError):
        Outcome().measure(net, x, y, Until(0.0))
