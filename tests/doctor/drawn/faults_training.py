"""Variations of bad starts, bad courses and bad generalisation."""

from __future__ import annotations

import numpy as np

from pellucid import initializers, regularizers
from pellucid.layers import GRU, LSTM, BatchNormalization, Dense, Dropout, SimpleRNN
from pellucid.optimizers import SGD, Adam, AdamW
from tests.doctor.drawn.draw import Draw, Task
from tests.doctor.drawn.entries import varied
from tests.doctor.faults import data
from tests.doctor.faults.case import Given

SEQUENCES = ("words", "waves")


@varied("symmetric weights", also=["no activation between layers"])
def same_weights(d: Draw, mended: bool) -> Given:
    task = d.curved()
    start = initializers.Constant(d.of(0.0, 0.5, 0.1))
    settings = {} if mended else {"kernel_initializer": start}
    last = settings if d.of(True, False) else {}
    inner = [*d.hidden(activation=d.of("tanh", "relu"), **settings), d.last(task, **last)]
    return d.well(task, inner=inner)


@varied("weights start too large", also=["saturated units", "loss at start far from chance"])
def large_weights(d: Draw, mended: bool) -> Given:
    task = d.until(d.any, lambda t: t.wide > 4 and t.name not in SEQUENCES)
    start = d.of(
        initializers.RandomNormal(stddev=d.of(3.0, 10.0)), initializers.RandomUniform(-9, 9)
    )
    settings = {} if mended else {"kernel_initializer": start}
    inner = [*d.hidden(d.of(2, 3), **settings), d.last(task)]
    return d.well(task, inner=inner)


@varied(
    "weights start too small", also=["vanishing gradients", "symmetric weights", "rate too low"]
)
def small_weights(d: Draw, mended: bool) -> Given:
    task = d.any()
    start = d.of(
        initializers.RandomNormal(stddev=d.of(1e-3, 1e-5)), initializers.RandomUniform(-1e-4, 1e-4)
    )
    settings = {"kernel_initializer": "he_normal" if mended else start}
    inner = [*d.hidden(d.of(3, 4), "relu", **settings), d.last(task)]
    return d.well(task, inner=inner, optimizer=SGD(0.05))


@varied("dead units", also=["weights start too small", "vanishing gradients"])
def dead(d: Draw, mended: bool) -> Given:
    task = d.any()
    start = initializers.Constant(0.0 if mended else d.of(-5.0, -10.0, -30.0))
    inner = [*d.hidden(d.of(1, 2), "relu", bias_initializer=start), d.last(task)]
    return d.well(task, inner=inner, optimizer=d.of(Adam(0.003), SGD(0.05)))


@varied("saturated units", also=["unscaled inputs", "weights start too large"])
def saturated(d: Draw, mended: bool) -> Given:
    task = d.any()
    start = initializers.Constant(0.0 if mended else d.of(8.0, -12.0))
    inner = [*d.hidden(1, d.of("tanh", "sigmoid"), bias_initializer=start), d.last(task)]
    return d.well(task, inner=inner, optimizer=d.of(Adam(0.01), SGD(0.1, momentum=0.9)))


@varied("vanishing gradients", also=["rate too low", "saturated units"])
def vanishing(d: Draw, mended: bool) -> Given:
    task = d.labelled()
    depth = d.whole(5, 9)
    settings = {"kernel_initializer": "he_normal"} if mended else {}
    hidden = d.hidden(depth, "relu" if mended else "sigmoid", **settings)
    return d.well(task, hidden=hidden, optimizer=Adam(0.002), epochs=15)


@varied(
    "exploding gradients",
    also=["weights start too large", "rate too high", "loss at start far from chance"],
)
def exploding(d: Draw, mended: bool) -> Given:
    task = d.any()
    start = "he_normal" if mended else initializers.VarianceScaling(d.of(12.0, 25.0, 60.0))
    hidden = d.hidden(d.whole(6, 9), "relu", kernel_initializer=start)
    return d.well(task, hidden=hidden, optimizer=Adam(0.002) if mended else SGD(0.02, momentum=0.9))


@varied("loss at start far from chance", also=["weights start too large"])
def loud_end(d: Draw, mended: bool) -> Given:
    task = d.until(d.classes, lambda t: t.straight)
    settings = {}
    if not mended:
        start = initializers.RandomNormal(stddev=d.of(20.0, 40.0))
        settings = {d.of("kernel_initializer", "bias_initializer"): start}
    inner = [*d.hidden(1, "relu"), d.last(task, **settings)]
    return d.well(task, inner=inner, optimizer=Adam(0.001), epochs=12 if not mended else None)


@varied("normalisation after the output", also=["softmax or sigmoid twice"])
def normalised(d: Draw, mended: bool) -> Given:
    task = d.any()
    tail = [] if mended else [BatchNormalization(momentum=d.of(0.9, 0.99))]
    return d.well(task, inner=[*d.hidden(), d.last(task), *tail])


@varied("dropout of almost everything")
def drops(d: Draw, mended: bool) -> Given:
    task = d.until(d.any, lambda t: t.name not in ("wine", "breast"))
    rate = 0.1 if mended else d.of(0.9, 0.95, 0.97)
    inner = []
    for layer in d.hidden(d.of(1, 2)):
        inner += [layer, Dropout(rate)]
    return d.well(task, inner=[*inner, d.last(task)])


@varied("dropout on the output")
def drops_end(d: Draw, mended: bool) -> Given:
    task = d.any()
    tail = [] if mended else [Dropout(d.of(0.2, 0.5))]
    return d.well(task, inner=[*d.hidden(), d.last(task), *tail])


@varied("bottleneck of one", also=["underfits"])
def bottleneck(d: Draw, mended: bool) -> Given:
    task = d.classes(5)
    middle = Dense(16 if mended else 1, d.of("relu", "tanh"))
    return d.well(task, inner=[*d.hidden(1), middle, *d.hidden(d.of(0, 1)), d.last(task)])


@varied("no activation between layers", also=["a baseline is as good", "underfits"])
def straight(d: Draw, mended: bool) -> Given:
    task = d.until(d.curved, lambda t: t.name not in ("patients",))
    inner = []
    for layer in d.hidden(d.of(2, 3), "relu" if mended else None):
        inner += [layer, *([Dropout(0.05)] if d.of(True, False, False) else [])]
    return d.well(task, inner=[*inner, d.last(task)])


@varied("dead inputs", also=["unscaled inputs"])
def dead_inputs(d: Draw, mended: bool) -> Given:
    from pellucid.layers import Activation

    task = d.until(d.any, lambda t: t.wide < 20)
    front = [] if mended else [Activation("relu")]
    changed = task if mended else task.changed(x=lambda x: x - 8)
    return d.well(changed, inner=[*front, *d.hidden(), d.last(task)])


@varied("rate too high", also=["oscillates", "dead units", "exploding gradients"])
def fast(d: Draw, mended: bool) -> Given:
    task = d.any()
    if mended:
        return d.well(task)
    optimizer = d.of(Adam(d.of(0.5, 1.0, 3.0)), SGD(d.of(5.0, 10.0, 30.0)), AdamW(1.0))
    return d.well(task, optimizer=optimizer)


@varied("rate too low", also=["ends before it converged"])
def slow(d: Draw, mended: bool) -> Given:
    task = d.any()
    if mended:
        return d.well(task)
    return d.well(task, optimizer=d.of(Adam(d.of(1e-6, 1e-5)), SGD(d.of(1e-5, 1e-4)), AdamW(1e-6)))


@varied("oscillates", also=["rate too high"])
def swings(d: Draw, mended: bool) -> Given:
    task = d.numbers()
    optimizer = (
        SGD(0.02, momentum=0.8) if mended else SGD(d.of(0.2, 0.3), momentum=d.of(0.98, 0.99))
    )
    return d.well(task, optimizer=optimizer)


@varied("penalty outweighs the loss", also=["underfits"])
def heavy(d: Draw, mended: bool) -> Given:
    task = d.any()
    kind = d.of("l2", "l1", "decay")
    if kind == "decay":
        return d.well(
            task, optimizer=AdamW(0.005, weight_decay=1e-4 if mended else d.of(20.0, 60.0))
        )
    penalty = regularizers.L2(1e-5 if mended else d.of(0.5, 2.0))
    if kind == "l1":
        penalty = regularizers.L1(1e-6 if mended else d.of(0.1, 0.5))
    settings = {"kernel_regularizer": penalty}
    return d.well(task, inner=[*d.hidden(**settings), d.last(task, **settings)])


@varied("clipping always clips", also=["rate too low", "ends before it converged"])
def clipped(d: Draw, mended: bool) -> Given:
    task = d.any()
    name = d.of("clipnorm", "global_clipnorm", "clipvalue")
    limit = d.of(1e-4, 1e-5) / (10 if name == "clipvalue" else 1)
    return d.well(task, optimizer=SGD(0.1, **({} if mended else {name: limit})))


@varied("batch too large for the budget", also=["ends before it converged", "rate too low"])
def large_batch(d: Draw, mended: bool) -> Given:
    task = d.until(d.any, lambda t: len(t.rows[0]) >= 400)
    if mended:
        return d.well(task)
    return d.well(task, batch_size=len(task.rows[0]), epochs=d.of(5, 8, 12), optimizer=Adam(0.003))


@varied("batch too small", also=["rate too high", "oscillates"])
def small_batch(d: Draw, mended: bool) -> Given:
    rows = data.bent(d.whole(500, 900), noise=d.of(0.6, 0.9), seed=d.seed())
    task = Task("noisy", rows, 0, 0.3)
    batch = 32 if mended else d.of(1, 2)
    rate = d.of(0.06, 0.08) if mended or batch == 1 else 0.15
    return d.well(
        task, hidden=[Dense(24, "relu")], optimizer=SGD(rate), batch_size=batch, epochs=25
    )


@varied("averages of batch normalisation lag", also=["ends before it converged", "unscaled inputs"])
def lagging(d: Draw, mended: bool) -> Given:
    task = d.until(d.labelled, lambda t: t.name not in SEQUENCES)
    momentum = 0.7 if mended else d.of(0.995, 0.999)
    changed = task.changed(x=lambda x: 3 * x + 10)
    inner = [BatchNormalization(momentum=momentum)]
    for layer in d.hidden(d.of(1, 2), "relu"):
        inner += [layer, BatchNormalization(momentum=momentum)]
    steps = 40 if not mended else None
    epochs = 6 if steps else None
    return d.well(
        changed,
        inner=[*inner, d.last(task)],
        optimizer=Adam(0.005),
        **({"epochs": epochs, "batch_size": 32} if epochs else {}),
    )


@varied(
    "state of a recurrent layer explodes",
    also=["exploding gradients", "rate too high", "weights start too large"],
)
def state_grows(d: Draw, mended: bool) -> Given:
    rows = data.waves(d.whole(400, 600), d.whole(14, 24), d.seed())
    start = "orthogonal" if mended else initializers.RandomNormal(stddev=d.of(1.0, 2.0))
    settings = {"activation": "tanh" if mended else "relu", "recurrent_initializer": start}
    kind = d.of(SimpleRNN, SimpleRNN, GRU if mended else SimpleRNN)
    inner = [kind(d.of(12, 16), **settings), Dense(1, "sigmoid")]
    return d.well(
        Task("waves", rows, 2, 0.8), inner=inner, optimizer=Adam(0.01), epochs=25, batch_size=32
    )


@varied("ends before it converged", also=["rate too low", "batch too large for the budget"])
def ends_early(d: Draw, mended: bool) -> Given:
    kind = d.of("lstm", "dense", "dense")
    if kind == "lstm":
        inner = [LSTM(12), Dense(1)]
        task = Task("sums", data.sums(600, d.whole(8, 14), d.seed()), 0, 0.7)
        return d.well(task, inner=inner, optimizer=Adam(0.01), epochs=30 if mended else 1)
    task = d.until(d.any, lambda t: len(t.rows[0]) < 900)
    if mended:
        return d.well(task)
    return d.well(task, optimizer=Adam(0.001), epochs=1, batch_size=32)


@varied(
    "memorises",
    also=[
        "trained too long",
        "too few rows for the parameters",
        "overconfident",
        "a baseline is as good",
    ],
    mends=False,
)
def by_heart(d: Draw, mended: bool) -> Given:
    wide, many = d.whole(30, 60), d.whole(200, 500)
    x = d.rng.normal(size=(many + 400, wide)).astype("f")
    signal = x[:, 0] + x[:, 1] + 0.7 * d.rng.normal(size=len(x))
    count = d.of(0, 2)
    rows = data.cut(x, (signal > 0).astype(int) if count else signal.astype("f"))
    return d.well(
        Task("noise", rows, count, 0.5, True),
        hidden=[Dense(128, "relu")] * 1,
        optimizer=Adam(0.005),
        epochs=100,
    )


@varied(
    "underfits", also=["bottleneck of one", "a baseline is as good", "no activation between layers"]
)
def too_small(d: Draw, mended: bool) -> Given:
    task = d.until(d.curved, lambda t: t.name in ("rings", "arms", "moons"))
    if mended:
        return d.well(task)
    hidden = d.of([], [Dense(1, "relu")], [Dense(2, "tanh")])
    if task.name == "arms":
        hidden = [Dense(2, "relu")]
    return d.well(task, inner=[*hidden, d.last(task)], optimizer=Adam(0.02))


@varied(
    "trained too long",
    also=["memorises", "too few rows for the parameters", "overconfident", "a baseline is as good"],
    mends=False,
)
def too_long(d: Draw, mended: bool) -> Given:
    rows = data.line(d.whole(50, 110), features=d.whole(8, 14), noise=d.of(0.9, 1.3), seed=d.seed())
    return d.well(
        Task("line", rows, 0, 0.3),
        hidden=[Dense(64, d.of("tanh", "relu"))],
        optimizer=Adam(0.005),
        epochs=d.of(300, 500),
        batch_size=32,
    )


@varied("validation too small to tell", also=["rows in both training and validation"], mends=False)
def few_to_validate(d: Draw, mended: bool) -> Given:
    task = d.until(d.any, lambda t: len(t.rows[0]) > 300)
    x, y, _ = task.rows
    n = d.whole(5, 14)
    kept = task.with_rows(x[n:], y[n:])
    return d.well(kept, validation_split=None, validation_data=(x[:n], y[:n]), figure="honest")


@varied(
    "overconfident",
    also=["memorises", "trained too long", "too few rows for the parameters"],
    mends=False,
)
def sure_and_wrong(d: Draw, mended: bool) -> Given:
    count, wide = d.whole(2, 4), d.whole(4, 8)
    rows = data.clouds(d.whole(200, 400), count, wide, 2.2 / np.sqrt(wide), d.seed())
    task = Task("clouds", rows, count, 0.6, True)
    return d.well(
        task, hidden=[Dense(256, "relu")], optimizer=Adam(0.005), epochs=120, figure="sure"
    )


@varied(
    "a baseline is as good",
    also=["memorises", "trained too long", "rate too high", "too few rows for the parameters"],
    mends=False,
)
def line_wins(d: Draw, mended: bool) -> Given:
    rows = data.line(d.whole(80, 140), features=d.whole(10, 16), noise=1.0, seed=d.seed())
    return d.well(
        Task("line", rows, 0, 0.5, True),
        hidden=[Dense(64, "relu") for _ in range(3)],
        optimizer=d.of(SGD(0.03), Adam(0.003)),
        epochs=200,
    )
